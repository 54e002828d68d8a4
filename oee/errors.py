"""The errors of the client.

OeeError
├── Refused       the API said no, by its own sentence and stable code: nothing was done
├── Failed        the server failed while it answered (5xx, 408)
├── Unreachable   no answer came in time
├── Unreadable    an answer came that is not one of this API's
├── Declined      a person did not confirm an order
├── Ambiguous     the beginning of an id is that of no order, or of several
└── Inapplicable  an option of the command line is none for this order

After the middle three it is not known whether the request took effect, unless nothing was sent.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from oee.sentences import sentence

CAME_TOO_SOON = frozenset({"TRADING_HALTED", "TRADING_REDUCING", "BACKLOG_TOO_LONG", "PRICE_UNAVAILABLE"})
"""Codes of a 503 that say that nothing was accepted, and that the same request may be later."""

OF_THE_REQUEST = frozenset({
    "REQUEST_INVALID", "BODY_TOO_LARGE", "MEDIA_TYPE_UNSUPPORTED", "IDEMPOTENCY_KEY_REUSED",
    "ORDER_NOT_CANCELLABLE", "ORDER_NOT_FOUND",
})  # fmt: skip
"""Codes that refuse the request itself: an earlier try, whose answer was lost, did nothing either."""


class OeeError(Exception):
    """Root of the client's errors: its text is a sentence for a person, and `code` is stable.

    `retryable` says whether the same request may succeed later, `retry_after` in how many seconds if that is
    known. `leaves_unknown` says whether what was asked may have been done all the same: by the request that
    failed last, or by an earlier one of the same call. An order that could not be placed names its
    `idempotency_key`.
    """

    code = "CLIENT_FAILED"
    retryable = False
    leaves_unknown = False
    retry_after: int | None = None
    idempotency_key: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the error in the form of the API's problem documents."""
        key = {} if self.idempotency_key is None else {"idempotencyKey": self.idempotency_key}
        unknown = {"mayHaveBeenDone": True} if self.leaves_unknown else {}
        return {"success": False, "code": self.code, "detail": str(self), **key, **unknown}


class _Answered(OeeError):
    """An answer that is no success. `problem` is its RFC 9457 document; empty when a gateway answered."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: int | None = None) -> None:
        super().__init__(sentence(status, problem))
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", f"HTTP_{status}"))
        self.retry_after = retry_after

    def document(self) -> dict[str, Any]:
        """Return the API's own document, with the status and Retry-After of the answer."""
        known = {"status": self.status} | (
            {} if self.retry_after is None else {"retryAfter": self.retry_after}
        )
        return {**super().document(), **self.problem, **known}


class Refused(_Answered):
    """The API said no: nothing was done.

    `is_for_now` says that it may be done later: trading is stopped, too many requests came, or there is no
    price to judge by.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: int | None = None) -> None:
        super().__init__(status, problem, retry_after)
        self.is_for_now = status == HTTPStatus.TOO_MANY_REQUESTS or self.code in CAME_TOO_SOON
        self.retryable = self.is_for_now


class Failed(_Answered):
    """The server failed while it answered: whether the request took effect is not known."""

    retryable = True
    leaves_unknown = True


class Unreachable(OeeError):
    """No answer came: whether the request took effect is not known, unless it was never sent."""

    code = "UNREACHABLE"

    def __init__(self, sentence: str, *, retryable: bool = True, was_sent: bool = False) -> None:
        super().__init__(sentence)
        self.retryable = retryable
        self.leaves_unknown = was_sent


class Unreadable(OeeError):
    """An answer came that is not one of this API's: whether the request took effect is not known."""

    code = "UNREADABLE"
    retryable = True
    leaves_unknown = True


class Declined(OeeError):
    """The person who was asked whether to place an order did not say yes, or nobody could be asked."""

    code = "NOT_CONFIRMED"


class Ambiguous(OeeError):
    """The beginning of an id fits no order, or several."""

    code = "ID_AMBIGUOUS"


class Inapplicable(OeeError):
    """An option was given that an order of this type doesn't have."""

    code = "OPTION_INAPPLICABLE"


def failure_of(answer: httpx.Response, retry_after: int | None) -> Refused | Failed:
    """Return the error of an answer that is no success."""
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    is_broken = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    if answer.status_code == HTTPStatus.REQUEST_TIMEOUT or (
        is_broken and problem.get("code") not in CAME_TOO_SOON
    ):
        return Failed(answer.status_code, problem, retry_after)
    if answer.is_redirect:
        problem = {"location": answer.headers["Location"], **problem}
    return Refused(answer.status_code, problem, retry_after)
