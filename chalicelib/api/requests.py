"""Parse and check clients' requests. Amounts are decimal strings."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.api.bodies import parse_body, read_object
from chalicelib.api.expiries import Expiries
from chalicelib.api.identifiers import parse_order_id
from chalicelib.api.order_forms import DEFAULT_LIFE, PRICED, SwapRequest, form_of_order
from chalicelib.api.order_terms import PricedReading, read_priced
from chalicelib.api.swap_fields import Fields, read_amount, read_swap
from chalicelib.domain.idempotency import is_idempotency_key
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.terms import MarketTerms
from chalicelib.domain.tokens import TokenList
from chalicelib.errors import FieldError, InvalidRequest

_OF_ORDERS = {"type", "limitPrice", "trigger", "priceIn", "timeInForce"}
"""Fields that make a request for a quote one about an order."""


class TicketRequest(BaseModel):
    """A request for a ticket: for one order, or without orderId for all orders of the account."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    orderId: Annotated[  # noqa: N815 - the wire's name
        str | None,
        Field(description="The order to follow.", json_schema_extra={"format": "uuid"}),
    ] = None


def parse_order(body: bytes, account: str, tokens: TokenList, expiries: Expiries) -> NewOrder:
    """Read an order request that may name these tokens, and wait until one of these times.

    Raises
    ------
    BodyTooLarge
        It was over 8 KB and was not read.
    InvalidRequest
        With a JSON pointer and a sentence for each field that was refused.
    TriggerBelowFloor
        The limit of a stop is better than its trigger.
    """
    fields = read_object(body)
    return _read_order(form_of_order(fields), fields, account, tokens, expiries)


def parse_quote(body: bytes, account: str, tokens: TokenList, expiries: Expiries) -> NewOrder:
    """Read a request for a quote, as the order that it would be. Raises as parse_order."""
    fields = read_object(body)
    form = form_of_order(fields) if not _OF_ORDERS.isdisjoint(fields) else SwapRequest
    return _read_order(form, fields, account, tokens, expiries)


def parse_ticket(body: bytes) -> str:
    """Return the order id of a ticket request; "" means all orders. Raises as parse_order, OrderNotFound."""
    order_id = parse_body(TicketRequest, body).orderId
    return "" if order_id is None else parse_order_id(order_id)


def parse_idempotency_key(value: str | None) -> str | None:
    """Check an Idempotency-Key header: 1 to 255 visible ASCII characters.

    Raises
    ------
    InvalidRequest
        It was empty, too long, or had other characters.
    """
    if value is not None and not is_idempotency_key(value):
        raise InvalidRequest(
            FieldError("/headers/Idempotency-Key", "must be 1 to 255 visible ASCII characters")
        )
    return value


def _read_order(
    form: type[SwapRequest], given: Mapping[str, Any], account: str, tokens: TokenList, expiries: Expiries
) -> NewOrder:
    fields = Fields(form, given)
    reading = read_swap(fields, tokens)
    life = fields.take("validForSeconds", int) or DEFAULT_LIFE
    minimum = fields.take("minimumAmountOut", lambda text: read_amount(text, reading.token_out))
    priced: PricedReading | None = None
    if form in PRICED:
        priced = read_priced(given["type"], fields, reading, tokens, expiries)
    fields.check()
    swap = reading.whole()
    return NewOrder(
        account,
        swap.token_in,
        swap.token_out,
        swap.amount_in,
        priced.terms if priced is not None else MarketTerms(swap.slippage_bps),
        life,
        minimum,
        priced.waiting if priced is not None else None,
    )
