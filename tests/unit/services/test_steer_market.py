"""Moving a market on purpose: which places are meant."""

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.domain.steering import FeedChange, FeedState, Move
from chalicelib.domain.tokens import BONK, SOL, USDC
from chalicelib.errors import InvalidRequest, PairNotTraded
from chalicelib.services.steer_market import SteerMarket
from tests.fakes.paper import InMemoryLedger, PaperDesk, paper_settings

DOWN = FeedChange(FeedState.DOWN)


@pytest.fixture
def ledger():
    return InMemoryLedger()


@pytest.fixture
def use_case(ledger):
    controls = PaperDesk(ledger, settings=paper_settings(paper_controls=True)).controls
    assert controls is not None
    return SteerMarket(controls, PAPER_PAIRS)


def test_without_a_venue_all_venues_of_the_pair_are_moved(use_case, ledger):
    moved = use_case.move((USDC, SOL), Move(900_000), None)
    assert moved.tokens == (USDC, SOL)
    assert moved.level == 900_000
    assert [course.venue for course in moved.courses] == ["meteora", "raydium"]
    assert {venue for venue, _ in ledger.conditions} == {"meteora", "raydium"}
    assert len({pair for _, pair in ledger.conditions}) == 1


def test_one_venue_can_be_named(use_case, ledger):
    use_case.move((SOL, USDC), Move(900_000), "raydium")
    assert [venue for venue, _ in ledger.conditions] == ["raydium"]


def test_without_a_pair_the_feeds_of_all_pairs_are_changed(use_case, ledger):
    changed = use_case.set_feeds(DOWN, None, None)
    assert len(changed.places) == len(ledger.conditions) == 2 * len(list(PAPER_PAIRS))
    use_case.set_feeds(FeedChange(FeedState.OK), (SOL, USDC), "raydium")
    assert sum(each.feed.state is FeedState.OK for each in ledger.conditions.values()) == 1


def test_a_pair_without_pools_can_not_be_moved(use_case, ledger):
    with pytest.raises(PairNotTraded):
        use_case.move((BONK, USDC), Move(900_000), None)
    with pytest.raises(PairNotTraded):
        use_case.set_feeds(DOWN, (BONK, USDC), None)
    assert ledger.conditions == {}


@pytest.mark.parametrize("tokens", [None, (SOL, USDC)])
def test_a_venue_that_there_is_not_is_told_those_that_there_are(use_case, ledger, tokens):
    with pytest.raises(InvalidRequest, match="meteora, raydium"):
        use_case.set_feeds(DOWN, tokens, "orca")
    assert ledger.conditions == {}
