"""One order's life through the real use cases, under one schedule of faults; what it breaks is a violation.

Every execution and every landing is a worker of its own, as after a cold start. The client asks again with
its key until it is answered; the rest is the world's doing: messages come again, Reconcile sweeps.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order, Status
from chalicelib.domain.pairs import PairList
from chalicelib.domain.tokens import TokenList
from chalicelib.errors import (
    ChainUnavailable,
    EngineError,
    Outage,
    QueueUnavailable,
    StorageUnavailable,
    Unavailable,
    VenueUnavailable,
)
from chalicelib.ports import (
    Clock,
    MarketControls,
    Prices,
    SignedTransaction,
    Signer,
    SwapRequest,
    TradingDesk,
    Venue,
)
from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.land_orders import LandOrders
from tests.fakes.clock import SkewedClock
from tests.fakes.examples import a_new_order
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.paper import paper_settings
from tests.fakes.prices import ShownPrices
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import ScriptedVenue
from tests.fakes.taps import PortCall
from tests.simulation.engine import Port
from tests.simulation.explorer.engine.chain import BLOCK_MS, FINALIZED_DEPTH, ForkingChain
from tests.simulation.explorer.engine.faults import (
    AT_A_DELIVERY,
    AT_A_FIRST_SEND,
    INTERLUDES,
    READS,
    Director,
    Fault,
    Schedule,
)
from tests.simulation.explorer.engine.history import AppendOnly
from tests.simulation.explorer.violation import Violation
from tests.simulation.sources import MAX_RECEIVES, LandingFailed
from tests.simulation.world import Crash, World

NEW = a_new_order(valid_for_seconds=300)
SETTINGS = paper_settings(
    poll_interval_ms=BLOCK_MS, resend_interval_ms=2 * BLOCK_MS, landing_wait_ms=3 * BLOCK_MS
)
ASKS = 3
VISIBILITY_SECONDS = 20

AHEAD_MS = {
    Fault.CLOCK_AHEAD: 20_000,
    Fault.CLOCK_BEHIND: -20_000,
    Fault.SWEPT: 60_000,
    Fault.SWEPT_AHEAD: 3_600_000,
}
BLOCKS_BEHIND = {Fault.NODE_BEHIND: FINALIZED_DEPTH, Fault.NODE_FAR_BEHIND: 20}

EXCUSES = frozenset({Fault.SWEPT_AHEAD, Fault.DEAD_LETTERED})
"""What may rightly close an order that could have traded. All other faults only stand in its way."""

UNFAILING = frozenset({"Clock", "Identifiers", "Telemetry"})
UNAVAILABLE: dict[str, type[Unavailable | Outage]] = {
    "OrderRepository": StorageUnavailable,
    "TradingSwitch": StorageUnavailable,
    "Exposures": StorageUnavailable,
    "OrderQueue": QueueUnavailable,
    "LandingQueue": QueueUnavailable,
    "Venue": VenueUnavailable,
    "Chain": ChainUnavailable,
}
"""How the ports fail. The wallet is in the worker's own memory: nothing is lost on the way to it."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The engine, or a control: the same engine with one rule broken; `most_faults` of `faults` befall it."""

    name: str = "the engine"
    repository: type[InMemoryOrderRepository] = InMemoryOrderRepository
    execution: type[ExecuteOrder] = ExecuteOrder
    landing: type[LandOrders] = LandOrders
    faults: frozenset[Fault] = frozenset(Fault)
    most_faults: int = 2


ENGINE = Variant()


class Life(World):
    """One run; `director.points` tells where longer schedules can branch off."""

    def __init__(self, schedule: Schedule = (), variant: Variant = ENGINE, *, notes: bool = True) -> None:
        self.director = Director(schedule, notes=notes)
        self.execution, self.landing = variant.execution, variant.landing
        self._excused = any(fault in EXCUSES for _, fault in schedule)
        self._begun: Counter[str] = Counter()
        self._writes = 0
        self._could_be_killed_at: tuple[int, int] | None = None
        super().__init__(SETTINGS)
        self.orders.__class__ = variant.repository  # it holds the same, and keeps the variant's rules
        self.orders.orders = AppendOnly()
        self.around = self._trouble

    def live(self) -> Order:
        """Live the life to its end and check it; returns the order. Raises Violation."""
        self._ask_until_accepted()
        try:
            self.run()
        except AssertionError as error:
            raise Violation(str(error)) from error
        return self._checked()

    @cached_property
    def chain(self) -> ForkingChain:
        """The chain that all workers trade on."""
        return ForkingChain(self.clock, self._is_recorded)

    @contextmanager
    def acting(self, step: str) -> Iterator[None]:
        """A worker begins; when it is done, the one that it stepped in for goes on."""
        outer, self._could_be_killed_at = self._could_be_killed_at, None
        with super().acting(step):
            try:
                yield
            finally:
                self._could_be_killed_at = outer

    def publish(self) -> None:
        """Nobody follows the order."""

    def make_desk(self) -> TradingDesk:
        """Two venues that offer the same, and the chain that forks."""
        names = ("raydium", "meteora")
        venues = {name: _Venue(name, self.clock, 225_000_000) for name in names}
        return _Desk(venues, ShownPrices(self.clock), self.chain, _Wallet())

    def _ask_until_accepted(self) -> None:
        for _ in range(ASKS):
            with suppress(Crash, StorageUnavailable):
                self.place(NEW, "key")
                return
        raise Violation("the order was not accepted")

    def _execute(self, order_id: str) -> None:
        with self._delivered("execute", order_id, self.queue) as clock:
            self.make_executor(clock=clock).execute(order_id)

    def _land(self, order_id: str) -> None:
        with self._delivered("land", order_id, self.landings) as clock:
            failed = self.make_lander(clock=clock).land([order_id])
        if failed:
            raise LandingFailed(order_id)

    @contextmanager
    def _delivered(self, step: str, order_id: str, queue: InMemoryOrderQueue) -> Iterator[Clock | None]:
        """A worker takes a message, with the clock that it has if that is not the world's."""
        self._begun[step] += 1
        with self.acting(f"{step} {self._begun[step]}"):
            fault = self._pass_by("delivery", lambda: AT_A_DELIVERY if self._is_open() else ())
            if fault is Fault.DUPLICATED:
                queue.send(order_id)
            yield SkewedClock(self.clock, AHEAD_MS[fault]) if fault in AHEAD_MS else None

    def _tapped(self, port: Port, name: str) -> Port:
        return port if name in UNFAILING else super()._tapped(port, name)

    def _trouble(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        if self.director.is_over():
            return proceed()
        self._before(call)
        answer = proceed()
        if call.method not in READS:
            self._after(call)
        return answer

    def _before(self, call: PortCall) -> None:
        while True:
            fault = self._pass_by(f"{call.port}.{call.method}", lambda: tuple(self._may_happen_before(call)))
            if fault not in INTERLUDES:
                break
            self._play(fault)
        if fault is Fault.KILLED_BEFORE:
            raise Crash
        if fault is Fault.LOST_REQUEST:
            raise UNAVAILABLE[call.port]
        if fault in BLOCKS_BEHIND:
            self.chain.node_behind = BLOCKS_BEHIND[fault]
        if fault in AT_A_FIRST_SEND:
            self.chain.weather = fault

    def _after(self, call: PortCall) -> None:
        self._writes += 1
        fault = self._pass_by(f"{call.port}.{call.method} made", lambda: tuple(self._may_happen_after(call)))
        if fault is Fault.KILLED_AFTER:
            raise Crash
        if fault is Fault.LOST_ANSWER:
            raise UNAVAILABLE[call.port]

    def _may_happen_before(self, call: PortCall) -> Iterator[Fault]:
        if self._would_be_another_kill():
            yield Fault.KILLED_BEFORE
        if call.port in UNAVAILABLE:
            yield Fault.LOST_REQUEST
        if self._is_open():
            yield from INTERLUDES
        if call.method in {"finalized_height", "signature_statuses"}:
            yield from BLOCKS_BEHIND
        if call.port == "Chain" and call.method == "send" and self.chain.would_be_new(*call.arguments):
            yield from AT_A_FIRST_SEND

    def _may_happen_after(self, call: PortCall) -> Iterator[Fault]:
        if self._would_be_another_kill():
            yield Fault.KILLED_AFTER
        if call.port in UNAVAILABLE:
            yield Fault.LOST_ANSWER

    def _would_be_another_kill(self) -> bool:
        """Whether the world has changed since this worker could last be killed; else that is the same run."""
        stands = (self.clock.now(), self._writes)
        could_at, self._could_be_killed_at = self._could_be_killed_at, stands
        return stands != could_at

    def _play(self, fault: Fault) -> None:
        order_id, queue = self._order().order_id, self.landings if self._is_landing() else self.queue
        if fault is Fault.PAUSED:
            self.clock.advance(FINALIZED_DEPTH * BLOCK_MS)
        elif fault is Fault.EXECUTED:
            self.deliver(order_id)
        elif fault is Fault.WATCHED:
            self.deliver_landing(order_id)
        elif fault is Fault.FROZEN:
            queue.send(order_id, delay_seconds=VISIBILITY_SECONDS)
            self.run()
        elif fault is Fault.DEAD_LETTERED:
            self._settle_dead_letter(order_id)
            queue.send(order_id)
        else:
            with self.acting("reconcile"), suppress(Crash, StorageUnavailable):
                self.make_reconciler(SkewedClock(self.clock, AHEAD_MS[fault])).sweep()

    def _settle_dead_letter(self, order_id: str) -> None:
        for _ in range(MAX_RECEIVES):
            with self.acting("dead-letter"), suppress(Crash, EngineError):
                self.dead_letters.handle(order_id)
                return

    def _checked(self) -> Order:
        order = self._order()
        swaps = self.chain.swaps()
        if len(swaps) > 1:
            raise Violation(f"{len(swaps)} transactions landed")
        landed = order.submission is not None and swaps == [order.submission.signature]
        if (order.status is Status.CONFIRMED) != landed or bool(swaps) != landed:
            raise Violation(f"the order was {order.status} when {swaps or 'nothing'} landed")
        if order.status is not Status.CONFIRMED and not self._excused:
            raise Violation(f"the order was {order.status} ({order.reason}), and could have been confirmed")
        return order

    def _order(self) -> Order:
        if len(self.orders.orders) > 1:
            raise Violation("one key made several orders")
        return next(iter(self.orders.orders.values()))

    def _is_open(self) -> bool:
        return bool(self.orders.orders) and not is_final(self._order())

    def _is_landing(self) -> bool:
        """Whether a landing is at work, and no execution."""
        return self.step.startswith("land")

    def _is_recorded(self, signature: str) -> bool:
        return any(event.detail.get("txHash") == signature for event in self._order().events)

    def _pass_by(self, call: str, faults: Callable[[], Collection[Fault]]) -> Fault | None:
        return self.director.pass_by(self.step, call, faults)


@dataclass(frozen=True, slots=True)
class _Desk:
    venues: Mapping[str, Venue]
    prices: Prices
    chain: ForkingChain
    signer: Signer
    tokens: TokenList = PAPER_TOKENS
    pairs: PairList = PAPER_PAIRS
    controls: MarketControls | None = None


class _Venue(ScriptedVenue):
    """Builds a swap of its own for each blockhash."""

    def build_swap(self, request: SwapRequest) -> bytes:
        return f"{request.attempt}/{request.blockhash.blockhash}".encode()


class _Wallet:
    def sign(self, message: bytes) -> SignedTransaction:
        return SignedTransaction(f"signature-{message.decode()}", message)
