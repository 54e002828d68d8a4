"""The transitions of an order by name: each returns the order after it, with its data in the new event."""

from chalicelib.domain.amounts import executed_price, format_amount, format_decimal, minimum_amount_out
from chalicelib.domain.lifecycle import Stamp, advance
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Change, Fill, Order, OrderEvent, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.routing import Route
from chalicelib.domain.submission import Submission
from chalicelib.errors import IllegalTransition


def accept(new: NewOrder, order_id: str, stamp: Stamp, key: str | None = None) -> Order:
    """Return a new order, which is pending, or armed. Its floor, if it has one, binds from here on.

    `key` is the Idempotency-Key that it is placed with.

    Raises
    ------
    IllegalTransition
        It waits for a price, and not until a time.
    """
    floor = new.floor
    detail = {"minimumAmountOut": format_amount(floor, new.token_out)} if floor is not None else {}
    status, ends, good_till = Status.PENDING, stamp.at + new.valid_for_seconds * 1000, None
    if new.waiting is not None:
        if new.waiting.until is None:
            raise IllegalTransition("an order that waits for a price has to end some time")
        status, ends, good_till = Status.ARMED, new.waiting.until, new.waiting.until
        detail |= {"change": Change.PLACED.value}
    return Order(
        order_id=order_id,
        account=new.account,
        token_in=new.token_in,
        token_out=new.token_out,
        amount_in=new.amount_in,
        terms=new.terms,
        accepted_at=stamp.at,
        expires_at=ends,
        enqueued_at=stamp.at if good_till is None else good_till,
        status=status,
        attempt=0,
        events=(OrderEvent(1, status, stamp.at, stamp.write_id, attempt=0, detail=detail),),
        minimum_amount_out=floor,
        idempotency_key=key,
        good_till=good_till,
        valid_for_seconds=new.valid_for_seconds if good_till is not None else None,
    )


def start_routing(order: Order, stamp: Stamp) -> Order:
    """Begin the first attempt."""
    return advance(order, Status.ROUTING, stamp)


def take_route(order: Order, route: Route, stamp: Stamp) -> Order:
    """Store the route; the first one fixes the minimum amount out, at no less than the client demands."""
    minimum = order.minimum_amount_out or 0
    if not order.was_routed:
        minimum = max(minimum, minimum_amount_out(route.best.amount_out, order.terms.slippage_bps))
    detail = {
        "dex": route.best.venue,
        "pool": route.best.pool,
        "quotedAmountOut": format_amount(route.best.amount_out, order.token_out),
        "minimumAmountOut": format_amount(minimum, order.token_out),
    }
    return advance(order, Status.BUILDING, stamp, detail=detail, route=route, minimum_amount_out=minimum)


def submit(order: Order, submission: Submission, stamp: Stamp) -> Order:
    """Record the signed transaction before its first send. The order's landing message is due now."""
    detail = {"txHash": submission.signature, "lastValidBlockHeight": str(submission.last_valid_block_height)}
    return advance(order, Status.SUBMITTED, stamp, detail=detail, submission=submission, enqueued_at=stamp.at)


def confirm(order: Order, fill: Fill, stamp: Stamp) -> Order:
    """Close the order as confirmed, with the amounts that its transaction moved."""
    price = executed_price(fill.amount_in, order.token_in, fill.amount_out, order.token_out)
    detail = {
        "amountIn": format_amount(fill.amount_in, order.token_in),
        "amountOut": format_amount(fill.amount_out, order.token_out),
        "executedPrice": format_decimal(price),
    }
    if order.route is not None:
        detail["dex"] = order.route.best.venue
    if order.submission is not None:
        detail["txHash"] = order.submission.signature
    return advance(order, Status.CONFIRMED, stamp, detail=detail, fill=fill)


def retry(order: Order, reason: Reason, stamp: Stamp) -> Order:
    """Return to routing for another attempt. The caller has proven that no earlier transaction can land."""
    detail = {"txHash": order.submission.signature} if order.submission is not None else {}
    return advance(order, Status.ROUTING, stamp, reason=reason, detail=detail, route=None, submission=None)


def fail(order: Order, reason: Reason, stamp: Stamp) -> Order:
    """Close the order: nothing landed, or it landed with an error."""
    return advance(order, Status.FAILED, stamp, reason=reason)


def expire(order: Order, reason: Reason, stamp: Stamp) -> Order:
    """Close the order: its time was over before anything landed."""
    return advance(order, Status.EXPIRED, stamp, reason=reason)


def cancel(order: Order, stamp: Stamp) -> Order:
    """Close the order at its owner's wish; nothing was sent."""
    return advance(order, Status.CANCELLED, stamp)
