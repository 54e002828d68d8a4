"""A stack to be accepted: the one at ACCEPTANCE_URL, or else one of the suite's own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.market import SteeredMarket, armed
from tests.e2e.conftest import CROWDED, FASTER, PREFIX, running_stack
from tests.e2e.operating import key_holder
from tests.e2e.trader import Trader

SETTINGS = [
    *FASTER,
    *CROWDED,
    "AUTH_MODE=keys",
    "PAPER_CONTROLS=on",
    "MIN_ORDER_AMOUNTS=SOL=0.001",
    "MAX_ARMED_ORDERS=70",
]
"""What the suite needs of a stack, and a limit of armed orders that is soon reached."""

BRIEFLY = timedelta(seconds=65)
"""A little more than the shortest time for which an order can be told to wait."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Two accounts of the engine: `trader`, who may also move the market and halt trading, and `stranger`."""

    trader: Trader
    stranger: Trader


@pytest.fixture(scope="package")
def parties() -> Iterator[Parties]:
    """The accounts of the stack that is asked for; of a stack of the suite's own if none is."""
    address = os.environ.get("ACCEPTANCE_URL", "").rstrip("/")
    if address:
        keys = (os.environ[name] for name in ("ACCEPTANCE_KEY", "ACCEPTANCE_OTHER_KEY"))
        yield Parties(*(Trader(address, key) for key in keys))
        return
    with running_stack(f"{PREFIX}{os.getpid()}-accept", SETTINGS) as stack:
        yield Parties(key_holder(stack, "alice", "trade", "admin"), key_holder(stack, "bob", "trade"))


@pytest.fixture(scope="package")
def trader(parties: Parties) -> Trader:
    """The account that trades."""
    return parties.trader


@pytest.fixture
def sol(trader: Trader) -> Iterator[SteeredMarket]:
    """The market of SOL in USDC, at its usual price before and after; no order waits after it."""
    market = SteeredMarket(trader, "SOL", "USDC", "1.5")
    try:
        yield market
    finally:
        market.settle()
        market.cancel_waiting()


@pytest.fixture(scope="package", autouse=True)
def brief(trader: Trader) -> dict[str, str]:
    """An order with a short time to wait, armed before all others so that nobody has to wait for its end."""
    market = SteeredMarket(trader, "SOL", "USDC", "1.5")
    until = datetime.now(UTC) + BRIEFLY
    terms = {"timeInForce": "GTD", "expiresAt": until.isoformat(timespec="milliseconds")}
    answer = market.sell("stop", trigger={"price": market.at("0.55")}, **terms)
    armed(answer)
    placed: dict[str, str] = answer.json()
    return placed
