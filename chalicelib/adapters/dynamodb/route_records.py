"""The route of an order's item, with every quote that it was compared with, as plain maps."""

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters.dynamodb.event_records import Record, read_reason, reason_record
from chalicelib.domain.quotes import PoolQuote, VenueQuote
from chalicelib.domain.routing import Outcome, RankedReply, Route


def route_record(route: Route | None) -> Record | None:
    """The winning offer and all answers."""
    if route is None:
        return None
    return {
        "best": _quote_record(route.best),
        "replies": [_reply_record(reply) for reply in route.replies],
        "decided_at": route.decided_at,
    }


def read_route(record: Mapping[str, Any] | None) -> Route | None:
    """The route of its record."""
    if record is None:
        return None
    return Route(
        best=_read_quote(record["best"]),
        replies=tuple(_read_reply(reply) for reply in record["replies"]),
        decided_at=record["decided_at"],
    )


def _reply_record(reply: RankedReply) -> Record:
    return {
        "venue": reply.venue,
        "outcome": reply.outcome.value,
        "quote": _quote_record(reply.quote) if reply.quote is not None else None,
        "reason": reason_record(reply.reason),
    }


def _read_reply(record: Mapping[str, Any]) -> RankedReply:
    return RankedReply(
        venue=record["venue"],
        outcome=Outcome(record["outcome"]),
        quote=_read_quote(record["quote"]) if record["quote"] is not None else None,
        reason=read_reason(record["reason"]),
    )


def _quote_record(quote: VenueQuote) -> Record:
    return {
        "venue": quote.venue,
        "pool": quote.pool,
        "amount_out": quote.amount_out,
        "spot_amount_out": quote.spot_amount_out,
        "price_impact_bps": quote.price_impact_bps,
        "quoted_at": quote.quoted_at,
        "pools": [_pool_record(pool) for pool in quote.pools],
    }


def _read_quote(record: Mapping[str, Any]) -> VenueQuote:
    return VenueQuote(
        venue=record["venue"],
        pool=record["pool"],
        amount_out=record["amount_out"],
        spot_amount_out=record["spot_amount_out"],
        price_impact_bps=record["price_impact_bps"],
        quoted_at=record["quoted_at"],
        pools=tuple(_read_pool(pool) for pool in record["pools"]),
    )


def _pool_record(pool: PoolQuote) -> Record:
    return {
        "pool": pool.pool,
        "pool_type": pool.pool_type,
        "amount_out": pool.amount_out,
        "fee_in": pool.fee_in,
        "fee_out": pool.fee_out,
        "price_impact_bps": pool.price_impact_bps,
        "reason": reason_record(pool.reason),
    }


def _read_pool(record: Mapping[str, Any]) -> PoolQuote:
    return PoolQuote(
        pool=record["pool"],
        pool_type=record["pool_type"],
        amount_out=record["amount_out"],
        fee_in=record["fee_in"],
        fee_out=record["fee_out"],
        price_impact_bps=record["price_impact_bps"],
        reason=read_reason(record["reason"]),
    )
