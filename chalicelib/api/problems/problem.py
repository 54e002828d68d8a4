"""One refusal as a client sees it: RFC 9457 problem+json."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.errors import FieldError

CONTENT_TYPE = "application/problem+json"

AFTER = "Retry-After says when."
"""The hint of problems after which the same request is fine."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: its HTTP status, stable code and title, what to do about it, and how.

    `detail` speaks to the person who asked; `hint` to the program: headers, fields and routes.
    """

    status: int
    code: str
    title: str
    detail: str
    hint: str = ""
    errors: Sequence[FieldError] = ()
    retry_after: int | None = None
    extra: Mapping[str, str | int] = field(default_factory=dict)
    extra_headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the problem+json document."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.code.lower().replace('_', '-')}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "success": False,
            "code": self.code,
            **self.extra,
        }
        if self.hint:
            document["hint"] = self.hint
        if self.errors:
            document["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in self.errors]
        return document

    def body(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.document(), separators=(",", ":"))

    def sentence(self) -> str:
        """Return the problem in one line, with the refused fields."""
        fields = "; ".join(f"{e.pointer or 'message'} {e.detail}" for e in self.errors)
        return f"{self.title}. {fields or self.detail}"

    def headers(self) -> dict[str, str]:
        """Return the headers of the answer, Retry-After among them if the problem has it."""
        headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store", **self.extra_headers}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return headers


OnProblem = Callable[[Problem, BaseException | None], None]
"""Called with every problem, and with the error behind it if that is the engine's fault."""
