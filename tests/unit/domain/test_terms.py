"""The terms of an order, and what a stored idempotency record holds of them."""

from chalicelib.domain.idempotency import fingerprint
from chalicelib.domain.terms import MarketTerms
from tests.fakes.examples import a_new_order

DIGEST = "b253fab56bce4d01eddaf383366263c73175cf540b50e9aabeecfecca75b8c82"
"""What the first release stored for 1.5 SOL into USDC at 1 %, valid for a minute."""


def test_a_market_order_has_the_fingerprint_that_earlier_records_hold():
    new = a_new_order(amount_in=1_500_000_000, terms=MarketTerms(100), valid_for_seconds=60)
    assert fingerprint(new.canonical()) == DIGEST


def test_other_terms_have_another_fingerprint():
    orders = [
        *(a_new_order(terms=MarketTerms(bps)) for bps in (100, 101)),
        *(a_new_order(minimum_amount_out=minimum) for minimum in (1, 2)),
    ]
    assert len({fingerprint(order.canonical()) for order in orders}) == len(orders)
