"""Executing an order against scripted venues and a scripted chain: each rule by itself."""

import base64
from dataclasses import replace

import pytest

from chalicelib.domain.order import Fill, Status
from chalicelib.domain.submission import (
    Commitment,
    LandingError,
    SignatureStatus,
)
from chalicelib.errors import (
    QueueUnavailable,
    SlippageExceeded,
    StorageUnavailable,
    VenueUnavailable,
    ZeroOutput,
)
from chalicelib.ports import SignedTransaction, Venue
from chalicelib.services.execute_order import ExecuteOrder, ExecutionPolicy
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.land_transaction import LandTransaction
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.queue import InMemoryOrderQueue
from tests.fakes.scripted import LANDED, InlineExecutor, ScriptedChain, ScriptedVenue
from tests.fakes.telemetry import RecordingTelemetry

POLICY = ExecutionPolicy(
    quote_ttl_ms=10_000, plausibility_bps=300, landing_budget_ms=3_000, landing_wait_ms=8_000
)
SLIPPED = SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)
REVERTED = SignatureStatus(Commitment.FINALIZED, LandingError.OTHER)


class Bench:
    """One execution service among fakes."""

    def __init__(self):
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository(an_order(at=self.clock.now()))
        self.queue = InMemoryOrderQueue(self.clock)
        self.chain = ScriptedChain()
        self.raydium = ScriptedVenue("raydium", self.clock, 225_000_000)
        self.meteora = ScriptedVenue("meteora", self.clock, 224_000_000)
        self.telemetry = RecordingTelemetry()
        venues: dict[str, Venue] = {"raydium": self.raydium, "meteora": self.meteora}
        self.service = ExecuteOrder(
            orders=self.orders,
            queue=self.queue,
            venues=venues,
            quotes=GatherQuotes(list(venues.values()), InlineExecutor(), self.clock, 1_500),
            chain=self.chain,
            signer=self,
            landing=LandTransaction(self.chain, self.clock, 200, 2_000),
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
            policy=POLICY,
        )

    def sign(self, message):
        return SignedTransaction(f"sig-{message.decode()}", message)

    def execute(self):
        return self.service.execute(ORDER_ID)

    @property
    def order(self):
        return self.orders.get(ORDER_ID)

    @property
    def statuses(self):
        return [event.status.value for event in self.order.events]

    @property
    def delays(self):
        return [message.delay_seconds for message in self.queue.sent]


@pytest.fixture
def bench():
    return Bench()


def test_an_order_goes_from_pending_to_confirmed_with_the_better_venue(bench):
    order = bench.execute()
    assert bench.statuses == ["pending", "routing", "building", "submitted", "confirmed"]
    assert order.route.best.venue == "raydium"
    assert order.fill == Fill(1_500_000_000, 225_000_000)
    assert order.events[-1].detail["executedPrice"] == "150"
    assert bench.queue.sent == []


@pytest.mark.promise("R4")
def test_the_signature_is_recorded_before_the_first_send(bench):
    recorded = []
    send = bench.chain.send

    def look_first(submission):
        recorded.append(bench.order.submission == submission)
        send(submission)

    bench.chain.send = look_first
    bench.execute()
    assert recorded == [True]


@pytest.mark.promise("R6")
def test_the_minimum_is_fixed_by_the_first_route_and_never_lowered(bench):
    bench.chain.status = SLIPPED
    first = bench.execute()
    assert first.minimum_amount_out == 222_750_000
    bench.raydium.amount_out = bench.meteora.amount_out = 222_000_000
    again = bench.execute()
    assert again.reason.code == "ROUTE_BELOW_MINIMUM"
    assert again.minimum_amount_out == 222_750_000
    assert len(bench.chain.sent) == 1


@pytest.mark.promise("R7")
@pytest.mark.parametrize(
    "change",
    [
        {"error": VenueUnavailable("down")},
        {"error": ZeroOutput("dry")},
        {"error": ZeroDivisionError()},
        {"takes_ms": 1_501},
    ],
)
def test_one_venue_that_gives_no_offer_does_not_fail_the_order(bench, change):
    vars(bench.raydium).update(change)
    assert bench.execute().status is Status.CONFIRMED
    assert bench.order.route.best.venue == "meteora"
    assert bench.telemetry.named("venue_failed")


def test_venues_that_are_all_unavailable_are_asked_again_after_2_4_and_8_seconds(bench):
    bench.raydium.error = bench.meteora.error = VenueUnavailable("down")
    for _ in range(4):
        bench.execute()
    assert bench.delays == [2, 4, 8]
    assert bench.statuses == ["pending", "routing", "routing", "routing", "routing", "failed"]
    assert bench.order.reason.code == "VENUE_UNAVAILABLE"


def test_a_pair_that_no_venue_fills_fails_at_once(bench):
    bench.raydium.error = bench.meteora.error = ZeroOutput("dry")
    assert bench.execute().reason.code == "ROUTE_NOT_FOUND"
    assert bench.queue.sent == []


def test_a_swap_that_simulation_refuses_is_never_sent_and_routed_anew(bench):
    bench.chain.simulation_error = SlippageExceeded("moved")
    assert bench.execute().status is Status.ROUTING
    assert bench.chain.sent == []
    bench.chain.simulation_error = None
    assert bench.execute().status is Status.CONFIRMED


def test_a_route_that_went_stale_is_quoted_anew_before_anything_is_built(bench):
    bench.orders.interrupt = crash_at(3)  # the write-ahead
    with pytest.raises(StorageUnavailable):
        bench.execute()
    bench.clock.advance(20_000)
    bench.execute()
    assert bench.statuses == [
        "pending", "routing", "building", "routing", "building", "submitted", "confirmed",
    ]  # fmt: skip
    assert bench.order.events[3].reason.code == "QUOTE_STALE"


def crash_at(nth_save):
    saves = []

    def interrupt(method, moment):
        if (method, moment) == ("save", "before"):
            saves.append(method)
            if len(saves) == nth_save:
                raise StorageUnavailable("crash")

    return interrupt


@pytest.mark.promise("R4")
def test_a_worker_that_loses_the_write_ahead_throws_its_transaction_away(bench):
    rival: list[bool] = []

    def overtake(method, moment):
        if (method, moment) == ("save", "before") and bench.order.status is Status.BUILDING and not rival:
            rival.append(True)
            bench.service.execute(ORDER_ID)

    bench.orders.interrupt = overtake
    bench.execute()
    assert bench.order.status is Status.CONFIRMED
    assert len(bench.chain.sent) == 1
    assert bench.order.version == 5


@pytest.mark.promise("R4")
def test_a_time_out_of_a_send_proves_nothing_and_the_same_bytes_are_sent_again(bench):
    bench.chain.status = None
    bench.chain.unreachable = True
    assert bench.execute().status is Status.SUBMITTED
    assert bench.delays == [5]
    bench.chain.unreachable = False
    bench.execute()
    assert set(bench.chain.sent) == {bench.order.submission.signature}
    assert base64.b64decode(bench.order.submission.transaction).startswith(ORDER_ID.encode())


def test_an_unproved_landing_gives_its_slot_back_after_eight_seconds(bench):
    bench.chain.status = None
    started = bench.clock.now()
    assert bench.execute().status is Status.SUBMITTED
    assert bench.clock.now() - started <= 8_000
    assert bench.delays == [5]
    assert len(bench.chain.sent) == 5


@pytest.mark.promise("R4")
def test_only_a_proven_expiry_builds_another_transaction(bench):
    bench.chain.status = None
    bench.execute()
    first = bench.order.submission
    bench.chain.height = 101
    assert bench.execute().status is Status.ROUTING
    bench.chain.status = LANDED
    bench.execute()
    assert bench.order.status is Status.CONFIRMED
    assert bench.order.submission.signature != first.signature


def test_slippage_at_finalized_is_tried_again_and_fails_when_attempts_are_spent(bench):
    bench.chain.status = SLIPPED
    for _ in range(4):
        bench.execute()
    assert bench.order.status is Status.FAILED
    assert bench.order.reason.code == "SLIPPAGE_EXCEEDED"
    assert bench.delays == [2, 4, 8]


@pytest.mark.promise("R5")
def test_a_reverted_transaction_fails_the_order(bench):
    bench.chain.status = REVERTED
    assert bench.execute().reason.code == "TRANSACTION_REVERTED"


@pytest.mark.promise("R15")
def test_an_order_with_too_little_life_left_expires_and_does_not_trade(bench):
    bench.clock.advance(57_000)
    assert bench.execute().status is Status.EXPIRED
    assert bench.chain.sent == []


@pytest.mark.promise("R15")
def test_quotes_that_use_up_the_life_expire_the_order_before_it_is_recorded(bench):
    bench.clock.advance(56_000)
    bench.raydium.takes_ms = 1_000
    assert bench.execute().status is Status.EXPIRED
    assert bench.chain.sent == []


@pytest.mark.promise("R15")
def test_after_its_time_a_submitted_order_is_only_observed_until_it_is_proved(bench):
    bench.chain.status = None
    bench.execute()
    sent = len(bench.chain.sent)
    bench.clock.advance(60_000)
    bench.execute()
    assert len(bench.chain.sent) == sent
    bench.chain.height = 101
    assert bench.execute().status is Status.EXPIRED


@pytest.mark.promise("R5")
def test_a_landing_after_its_time_still_confirms(bench):
    bench.chain.status = None
    bench.execute()
    bench.clock.advance(60_000)
    bench.chain.status = LANDED
    assert bench.execute().status is Status.CONFIRMED


def test_a_final_order_is_left_alone(bench):
    bench.execute()
    before = bench.order
    assert bench.execute() == before
    assert len(bench.chain.sent) == 1


def test_a_queue_that_refuses_a_retry_makes_the_message_come_again(bench):
    bench.chain.status = None

    def refuse(_method, _moment):
        raise QueueUnavailable("down")

    bench.queue.interrupt = refuse
    with pytest.raises(QueueUnavailable):
        bench.execute()


def test_the_wait_in_the_queue_is_measured(bench):
    bench.clock.advance(1_234)
    bench.execute()
    [(order, waited)] = bench.telemetry.named("queue_waited")
    assert waited == 1_234
    assert order == replace(an_order(at=order.accepted_at))
