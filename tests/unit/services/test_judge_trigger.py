"""What a new order waits for is judged before it is armed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.domain.judging import Caution
from chalicelib.domain.new_order import IfMet
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import Terms
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import (
    PriceUnavailable,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
    TriggerRefusal,
)
from chalicelib.services.judge_trigger import JudgeTrigger
from tests.fakes.clock import FakeClock
from tests.fakes.examples import A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT, a_waiting_order, an_order
from tests.fakes.prices import ShownPrices
from tests.fakes.watch_bench import PAIR


class Desk:
    """150 USDC for one SOL, unless shown otherwise."""

    def __init__(self) -> None:
        clock = FakeClock()
        self.prices = ShownPrices(clock)
        self.judge = JudgeTrigger(
            self.prices, PAPER_PAIRS, clock, Caution(1_000, 300), max_age_ms=3_000, most_times=10
        )

    def check(self, terms: Terms, if_met: IfMet = IfMet.REFUSE, *, may_be_far: bool = False) -> None:
        self.judge.check(a_waiting_order(terms=terms), if_met, may_be_far=may_be_far)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def at(price: str, terms: Terms) -> Terms:
    return replace(terms, price=NamedPrice(Decimal(price), USDC))  # type: ignore[arg-type] # of terms that name a price


@pytest.mark.parametrize(
    ("terms", "waits", "met"),
    [(A_STOP, "149.9", "150"), (A_TAKE_PROFIT, "150.1", "150"), (A_WAITING_LIMIT, "149.7", "149.6")],
)
def test_what_is_met_already_is_refused_with_the_price_that_says_so_or_fires(desk, terms, waits, met):
    desk.check(at(waits, terms))
    with pytest.raises(TriggerAlreadyMet) as refused:
        desk.check(at(met, terms))
    assert (refused.value.price_in, refused.value.other) == ("USDC", "SOL")
    assert refused.value.numbers["trigger"] == met
    desk.check(at(met, terms), IfMet.FIRE)


@pytest.mark.parametrize("terms", [A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT])
@pytest.mark.parametrize("far", ["0.0066", "14.9", "1501"])
def test_a_price_ten_times_away_looks_like_a_mistake_unless_it_is_said_to_be_none(desk, terms, far):
    with pytest.raises(TriggerImplausible):
        desk.check(at(far, terms), IfMet.FIRE)
    desk.check(at(far, terms), IfMet.FIRE, may_be_far=True)


def test_so_does_a_stop_s_limit(desk):
    with pytest.raises(TriggerImplausible) as refused:
        desk.check(replace(A_STOP, limit=NamedPrice(Decimal("0.0066"), USDC)))
    assert refused.value.numbers["trigger"] == "0.0066"


def test_a_price_in_the_other_token_is_judged_as_the_same_price(desk):
    sol = replace(A_STOP, price=NamedPrice(Decimal(1) / 128, SOL))
    desk.check(sol)
    with pytest.raises(TriggerImplausible) as refused:
        desk.check(replace(A_STOP, price=NamedPrice(Decimal(128), SOL)))
    assert (refused.value.price_in, refused.value.other) == ("SOL", "USDC")


def test_a_stop_s_limit_is_no_better_than_its_trigger(desk):
    desk.check(replace(A_STOP, limit=NamedPrice(Decimal(130), USDC)))
    with pytest.raises(TriggerBelowFloor) as refused:
        desk.check(replace(A_STOP, limit=NamedPrice(Decimal("130.1"), USDC)))
    assert refused.value.numbers == {"trigger": "130", "limitPrice": "130.1"}


def test_without_a_price_only_a_limit_that_may_fire_is_taken(desk):
    desk.prices.show(PAIR, **dict.fromkeys(PAIR.venues))
    desk.check(A_WAITING_LIMIT, IfMet.FIRE)
    for terms, if_met in ((A_STOP, IfMet.FIRE), (A_WAITING_LIMIT, IfMet.REFUSE)):
        with pytest.raises(PriceUnavailable):
            desk.check(terms, if_met)


def test_what_waits_for_nothing_is_not_judged(desk):
    desk.judge.check(an_order(), IfMet.REFUSE)
    assert desk.prices.looks == []


def test_control_one_venue_alone_neither_refuses_a_stop_nor_lets_it_seem_met(desk):
    desk.prices.show(PAIR, raydium="120")
    desk.check(A_STOP)


def test_a_refusal_names_its_prices(desk):
    with pytest.raises(TriggerRefusal, match="trigger 151 USDC, reference 150 USDC"):
        desk.check(at("151", A_STOP))
