"""Which offer an order takes."""

import itertools

import pytest

from chalicelib.domain.quotes import PoolQuote, Reason, VenueFailure, VenueQuote
from chalicelib.domain.routing import Outcome, choose_route, needs_proof
from chalicelib.errors import (
    ChainStale,
    ChainUnavailable,
    ChainWrong,
    ComputeLimitExceeded,
    InsufficientLiquidity,
    PoolDisabled,
    PoolNotActive,
    PriceOutOfRange,
    RouteNotFound,
    UnsupportedPool,
    VenueUnavailable,
    ZeroOutput,
)


def offer(venue, amount_out, *, spot=None, impact=5):
    return VenueQuote(venue, f"{venue}-pool", amount_out, spot or 1_000_000, impact, quoted_at=0)


def failure(venue, error):
    return VenueFailure(venue, Reason.of(error))


def choose(*replies):
    return choose_route(replies, decided_at=7)


@pytest.mark.promise("R7")
def test_the_greatest_net_output_wins_and_every_answer_is_recorded():
    route = choose(offer("raydium", 990_000), offer("meteora", 995_000))
    assert route.best.venue == "meteora"
    assert [(r.venue, r.outcome) for r in route.replies] == [
        ("meteora", Outcome.CHOSEN),
        ("raydium", Outcome.OUTBID),
    ]
    assert route.decided_at == 7


def test_a_tie_goes_to_the_smaller_impact_and_then_to_the_name():
    assert choose(offer("raydium", 5, impact=1), offer("meteora", 5, impact=2)).best.venue == "raydium"
    assert choose(offer("raydium", 5), offer("meteora", 5)).best.venue == "meteora"


@pytest.mark.promise("R7")
def test_a_dead_venue_does_not_stop_the_other():
    route = choose(failure("raydium", VenueUnavailable("down")), offer("meteora", 990_000))
    assert route.best.venue == "meteora"
    assert route.replies[-1].reason.code == "VENUE_UNAVAILABLE"


@pytest.mark.promise("R7")
def test_a_disproved_venue_is_left_out_and_recorded_as_implausible():
    replies = [offer("raydium", 5_000_000, spot=5_100_000), offer("meteora", 990_000)]
    route = choose_route(replies, decided_at=7, disproved={"raydium"})
    assert route.best.venue == "meteora"
    assert route.replies[-1].outcome is Outcome.IMPLAUSIBLE


@pytest.mark.parametrize(("amount_out", "doubtful"), [(1_030_000, False), (1_030_001, True)])
def test_an_offer_that_beats_every_other_spot_price_by_more_than_the_limit_needs_proof(amount_out, doubtful):
    best = offer("raydium", amount_out, spot=1_040_000)
    assert needs_proof(best, [best, offer("meteora", 990_000), offer("third", 900_000)], 300) is doubtful


def test_an_offer_that_stands_alone_needs_proof_and_one_that_lies_vouches_for_nobody():
    best = offer("raydium", 990_000)
    liar = offer("meteora", 2_000_000, spot=1_000_000)
    assert needs_proof(best, [best, failure("meteora", VenueUnavailable("down"))], 300)
    assert needs_proof(best, [best, liar], 300)


@pytest.mark.promise("R7")
def test_the_better_price_wins_however_far_the_other_venue_is_off():
    assert choose(offer("raydium", 2, spot=3), offer("meteora", 990_000)).best.venue == "meteora"


@pytest.mark.promise("R7")
def test_an_offer_that_beats_its_own_spot_price_takes_no_other_with_it():
    route = choose(offer("raydium", 3_000_000, spot=900_000), offer("meteora", 990_000))
    assert [(r.venue, r.outcome) for r in route.replies] == [
        ("meteora", Outcome.CHOSEN),
        ("raydium", Outcome.IMPLAUSIBLE),
    ]


def test_only_implausible_offers_are_worth_another_try():
    with pytest.raises(VenueUnavailable):
        choose(offer("raydium", 3_000_000, spot=900_000))


def test_no_offer_is_worth_another_try_when_one_venue_may_answer_later():
    with pytest.raises(VenueUnavailable, match="Raydium: down"):
        choose(failure("raydium", VenueUnavailable("down")), failure("meteora", ZeroOutput("0")))


def test_no_offer_is_final_when_every_venue_refused_for_good():
    with pytest.raises(RouteNotFound):
        choose(failure("raydium", ZeroOutput("0")), failure("meteora", ZeroOutput("0")))
    with pytest.raises(RouteNotFound):
        choose()


@pytest.mark.parametrize(
    ("raydium", "meteora", "cause"),
    [
        (ZeroOutput("0"), ZeroOutput("0"), "amount_too_small"),
        (ZeroOutput("0"), PoolDisabled("closed"), "amount_too_small"),
        (RouteNotFound("no pool"), ZeroOutput("0"), "amount_too_small"),
        (InsufficientLiquidity("dry"), PriceOutOfRange("far"), "amount_too_large"),
        (InsufficientLiquidity("dry"), ComputeLimitExceeded("long"), "amount_too_large"),
        (InsufficientLiquidity("dry"), UnsupportedPool("odd"), "amount_too_large"),
        (ComputeLimitExceeded("ticks"), PriceOutOfRange("far"), "amount_too_large"),
        (InsufficientLiquidity("dry"), ZeroOutput("0"), None),
        (PoolDisabled("closed"), PoolNotActive("soon"), None),
        (RouteNotFound("no pool"), RouteNotFound("no pool"), None),
    ],
)
def test_an_amount_is_told_to_be_too_small_or_too_large_where_all_say_so_that_say_anything(
    raydium, meteora, cause
):
    with pytest.raises(RouteNotFound) as refused:
        choose(failure("raydium", raydium), failure("meteora", meteora))
    assert refused.value.cause == cause
    assert ("too small" in str(refused.value)) is (cause == "amount_too_small")
    assert ("too large" in str(refused.value)) is (cause == "amount_too_large")


def test_every_cause_of_too_large_an_amount_may_be_told_at_once():
    refusals = [InsufficientLiquidity("dry"), ComputeLimitExceeded("long"), PriceOutOfRange("far")]
    with pytest.raises(RouteNotFound) as refused:
        choose(*(failure(str(number), error) for number, error in enumerate(refusals)))
    assert refused.value.cause == "amount_too_large"


def test_the_order_of_the_answers_makes_no_difference():
    replies = [offer("a", 5), offer("b", 9), offer("c", 9, impact=1), failure("d", VenueUnavailable("x"))]
    routes = {choose(*shuffled).replies for shuffled in itertools.permutations(replies)}
    assert len(routes) == 1


def test_of_a_reason_s_sentence_a_thousand_characters_are_kept():
    assert len(Reason.of(VenueUnavailable("x" * 999)).detail) == 999
    assert len(Reason.of(VenueUnavailable("x" * 1_001)).detail) == 1_000
    assert Reason.of(VenueUnavailable("")).detail == "VENUE_UNAVAILABLE"


def test_a_pool_that_was_not_asked_has_no_offer_and_costs_nothing():
    left_out = PoolQuote("pool", "raydium_cpmm")
    assert left_out.amount_out is None
    assert (left_out.fee_in, left_out.fee_out, left_out.price_impact_bps) == (0, 0, None)


@pytest.mark.parametrize("outage", [ChainUnavailable, ChainStale, ChainWrong])
def test_an_outage_of_the_nodes_that_all_venues_read_is_told_as_such(outage):
    with pytest.raises(outage, match=r"^no node$") as refused:
        choose(failure("raydium", outage("no node")), failure("meteora", outage("no node")))
    assert type(refused.value) is outage
    assert refused.value.retryable


def test_an_outage_of_the_nodes_is_not_told_where_a_venue_fails_otherwise():
    with pytest.raises(VenueUnavailable):
        choose(failure("raydium", ChainStale("behind")), failure("meteora", VenueUnavailable("slow")))
    assert choose(failure("raydium", ChainStale("behind")), offer("meteora", 1)).best.venue == "meteora"
