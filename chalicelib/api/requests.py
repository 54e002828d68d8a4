"""Parse and check clients' requests. Amounts are decimal strings."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chalicelib.api.identifiers import parse_order_id
from chalicelib.domain.amounts import parse_decimal, slippage_to_bps, to_base_units
from chalicelib.domain.idempotency import is_idempotency_key
from chalicelib.domain.terms import MarketTerms
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.domain.transitions import NewOrder
from chalicelib.errors import BodyTooLarge, FieldError, InvalidRequest

MAX_BODY_BYTES = 8 * 1024
"""Most bytes of a body; a longer one is refused."""

DEFAULT_LIFE = 60
"""Seconds for which an order is valid unless it says otherwise."""

NAMES_A_TOKEN = "token"  # noqa: S105 - of trading, not of secrets
"""The format of a field that names a token: the API's document lists the tokens there."""

Model = TypeVar("Model", bound=BaseModel)
Read = TypeVar("Read")
DecimalText = Annotated[str, StringConstraints(strict=True, max_length=64)]
AMOUNT = r"^(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$"
TokenName = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=64),
    Field(description="A token's symbol or its mint address.", json_schema_extra={"format": NAMES_A_TOKEN}),
]


class QuoteRequest(BaseModel):
    """A request for a quote: what exactly `amount` of tokenIn would give in tokenOut."""

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


class OrderRequest(QuoteRequest):
    """A market order: swap exactly `amount` of tokenIn into tokenOut."""

    type: Literal["market"]
    validForSeconds: Annotated[  # noqa: N815 - the wire's name
        int, Field(ge=5, le=3600, description="The order's life: later nothing is sent, and it expires.")
    ] = DEFAULT_LIFE
    minimumAmountOut: Annotated[  # noqa: N815 - the wire's name
        DecimalText | None,
        Field(
            description="The least output that is accepted, in whole tokens of tokenOut, like the "
            "minimumAmountOut of the quote that was shown. The order's minimum is this or what the slippage "
            "gives, whichever is more.",
            json_schema_extra={"pattern": AMOUNT},
        ),
    ] = None


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
    return _read_swap(OrderRequest, body, account, tokens)


def parse_quote(body: bytes, account: str, tokens: TokenList) -> NewOrder:
    """Read a request for a quote, as the order that it would be. Raises as parse_order."""
    return _read_swap(QuoteRequest, body, account, tokens)


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


def parse_body(model: type[Model], body: bytes) -> Model:
    """Read a JSON object. Raises as parse_order."""
    try:
        return model.model_validate(_read_object(body))
    except ValidationError as error:
        raise InvalidRequest(*map(_field_error, error.errors())) from None


def _read_object(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge(FieldError("", f"must be at most {MAX_BODY_BYTES} bytes"))
    try:
        fields = json.loads(body.decode(), object_pairs_hook=_unique, parse_float=_number)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise InvalidRequest(FieldError("", "must be a JSON object"))
    return fields


def _refused(model: type[BaseModel], fields: Mapping[str, Any]) -> list[FieldError]:
    """Return the errors of these fields by their form."""
    try:
        model.model_validate(fields)
    except ValidationError as error:
        return [*map(_field_error, error.errors())]
    return []


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise InvalidRequest(FieldError(f"/{name[:64]}", "must be given once"))
        fields[name] = value
    return fields


def _number(text: str) -> int | float:
    """Return 60.0 as 60: JSON doesn't tell them apart."""
    number = float(text)
    return int(number) if number.is_integer() else number


class _SwapReading:
    """Reads the fields of a swap that have the right form, and collects everything that is refused."""

    def __init__(self, form: type[QuoteRequest], fields: Mapping[str, Any]) -> None:
        self._form = form
        self._fields = fields
        self._refused = _refused(form, fields)

    @property
    def refused(self) -> Sequence[FieldError]:
        """The errors found so far, in the order of the form's fields, those of unknown fields last."""
        known = [f"/{name}" for name in self._form.model_fields]
        return sorted(
            self._refused, key=lambda e: known.index(e.pointer) if e.pointer in known else len(known)
        )

    def take(self, name: str, read: Callable[[Any], Read]) -> Read | None:
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


def _read_swap(form: type[QuoteRequest], body: bytes, account: str, tokens: TokenList) -> NewOrder:
    reading = _SwapReading(form, _read_object(body))
    token_in = reading.take("tokenIn", lambda name: _token(name, tokens))
    token_out = reading.take("tokenOut", lambda name: _other_token(name, tokens, token_in))
    amount_in = reading.take("amount", lambda text: _amount(text, token_in))
    slippage_bps = reading.take("slippage", lambda text: slippage_to_bps(parse_decimal(text, like="0.01")))
    life = reading.take("validForSeconds", int)
    minimum = reading.take("minimumAmountOut", lambda text: _amount(text, token_out))
    if reading.refused or token_in is None or token_out is None or amount_in is None or slippage_bps is None:
        raise InvalidRequest(*reading.refused)
    terms = MarketTerms(slippage_bps)
    return NewOrder(account, token_in, token_out, amount_in, terms, life or DEFAULT_LIFE, minimum)


def _token(name: str, tokens: TokenList) -> Token:
    token = tokens.find(name)
    if token is None:
        known = ", ".join(t.symbol for t in tokens)
        raise ValueError(f"must be the symbol or mint address of a known token: {known}")
    return token


def _other_token(name: str, tokens: TokenList, other: Token | None) -> Token:
    token = _token(name, tokens)
    if token == other:
        raise ValueError("must be another token than the one that is sold")
    return token


def _amount(text: str, token: Token | None) -> int:
    """Read an amount in base units of the token; 0 while it isn't known what token it is of."""
    amount = parse_decimal(text)
    return to_base_units(amount, token) if token is not None else 0


def _field_error(error: Any) -> FieldError:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    sentence = _SENTENCES.get(error["type"], "is not what this field takes")
    if error["type"] == "string_type":
        sentence = f'must be a string, like "{_LIKE.get(pointer, "1.5")}"'
    return FieldError(pointer, sentence.format(**error.get("ctx", {})).replace("'", '"'))


_LIKE = {"/tokenIn": "SOL", "/tokenOut": "USDC", "/slippage": "0.01", "/minimumAmountOut": "222.15"}
"""A text that each field takes, where it isn't an amount like 1.5."""

_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "model_type": "must be a JSON object",
    "string_unicode": "must be Unicode text",
    "string_too_short": "must have at least {min_length} character",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must be one line, without control characters and marks of direction",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
