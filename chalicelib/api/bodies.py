"""Read the JSON bodies of requests, and say for each field that is refused what it takes."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.errors import BodyTooLarge, FieldError, InvalidRequest

MAX_BODY_BYTES = 8 * 1024
"""Most bytes of a body; a longer one is refused."""

Model = TypeVar("Model", bound=BaseModel)


def parse_body(model: type[Model], body: bytes) -> Model:
    """Read a request of this form.

    Raises
    ------
    BodyTooLarge
        It was over 8 KB and was not read.
    InvalidRequest
        With a JSON pointer and a sentence for each field that was refused.
    """
    try:
        return model.model_validate(read_object(body))
    except ValidationError as error:
        raise InvalidRequest(*map(_field_error, error.errors())) from None


def read_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object, each field of which is given once. Raises as parse_body."""
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLarge(FieldError("", f"must be at most {MAX_BODY_BYTES} bytes"))
    try:
        fields = json.loads(body.decode(), object_pairs_hook=_unique, parse_float=_number)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise InvalidRequest(FieldError("", "must be a JSON object"))
    return fields


def refused_fields(model: type[BaseModel], fields: Mapping[str, Any]) -> list[FieldError]:
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


def _field_error(error: Any) -> FieldError:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"])
    sentence = _SENTENCES.get(error["type"], "is not what this field takes")
    if error["type"] == "string_type":
        sentence = f'must be a string, like "{_LIKE.get(pointer, "1.5")}"'
    return FieldError(pointer, sentence.format(**error.get("ctx", {})).replace("'", '"'))


_LIKE = {
    "/tokenIn": "SOL",
    "/tokenOut": "USDC",
    "/slippage": "0.01",
    "/minimumAmountOut": "222.15",
    "/limitPrice": "160.25",
    "/priceIn": "USDC",
    "/trigger/price": "130",
    "/expiresAt": "2026-12-24T00:00:00Z",
    "/pair/0": "SOL",
    "/pair/1": "USDC",
    "/level": "0.95",
    "/venue": "raydium",
}
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
    "list_type": "must be a list",
    "too_short": "must have {min_length} entries, and not {actual_length}",
    "too_long": "must have {max_length} entries, and not {actual_length}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}
