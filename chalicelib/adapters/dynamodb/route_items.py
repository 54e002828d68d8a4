"""Convert a route, with every quote that it was compared with, to plain maps and back."""

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters.dynamodb.event_items import PlainMap, read_reason, reason_item
from chalicelib.domain.quotes import PoolQuote, VenueQuote
from chalicelib.domain.routing import Outcome, RankedReply, Route


def route_item(route: Route | None) -> PlainMap | None:
    """Return a route as it is stored: the winning offer and all replies."""
    if route is None:
        return None
    return {
        "best": _quote_item(route.best),
        "replies": [_reply_item(reply) for reply in route.replies],
        "decided_at": route.decided_at,
    }


def read_route(stored: Mapping[str, Any] | None) -> Route | None:
    """Read a stored route."""
    if stored is None:
        return None
    return Route(
        best=_read_quote(stored["best"]),
        replies=tuple(_read_reply(reply) for reply in stored["replies"]),
        decided_at=stored["decided_at"],
    )


def _reply_item(reply: RankedReply) -> PlainMap:
    return {
        "venue": reply.venue,
        "outcome": reply.outcome.value,
        "quote": _quote_item(reply.quote) if reply.quote is not None else None,
        "reason": reason_item(reply.reason),
    }


def _read_reply(stored: Mapping[str, Any]) -> RankedReply:
    return RankedReply(
        venue=stored["venue"],
        outcome=Outcome(stored["outcome"]),
        quote=_read_quote(stored["quote"]) if stored["quote"] is not None else None,
        reason=read_reason(stored["reason"]),
    )


def _quote_item(quote: VenueQuote) -> PlainMap:
    return {
        "venue": quote.venue,
        "pool": quote.pool,
        "amount_out": quote.amount_out,
        "spot_amount_out": quote.spot_amount_out,
        "price_impact_bps": quote.price_impact_bps,
        "quoted_at": quote.quoted_at,
        "pools": [_pool_item(pool) for pool in quote.pools],
    }


def _read_quote(stored: Mapping[str, Any]) -> VenueQuote:
    return VenueQuote(
        venue=stored["venue"],
        pool=stored["pool"],
        amount_out=stored["amount_out"],
        spot_amount_out=stored["spot_amount_out"],
        price_impact_bps=stored["price_impact_bps"],
        quoted_at=stored["quoted_at"],
        pools=tuple(_read_pool(pool) for pool in stored["pools"]),
    )


def _pool_item(pool: PoolQuote) -> PlainMap:
    return {
        "pool": pool.pool,
        "pool_type": pool.pool_type,
        "amount_out": pool.amount_out,
        "fee_in": pool.fee_in,
        "fee_out": pool.fee_out,
        "price_impact_bps": pool.price_impact_bps,
        "reason": reason_item(pool.reason),
    }


def _read_pool(stored: Mapping[str, Any]) -> PoolQuote:
    return PoolQuote(
        pool=stored["pool"],
        pool_type=stored["pool_type"],
        amount_out=stored["amount_out"],
        fee_in=stored["fee_in"],
        fee_out=stored["fee_out"],
        price_impact_bps=stored["price_impact_bps"],
        reason=read_reason(stored["reason"]),
    )
