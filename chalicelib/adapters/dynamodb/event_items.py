"""Convert the parts of an order's item to plain maps and back: events, reasons, submission and fill."""

import base64
from collections.abc import Mapping
from typing import Any, cast

from chalicelib.domain.order import Fill, OrderEvent, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.submission import Submission
from chalicelib.errors import Kind

PlainMap = dict[str, Any]
"""A part of an item, before pynamodb or JSON encodes it."""


def event_item(event: OrderEvent) -> PlainMap:
    """Return an event as an entry of `events`, without a reason if there is none."""
    item: PlainMap = {
        "sequence": event.sequence,
        "status": event.status.value,
        "at": event.at,
        "write_id": event.write_id,
        "attempt": event.attempt,
        "detail": dict(event.detail),
    }
    if event.reason is not None:
        item["reason"] = reason_item(event.reason)
    return item


def read_event(stored: Mapping[str, Any]) -> OrderEvent:
    """Return the event in an entry of `events`."""
    return OrderEvent(
        sequence=stored["sequence"],
        status=Status(stored["status"]),
        at=stored["at"],
        write_id=stored["write_id"],
        attempt=stored["attempt"],
        detail=stored["detail"],
        reason=read_reason(stored.get("reason")),
    )


def reason_item(reason: Reason | None) -> PlainMap | None:
    """Return a reason as it is stored."""
    if reason is None:
        return None
    return {
        "code": reason.code,
        "kind": reason.kind,
        "detail": reason.detail,
        "retryable": reason.retryable,
    }


def read_reason(stored: Mapping[str, Any] | None) -> Reason | None:
    """Read a stored reason."""
    if stored is None:
        return None
    return Reason(stored["code"], cast("Kind", stored["kind"]), stored["detail"], stored["retryable"])


def submission_item(submission: Submission | None) -> PlainMap | None:
    """Return a submission as it is stored: with the signed bytes, while they may still be sent."""
    if submission is None:
        return None
    return {
        "signature": submission.signature,
        "transaction": base64.b64decode(submission.transaction),
        "last_valid_block_height": submission.last_valid_block_height,
        "submitted_at": submission.submitted_at,
    }


def read_submission(stored: Mapping[str, Any] | None) -> Submission | None:
    """Read a stored submission."""
    if stored is None:
        return None
    return Submission(
        signature=stored["signature"],
        transaction=_in_base64(stored["transaction"]),
        last_valid_block_height=stored["last_valid_block_height"],
        submitted_at=stored["submitted_at"],
    )


def _in_base64(stored: bytes | str) -> str:
    """Return signed bytes in base64, which stream records and items of earlier releases hold already."""
    return stored if isinstance(stored, str) else base64.b64encode(stored).decode()


def fill_item(fill: Fill | None) -> PlainMap | None:
    """Return a fill as it is stored."""
    return {"amount_in": fill.amount_in, "amount_out": fill.amount_out} if fill is not None else None


def read_fill(stored: Mapping[str, Any] | None) -> Fill | None:
    """Read a stored fill."""
    return Fill(stored["amount_in"], stored["amount_out"]) if stored is not None else None
