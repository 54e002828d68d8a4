"""Present answers on the wire: orders, routes and fills. Amounts are decimal strings of whole tokens."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.api.events import event_json, reason_json, timestamp
from chalicelib.api.history import write_cursor
from chalicelib.api.problems import rate_headers
from chalicelib.api.triggered_orders import add_acceptance, add_terms, compare_price, etag
from chalicelib.domain.amounts import executed_price, format_amount, format_decimal
from chalicelib.domain.lifecycle import is_armed
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Fill, Order
from chalicelib.domain.pairs import Pair, PairList
from chalicelib.domain.quotes import PoolQuote
from chalicelib.domain.routing import RankedReply, Route
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.ports import HistoryPage
from chalicelib.services.accept_order import Acceptance
from chalicelib.services.cancel_order import CancelledOrders
from chalicelib.services.issue_ticket import IssuedTicket
from chalicelib.services.measure_load import Load
from chalicelib.services.quote_swap import SwapQuote

if TYPE_CHECKING:
    from chalicelib.api.wire import answers as wire
    from chalicelib.api.wire import engine, listings, quotes
    from chalicelib.api.wire.messages import StreamTicket


def accepted_json(
    order: Order, stream_url: str, market: str, ticket: IssuedTicket | None
) -> "wire.AcceptedOrder":
    """Return the answer to a new or replayed order, with the ticket that opens its socket."""
    answer: wire.AcceptedOrder = {
        "success": True,
        "orderId": order.order_id,
        "status": order.status,
        "streamUrl": _socket_address(stream_url, order.order_id, ticket.text if ticket is not None else ""),
        "market": market,
    }
    add_acceptance(answer, order)
    return answer


def ticket_json(issued: IssuedTicket, stream_url: str) -> "StreamTicket":
    """Return a ticket as the socket address that it opens."""
    return {
        "success": True,
        "streamUrl": _socket_address(stream_url, issued.order_id, issued.text),
        "expiresAt": timestamp(issued.expires_at),
    }


def _socket_address(stream_url: str, order_id: str, ticket: str = "") -> str:
    query = {"orderId": order_id, "ticket": ticket}
    return f"{stream_url}?{urlencode({name: value for name, value in query.items() if value})}"


def present_accepted(
    accepted: Acceptance, stream_url: str, market: str, ticket: IssuedTicket | None
) -> tuple[int, "wire.AcceptedOrder", dict[str, str]]:
    """Return status, body and headers: 202 for a new order, 200 for one that an earlier request made."""
    order = accepted.order
    headers = {"Location": order.order_id}  # relative to .../orders/execute, whatever the stage
    if accepted.replayed:
        headers["Idempotent-Replayed"] = "true"
    if accepted.admission is not None:
        headers |= rate_headers(accepted.admission)
    return 200 if accepted.replayed else 202, accepted_json(order, stream_url, market, ticket), headers


def order_json(order: Order, stream_url: str, market: str) -> "wire.Order":
    """Return an order with its route, fill and history."""
    answer: wire.Order = {
        "success": True,
        "orderId": order.order_id,
        "status": order.status,
        "streamUrl": _socket_address(stream_url, order.order_id),
        "market": market,
        "type": order.terms.TYPE,
        "tokenIn": order.token_in.symbol,
        "tokenOut": order.token_out.symbol,
        "amount": format_amount(order.amount_in, order.token_in),
        "slippageBps": order.terms.slippage_bps,
        "acceptedAt": timestamp(order.accepted_at),
        "expiresAt": timestamp(order.expires_at),
        "attempt": order.attempt,
        "sequence": order.version,
        "logs": [event_json(event) for event in order.events],
    }
    add_terms(answer, order)
    if order.idempotency_key is not None:
        answer["idempotencyKey"] = order.idempotency_key
    if order.minimum_amount_out is not None:
        answer["minimumAmountOut"] = format_amount(order.minimum_amount_out, order.token_out)
    if order.route is not None:
        answer["route"] = _route_json(order.route, order.token_in, order.token_out)
    if order.submission is not None:
        answer["txHash"] = order.submission.signature
        answer["lastValidBlockHeight"] = str(order.submission.last_valid_block_height)
    if order.fill is not None and order.route is not None:
        answer["fill"] = _fill_json(order, order.fill, order.route)
    if order.reason is not None and not is_armed(order):
        answer["error"] = reason_json(order.reason)
    return answer


def present_order(order: Order, stream_url: str, market: str) -> tuple[int, "wire.Order", dict[str, str]]:
    """Return status, body and headers of an order as it stands."""
    return 200, order_json(order, stream_url, market), etag(order)


def cancelled_json(order: Order) -> "wire.CancelledOrder":
    """Return the answer to a cancel."""
    return {"success": True, "orderId": order.order_id, "status": order.status}


def cancelled_orders_json(done: CancelledOrders) -> "wire.CancelledOrders":
    """Return the answer to a cancel of many orders: which were, and which go on and how they stand."""
    answer: wire.CancelledOrders = {
        "success": True,
        "cancelled": [order.order_id for order in done.cancelled],
        "notCancelled": [{"orderId": order.order_id, "status": order.status} for order in done.others],
        "nextCursor": write_cursor(done.following) if done.following is not None else None,
    }
    if done.unreadable:
        answer["unreadable"] = list(done.unreadable)
    return answer


def history_json(page: HistoryPage, stream_url: str, market: str) -> "wire.OrderPage":
    """Return a page of an account's orders, newest first, and the ids of those that can't be read."""
    answer: wire.OrderPage = {
        "success": True,
        "orders": [order_json(order, stream_url, market) for order in page.orders],
        "nextCursor": write_cursor(page.following) if page.following is not None else None,
    }
    if page.unreadable:
        answer["unreadable"] = list(page.unreadable)
    return answer


def quote_json(quote: SwapQuote) -> "quotes.Quote":
    """Return the quotes of each venue and pool, best first; an order would take the first."""
    swap = quote.swap
    answer: quotes.Quote = {
        "success": True,
        "tokenIn": swap.token_in.symbol,
        "tokenOut": swap.token_out.symbol,
        "amount": format_amount(swap.amount_in, swap.token_in),
        "amountOut": format_amount(quote.route.best.amount_out, swap.token_out),
        "minimumAmountOut": format_amount(quote.minimum_amount_out, swap.token_out),
        "slippageBps": swap.terms.slippage_bps,
        "priceImpactBps": quote.route.best.price_impact_bps,
        "route": _route_json(quote.route, swap.token_in, swap.token_out),
    }
    if quote.denied is not None:
        answer["denied"] = reason_json(quote.denied)
    compare_price(answer, quote)
    return answer


def health_json(load: Load | None, market: str) -> "engine.Health":
    """Return the state of trading and the load; "degraded" if they could not be read."""
    if load is None:
        return {"success": True, "status": "degraded", "market": market}
    return {
        "success": True,
        "status": "ok",
        "market": market,
        "trading": load.trading.value,
        "openOrders": load.backlog.waiting + load.landing,
        "executing": load.executing,
        "estimatedWaitSeconds": load.backlog.estimated_wait_ms() // 1000,
        "watching": _watching_json(load),
    }


def _watching_json(load: Load) -> "engine.Watching":
    if load.look_age_ms is None:
        return {"state": load.watching.value}
    return {"state": load.watching.value, "lookAgeMs": load.look_age_ms}


def tokens_json(listed: TokenList, limits: Limits) -> "listings.TokenList":
    """Return the tokens, and which of them an account may trade that has no limits of its own."""
    return {
        "success": True,
        "tokens": [
            {
                "symbol": token.symbol,
                "mint": token.mint,
                "decimals": token.decimals,
                "allowed": limits.allows(token),
            }
            for token in listed
        ],
    }


def pairs_json(listed: PairList, limits: Limits) -> "listings.PairList":
    """Return the pairs with their pools, and which of them an account without own limits may trade."""
    return {
        "success": True,
        "pairs": [
            {
                "tokens": [token.symbol for token in pair.tokens],
                "allowed": all(map(limits.allows, pair.tokens)),
                "venues": [_listed_venue_json(venue, pair) for venue in pair.venues],
            }
            for pair in listed
        ],
    }


def _listed_venue_json(venue: str, pair: Pair) -> "listings.ListedVenue":
    pools = [each for each in pair.pools if each.venue == venue]
    return {"dex": venue, "pools": [{"pool": each.pool, "type": each.pool_type} for each in pools]}


def _fill_json(order: Order, fill: Fill, route: Route) -> "wire.Fill":
    price = executed_price(fill.amount_in, order.token_in, fill.amount_out, order.token_out)
    return {
        "amountIn": format_amount(fill.amount_in, order.token_in),
        "amountOut": format_amount(fill.amount_out, order.token_out),
        "executedPrice": format_decimal(price),
        "dex": route.best.venue,
    }


def _route_json(route: Route, token_in: Token, token_out: Token) -> "wire.Route":
    return {
        "dex": route.best.venue,
        "pool": route.best.pool,
        "decidedAt": timestamp(route.decided_at),
        "quotes": [_reply_json(reply, token_in, token_out) for reply in route.replies],
    }


def _reply_json(reply: RankedReply, token_in: Token, token_out: Token) -> "wire.VenueReply":
    answer: wire.VenueReply = {"dex": reply.venue, "outcome": reply.outcome}
    if reply.quote is not None:
        answer |= {
            "pool": reply.quote.pool,
            "amountOut": format_amount(reply.quote.amount_out, token_out),
            "priceImpactBps": reply.quote.price_impact_bps,
            "quotedAt": timestamp(reply.quote.quoted_at),
            "pools": [_pool_json(pool, token_in, token_out) for pool in reply.quote.pools],
        }
    if reply.reason is not None:
        answer["error"] = reason_json(reply.reason)
    return answer


def _pool_json(pool: PoolQuote, token_in: Token, token_out: Token) -> "wire.PoolReply":
    answer: wire.PoolReply = {"pool": pool.pool, "type": pool.pool_type}
    if pool.amount_out is not None and pool.price_impact_bps is not None:
        answer |= {
            "amountOut": format_amount(pool.amount_out, token_out),
            "feeIn": format_amount(pool.fee_in, token_in),
            "feeOut": format_amount(pool.fee_out, token_out),
            "priceImpactBps": pool.price_impact_bps,
        }
    if pool.reason is not None:
        answer["error"] = reason_json(pool.reason)
    return answer
