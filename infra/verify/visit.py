"""The beginning of a run: what stack this is, and whether orders may be placed on it at all."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.verify.conversation import Answer, Conversation
from infra.verify.figures import Figure, Measure
from infra.verify.orders import PLACING, Orders, Placed
from infra.verify.outcome import NothingVerified, PromiseBroken
from oee.api_key import VARIABLE

AMOUNT = "0.01"
FAVOURITE = ("SOL", "USDC")
PAPER = "paper"


@dataclass
class Visit:
    """A stack that may be checked, and what the checks have learned of it so far."""

    talk: Conversation
    orders: Orders
    asks_for_keys: bool
    must_ask_for_keys: bool = False
    figures: list[Figure] = field(default_factory=list)
    confirmed: Placed | None = None
    """The first order, once it is confirmed: others are compared with it."""

    def note(self, measure: Measure, seconds: float) -> None:
        """Keep a time that was measured."""
        self.figures.append(Figure(measure, seconds))


def begin(talk: Conversation, *, market: str = PAPER, must_ask_for_keys: bool = False) -> Visit:
    """Look at a stack and return what is needed to check it. Nothing is placed.

    Raises
    ------
    NothingVerified
        Nobody answers, it trades on another market than the one that is meant, it doesn't trade now, or the
        key doesn't allow for it.
    """
    first = _asked(talk, "GET", "/api/health", key=None)
    _check_market(talk, first, market)
    asks_for_keys = _check_key(talk)
    visit = Visit(talk, Orders(talk, _swap(talk), market), asks_for_keys, must_ask_for_keys)
    visit.note(Measure.FIRST_ANSWER, first.seconds)
    return visit


def _check_market(talk: Conversation, health: Answer, market: str) -> None:
    try:
        said: Any = health.document if health.status == HTTPStatus.OK else {}
    except PromiseBroken:
        said = {}
    traded_on = said.get("market")
    if traded_on is None:
        raise NothingVerified(
            f"{talk.url} doesn't say in its health what it trades on ({health.shown}), so no order was "
            "placed: is this the engine's REST address?"
        )
    if traded_on != market:
        raise NothingVerified(
            f"This stack trades on {traded_on}, where orders cost money, so none was placed. "
            f"MARKET={traded_on} (--market {traded_on}) says that it is meant"
            if market == PAPER
            else f"This stack trades on {traded_on}, and {market} is meant: no order was placed"
        )
    trading = said.get("trading")
    if trading != "active":
        stands = f"trading is {trading}" if trading else "it can't tell whether there is trading"
        raise NothingVerified(
            f"The stack answers, but {stands}, so no order could be checked: "
            "`python -m infra.operations … trading` shows the switch"
        )


def _check_key(talk: Conversation) -> bool:
    """Return whether the stack asks for keys, and see that ours lets orders be placed and read."""
    without = _asked(talk, "GET", "/api/orders?limit=1", key=None)
    if without.status == HTTPStatus.OK:
        return False
    if talk.api_key is None:
        raise NothingVerified(
            f"This stack asks for an API key: put one in {VARIABLE}. `python -m infra.operations … keys make "
            '--account verify --name "make verify" --scope trade` makes one'
        )
    # What is wrong in it is found after the key's scope was looked at, and nothing is placed.
    placing = _asked(talk, "POST", PLACING, json={})
    reading = _asked(talk, "GET", "/api/orders?limit=1")
    for answer, scope in ((placing, "trade"), (reading, "read")):
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise NothingVerified(f"The stack doesn't know the API key, or it was revoked: check {VARIABLE}")
        if answer.status == HTTPStatus.FORBIDDEN:
            raise NothingVerified(
                f"The API key doesn't allow what is checked ({answer.shown}): it needs the scope {scope}"
            )
    return True


def _swap(talk: Conversation) -> dict[str, str]:
    answer = _asked(talk, "GET", "/api/pairs", key=None)
    try:
        pairs = [tuple(pair["tokens"]) for pair in answer.document["pairs"] if pair["allowed"]]
    except (PromiseBroken, KeyError, TypeError) as error:
        raise NothingVerified(f"/api/pairs doesn't list what can be traded ({answer.shown})") from error
    if not pairs:
        raise NothingVerified("No pair may be traded here, says /api/pairs, so no order could be checked")
    token_in, token_out = FAVOURITE if FAVOURITE in pairs else pairs[0]
    return {"tokenIn": token_in, "tokenOut": token_out, "amount": AMOUNT}


def _asked(talk: Conversation, method: str, path: str, **options: Any) -> Answer:
    try:
        return talk.ask(method, path, **options)
    except PromiseBroken as nobody:
        raise NothingVerified(f"Nothing answers as it should at {talk.url}. {nobody}") from nobody
