"""The paper chain over prices that are not the ledger's own, as those of another chain's pools are."""

from dataclasses import dataclass

import pytest

from chalicelib.adapters.paper.chain import PaperChain
from chalicelib.adapters.paper.items import read_sent, sent_item
from chalicelib.adapters.paper.ledger import Ending, Sent
from chalicelib.adapters.paper.prices import PricedSwap
from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus
from chalicelib.errors import ChainUnavailable
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask


@dataclass
class Elsewhere:
    """Pools of another chain: what they pay, its newest slot, and whether it answers at all."""

    pays: int | None = 2_000
    newest: int = 500
    answers: bool = True
    are_kept: bool = False
    asked: tuple[int | None, ...] = ()

    def slot(self) -> int:
        self._answer()
        return self.newest

    def price(self, swap: PaperSwap, height: int, sent_slot: int | None = None) -> PricedSwap | None:
        self._answer()
        self.asked += (sent_slot,)
        return None if self.pays is None else PricedSwap(swap.amount_in, self.pays)

    def _answer(self) -> None:
        if not self.answers:
            raise ChainUnavailable("no node answered")


class Market:
    def __init__(self) -> None:
        self.desk = PaperDesk()
        self.ledger = self.desk.ledger
        assert isinstance(self.ledger, InMemoryLedger)
        self.stored = dict(self.ledger.stored)
        self.prices = Elsewhere()
        self.chain = PaperChain(self.ledger, self.prices, self.desk.clock, self.desk.settings.paper)
        self.submission = self.desk.submission(ask(), minimum=1_000)

    def land(self) -> SignatureStatus | None:
        self.desk.clock.advance(self.desk.settings.paper.landing_delay_ms.high)
        return reading_of(self.chain, self.submission).status


@pytest.fixture
def market() -> Market:
    return Market()


def test_a_landing_pays_what_those_pools_pay_and_moves_none_of_the_ledgers(market: Market) -> None:
    market.chain.send(market.submission)
    assert market.land() == SignatureStatus(Commitment.CONFIRMED, None)
    assert market.chain.fill(market.submission).amount_out == 2_000
    assert isinstance(market.ledger, InMemoryLedger)
    assert market.ledger.stored == market.stored


def test_a_landing_is_priced_by_the_slot_of_its_first_send(market: Market) -> None:
    market.chain.send(market.submission)
    market.prices.newest = 510
    market.chain.send(market.submission)
    market.land()
    assert market.prices.asked == (500,)


@pytest.mark.parametrize(("pays", "error"), [(999, LandingError.SLIPPAGE), (None, LandingError.OTHER)])
def test_a_landing_fails_below_its_minimum_and_without_its_pool(
    market: Market, pays: int | None, error: LandingError
) -> None:
    market.chain.send(market.submission)
    market.prices.pays = pays
    assert market.land() == SignatureStatus(Commitment.CONFIRMED, error)


def test_what_can_not_be_priced_now_is_left_out_and_lands_at_a_later_look(market: Market) -> None:
    market.chain.send(market.submission)
    market.prices.answers = False
    market.desk.clock.advance(market.desk.settings.paper.landing_delay_ms.high)
    assert market.chain.signature_statuses([market.submission]) == {}
    market.prices.answers = True
    assert market.land() == SignatureStatus(Commitment.CONFIRMED, None)


def test_what_could_not_be_priced_while_it_was_valid_is_expired_for_good(market: Market) -> None:
    market.chain.send(market.submission)
    market.desk.wait_until_expired(market.submission)
    assert reading_of(market.chain, market.submission).status is None
    assert isinstance(market.ledger, InMemoryLedger)
    assert market.ledger.outcomes[market.submission.signature].ending is Ending.EXPIRED


def test_nothing_is_sent_while_the_slot_of_the_send_is_not_known(market: Market) -> None:
    market.prices.answers = False
    with pytest.raises(ChainUnavailable):
        market.chain.send(market.submission)
    assert isinstance(market.ledger, InMemoryLedger)
    assert market.ledger.sent == {}


@pytest.mark.parametrize("slot", [None, 0, 500])
def test_the_slot_of_a_send_is_stored_where_there_is_one(slot: int | None) -> None:
    sent = Sent("order", 1, sent_at=1, lands_at=2, slot=slot)
    item = sent_item("signature", sent)
    assert read_sent(item) == sent
    assert ("slot" in item) is (slot is not None)
