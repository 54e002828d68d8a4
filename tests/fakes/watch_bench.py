"""A watcher among fakes: prices that a test shows, and orders that it arms."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.domain.judging import Caution
from chalicelib.domain.order import Order
from chalicelib.domain.pairs import Pair
from chalicelib.domain.readings import PairReading
from chalicelib.domain.terms import Terms
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.watching import Direction
from chalicelib.services.fire_orders import FireOrders
from chalicelib.services.prove_offers import ProveOffers
from chalicelib.services.watch_prices import WatchPolicy, WatchPrices
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import A_STOP, a_waiting_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.prices import ShownPrices
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import ScriptedChain, ScriptedVenue
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.trading import InMemoryTradingSwitch
from tests.fakes.watching import InMemoryTriggerIndex, InMemoryWatchRegistry

PAIR = PAPER_PAIRS.require(SOL, USDC)


class MovingPrices(ShownPrices):
    """Prices that a test moves before the look of a number, the first being 1."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.before: dict[int, Callable[[], None]] = {}

    def look(self, pairs: Collection[Pair]) -> Mapping[Pair, PairReading]:
        self.before.get(len(self.looks) + 1, lambda: None)()
        return super().look(pairs)


class WatchBench:
    """Shows 150 USDC for one SOL on both venues until a test moves it. The chain pays what it is told to."""

    def __init__(self, **policy: Any) -> None:
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository()
        self.registry = InMemoryWatchRegistry()
        self.index = InMemoryTriggerIndex(self.orders)
        self.prices = MovingPrices(self.clock)
        self.queue = InMemoryOrderQueue(self.clock)
        self.telemetry = RecordingTelemetry()
        self.switch = InMemoryTradingSwitch()
        self.chain = ScriptedChain()
        self.policy = WatchPolicy(
            **{
                "interval_ms": 1_000,
                "max_age_ms": 3_000,
                "confirm_looks": 2,
                "caution": Caution(1_000, 300),
                **policy,
            }
        )

    def watcher(self, fire_ahead: int = 20) -> WatchPrices:
        """A new watcher, which remembers nothing."""
        fire = FireOrders(
            orders=self.orders,
            executions=self.queue,
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
            fire_ahead=fire_ahead,
            max_age_ms=self.policy.max_age_ms,
        )
        venues = {name: ScriptedVenue(name, self.clock, 0) for name in PAIR.venues}
        return WatchPrices(
            registry=self.registry,
            index=self.index,
            orders=self.orders,
            prices=self.prices,
            pairs=PAPER_PAIRS,
            fire=fire,
            prove=ProveOffers(venues, lambda: self.chain, self.clock, self.telemetry),
            trading=WatchTrading(self.switch, self.clock),
            clock=self.clock,
            telemetry=self.telemetry,
            policy=self.policy,
        )

    def arm(
        self, terms: Terms = A_STOP, *, number: int = 1, account: str = "open", lasts_ms: int = 10**9
    ) -> str:
        """Arm an order of 1.5 SOL, and return its id."""
        now = self.clock.now()
        order = a_waiting_order(f"00000000-0000-4000-8000-{number:012d}", now, terms, until=now + lasts_ms)
        order = replace(order, account=account)
        self.registry.arm(Direction(order.token_in, order.token_out), now)
        self.orders.create(order, None)
        return order.order_id

    def show(self, price: str | None, **others: str | None) -> None:
        """Show this price on both venues, or another one on those that are named."""
        self.prices.show(PAIR, **(dict.fromkeys(PAIR.venues, price) | others))

    def watch(self, seconds: int, watcher: WatchPrices | None = None) -> None:
        """Watch for so many looks, one each second."""
        (watcher or self.watcher()).run(until=self.clock.now() + seconds * 1_000)

    def order(self, order_id: str) -> Order:
        return self.orders.get(order_id)
