"""What clients get: orders, routes and fills on the wire. Amounts are decimal strings of whole tokens."""

from typing import Any

from chalicelib.domain.amounts import executed_price, format_amount, format_decimal
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import PoolQuote
from chalicelib.domain.routing import RankedReply, Route
from chalicelib.services.accept_order import Accepted
from chalicelib.services.stream_messages import event_record, reason_record, timestamp


def accepted_record(order: Order, stream_url: str) -> dict[str, Any]:
    """The answer to a new or replayed order."""
    return {
        "success": True,
        "orderId": order.order_id,
        "status": order.status.value,
        "streamUrl": f"{stream_url}?orderId={order.order_id}",
    }


def present_accepted(accepted: Accepted, stream_url: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers: 202 for a new order, 200 for one that an earlier request made."""
    order = accepted.order
    headers = {"Location": f"/api/orders/{order.order_id}"}
    if accepted.replayed:
        headers["Idempotent-Replayed"] = "true"
    return 200 if accepted.replayed else 202, accepted_record(order, stream_url), headers


def order_record(order: Order, stream_url: str) -> dict[str, Any]:
    """An order with its route, fill and history."""
    record: dict[str, Any] = {
        **accepted_record(order, stream_url),
        "type": "market",
        "tokenIn": order.token_in.symbol,
        "tokenOut": order.token_out.symbol,
        "amount": format_amount(order.amount_in, order.token_in),
        "slippageBps": order.slippage_bps,
        "acceptedAt": timestamp(order.accepted_at),
        "expiresAt": timestamp(order.expires_at),
        "attempt": order.attempt,
        "sequence": order.version,
        "logs": [event_record(event) for event in order.events],
    }
    if order.minimum_amount_out is not None:
        record["minimumAmountOut"] = format_amount(order.minimum_amount_out, order.token_out)
    if order.route is not None:
        record["route"] = _route_record(order.route, order)
    if order.submission is not None:
        record["txHash"] = order.submission.signature
        record["lastValidBlockHeight"] = order.submission.last_valid_block_height
    if order.fill is not None:
        record["fill"] = _fill_record(order)
    if order.reason is not None:
        record["error"] = reason_record(order.reason)
    return record


def _fill_record(order: Order) -> dict[str, Any]:
    if order.fill is None:
        return {}
    price = executed_price(order.fill.amount_in, order.token_in, order.fill.amount_out, order.token_out)
    return {
        "amountIn": format_amount(order.fill.amount_in, order.token_in),
        "amountOut": format_amount(order.fill.amount_out, order.token_out),
        "executedPrice": format_decimal(price),
        "dex": order.route.best.venue if order.route is not None else None,
    }


def _route_record(route: Route, order: Order) -> dict[str, Any]:
    return {
        "dex": route.best.venue,
        "pool": route.best.pool,
        "decidedAt": timestamp(route.decided_at),
        "quotes": [_reply_record(reply, order) for reply in route.replies],
    }


def _reply_record(reply: RankedReply, order: Order) -> dict[str, Any]:
    record: dict[str, Any] = {"dex": reply.venue, "outcome": reply.outcome.value}
    if reply.quote is not None:
        record |= {
            "pool": reply.quote.pool,
            "amountOut": format_amount(reply.quote.amount_out, order.token_out),
            "priceImpactBps": reply.quote.price_impact_bps,
            "quotedAt": timestamp(reply.quote.quoted_at),
            "pools": [_pool_record(pool, order) for pool in reply.quote.pools],
        }
    if reply.reason is not None:
        record["error"] = reason_record(reply.reason)
    return record


def _pool_record(pool: PoolQuote, order: Order) -> dict[str, Any]:
    record: dict[str, Any] = {"pool": pool.pool, "type": pool.pool_type}
    if pool.amount_out is not None:
        record |= {
            "amountOut": format_amount(pool.amount_out, order.token_out),
            "feeIn": format_amount(pool.fee_in, order.token_in),
            "feeOut": format_amount(pool.fee_out, order.token_out),
            "priceImpactBps": pool.price_impact_bps,
        }
    if pool.reason is not None:
        record["error"] = reason_record(pool.reason)
    return record
