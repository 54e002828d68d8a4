"""Everything that reads what strangers send, and what may come of it: a value, or a refusal of theirs."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from hypothesis import strategies as st

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.adapters.sqs import parse_message as parse_queue_message
from chalicelib.api import socket, stream_messages
from chalicelib.api.amendments import parse_amendment, parse_if_match
from chalicelib.api.auth import key_of
from chalicelib.api.history import parse_history
from chalicelib.api.problems import problem_of
from chalicelib.api.requests import parse_idempotency_key, parse_order, parse_quote, parse_ticket
from chalicelib.api.trading import parse_trading
from chalicelib.domain.secrets import digest_of
from chalicelib.domain.tickets import is_ticket
from chalicelib.errors import EngineError, MalformedMessage, UnsupportedSchemaVersion
from chalicelib.services.authenticate import Authenticate
from tests.fakes.accounts import InMemoryAccountLimits, InMemoryApiKeys
from tests.fakes.examples import EXPIRIES
from tests.property.strangers import ANY_TEXT, HOSTILE, MESSAGE, ORDER, as_bytes, documents, queries

CLIENT_ERRORS = range(400, 500)

FIXED_LINES = 300
LINES_A_CHARACTER = 3
"""Work: lines of Python that a reader may run in all, and for each character that it is given.

The most costly thing known is a body of nothing but short fields that no request has: each is one error.
"""

ANSWER_A_CHARACTER = 20
FIXED_ANSWER = 600
"""Characters that a refusal may have, likewise: nobody is answered with much more than was sent."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader, what it is given, and how long that may be; 0 leaves that to the gateway."""

    read: Callable[[Any], object]
    given: st.SearchStrategy[Any]
    longest: int = 0


LIMIT = {
    "type": "limit",
    **{name: ORDER[name] for name in ("tokenIn", "tokenOut", "amount")},
    "limitPrice": "160",
    "priceIn": "USDC",
    "when": "rises",
}
STOP = {
    "type": "stop",
    **{name: ORDER[name] for name in ("tokenIn", "tokenOut", "amount")},
    "trigger": {"price": "130"},
    "priceIn": "USDC",
    "timeInForce": "GTD",
    "expiresAt": "2026-12-24T00:00:00Z",
}
AMENDMENT = {"trigger": {"price": "128"}, "limitPrice": "126", "expiresAt": STOP["expiresAt"]}

QUOTE = {name: value for name, value in ORDER.items() if name not in {"type", "validForSeconds"}}

KEY = f"oee_{'0' * 12}_{'A' * 43}"
ASKS_FOR_A_TICKET = {"orderId": MESSAGE["orderId"]}
TURNS_THE_SWITCH = {"state": "halted", "why": "a reason"}

_nobody = Authenticate(InMemoryApiKeys(), InMemoryAccountLimits())
_NO_KEY = st.none() | ANY_TEXT | HOSTILE
_AROUND = st.sampled_from(["", " ", "\n", "\x00", "A", "\ud800", "é"])

READERS = {
    "order": Reader(
        lambda body: parse_order(body, "a", PAPER_TOKENS, EXPIRIES), as_bytes(documents(ORDER)), 8 * 1024
    ),
    "quote": Reader(
        lambda body: parse_quote(body, "a", PAPER_TOKENS, EXPIRIES), as_bytes(documents(QUOTE)), 8 * 1024
    ),
    "amendment": Reader(
        lambda body: parse_amendment(body, EXPIRIES), as_bytes(documents(AMENDMENT)), 8 * 1024
    ),
    "limit order": Reader(
        lambda body: parse_order(body, "a", PAPER_TOKENS, EXPIRIES), as_bytes(documents(LIMIT)), 8 * 1024
    ),
    "stop order": Reader(
        lambda body: parse_order(body, "a", PAPER_TOKENS, EXPIRIES), as_bytes(documents(STOP)), 8 * 1024
    ),
    "sequence": Reader(parse_if_match, _NO_KEY),
    "idempotency key": Reader(parse_idempotency_key, _NO_KEY),
    "history": Reader(
        lambda query: parse_history(query, PAPER_TOKENS), queries("status", "limit", "cursor", "tokenIn")
    ),
    "ticket request": Reader(parse_ticket, as_bytes(documents(ASKS_FOR_A_TICKET)), 8 * 1024),
    "trading switch": Reader(parse_trading, as_bytes(documents(TURNS_THE_SWITCH)), 8 * 1024),
    "API key": Reader(
        lambda header: _nobody.caller(key_of(header)),
        _NO_KEY
        | st.builds(
            "{}{}{}{}".format,
            _AROUND,
            st.sampled_from(["Bearer ", "bearer ", "BEARER  "]),
            st.just(KEY),
            _AROUND,
        ),
    ),
    "ticket": Reader(
        lambda text: digest_of(text) if is_ticket(text) else None,
        ANY_TEXT | HOSTILE | st.builds("{}{}{}".format, _AROUND, st.just("A" * 43), _AROUND),
    ),
    "handshake": Reader(
        lambda asked: socket.parse_connect("connection", *asked),
        st.tuples(queries("orderId", "after", "ticket"), queries("Authorization", "origin")),
    ),
    "socket message": Reader(socket.parse_message, documents(MESSAGE), 4 * 1024),
    "queue message": Reader(parse_queue_message, documents({"v": 1, "orderId": MESSAGE["orderId"]})),
}


def outcome(reader: Reader, given: Any) -> object:
    """What was read, or None for a refusal, which must be one that the sender can be shown.

    Raises
    ------
    AssertionError, or anything else that came out of the reader
        A stranger would have been answered with a 5xx, or with more than fits what was sent.
    """
    try:
        return reader.read(given)
    except (MalformedMessage, UnsupportedSchemaVersion):
        assert reader.read is parse_queue_message
    except EngineError as error:
        problem = problem_of(error)
        assert problem.status in CLIENT_ERRORS
        allowed = FIXED_ANSWER + ANSWER_A_CHARACTER * size(given)
        assert len(problem.body().encode()) <= allowed
        assert json.loads(stream_messages.refusal(problem.code, problem.sentence()))
    return None


def work(read: Callable[[Any], object], given: Any) -> int:
    """How many lines of Python reading this takes, whether it is taken or refused."""
    lines = 0

    def count(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        read(given)
    except EngineError:
        pass
    finally:
        sys.settrace(before)
    return lines


def size(given: Any) -> int:
    """How many characters, or bytes, a stranger sent."""
    if isinstance(given, tuple):
        return sum(size(part) for part in given)
    if isinstance(given, dict):
        return sum(len(name) + len(value) for name, value in given.items())
    return len(given or "")
