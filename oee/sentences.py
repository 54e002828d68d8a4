"""Turn the API's refusals into sentences for a person."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_FIELDS = {
    "/tokenIn": "the token that is sold",
    "/tokenOut": "the token that is bought",
    "/validForSeconds": "the order's life in seconds",
    "/minimumAmountOut": "the minimum",
    "/trigger/price": "the trigger",
    "/expiresAt": "the time until which it waits",
}
"""Names of fields for a person, where they differ from the API's."""

_OF_THE_ADDRESS = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
"""Statuses with which a gateway answers requests to an address that this API doesn't have."""


def sentence(status: int, problem: Mapping[str, Any]) -> str:
    """Return the problem's title, and its refused fields or else its detail."""
    if "code" not in problem:
        name = HTTPStatus(status).phrase if status in set(HTTPStatus) else "an unknown status"
        more = f" It points to {problem['location']}." if "location" in problem else ""
        if status in _OF_THE_ADDRESS:
            more = " Is the address right?"
        return f"The server answered {status} ({name}).{more}"
    errors = problem.get("errors")
    fields = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    named = "; ".join(f"{_name(error.get('pointer'))} {error.get('detail')}" for error in fields)
    said = [str(problem.get("title", "")), f"{named}." if named else str(problem.get("detail", ""))]
    return " ".join(f"{part.rstrip('.')}." for part in said if part)


def _name(pointer: object) -> str:
    return _FIELDS.get(str(pointer), str(pointer or "the request").removeprefix("/"))
