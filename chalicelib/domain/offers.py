"""Whether an order may take the best offer that it got."""

from chalicelib.domain.amounts import format_percent, told_amount
from chalicelib.domain.quotes import VenueQuote
from chalicelib.domain.tokens import Token
from chalicelib.errors import PriceImpactAboveLimit, RouteBelowMinimum


def check_price_impact(offer: VenueQuote, limit_bps: int) -> None:
    """Check an offer's price impact against the limit (basis points). Raises PriceImpactAboveLimit."""
    if offer.price_impact_bps > limit_bps:
        raise PriceImpactAboveLimit(
            f"The best offer moves the price by {format_percent(offer.price_impact_bps)}, and "
            f"{format_percent(limit_bps)} is the most that is allowed"
        )


def check_minimum(offer: VenueQuote, minimum: int | None, token_out: Token) -> None:
    """Check an offer against the order's minimum (base units), if it has one. Raises RouteBelowMinimum."""
    if minimum is not None and offer.amount_out < minimum:
        best, least = (told_amount(units, token_out) for units in (offer.amount_out, minimum))
        raise RouteBelowMinimum(f"The best offer was {best}, the minimum is {least}")
