"""The queries about an account's orders: which are listed or cancelled, and where a page ended.

The cursor holds no account: the position that it names is looked up within the caller's own orders.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.api.identifiers import known_token, parse_order_id
from chalicelib.domain.idempotency import is_idempotency_key
from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Status
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.errors import FieldError, InvalidRequest, OrderNotFound
from chalicelib.ports import HistoryPosition
from chalicelib.services.read_orders import ANY_TOKENS, SwappedTokens

MAX_LIMIT = 100
DEFAULT_LIMIT = 20

_LONGEST_CURSOR = 200
_LONGEST_TIME = 15
_PARAMETERS = ("status", "tokenIn", "tokenOut", "limit", "cursor", "idempotencyKey")
_CANCELLING = ("status", "tokenIn", "tokenOut", "cursor")

LISTS = ("status",)
"""Parameters that may be given more than once; their values may also stand in one, with commas between."""

OPEN = "open"
"""Stands for every status that is not final."""

_NAMED: Mapping[str, frozenset[Status]] = {
    **{status.value: frozenset({status}) for status in Status},
    OPEN: frozenset(Status) - FINAL,
}


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The orders of an account that a client asks for.

    No `statuses` are all of them. `key` asks for the one order that was placed with this Idempotency-Key.
    """

    statuses: frozenset[Status]
    limit: int
    after: HistoryPosition | None
    key: str | None = None
    tokens: SwappedTokens = ANY_TOKENS


def parse_history(query: Mapping[str, str] | None, tokens: TokenList) -> HistoryQuery:
    """Read the query of a history request, which may name these tokens.

    Raises
    ------
    InvalidRequest
        A parameter was unknown, or had a value that it can't have.
    """
    query = query or {}
    errors = [
        FieldError(f"/query/{name}", f"is not one of {', '.join(_PARAMETERS)}")
        for name in sorted(set(query) - set(_PARAMETERS))
    ]
    limit, after, key = (
        query.get("limit", str(DEFAULT_LIMIT)),
        query.get("cursor"),
        query.get("idempotencyKey"),
    )
    names = query["status"].split(",") if "status" in query else []
    if not set(names) <= set(_NAMED):
        errors.append(FieldError("/query/status", f"must be one of {', '.join(_NAMED)}, or several of them"))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= len(str(MAX_LIMIT))) or not (
        1 <= int(limit) <= MAX_LIMIT
    ):
        errors.append(FieldError("/query/limit", f"must be a whole number from 1 to {MAX_LIMIT}"))
    swapped = SwappedTokens(
        _token(query, "tokenIn", tokens, errors), _token(query, "tokenOut", tokens, errors)
    )
    position = _read_cursor(after) if after is not None else None
    if after is not None and position is None:
        errors.append(FieldError("/query/cursor", "must be a nextCursor that this API gave"))
    if key is not None and not is_idempotency_key(key):
        errors.append(FieldError("/query/idempotencyKey", "must be 1 to 255 visible ASCII characters"))
    if key is not None and len(query) > 1:
        errors.append(FieldError("/query/idempotencyKey", "must be the only parameter: it names one order"))
    if errors:
        raise InvalidRequest(*errors)
    statuses = frozenset(status for name in names for status in _NAMED[name])
    return HistoryQuery(statuses, int(limit), position, key, swapped)


def parse_cancelling(query: Mapping[str, str], tokens: TokenList) -> HistoryQuery:
    """Read which orders a request cancels: those of the statuses that it names, none of which is final.

    With tokenIn or tokenOut only those that swap these.

    Raises
    ------
    InvalidRequest
        It named no status or a final one, or has a parameter that cancels nothing.
    """
    errors = [
        FieldError(f"/query/{name}", f"is not one of {', '.join(_CANCELLING)}")
        for name in sorted(set(query) - set(_CANCELLING))
    ]
    asked = parse_history({name: query[name] for name in _CANCELLING if name in query}, tokens)
    if not asked.statuses or asked.statuses & FINAL:
        takes = ", ".join((OPEN, *(status for status in Status if status not in FINAL)))
        errors.append(FieldError("/query/status", f"must be one of {takes}, or several of them"))
    if errors:
        raise InvalidRequest(*errors)
    return asked


def _token(query: Mapping[str, str], name: str, tokens: TokenList, errors: list[FieldError]) -> Token | None:
    if name not in query:
        return None
    try:
        return known_token(query[name], tokens)
    except ValueError as error:
        errors.append(FieldError(f"/query/{name}", str(error)))
        return None


def write_cursor(position: HistoryPosition) -> str:
    """Return the cursor of the page after this position."""
    return base64.urlsafe_b64encode(f"{position.accepted_at}.{position.order_id}".encode()).decode()


def _read_cursor(cursor: str) -> HistoryPosition | None:
    try:
        raw = base64.b64decode(cursor[:_LONGEST_CURSOR], altchars=b"-_", validate=True).decode("ascii")
        accepted_at, _, order_id = raw.partition(".")
        if len(accepted_at) > _LONGEST_TIME:
            return None
        position = HistoryPosition(int(accepted_at), parse_order_id(order_id))
    except (binascii.Error, ValueError, OrderNotFound):
        return None
    return position if write_cursor(position) == cursor else None
