"""What goes wrong between a client and the API.

OeeError
├── Refused       the API said no, by its own sentence and stable code
├── Unreachable   no answer came in time: whether the request took effect is not known
└── Unreadable    an answer came that is not one of this API's
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may well succeed."""


class OeeError(Exception):
    """Root of all: its text is a sentence for a person, and `code` is stable.

    `retryable` says whether the same request may succeed later, `retry_after` in how many seconds if that is
    known. An order that could not be placed names its `idempotency_key`.
    """

    code = "CLIENT_FAILED"
    retryable = False
    retry_after: int | None = None
    idempotency_key: str | None = None

    def document(self) -> dict[str, Any]:
        """The error in the form of the API's own problem documents."""
        key = {} if self.idempotency_key is None else {"idempotencyKey": self.idempotency_key}
        return {"success": False, "code": self.code, "detail": str(self), **key}


class Refused(OeeError):
    """The API said no. `problem` is its RFC 9457 document; it is empty when a gateway answered instead."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: int | None = None) -> None:
        super().__init__(_sentence(status, problem))
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", f"HTTP_{status}"))
        self.retryable = status in PASSING
        self.retry_after = retry_after

    @classmethod
    def by(cls, answer: httpx.Response) -> "Refused":
        """The refusal that this answer is."""
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        after = answer.headers.get("Retry-After", "")
        seconds = int(after) if after.isascii() and after.isdigit() else None
        return cls(answer.status_code, problem if isinstance(problem, dict) else {}, seconds)

    def document(self) -> dict[str, Any]:
        """The API's own document, with what its headers say."""
        known = {"status": self.status} | (
            {} if self.retry_after is None else {"retryAfter": self.retry_after}
        )
        return {**super().document(), **self.problem, **known}


class Unreachable(OeeError):
    """No answer came: whether the request took effect is not known."""

    code = "UNREACHABLE"

    def __init__(self, sentence: str, *, retryable: bool = True) -> None:
        super().__init__(sentence)
        self.retryable = retryable


class Unreadable(OeeError):
    """An answer came that is not one of this API's."""

    code = "UNREADABLE"


def _sentence(status: int, problem: Mapping[str, Any]) -> str:
    """Title and what to do; the refused fields say it better than the detail."""
    if "code" not in problem:
        name = HTTPStatus(status).phrase if status in set(HTTPStatus) else "an unknown status"
        return f"The server answered {status} ({name})."
    errors = problem.get("errors")
    fields = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    named = "; ".join(f"{error.get('pointer') or 'body'} {error.get('detail')}" for error in fields)
    said = [str(problem.get("title", "")), f"{named}." if named else str(problem.get("detail", ""))]
    return " ".join(f"{part.rstrip('.')}." for part in said if part)
