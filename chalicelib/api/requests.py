"""Parse and check clients' requests. Amounts are decimal strings."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.api.bodies import parse_body, read_object, refused_fields
from chalicelib.api.identifiers import parse_order_id
from chalicelib.domain.amounts import parse_decimal, slippage_to_bps, to_base_units
from chalicelib.domain.idempotency import is_idempotency_key
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.prices import NamedPrice, check_reachable, parse_price
from chalicelib.domain.terms import LimitTerms, MarketTerms, Terms, TimeInForce
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.errors import FieldError, InvalidRequest

DEFAULT_LIFE = 60
"""Seconds for which an order is valid unless it says otherwise."""

NAMES_A_TOKEN = "token"  # noqa: S105 - of trading, not of secrets
"""The format of a field that names a token: the API's document lists the tokens there."""

Read = TypeVar("Read")
DecimalText = Annotated[str, StringConstraints(strict=True, max_length=64)]
AMOUNT = r"^(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$"
TokenName = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=64),
    Field(description="A token's symbol or its mint address.", json_schema_extra={"format": NAMES_A_TOKEN}),
]


Life = Annotated[
    int, Field(ge=5, le=3600, description="The order's life: later nothing is sent, and it expires.")
]


class SwapRequest(BaseModel):
    """A swap: exactly `amount` of tokenIn into tokenOut."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    tokenIn: TokenName  # noqa: N815 - the wire's name
    tokenOut: TokenName  # noqa: N815 - the wire's name
    amount: Annotated[
        DecimalText,
        Field(
            description="Whole tokens of tokenIn: more than 0, no more decimal places than the token has.",
            json_schema_extra={"pattern": AMOUNT},
        ),
    ]
    slippage: Annotated[
        DecimalText,
        Field(
            description='How far the output may fall below the quote: "0.01" is 1 %. A multiple of 0.0001.',
            json_schema_extra={"pattern": r"^0(\.([0-4][0-9]{0,3}0{0,14}|50{0,17}))?$"},
        ),
    ] = "0.01"


class MarketOrderRequest(SwapRequest):
    """A market order: swap exactly `amount` of tokenIn into tokenOut, at once and at the best offer."""

    type: Literal["market"]
    validForSeconds: Life = DEFAULT_LIFE  # noqa: N815 - the wire's name
    minimumAmountOut: Annotated[  # noqa: N815 - the wire's name
        DecimalText | None,
        Field(
            description="The least output that is accepted, in whole tokens of tokenOut, like the "
            "minimumAmountOut of the quote that was shown. The order's minimum is this or what the slippage "
            "gives, whichever is more.",
            json_schema_extra={"pattern": AMOUNT},
        ),
    ] = None


class LimitOrderRequest(SwapRequest):
    """A limit order: swap at once at its price or a better one, net of all fees, or not at all."""

    type: Literal["limit"]
    limitPrice: Annotated[  # noqa: N815 - the wire's name
        DecimalText,
        Field(
            description="The worst price that is accepted: whole tokens of priceIn for one whole of the "
            "other token. More than 0, at most 18 significant digits.",
            json_schema_extra={"pattern": AMOUNT},
        ),
    ]
    priceIn: TokenName  # noqa: N815 - the wire's name
    timeInForce: Annotated[  # noqa: N815 - the wire's name
        Literal["FOK", "IOC"],
        Field(
            description="How long it waits for its price: not at all. There is one attempt, and a swap is "
            "all or nothing, so that both mean the same."
        ),
    ]
    validForSeconds: Life = DEFAULT_LIFE  # noqa: N815 - the wire's name


class _OrderOfUnknownType(MarketOrderRequest):
    """Any order, for the sentence about its type: no field of any type is told to be unknown."""

    type: Literal["market", "limit"]  # type: ignore[assignment] # every type, for the sentence that names them
    limitPrice: Any = None  # noqa: N815 - the wire's name
    priceIn: Any = None  # noqa: N815 - the wire's name
    timeInForce: Any = None  # noqa: N815 - the wire's name


ORDERS: Mapping[str, type[SwapRequest]] = {"market": MarketOrderRequest, "limit": LimitOrderRequest}
"""The form of an order by its type."""

_OF_ORDERS = {"type", "limitPrice", "priceIn", "timeInForce"}
"""Fields that make a request for a quote one about an order."""


class TicketRequest(BaseModel):
    """A request for a ticket: for one order, or without orderId for all orders of the account."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    orderId: Annotated[  # noqa: N815 - the wire's name
        str | None,
        Field(description="The order to follow.", json_schema_extra={"format": "uuid"}),
    ] = None


def parse_order(body: bytes, account: str, tokens: TokenList) -> NewOrder:
    """Read an order request that may name these tokens.

    Raises
    ------
    BodyTooLarge
        It was over 8 KB and was not read.
    InvalidRequest
        With a JSON pointer and a sentence for each field that was refused.
    """
    fields = read_object(body)
    return _read_swap(_form_of_order(fields), fields, account, tokens)


def parse_quote(body: bytes, account: str, tokens: TokenList) -> NewOrder:
    """Read a request for a quote, as the order that it would be. Raises as parse_order."""
    fields = read_object(body)
    is_order = not _OF_ORDERS.isdisjoint(fields)
    form = _form_of_order(fields) if is_order else SwapRequest
    return _read_swap(form, fields, account, tokens)


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


class _SwapReading:
    """Reads the fields of a swap that have the right form, and collects everything that is refused."""

    def __init__(self, form: type[SwapRequest], fields: Mapping[str, Any]) -> None:
        self._form = form
        self._fields = fields
        self._refused = refused_fields(form, fields)

    @property
    def refused(self) -> Sequence[FieldError]:
        """The errors found so far, in the order of the form's fields, those of unknown fields last."""
        known = [f"/{name}" for name in self._form.model_fields]
        return sorted(
            self._refused, key=lambda e: known.index(e.pointer) if e.pointer in known else len(known)
        )

    def take(self, name: str, read: Callable[[Any], Read | None]) -> Read | None:
        """Read a field, or its default; None when it was refused, or is not given."""
        is_refused = any(error.pointer == f"/{name}" for error in self._refused)
        field = self._form.model_fields.get(name)
        if field is None or is_refused or (given := self._fields.get(name, field.default)) is None:
            return None
        try:
            return read(given)
        except ValueError as error:
            self._refused.append(FieldError(f"/{name}", str(error)))
        return None


def _form_of_order(fields: Mapping[str, Any]) -> type[SwapRequest]:
    kind = fields.get("type")
    return ORDERS.get(kind, _OrderOfUnknownType) if isinstance(kind, str) else _OrderOfUnknownType


def _read_swap(
    form: type[SwapRequest], fields: Mapping[str, Any], account: str, tokens: TokenList
) -> NewOrder:
    reading = _SwapReading(form, fields)
    token_in = reading.take("tokenIn", lambda name: known_token(name, tokens))
    token_out = reading.take("tokenOut", lambda name: _other_token(name, tokens, token_in))
    amount_in = reading.take("amount", lambda text: _amount(text, token_in))
    slippage_bps = reading.take("slippage", lambda text: slippage_to_bps(parse_decimal(text, like="0.01")))
    life = reading.take("validForSeconds", int)
    minimum = reading.take("minimumAmountOut", lambda text: _amount(text, token_out))
    price = None
    if form is LimitOrderRequest:
        unit = reading.take("priceIn", lambda name: _token_of_swap(name, tokens, token_in, token_out))
        price = reading.take("limitPrice", lambda text: _price(text, unit, amount_in, token_in, token_out))
    if reading.refused or token_in is None or token_out is None or amount_in is None or slippage_bps is None:
        raise InvalidRequest(*reading.refused)
    terms: Terms = MarketTerms(slippage_bps)
    if price is not None:
        terms = LimitTerms(slippage_bps, price, TimeInForce(fields["timeInForce"]))
    return NewOrder(account, token_in, token_out, amount_in, terms, life or DEFAULT_LIFE, minimum)


def known_token(name: str, tokens: TokenList) -> Token:
    """Return the token with this symbol or mint address. Raises ValueError, which names those there are."""
    token = tokens.find(name)
    if token is None:
        known = ", ".join(t.symbol for t in tokens)
        raise ValueError(f"must be the symbol or mint address of a known token: {known}")
    return token


def _other_token(name: str, tokens: TokenList, other: Token | None) -> Token:
    token = known_token(name, tokens)
    if token == other:
        raise ValueError("must be another token than the one that is sold")
    return token


def _amount(text: str, token: Token | None) -> int:
    """Read an amount in base units of the token; 0 while it isn't known what token it is of."""
    amount = parse_decimal(text)
    return to_base_units(amount, token) if token is not None else 0


def _token_of_swap(name: str, tokens: TokenList, *swapped: Token | None) -> Token:
    token = known_token(name, tokens)
    if None not in swapped and token not in swapped:
        raise ValueError(f"must be {' or '.join(each.symbol for each in swapped if each)}, which are swapped")
    return token


def _price(
    text: str, unit: Token | None, amount_in: int | None, token_in: Token | None, token_out: Token | None
) -> NamedPrice | None:
    """Read a price; None while it isn't known of what."""
    amount = parse_price(text)
    if unit is None or amount_in is None or token_in is None or token_out is None:
        return None
    price = NamedPrice(amount, unit)
    check_reachable(price.least_output(amount_in, token_in, token_out), token_out)
    return price
