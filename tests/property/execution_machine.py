"""The execution protocol: two workers at the same orders, held still, thawed and killed at any call.

Reconcile comes early or late, dead letters are settled and redriven, owners cancel, clocks go wrong and the
chain has all the faults that its settings know.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.config import SETTINGS
from chalicelib.domain.access import OPEN_CALLER
from chalicelib.domain.idempotency import window_ms
from chalicelib.domain.lifecycle import is_final, is_landing
from chalicelib.domain.order import Order
from chalicelib.domain.submission import Submission
from chalicelib.services.cancel_order import CancelOrder
from chalicelib.services.read_orders import ReadOrders
from tests.fakes.clock import FakeClock, SkewedClock
from tests.fakes.examples import a_new_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.looks import reading_of
from tests.fakes.paper import PaperDesk, paper_settings
from tests.fakes.taps import PortCall, tap
from tests.property.execution_truths import assert_grown, assert_true_to_the_ledger, recorded_in
from tests.property.executors import Executor, Message
from tests.property.machines import chosen
from tests.property.workers import Worker, blows, hold_up
from tests.simulation.checks import assert_history_is_legal
from tests.simulation.engine import InMemoryEngine
from tests.simulation.world import Crash

VISIBILITY_MS = 6_000
MAX_RECEIVES = 2
"""Both are less than as deployed, so that they run out often."""

SWEEP_MS = 10_000
LONGEST_RUN_MS = 4 * 3600 * 1000
MOST_OPEN = 2
FAULTS = sorted(name for s in SETTINGS if (name := s.variable.lower()).startswith("paper_fault_"))

rates = st.sampled_from([Decimal("0.2"), Decimal("0.5"), Decimal("0.8")])
faults = st.dictionaries(st.sampled_from(FAULTS), rates, max_size=4)
skews = st.sampled_from([0, 0, -6_000, -500, 500, 6_000, 15_000])
limits = st.one_of(st.integers(0, 40), st.sampled_from(["submitted", "send", None, None]))
picks = st.integers(0, 5)


class ExecutionMachine(RuleBasedStateMachine):
    """At every moment at most one transaction of an order can land, and what is final is true for good."""

    @initialize(
        seed=st.text("ab", max_size=2),
        faults=faults,
        blockhash_blocks=st.sampled_from([25, 60, 150]),
        finality_blocks=st.sampled_from([4, 32]),
        skews=st.tuples(skews, skews),
    )
    def start(self, seed, faults, blockhash_blocks, finality_blocks, skews):
        self.settings: dict[str, Any] = {
            "paper_seed": seed,
            "paper_blockhash_blocks": blockhash_blocks,
            "paper_finality_blocks": finality_blocks,
            **faults,
        }
        self.engine = InMemoryEngine(FakeClock(), paper_settings(**self.settings))
        self.engine.around = self.watch
        self.slowest_ms = max(0, *(-skew for skew in skews))
        self.executors = [Executor(self.engine, 1, skews[0]), Executor(self.engine, 2, skews[1])]
        self.office = Worker()
        self.messages: list[Message] = []
        self.dead: list[str] = []
        self.cancels = self.crashes = 3
        self.keys: dict[str, Order] = {}
        self.submissions: dict[str, Submission] = {}
        self.sendings: list[tuple[Submission, int]] = []
        self.histories: dict[str, Order] = {}
        self.place(120, None, queued=True)

    def watch(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        if (call.port, call.method) == ("Chain", "send"):
            submission = call.arguments[0]
            self.submissions[submission.signature] = submission
            self.sendings.append((submission, self.engine.clock.now()))
        return hold_up(call, proceed)

    @precondition(lambda self: len(self.open_orders()) < MOST_OPEN)
    @rule(
        valid=st.sampled_from([10, 60, 120, 600]),
        key=st.sampled_from([None, None, "10", "60"]),
        queued=st.sampled_from([True, True, False]),
        least=st.sampled_from([None, None, 1, 224_000_000, 230_000_000]),
    )
    def place(self, valid, key, queued, least=None):
        least = least if key is None else None
        new = a_new_order(valid_for_seconds=int(key or valid), minimum_amount_out=least)
        waiting = len(self.engine.queue.waiting)
        order = self.engine.acceptor.accept(new, key, OPEN_CALLER).order
        if not queued:
            del self.engine.queue.waiting[waiting:]  # the crash came before the message
        if key is not None:
            first = self.keys.get(key, order)
            if self.engine.clock.now() < first.accepted_at + window_ms(new.valid_for_seconds):
                assert order.order_id == first.order_id
            self.keys[key] = order

    @precondition(lambda self: self.deliverable() and self.idle())
    @rule(pick=picks, who=picks, limit=limits)
    def deliver(self, pick, who, limit):
        message = chosen(self.deliverable(), pick)
        if message.receives == MAX_RECEIVES:
            self.messages.remove(message)
            self.dead.append(message.order_id)
            return
        message.receives += 1
        message.visible_at = self.engine.clock.now() + VISIBILITY_MS
        chosen(self.idle(), who).take(message, limit)
        self.acknowledge()

    @precondition(lambda self: len(self.idle()) == len(self.executors) and self.open_orders())
    @rule(pick=picks, turns=st.lists(st.tuples(picks, limits), min_size=2, max_size=6))
    def race(self, pick, turns):
        """Two messages of one order come at once."""
        order = chosen(self.open_orders(), pick)
        for executor in self.executors:
            executor.take(self.next_message(order), 0)
        for who, limit in turns:
            worker = chosen(self.executors, who).worker
            if worker.stands_at is not None:
                worker.go_on(limit)
        self.acknowledge()

    @precondition(lambda self: self.standing())
    @rule(who=picks, limit=limits, blow=blows)
    def go_on(self, who, limit, blow):
        worker = chosen(self.standing(), who)
        if blow is None:
            worker.go_on(limit)
        else:
            blow(worker)
        self.acknowledge()

    @rule(milliseconds=st.sampled_from([200, 1_000, 3_000, 7_000, 20_000, 30_000]))
    def wait(self, milliseconds):
        self.engine.clock.advance(milliseconds)

    @precondition(lambda self: self.open_orders() and self.idle())
    @rule(
        pick=picks,
        who=picks,
        at=st.sampled_from(["building", "submitted", "send", "land", "confirmed"]),
        made=st.booleans(),
        left=st.sampled_from([95_000, 90_000, 3_001, 1, 0, -7_000]),
        limit=limits,
    )
    def freeze(self, pick, who, at, made, left, limit):
        """A worker stops short of a call, or right after it, and thaws when so much of the life is left."""
        order, executor = chosen(self.open_orders(), pick), chosen(self.idle(), who)
        executor.take(self.next_message(order), at)
        if made and executor.worker.stands_at is not None:
            executor.worker.go_on(at)
        self.engine.clock.advance(max(0, order.expires_at - left - self.engine.clock.now()))
        if executor.worker.stands_at is not None:
            executor.worker.go_on(limit)
        self.acknowledge()

    @precondition(lambda self: self.office.stands_at is None)
    @rule(ahead=st.sampled_from([0, 0, -10_000, 20_000, 61_000]), limit=limits)
    def reconcile(self, ahead, limit):
        reconciler = self.engine.make_reconciler(SkewedClock(self.engine.clock, ahead))
        self.office.begin(reconciler.sweep, limit)

    @precondition(lambda self: self.office.stands_at is None and self.cancels)
    @rule(pick=picks, limit=limits)
    def cancel(self, pick, limit):
        self.cancels -= 1  # not many: else most orders end so
        orders = tap(self.engine.orders, "OrderRepository", self.watch)
        clock, identifiers, telemetry = self.engine.clock, self.engine.identifiers, self.engine.telemetry
        read_orders = ReadOrders(orders, InMemoryExposures(), InMemoryArmedExposures())
        service = CancelOrder(orders, read_orders, clock, identifiers, telemetry)
        order = chosen(list(self.engine.orders.orders.values())[-MOST_OPEN:], pick)
        self.office.begin(lambda: service.cancel(order.order_id, order.account), limit)

    @precondition(lambda self: self.office.stands_at is None and self.dead)
    @rule(pick=picks, redrive=st.booleans(), limit=limits)
    def take_a_dead_letter(self, pick, redrive, limit):
        order_id = chosen(self.dead, pick)
        if redrive:
            self.dead.remove(order_id)
            self.engine.queue.send(order_id)
        else:
            self.office.begin(lambda: self.engine.dead_letters.handle(order_id), limit)

    @precondition(lambda self: self.deliverable() and self.crashes)
    @rule(pick=picks)
    def crash_too_often(self, pick):
        """Executions that nobody saw used up the receives of a message."""
        self.crashes -= 1
        message = chosen(self.deliverable(), pick)
        self.messages.remove(message)
        self.dead.append(message.order_id)

    @invariant()
    def all_is_well(self):
        stored, ledger = self.engine.orders.orders, self.engine.ledger
        for submission, at in self.sendings:
            recorded = recorded_in(stored.values(), submission)
            assert recorded is not None, "sent before it was recorded"
            assert at < recorded.expires_at + self.slowest_ms, "sent late"
        self.sendings.clear()
        for order in stored.values():
            assert_history_is_legal(order)
            assert_grown(order, since=self.histories.get(order.order_id, order))
            assert_true_to_the_ledger(order, ledger)
        self.histories = dict(stored)

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        for worker in self.standing():
            worker.go_on(None)
        self.acknowledge()
        self.run_on()
        self.let_everything_land()
        self.all_is_well()
        assert not self.open_orders()

    def run_on(self) -> None:
        """What the deployed engine does by itself, until every order is final."""
        clock, queue, landings = self.engine.clock, self.engine.queue, self.engine.landings
        give_up_at = clock.now() + LONGEST_RUN_MS
        for message in self.messages:
            (landings if message.is_landing else queue).send(message.order_id)
        for order_id in self.dead:
            self.engine.dead_letters.handle(order_id)
        executor = self.engine.make_executor(FakeIdentifiers(3))
        lander = self.engine.make_lander(FakeIdentifiers(4))
        while self.open_orders() and clock.now() < give_up_at:
            while (due := queue.receive()) is not None:
                executor.execute(due)
            while (sent := landings.receive()) is not None:
                lander.land([sent])
            self.engine.reconciler.sweep()
            clock.advance(SWEEP_MS)

    def let_everything_land(self) -> None:
        """Whatever was ever sent gets its chance, on a chain without faults."""
        self.engine.clock.advance(30 * 60_000)
        calm = paper_settings(**{**self.settings, **dict.fromkeys(FAULTS, Decimal(0))})
        desk = PaperDesk(self.engine.ledger, self.engine.clock, calm)
        for submission in self.submissions.values():
            reading_of(desk.chain, submission)

    def deliverable(self) -> list[Message]:
        """The messages that can be received now, for the first time or again."""
        now = self.engine.clock.now()
        for queue in (self.engine.queue, self.engine.landings):
            while (order_id := queue.receive()) is not None:
                self.messages.append(Message(order_id, now, is_landing=queue is self.engine.landings))
        return [message for message in self.messages if message.visible_at <= now]

    def next_message(self, order: Order) -> Message:
        """A message of the order for its next step."""
        return Message(order.order_id, self.engine.clock.now(), is_landing(order))

    def open_orders(self) -> list[Order]:
        return [order for order in self.engine.orders.orders.values() if not is_final(order)]

    def idle(self) -> list[Executor]:
        return [executor for executor in self.executors if executor.message is None]

    def standing(self) -> list[Worker]:
        """The workers that were held up."""
        workers = [self.office, *(executor.worker for executor in self.executors)]
        return [worker for worker in workers if worker.stands_at is not None]

    def acknowledge(self) -> None:
        """The messages of executions that came to their end go, unless they were received anew meanwhile."""
        for executor in self.executors:
            message, worker = executor.message, executor.worker
            if message is not None and worker.stands_at is None:
                executor.message = None
                if worker.failure is None and message in self.messages:
                    self.messages.remove(message)
                if isinstance(worker.failure, Crash):
                    executor.start_anew()
