"""The replies of a paper venue: writing, reading, and corrupting them as a fault.

A reply is believed in its form only when every field is there, of its type and in its range, and nothing
else is. Whether its price is plausible is not for one venue to say: routing compares it with the others.
"""

import re
from collections.abc import Callable, Mapping

from chalicelib.domain.pool_offers import Offer
from chalicelib.errors import VenueUnavailable
from chalicelib.pricing.swap import BASIS_POINTS, U64_MAX, U128_MAX

Reply = Mapping[str, object]

LIE_FACTOR = 3
"""The factor by which a lying venue's offer exceeds what its pool would return."""

_AMOUNT = re.compile(r"[1-9][0-9]{0,38}", re.ASCII)
_FIELDS = frozenset({"pool", "amountOut", "spotAmountOut", "priceImpactBps"})


def write_reply(offer: Offer) -> dict[str, object]:
    """Return the reply with this offer."""
    return {
        "pool": offer.pool,
        "amountOut": str(offer.amount_out),
        "spotAmountOut": str(offer.spot_amount_out),
        "priceImpactBps": offer.price_impact_bps,
    }


def read_reply(reply: object) -> Offer:
    """Return the offer in a reply; raise `VenueUnavailable` if it is malformed in any way."""
    if not isinstance(reply, Mapping) or set(reply) != _FIELDS:
        raise VenueUnavailable("Its answer was malformed: it had not the fields of an offer")
    pool, impact = reply["pool"], reply["priceImpactBps"]
    if not isinstance(pool, str) or not pool:
        raise VenueUnavailable("Its answer was malformed: pool")
    if type(impact) is not int or not 0 <= impact <= BASIS_POINTS:
        raise VenueUnavailable("Its answer was malformed: priceImpactBps")
    amount_out = _amount(reply, "amountOut", U64_MAX)
    # A spot price takes no notice of what the pool holds: this may be more than an account can.
    return Offer(pool, amount_out, _amount(reply, "spotAmountOut", U128_MAX), impact)


def lie(offer: Offer) -> Offer:
    """Return a well-formed offer far off the market, with a spot price to match."""
    return Offer(offer.pool, offer.amount_out * LIE_FACTOR, offer.spot_amount_out * LIE_FACTOR, 0)


def corrupt(reply: Reply, draw: int) -> object:
    """Return the reply broken in one of the ways in which venues' replies break."""
    return CORRUPTIONS[draw % len(CORRUPTIONS)](reply)


CORRUPTIONS: tuple[Callable[[Reply], object], ...] = (
    lambda _: "<html><body>502 Bad Gateway</body></html>",
    lambda _: None,
    lambda reply: {name: value for name, value in reply.items() if name != "amountOut"},
    lambda reply: {**reply, "amountOut": f"-{reply['amountOut']}"},
    lambda reply: {**reply, "amountOut": int(str(reply["amountOut"]))},
    lambda reply: {**reply, "amountOut": "1e30"},
    lambda reply: {**reply, "amountOut": "0"},
    lambda reply: {**reply, "amountOut": str(U64_MAX + 1)},
    lambda reply: {**reply, "spotAmountOut": "NaN"},
    lambda reply: {**reply, "priceImpactBps": -1},
    lambda reply: {**reply, "priceImpactBps": True},
    lambda reply: {**reply, "pool": None},
    lambda reply: {**reply, "success": False},
)


def _amount(reply: Reply, name: str, most: int) -> int:
    text = reply[name]
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text) or int(text) > most:
        raise VenueUnavailable(f"Its answer was malformed: {name}")
    return int(text)
