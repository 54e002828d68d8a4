"""What clients send, checked and turned into the engine's own terms. Money comes as decimal strings."""

import json
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chalicelib.api.identifiers import parse_order_id
from chalicelib.domain.amounts import parse_decimal, slippage_to_bps, to_base_units
from chalicelib.domain.terms import Market
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.domain.transitions import NewOrder
from chalicelib.errors import BodyTooLarge, FieldError, InvalidRequest

MAX_BODY_BYTES = 8 * 1024
"""The longest body that is read."""

DEFAULT_LIFE = 60
"""Seconds for which an order is valid unless it says otherwise."""

NAMES_A_TOKEN = "token"  # noqa: S105 - of trading, not of secrets
"""The format of a field that names a token: the API's document lists the tokens there."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)

Model = TypeVar("Model", bound=BaseModel)
DecimalText = Annotated[str, StringConstraints(strict=True, max_length=64)]
TokenName = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=64),
    Field(description="A token's symbol or its mint address.", json_schema_extra={"format": NAMES_A_TOKEN}),
]


class QuoteRequest(BaseModel):
    """A question: what would exactly `amount` of tokenIn give in tokenOut."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    tokenIn: TokenName  # noqa: N815 - the wire's name
    tokenOut: TokenName  # noqa: N815 - the wire's name
    amount: Annotated[
        DecimalText,
        Field(
            description="Whole tokens of tokenIn: more than 0, no more decimal places than the token has.",
            json_schema_extra={"pattern": r"^(0|[1-9][0-9]{0,19})(\.[0-9]{1,18})?$"},
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


class TicketRequest(BaseModel):
    """A wish for a ticket: for one order, or without orderId for all orders of the account."""

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
    request = parse_body(OrderRequest, body)
    return _understand(request, account, request.validForSeconds, tokens)


def parse_quote(body: bytes, account: str, tokens: TokenList) -> NewOrder:
    """Read a question for quotes, as the order that it would be. Raises as parse_order."""
    return _understand(parse_body(QuoteRequest, body), account, DEFAULT_LIFE, tokens)


def parse_ticket(body: bytes) -> str:
    """Read for which order a ticket is asked for; "" is all of them. Raises as parse_order, OrderNotFound."""
    order_id = parse_body(TicketRequest, body).orderId
    return "" if order_id is None else parse_order_id(order_id)


def parse_idempotency_key(value: str | None) -> str | None:
    """Check an Idempotency-Key header: 1 to 255 visible ASCII characters.

    Raises
    ------
    InvalidRequest
        It was empty, too long, or had other characters.
    """
    if value is not None and not _KEY.fullmatch(value):
        raise InvalidRequest(
            FieldError("/headers/Idempotency-Key", "must be 1 to 255 visible ASCII characters")
        )
    return value


def parse_body(model: type[Model], body: bytes) -> Model:
    """Read a JSON object. Raises as parse_order."""
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge(FieldError("", f"must be at most {MAX_BODY_BYTES} bytes"))
    try:
        fields = json.loads(body.decode(), object_pairs_hook=_unique, parse_float=_number)
        return model.model_validate(fields)
    except ValidationError as error:
        raise InvalidRequest(*(_field_error(e) for e in error.errors())) from None
    except (ValueError, RecursionError):
        raise InvalidRequest(FieldError("", "must be a JSON object")) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            raise InvalidRequest(FieldError(f"/{name[:64]}", "must be given once"))
        fields[name] = value
    return fields


def _number(text: str) -> int | float:
    """To JSON 60.0 is the same number as 60."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _understand(request: QuoteRequest, account: str, valid_for_seconds: int, tokens: TokenList) -> NewOrder:
    errors: list[FieldError] = []
    token_in = _token(request.tokenIn, "/tokenIn", tokens, errors)
    token_out = _token(request.tokenOut, "/tokenOut", tokens, errors)
    if token_in is not None and token_in == token_out:
        errors.append(FieldError("/tokenOut", "must differ from tokenIn"))
    amount_in = slippage_bps = 0
    try:
        amount = parse_decimal(request.amount)
        amount_in = to_base_units(amount, token_in) if token_in is not None else 0
    except ValueError as error:
        errors.append(FieldError("/amount", str(error)))
    try:
        slippage_bps = slippage_to_bps(parse_decimal(request.slippage))
    except ValueError as error:
        errors.append(FieldError("/slippage", str(error)))
    if errors or token_in is None or token_out is None:
        raise InvalidRequest(*errors)
    return NewOrder(account, token_in, token_out, amount_in, Market(slippage_bps), valid_for_seconds)


def _token(name: str, pointer: str, tokens: TokenList, errors: list[FieldError]) -> Token | None:
    token = tokens.find(name)
    if token is None:
        known = ", ".join(t.symbol for t in tokens)
        errors.append(FieldError(pointer, f"must be the symbol or mint address of a known token: {known}"))
    return token


def _field_error(error: Any) -> FieldError:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    sentence = _SENTENCES.get(error["type"], "is not what this field takes")
    return FieldError(pointer, sentence.format(**error.get("ctx", {})).replace("'", '"'))


_SENTENCES = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "model_type": "must be a JSON object",
    "string_type": 'must be a string, like "1.5"',
    "string_unicode": "must be Unicode text",
    "string_too_short": "must have at least {min_length} character",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must be one line, without control characters",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
