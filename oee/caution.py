"""Doubts about an order that a person is shown, and asked about, before it is placed."""

from dataclasses import dataclass
from decimal import Decimal

from oee.records import Quote
from oee.wording import percent, plain, reason

MUCH_SLIPPAGE = 5
"""Slippage in per cent above which the person is asked."""

NOTABLE_IMPACT_BPS = 100
MUCH_IMPACT_BPS = 500
"""Price impact in basis points from which it is shown as a warning, and from which the person is asked."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason why an order may not be meant; a yes to each of the questions places it all the same."""

    sentence: str
    questions: tuple[str, ...] = ("Place it all the same?",)


def doubts_of_slippage(slippage: Decimal | None) -> list[Doubt]:
    """Return the doubts about an order with this slippage (in per cent)."""
    if slippage is None or slippage <= MUCH_SLIPPAGE:
        return []
    much = plain(slippage)
    return [
        Doubt(
            f"A slippage of {much} % lets the order give up to {much} % less than quoted.",
            ("Place it all the same?", f"Really with a slippage of {much} %?"),
        )
    ]


def doubts_of_offer(offer: Quote) -> list[Doubt]:
    """Return the doubts about an order with this quote."""
    doubts = []
    if offer.denied is not None:
        doubts.append(Doubt(f"An order would fail: {reason(offer.denied)}"))
    elif (offer.price_impact_bps or 0) >= MUCH_IMPACT_BPS:
        impact = percent(offer.price_impact_bps or 0)
        moved = "so much moves the price, and trades at the moved one."
        doubts.append(Doubt(f"The price impact is {impact}: {moved}"))
    return doubts
