"""What clients get: orders, routes and fills on the wire. Amounts are decimal strings of whole tokens."""

from typing import Any
from urllib.parse import urlencode

from chalicelib.api.history import write_cursor
from chalicelib.api.problems import rate_headers
from chalicelib.domain.amounts import executed_price, format_amount, format_decimal
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import PoolQuote
from chalicelib.domain.routing import RankedReply, Route
from chalicelib.domain.tokens import TOKENS, Token
from chalicelib.ports import HistoryPage
from chalicelib.services.accept_order import Acceptance
from chalicelib.services.issue_ticket import IssuedTicket
from chalicelib.services.measure_load import Load
from chalicelib.services.quote_swap import SwapQuote
from chalicelib.services.stream_messages import event_record, reason_record, timestamp


def accepted_record(order: Order, stream_url: str, ticket: IssuedTicket | None = None) -> dict[str, Any]:
    """The answer to a new or replayed order; other answers carry no ticket."""
    return {
        "success": True,
        "orderId": order.order_id,
        "status": order.status.value,
        "streamUrl": _socket_address(stream_url, order.order_id, ticket.text if ticket is not None else ""),
    }


def ticket_record(issued: IssuedTicket, stream_url: str) -> dict[str, Any]:
    """A ticket, as the address that it opens."""
    return {
        "success": True,
        "streamUrl": _socket_address(stream_url, issued.order_id, issued.text),
        "expiresAt": timestamp(issued.expires_at),
    }


def _socket_address(stream_url: str, order_id: str, ticket: str) -> str:
    query = {"orderId": order_id, "ticket": ticket}
    return f"{stream_url}?{urlencode({name: value for name, value in query.items() if value})}"


def present_accepted(
    accepted: Acceptance, stream_url: str, ticket: IssuedTicket | None
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, body and headers: 202 for a new order, 200 for one that an earlier request made."""
    order = accepted.order
    headers = {"Location": order.order_id}  # relative to .../orders/execute, whatever the stage
    if accepted.replayed:
        headers["Idempotent-Replayed"] = "true"
    if accepted.admission is not None:
        headers |= rate_headers(accepted.admission)
    return 200 if accepted.replayed else 202, accepted_record(order, stream_url, ticket), headers


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
        record["route"] = _route_record(order.route, order.token_in, order.token_out)
    if order.submission is not None:
        record["txHash"] = order.submission.signature
        record["lastValidBlockHeight"] = str(order.submission.last_valid_block_height)
    if order.fill is not None:
        record["fill"] = _fill_record(order)
    if order.reason is not None:
        record["error"] = reason_record(order.reason)
    return record


def cancelled_record(order: Order) -> dict[str, Any]:
    """The answer to a cancel."""
    return {"success": True, "orderId": order.order_id, "status": order.status.value}


def history_record(page: HistoryPage, stream_url: str) -> dict[str, Any]:
    """A page of an account's orders, newest first."""
    return {
        "success": True,
        "orders": [order_record(order, stream_url) for order in page.orders],
        "nextCursor": write_cursor(page.following) if page.following is not None else None,
    }


def quote_record(quote: SwapQuote) -> dict[str, Any]:
    """What each venue and pool would give, best first; the first one would be taken."""
    swap = quote.swap
    record: dict[str, Any] = {
        "success": True,
        "tokenIn": swap.token_in.symbol,
        "tokenOut": swap.token_out.symbol,
        "amount": format_amount(swap.amount_in, swap.token_in),
        "amountOut": format_amount(quote.route.best.amount_out, swap.token_out),
        "minimumAmountOut": format_amount(quote.minimum_amount_out, swap.token_out),
        "slippageBps": swap.slippage_bps,
        "priceImpactBps": quote.route.best.price_impact_bps,
        "route": _route_record(quote.route, swap.token_in, swap.token_out),
    }
    if quote.denied is not None:
        record["denied"] = reason_record(quote.denied)
    return record


def health_record(load: Load | None) -> dict[str, Any]:
    """Whether there is trading and how much work; degraded when that can't be told."""
    if load is None:
        return {"success": True, "status": "degraded"}
    return {
        "success": True,
        "status": "ok",
        "trading": load.trading.value,
        "openOrders": load.backlog.open_orders,
        "executing": load.executing,
        "estimatedWaitSeconds": load.backlog.estimated_wait_ms() // 1000,
    }


def tokens_record() -> dict[str, Any]:
    """The tokens that can be traded."""
    tokens = [{"symbol": t.symbol, "mint": t.mint, "decimals": t.decimals} for t in TOKENS]
    return {"success": True, "tokens": tokens}


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


def _route_record(route: Route, token_in: Token, token_out: Token) -> dict[str, Any]:
    return {
        "dex": route.best.venue,
        "pool": route.best.pool,
        "decidedAt": timestamp(route.decided_at),
        "quotes": [_reply_record(reply, token_in, token_out) for reply in route.replies],
    }


def _reply_record(reply: RankedReply, token_in: Token, token_out: Token) -> dict[str, Any]:
    record: dict[str, Any] = {"dex": reply.venue, "outcome": reply.outcome.value}
    if reply.quote is not None:
        record |= {
            "pool": reply.quote.pool,
            "amountOut": format_amount(reply.quote.amount_out, token_out),
            "priceImpactBps": reply.quote.price_impact_bps,
            "quotedAt": timestamp(reply.quote.quoted_at),
            "pools": [_pool_record(pool, token_in, token_out) for pool in reply.quote.pools],
        }
    if reply.reason is not None:
        record["error"] = reason_record(reply.reason)
    return record


def _pool_record(pool: PoolQuote, token_in: Token, token_out: Token) -> dict[str, Any]:
    record: dict[str, Any] = {"pool": pool.pool, "type": pool.pool_type}
    if pool.amount_out is not None:
        record |= {
            "amountOut": format_amount(pool.amount_out, token_out),
            "feeIn": format_amount(pool.fee_in, token_in),
            "feeOut": format_amount(pool.fee_out, token_out),
            "priceImpactBps": pool.price_impact_bps,
        }
    if pool.reason is not None:
        record["error"] = reason_record(pool.reason)
    return record
