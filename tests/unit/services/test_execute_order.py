"""Executing an order, up to its transaction: each rule by itself."""

from dataclasses import replace

import pytest

from chalicelib.domain.order import Fill, Status
from chalicelib.domain.submission import (
    Commitment,
    LandingError,
    SignatureStatus,
)
from chalicelib.errors import (
    IllegalTransition,
    SlippageExceeded,
    StorageUnavailable,
    VenueUnavailable,
    ZeroOutput,
)
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.execution_bench import ExecutionBench

SLIPPED = SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)
REVERTED = SignatureStatus(Commitment.FINALIZED, LandingError.OTHER)


@pytest.fixture
def bench():
    return ExecutionBench()


def test_an_order_goes_from_pending_to_confirmed_with_the_better_venue(bench):
    order = bench.trade()
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
    bench.trade()
    assert recorded == [True]


@pytest.mark.promise("R6")
def test_the_minimum_is_fixed_by_the_first_route_and_never_lowered(bench):
    bench.chain.status = SLIPPED
    first = bench.trade()
    assert first.minimum_amount_out == 222_750_000
    bench.raydium.amount_out = bench.meteora.amount_out = 222_000_000
    again = bench.trade()
    assert again.reason.code == "ROUTE_BELOW_MINIMUM"
    assert again.minimum_amount_out == 222_750_000
    assert len(bench.chain.sent) == 1


def demand(bench, minimum):
    order = an_order(at=bench.clock.now(), minimum_amount_out=minimum)
    bench.orders.orders[ORDER_ID] = order


@pytest.mark.promise("R6")
@pytest.mark.parametrize(
    ("demanded", "minimum"), [(1, 222_750_000), (222_750_001, 222_750_001), (225_000_000, 225_000_000)]
)
def test_the_minimum_is_what_was_demanded_or_what_slippage_gives_whichever_is_more(bench, demanded, minimum):
    demand(bench, demanded)
    order = bench.trade()
    assert (order.status, order.minimum_amount_out) == (Status.CONFIRMED, minimum)


@pytest.mark.promise("R6")
def test_an_offer_below_the_demanded_minimum_is_not_taken_and_asked_for_again(bench):
    demand(bench, 225_000_001)
    for _ in range(4):
        bench.trade()
    assert (bench.delays, bench.chain.sent) == ([2, 4, 8], [])
    assert bench.statuses == ["pending", "routing", "routing", "routing", "routing", "failed"]
    assert (bench.order.reason.code, bench.order.minimum_amount_out) == ("ROUTE_BELOW_MINIMUM", 225_000_001)
    assert bench.order.reason.detail == "The best offer was 225 USDC, the minimum is 225.000001 USDC"


@pytest.mark.promise("R6")
def test_a_better_offer_after_one_below_the_demanded_minimum_fixes_the_minimum_once(bench):
    demand(bench, 225_000_001)
    bench.trade()
    bench.chain.status = SLIPPED
    for offer, minimum in ((230_000_000, 227_700_000), (240_000_000, 227_700_000)):
        bench.raydium.amount_out, bench.raydium.spot_amount_out = offer, offer + 1
        assert bench.trade().minimum_amount_out == minimum


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
    assert bench.trade().status is Status.CONFIRMED
    assert bench.order.route.best.venue == "meteora"
    assert bench.telemetry.named("venue_failed")


def test_venues_that_are_all_unavailable_are_asked_again_after_2_4_and_8_seconds(bench):
    bench.raydium.error = bench.meteora.error = VenueUnavailable("down")
    for _ in range(4):
        bench.trade()
    assert bench.delays == [2, 4, 8]
    assert bench.statuses == ["pending", "routing", "routing", "routing", "routing", "failed"]
    assert bench.order.reason.code == "VENUE_UNAVAILABLE"


def test_a_pair_that_no_venue_fills_fails_at_once(bench):
    bench.raydium.error = bench.meteora.error = ZeroOutput("dry")
    assert bench.trade().reason.code == "ROUTE_NOT_FOUND"
    assert bench.queue.sent == []


def test_a_swap_that_simulation_refuses_is_never_sent_and_routed_anew(bench):
    bench.chain.simulation_error = SlippageExceeded("moved")
    assert bench.trade().status is Status.ROUTING
    assert bench.chain.sent == []
    bench.chain.simulation_error = None
    assert bench.trade().status is Status.CONFIRMED


def test_a_route_that_went_stale_is_quoted_anew_before_anything_is_built(bench):
    bench.orders.interrupt = crash_at(3)  # the write-ahead
    bench.trade()
    bench.clock.advance(20_000)
    bench.trade()
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
    bench.trade()
    assert bench.order.status is Status.CONFIRMED
    assert len(bench.chain.sent) == 1
    assert bench.order.version == 5


@pytest.mark.promise("R1")
def test_tables_that_do_not_answer_are_no_crash_the_order_is_asked_for_again(bench):
    def refuse(_method, _moment):
        raise StorageUnavailable("down")

    bench.orders.interrupt = refuse
    bench.service.execute(ORDER_ID)
    assert bench.delays == [5]


def test_a_route_over_a_venue_that_is_gone_is_routed_anew(bench):
    bench.orders.interrupt = crash_at(3)
    bench.trade()
    del bench.venues["raydium"]
    assert bench.trade().status is Status.ROUTING
    assert bench.order.reason.code == "VENUE_UNAVAILABLE"


def test_a_route_that_moves_the_price_too_far_fails_the_order_unsent_and_is_not_tried_again(bench):
    bench.raydium.price_impact_bps = 1_001
    order = bench.trade()
    assert bench.statuses == ["pending", "routing", "failed"]
    assert (order.reason.code, order.reason.kind) == ("PRICE_IMPACT_ABOVE_LIMIT", "denied")
    assert (
        order.reason.detail
        == "The best offer moves the price by 10.01 %, and 10 % is the most that is allowed"
    )
    assert (bench.chain.sent, bench.queue.sent) == ([], [])


def test_the_limit_of_price_impact_is_of_the_offer_that_would_be_taken(bench):
    bench.raydium.price_impact_bps, bench.meteora.price_impact_bps = 1_000, 9_000
    assert bench.trade().status is Status.CONFIRMED


@pytest.mark.promise("R7")
def test_an_offer_that_simulation_disproves_neither_fails_the_order_nor_fixes_its_minimum(bench):
    bench.raydium.amount_out, bench.raydium.spot_amount_out = 600_000_000, 610_000_000
    bench.chain.pays_at_most = 225_000_000
    order = bench.trade()
    assert (order.status, order.attempt) == (Status.CONFIRMED, 1)
    assert order.route.best.venue == "meteora"
    assert order.minimum_amount_out == 221_760_000


@pytest.mark.promise("R7")
def test_a_venue_far_below_the_market_does_not_take_the_order(bench):
    bench.meteora.amount_out, bench.meteora.spot_amount_out = 2, 3
    assert bench.trade().route.best.venue == "raydium"


@pytest.mark.promise("R7")
def test_a_lie_that_stands_alone_is_not_believed_and_the_other_venue_fills_later(bench):
    bench.raydium.amount_out, bench.raydium.spot_amount_out = 600_000_000, 610_000_000
    bench.meteora.error = VenueUnavailable("down")
    bench.chain.pays_at_most = 225_000_000
    assert bench.trade().reason.code == "VENUE_UNAVAILABLE"
    bench.meteora.error = None
    assert bench.trade().status is Status.CONFIRMED


CONFIRMED = {"amountIn": "1.5", "amountOut": "225", "executedPrice": "150", "dex": "raydium"}


def test_each_event_tells_what_became_known_with_it(bench):
    order = bench.trade()
    signature = order.submission.signature
    assert [event.detail for event in order.events] == [
        {},
        {},
        {
            "dex": "raydium",
            "pool": "raydium-pool",
            "quotedAmountOut": "225",
            "minimumAmountOut": "222.75",
        },
        {"txHash": signature, "lastValidBlockHeight": "100"},
        {**CONFIRMED, "txHash": signature},
    ]


@pytest.mark.promise("R15")
@pytest.mark.parametrize(("left_ms", "asks"), [(3_000, False), (3_001, True)])
def test_a_late_order_asks_no_venue(bench, left_ms, asks):
    asked = []
    quote = bench.raydium.quote

    def ask(request):
        asked.append(request)
        return quote(request)

    bench.raydium.quote = ask
    bench.clock.advance(60_000 - left_ms)
    bench.trade()
    assert bool(asked) is asks
    assert bench.order.status is (Status.CONFIRMED if asks else Status.EXPIRED)
    assert bench.order.version == (5 if asks else 3)


@pytest.mark.promise("R1")
def test_a_message_that_is_sent_with_a_delay_is_due_after_it(bench):
    bench.raydium.error = bench.meteora.error = VenueUnavailable("down")
    for seconds in (2, 4, 8):
        bench.clock.advance(10_000)
        assert bench.trade().enqueued_at == bench.clock.now() + seconds * 1_000


@pytest.mark.parametrize(("older_ms", "requotes"), [(10_000, False), (10_001, True)])
def test_a_route_is_built_on_for_so_long(bench, older_ms, requotes):
    bench.orders.interrupt = crash_at(3)
    bench.trade()
    bench.clock.advance(older_ms)
    bench.trade()
    assert (bench.order.attempt == 2) is requotes


def test_a_stale_route_of_the_last_attempt_fails_the_order(bench):
    bench.chain.simulation_error = SlippageExceeded("moved")
    for _ in range(3):
        bench.trade()
    bench.orders.interrupt = crash_at(2)  # after the route is taken
    bench.trade()
    bench.orders.interrupt = lambda *_: None
    assert (bench.order.status, bench.order.attempt) == (Status.BUILDING, 4)
    bench.clock.advance(10_001)
    assert bench.trade().reason.code == "QUOTE_STALE"
    assert bench.order.status is Status.FAILED


def test_nothing_is_built_for_an_order_without_a_minimum(bench):
    bench.orders.interrupt = crash_at(3)
    bench.trade()
    bench.orders.interrupt = lambda *_: None
    bench.orders.orders[ORDER_ID] = replace(bench.order, minimum_amount_out=None)
    with pytest.raises(IllegalTransition):
        bench.trade()
