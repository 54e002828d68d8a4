"""The query of an account's history: its filters, and a cursor that says where a page ended.

The cursor holds no account: the position that it names is looked up within the caller's own orders.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.api.identifiers import parse_order_id
from chalicelib.domain.order import Status
from chalicelib.errors import FieldError, InvalidRequest, OrderNotFound
from chalicelib.ports import HistoryPosition

MAX_LIMIT = 100
DEFAULT_LIMIT = 20

_LONGEST_CURSOR = 200
_LONGEST_TIME = 15
_PARAMETERS = ("status", "limit", "cursor")


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The filter, page size and position of a history request."""

    status: Status | None
    limit: int
    after: HistoryPosition | None


def parse_history(query: Mapping[str, str] | None) -> HistoryQuery:
    """Read the query of a history request.

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
    status, limit, after = query.get("status"), query.get("limit", str(DEFAULT_LIMIT)), query.get("cursor")
    if status is not None and status not in set(Status):
        errors.append(FieldError("/query/status", f"must be one of {', '.join(Status)}"))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= len(str(MAX_LIMIT))) or not (
        1 <= int(limit) <= MAX_LIMIT
    ):
        errors.append(FieldError("/query/limit", f"must be a whole number from 1 to {MAX_LIMIT}"))
    position = _read_cursor(after) if after is not None else None
    if after is not None and position is None:
        errors.append(FieldError("/query/cursor", "must be a nextCursor that this API gave"))
    if errors:
        raise InvalidRequest(*errors)
    return HistoryQuery(Status(status) if status is not None else None, int(limit), position)


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
