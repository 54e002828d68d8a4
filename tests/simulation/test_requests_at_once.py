"""Copies of a keyed request that are under way at once, in every order of their calls.

Whatever the order, and whoever dies: an order that is stored counts as open and for the day, and what is
refused counts nothing. A known-bad variant of each half is caught.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.domain.access import OPEN_CALLER
from chalicelib.domain.backlog import Slots
from chalicelib.domain.idempotency import Claim
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import DAY_MS, MINUTE_MS
from chalicelib.errors import IdempotencyKeyReused
from chalicelib.ports import Admission
from chalicelib.services.accept_order import AcceptOrder
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.find_open import FindOpen
from chalicelib.services.forget_closed import ForgetClosed
from chalicelib.services.watch_trading import WatchTrading
from tests.fakes.clock import FakeClock
from tests.fakes.examples import a_new_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.trading import InMemoryTradingSwitch
from tests.fakes.turns import Worker

NOON = 20_000 * DAY_MS + DAY_MS // 2
LONGEST_REQUEST_MS = 30_000
CALLS = ("find_record", "count", "create")
"""The calls of a request that another copy's can come between."""

ROOM = Limits(orders_per_minute=100, open_orders=100)


class Died(BaseException):
    """A worker goes no further."""


@dataclass
class Scene:
    """One account's stores, and copies of a request that are worked on by workers of their own.

    `admission` is what each worker counts with.
    """

    amounts: Sequence[int]
    exposures: InMemoryExposures = field(default_factory=InMemoryExposures)
    admission: type[AdmitOrder] = AdmitOrder
    orders: InMemoryOrderRepository = field(default_factory=InMemoryOrderRepository)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    replayed: list[bool] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        """Let each copy run up to its first call."""
        self._over = False
        self._running: list[Worker] = []
        self.orders.interrupt = self.exposures.interrupt = self._before_a_call
        self.workers = [
            Worker(lambda copy=copy, amount=amount: self._ask(copy, amount))  # type: ignore[misc] # as of now
            for copy, amount in enumerate(self.amounts)
        ]
        for worker in self.workers:
            self._step(worker)

    def play(self, turns: Sequence[int], *, minute_ends_before: int = -1) -> "Scene":
        """Make the next call of each copy in turn; copies that have calls left die before them."""
        for place, turn in enumerate(turns):
            self.clock.advance(MINUTE_MS if place == minute_ends_before else 0)
            self.go_on(turn)
        return self.end()

    def go_on(self, copy: int) -> None:
        if not self.workers[copy].done:
            self._step(self.workers[copy])

    def end(self) -> "Scene":
        self._over = True
        for worker in self.workers:
            if not worker.done:
                self._step(worker)
            if worker.failure is not None and not isinstance(worker.failure, Died):
                raise worker.failure
        self.orders.interrupt = self.exposures.interrupt = lambda _method, _moment: None
        return self

    @property
    def stored(self) -> list[Order]:
        return list(self.orders.orders.values())

    def check_covered(self) -> None:
        """Whatever is stored is counted, and found among the account's open orders."""
        counted = self.exposures.stored["open"]
        assert len(self.stored) <= 1
        assert sum(counted.amounts.values()) >= sum(order.amount_in for order in self.stored)
        found = FindOpen(self.exposures, InMemoryArmedExposures(), self.orders).open_of("open")
        assert [one.order_id for one in found] == [order.order_id for order in self.stored]

    def check_exact(self) -> None:
        """One copy made the order, nothing else counts, and all with its payload are answered with it."""
        (order,) = self.stored
        counted = self.exposures.stored["open"]
        assert counted.requests == 1
        assert {entry.order_id for entry in counted.open_orders} == {order.order_id}
        assert sum(counted.amounts.values()) == order.amount_in
        assert self.replayed.count(False) == 1
        assert len(self.replayed) == self.amounts.count(order.amount_in)
        assert self.refused == len(self.amounts) - len(self.replayed)

    def _ask(self, copy: int, amount: int) -> None:
        acceptor = AcceptOrder(
            admit_order=self.admission(
                orders=self.orders,
                exposures=self.exposures,
                armed=InMemoryArmedExposures(),
                trading=WatchTrading(InMemoryTradingSwitch(), self.clock),
                limits=ROOM,
                tokens=PAPER_TOKENS,
                pairs=PAPER_PAIRS,
                clock=self.clock,
                slots=Slots(10, 2_750),
            ),
            arming=pytest.fail,
            orders=self.orders,
            queue=InMemoryOrderQueue(self.clock),
            clock=self.clock,
            identifiers=FakeIdentifiers(copy),
            telemetry=RecordingTelemetry(),
        )
        try:
            accepted = acceptor.accept(a_new_order(amount_in=amount), "key", OPEN_CALLER)
        except IdempotencyKeyReused:
            self.refused += 1
        else:
            self.replayed.append(accepted.replayed)

    def _step(self, worker: Worker) -> None:
        self._running.append(worker)
        worker.step()

    def _before_a_call(self, method: str, moment: str) -> None:
        if moment == "before" and method in CALLS:
            self._running[-1].stop()
            if self._over:
                raise Died


def schedules(calls: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every order of turns in which each copy makes so many calls."""
    if not any(calls):
        yield ()
    for copy, left in enumerate(calls):
        if left:
            rest = (*calls[:copy], left - 1, *calls[copy + 1 :])
            yield from ((copy, *turns) for turns in schedules(rest))


ALL = len(CALLS)
AMOUNTS_OF_TWO = [(5, 5), (5, 7)]


@pytest.mark.promise("R2")
@pytest.mark.promise("R3")
@pytest.mark.parametrize("amounts", [*AMOUNTS_OF_TWO, (5, 5, 7)])
def test_copies_at_once_count_as_the_order_that_is_stored_and_what_is_refused_counts_nothing(
    amounts: tuple[int, ...],
) -> None:
    for turns in schedules((ALL,) * len(amounts)):
        Scene(amounts).play(turns).check_exact()


@pytest.mark.parametrize("amounts", AMOUNTS_OF_TWO)
def test_so_do_copies_while_a_minute_ends(amounts: tuple[int, ...]) -> None:
    for turns, minute_ends_before in product(schedules((ALL, ALL)), range(2 * ALL)):
        Scene(amounts).play(turns, minute_ends_before=minute_ends_before).check_exact()


@pytest.mark.parametrize("amounts", AMOUNTS_OF_TWO)
def test_what_is_stored_is_counted_whichever_copy_dies_and_wherever(amounts: tuple[int, ...]) -> None:
    for calls in product(range(ALL + 1), repeat=2):
        for turns in schedules(calls):
            Scene(amounts).play(turns).check_covered()


def test_a_copy_that_is_as_late_as_can_be_is_not_forgotten_before_it_is_stored() -> None:
    scene = Scene((5, 5))
    for _ in range(2):  # the first copy dies after it was counted
        scene.go_on(0)
    scene.clock.advance(2 * MINUTE_MS - 1)
    for _ in range(2):
        scene.go_on(1)
    scene.clock.advance(LONGEST_REQUEST_MS)
    ForgetClosed(scene.exposures, scene.orders).forget_closed("open", scene.clock.now())
    scene.go_on(1)
    scene.end().check_covered()
    assert len(scene.stored) == 1


class StoresUnderItsOwnId(AdmitOrder):
    """A control: a copy isn't told as which order it is counted."""

    def admit(self, order: Order, own: str, claim: Claim | None = None) -> Admission:
        return replace(super().admit(order, own, claim), order_id=order.order_id)


class ClaimsKeyAndPayload(InMemoryExposures):
    """A control: a key that is claimed for another payload is claimed anew."""

    def count(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        apart = None if claim is None else replace(claim, key=claim.key + claim.payload)
        return super().count(order, limits, apart)


@pytest.mark.parametrize(
    ("amounts", "variant"),
    [((5, 5), {"admission": StoresUnderItsOwnId}), ((5, 7), {"exposures": ClaimsKeyAndPayload})],
    ids=["stores under its own id", "claims key and payload"],
)
def test_engines_that_count_another_order_than_they_store_are_caught(amounts, variant) -> None:
    caught = 0
    for turns in schedules((ALL, ALL)):
        exposures = variant.get("exposures", InMemoryExposures)()
        scene = Scene(amounts, exposures, variant.get("admission", AdmitOrder)).play(turns)
        try:
            scene.check_exact()
        except AssertionError:
            caught += 1
    assert caught > 0
