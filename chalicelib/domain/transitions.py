"""The transitions of an order by name: each returns the order after it, with its data in the new event."""

from dataclasses import dataclass

from chalicelib.domain.amounts import executed_price, format_amount, format_decimal, minimum_amount_out
from chalicelib.domain.lifecycle import Stamp, advance
from chalicelib.domain.order import Fill, Order, OrderEvent, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.routing import Route
from chalicelib.domain.submission import Submission
from chalicelib.domain.terms import Terms
from chalicelib.domain.tokens import Token


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A validated request to swap exactly `amount_in` base units on these terms.

    `minimum_amount_out` is the least output that the client demands, in base units; None leaves it to the
    terms.
    """

    account: str
    token_in: Token
    token_out: Token
    amount_in: int
    terms: Terms
    valid_for_seconds: int
    minimum_amount_out: int | None = None

    @property
    def floor(self) -> int | None:
        """The least output that binds from the start, in base units: as demanded, or as the terms ask.

        None leaves it to the slippage alone.
        """
        asked = self.terms.least_output(self.amount_in, self.token_in, self.token_out)
        demanded = [units for units in (self.minimum_amount_out, asked) if units is not None]
        return max(demanded, default=None)

    def least_of(self, quoted: int) -> int:
        """Return the minimum that an order fixes when its first quote is `quoted`, both in base units."""
        return max(self.floor or 0, minimum_amount_out(quoted, self.terms.slippage_bps))

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the payload in canonical form: requests that mean the same give the same pairs."""
        demanded = self.minimum_amount_out
        return (
            ("type", self.terms.TYPE),
            ("tokenIn", self.token_in.mint),
            ("tokenOut", self.token_out.mint),
            ("amountIn", str(self.amount_in)),
            *self.terms.canonical(),
            ("validForSeconds", str(self.valid_for_seconds)),
            *((("minimumAmountOut", str(demanded)),) if demanded is not None else ()),
        )


def accept(new: NewOrder, order_id: str, stamp: Stamp, key: str | None = None) -> Order:
    """Return a new order in its first status, pending. Its floor, if it has one, binds from here on.

    `key` is the Idempotency-Key that it is placed with.
    """
    floor = new.floor
    detail = {"minimumAmountOut": format_amount(floor, new.token_out)} if floor is not None else {}
    return Order(
        order_id=order_id,
        account=new.account,
        token_in=new.token_in,
        token_out=new.token_out,
        amount_in=new.amount_in,
        terms=new.terms,
        accepted_at=stamp.at,
        expires_at=stamp.at + new.valid_for_seconds * 1000,
        enqueued_at=stamp.at,
        status=Status.PENDING,
        attempt=0,
        events=(OrderEvent(1, Status.PENDING, stamp.at, stamp.write_id, attempt=0, detail=detail),),
        minimum_amount_out=floor,
        idempotency_key=key,
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
