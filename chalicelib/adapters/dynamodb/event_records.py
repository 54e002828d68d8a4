"""The parts of an order's item: events, reasons, submission and fill, as plain maps."""

import base64
from collections.abc import Mapping
from typing import Any, cast

from chalicelib.domain.order import Fill, OrderEvent, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.submission import Submission
from chalicelib.errors import Kind

Record = dict[str, Any]


def event_record(event: OrderEvent) -> Record:
    """One entry of `events`; an absent reason is left out."""
    record: Record = {
        "sequence": event.sequence,
        "status": event.status.value,
        "at": event.at,
        "write_id": event.write_id,
        "attempt": event.attempt,
        "detail": dict(event.detail),
    }
    if event.reason is not None:
        record["reason"] = reason_record(event.reason)
    return record


def read_event(record: Mapping[str, Any]) -> OrderEvent:
    """The event of one entry of `events`."""
    return OrderEvent(
        sequence=record["sequence"],
        status=Status(record["status"]),
        at=record["at"],
        write_id=record["write_id"],
        attempt=record["attempt"],
        detail=record["detail"],
        reason=read_reason(record.get("reason")),
    )


def reason_record(reason: Reason | None) -> Record | None:
    """Why something did not happen."""
    if reason is None:
        return None
    return {
        "code": reason.code,
        "kind": reason.kind,
        "detail": reason.detail,
        "retryable": reason.retryable,
    }


def read_reason(record: Mapping[str, Any] | None) -> Reason | None:
    """The reason of its record."""
    if record is None:
        return None
    return Reason(record["code"], cast("Kind", record["kind"]), record["detail"], record["retryable"])


def submission_record(submission: Submission | None) -> Record | None:
    """The write-ahead of a send; the signed bytes as they are, for as long as they may be sent."""
    if submission is None:
        return None
    return {
        "signature": submission.signature,
        "transaction": base64.b64decode(submission.transaction),
        "last_valid_block_height": submission.last_valid_block_height,
        "submitted_at": submission.submitted_at,
    }


def read_submission(record: Mapping[str, Any] | None) -> Submission | None:
    """The submission of its record."""
    if record is None:
        return None
    return Submission(
        signature=record["signature"],
        transaction=_in_base64(record["transaction"]),
        last_valid_block_height=record["last_valid_block_height"],
        submitted_at=record["submitted_at"],
    )


def _in_base64(stored: bytes | str) -> str:
    """Signed bytes are text in a stream's record, and in an item of before they were stored as bytes."""
    return stored if isinstance(stored, str) else base64.b64encode(stored).decode()


def fill_record(fill: Fill | None) -> Record | None:
    """What moved."""
    return {"amount_in": fill.amount_in, "amount_out": fill.amount_out} if fill is not None else None


def read_fill(record: Mapping[str, Any] | None) -> Fill | None:
    """The fill of its record."""
    return Fill(record["amount_in"], record["amount_out"]) if record is not None else None
