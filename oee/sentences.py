"""What the API's refusals say to a person."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

_FIELDS = {
    "/tokenIn": "the token that is sold",
    "/tokenOut": "the token that is bought",
    "/validForSeconds": "the order's life in seconds",
    "/minimumAmountOut": "the minimum",
}
"""Fields that a person knows by another name than their own."""

_OF_THE_ADDRESS = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
"""What a gateway answers to requests that are none of this API's."""


def sentence(status: int, problem: Mapping[str, Any]) -> str:
    """Title and what to do; the refused fields say it better than the detail."""
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
