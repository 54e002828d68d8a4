"""The client's side of a socket: its handshake, its subscriptions to orders, and its pings."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from chalicelib.api import stream_messages
from chalicelib.api.auth import key_of
from chalicelib.api.identifiers import parse_order_id
from chalicelib.api.problems import INTERNAL, OnProblem, Problem, problem_of
from chalicelib.errors import ConnectionGone, EngineError, FieldError, InvalidRequest, PushUnavailable
from chalicelib.ports import PushGateway
from chalicelib.services.admit_socket import AdmitSocket, Handshake
from chalicelib.services.subscribe import Subscribe

MAX_MESSAGE_BYTES = 4 * 1024
"""Most bytes of a message; a longer one is refused."""

_MAX_SEQUENCE = 10_000


@dataclass(frozen=True, slots=True)
class Follow:
    """Send the events of this order above sequence `after`."""

    order_id: str
    after: int


@dataclass(frozen=True, slots=True)
class Ping:
    """Say where the followed orders stand."""


def parse_connect(
    connection_id: str, query: Mapping[str, str] | None, headers: Mapping[str, str] | None
) -> tuple[Handshake, int]:
    """Read a handshake: its order and ticket, its key and origin, and after which sequence to begin.

    Raises
    ------
    OrderNotFound, InvalidRequest
        There is no such order id, or `after` was not a sequence number.
    """
    query = query or {}
    said = {name.lower(): value for name, value in (headers or {}).items()}
    after = query.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < len(str(_MAX_SEQUENCE))):
        raise InvalidRequest(FieldError("/after", "must be the sequence of the last event you have"))
    handshake = Handshake(
        connection_id,
        parse_order_id(query["orderId"]) if "orderId" in query else "",
        query.get("ticket", ""),
        key_of(said.get("authorization")),
        said.get("origin", ""),
    )
    return handshake, int(after)


def parse_message(body: str | None) -> Follow | Ping:
    """Read a message: {"action":"subscribe","orderId":…,"after":n} or {"action":"ping"}.

    Raises
    ------
    OrderNotFound, InvalidRequest
        It was of another form.
    """
    message = _parse_object(body or "")
    if message.get("action") == "ping":
        return Ping()
    if message.get("action") != "subscribe":
        raise InvalidRequest(FieldError("/action", 'must be "subscribe" or "ping"'))
    after = message.get("after", 0)
    if type(after) is not int or not 0 <= after < _MAX_SEQUENCE:
        raise InvalidRequest(FieldError("/after", "must be the sequence of the last event you have"))
    return Follow(parse_order_id(message.get("orderId")), after)


def _parse_object(body: str) -> dict[str, Any]:
    if len(body.encode(errors="replace")) > MAX_MESSAGE_BYTES:
        raise InvalidRequest(FieldError("", f"must be at most {MAX_MESSAGE_BYTES} bytes"))
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise InvalidRequest(FieldError("", "must be a JSON object"))
    return message


class SocketEndpoint:
    """Handle handshakes and messages. Every error is answered with a refusal, never with a trace."""

    def __init__(
        self,
        admit: AdmitSocket,
        subscribe: Subscribe,
        gateway: Callable[[], PushGateway],
        on_problem: OnProblem,
    ) -> None:
        self._admit = admit
        self._subscribe = subscribe
        self._gateway = gateway  # asked for only by what posts: a handshake doesn't
        self._on_problem = on_problem

    def connect(
        self,
        connection_id: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None = None,
        repeated: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Accept the handshake and subscribe to its orders, or refuse it with the problem's status."""
        with self._problems() as problems:
            if repeated:
                raise InvalidRequest(*(FieldError(f"/{name}", "must be given once") for name in repeated))
            handshake, after = parse_connect(connection_id, query, headers)
            connection, order_id = self._admit.admit(handshake)
            self._subscribe.connect(connection, order_id, after=after)
        return {"statusCode": problems[0].status if problems else 200}

    def receive(self, connection_id: str, body: str) -> dict[str, Any]:
        """Handle one message; its answer goes over the socket."""
        with self._problems() as problems:
            message = parse_message(body)
            if isinstance(message, Follow):
                self._subscribe.follow(connection_id, message.order_id, after=message.after)
            else:
                self._pong(connection_id)
        for problem in problems:
            with suppress(ConnectionGone, PushUnavailable):
                refusal = stream_messages.refusal(problem.code, problem.sentence())
                self._gateway().post(connection_id, refusal)
        return {"statusCode": 200}

    def disconnect(self, connection_id: str) -> dict[str, Any]:
        """Remove the socket; items that can't be removed now expire by their time to live."""
        with self._problems():
            self._subscribe.leave(connection_id)
        return {"statusCode": 200}

    def _pong(self, connection_id: str) -> None:
        orders = self._subscribe.ping(connection_id)
        pongs = [stream_messages.account_pong()] if orders is None else map(stream_messages.pong, orders)
        for pong in pongs:
            self._gateway().post(connection_id, pong)

    @contextmanager
    def _problems(self) -> Iterator[list[Problem]]:
        problems: list[Problem] = []
        try:
            yield problems
        except ConnectionGone:
            return  # nobody is there to be answered
        except EngineError as error:
            problems.append(problem_of(error))
            self._on_problem(problems[0], error if problems[0] is INTERNAL else None)
        except Exception as error:  # noqa: BLE001 - the last line: a client sees a refusal, never a trace
            problems.append(INTERNAL)
            self._on_problem(INTERNAL, error)
