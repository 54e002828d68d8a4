"""Lambda's batches of messages and stream records: failed ones are reported, so that they are redelivered."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.adapters.dynamodb.order_items import order_from_image
from chalicelib.adapters.sqs import parse_message
from chalicelib.domain.order import Order
from chalicelib.errors import MalformedMessage, UnsupportedSchemaVersion

Event = Mapping[str, Any]
Answer = dict[str, Any]


class BatchLog(Protocol):
    """The log of a batch: the orders that it is about, and the records that could not be handled."""

    def correlate(self, *order_ids: str) -> None:
        """Put these order ids on the log lines that follow."""

    def record_failed(self, source: str, error: Exception) -> None:
        """Log that a record of this source could not be handled."""


class QueueBatch:
    """Batches of messages from a queue of order ids."""

    def __init__(self, log: BatchLog) -> None:
        self._log = log

    def consume(self, event: Event, handle: Callable[[str], object]) -> Answer:
        """Call `handle` with each message's order id; messages for which it raises are redelivered."""

        def handle_each(order_ids: Sequence[str]) -> Collection[str]:
            return [order_id for order_id in order_ids if not self._handled(order_id, handle)]

        return self.consume_together(event, handle_each)

    def consume_together(self, event: Event, handle: Callable[[Sequence[str]], Collection[str]]) -> Answer:
        """Call `handle` once with all order ids; the messages of the ids that it returns are redelivered."""
        order_ids = {record["messageId"]: self._order_id(record) for record in event["Records"]}
        readable = list(dict.fromkeys(each for each in order_ids.values() if each is not None))
        self._log.correlate(*readable)
        try:
            failed = handle(readable) if readable else ()
        except Exception as error:  # noqa: BLE001 - all of them come again, and are parked in the end
            self._log.record_failed("batch", error)
            failed = readable
        return _failures([name for name, each in order_ids.items() if each is None or each in failed])

    def _order_id(self, record: Event) -> str | None:
        try:
            return parse_message(record["body"])
        except (MalformedMessage, UnsupportedSchemaVersion) as error:
            self._log.record_failed("message", error)
            return None

    def _handled(self, order_id: str, handle: Callable[[str], object]) -> bool:
        try:
            self._log.correlate(order_id)
            handle(order_id)
        except Exception as error:  # noqa: BLE001 - the message comes again, and is parked in the end
            self._log.record_failed("message", error)
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Change:
    """One stream record: its order's id, its sequence number in the stream, and the new image."""

    order_id: str
    sequence_number: str
    image: Event


class StreamBatch:
    """Batches of records of a table's stream. An unreadable record is logged and passed over."""

    def __init__(self, log: BatchLog) -> None:
        self._log = log

    def consume_orders(self, event: Event, publish: Callable[[Sequence[Order]], Collection[str]]) -> Answer:
        """Call `publish` with the new images; records of the order ids that it returns are redelivered."""
        changes = self._changes(event)
        orders = [order for change in changes if (order := self._order(change)) is not None]
        return _from_first_failed(changes, publish(orders))

    def consume_subscriptions(
        self, event: Event, publish: Callable[[Sequence[tuple[str, str]]], Collection[str]]
    ) -> Answer:
        """Call `publish` with (order id, connection id) of each record; it returns the ids to redeliver."""
        changes = self._changes(event)
        due = [one for change in changes if (one := self._subscription(change)) is not None]
        return _from_first_failed(changes, publish(due))

    def _changes(self, event: Event) -> list[_Change]:
        changes = []
        for record in event["Records"]:
            if "NewImage" not in record.get("dynamodb", {}):
                continue  # a removal: there is nothing to tell
            try:
                image = record["dynamodb"]["NewImage"]
                number = record["dynamodb"]["SequenceNumber"]
                changes.append(_Change(image["order_id"]["S"], number, image))
            except (KeyError, TypeError) as error:
                self._log.record_failed("stream record", error)
        if changes:
            self._log.correlate(*(change.order_id for change in changes))
        return changes

    def _subscription(self, change: _Change) -> tuple[str, str] | None:
        try:
            return change.order_id, change.image["connection_id"]["S"]
        except (KeyError, TypeError) as error:
            self._log.record_failed("stream record", error)
            return None

    def _order(self, change: _Change) -> Order | None:
        try:
            return order_from_image(change.image)
        except Exception as error:  # noqa: BLE001 - one record that can't be read must not block the stream
            self._log.record_failed("stream record", error)
            return None


def _from_first_failed(changes: Sequence[_Change], failed: Collection[str]) -> Answer:
    """Report the first failed record: Lambda redelivers the stream from it on."""
    first = next((change.sequence_number for change in changes if change.order_id in failed), None)
    return _failures([] if first is None else [first])


def _failures(identifiers: Sequence[str]) -> Answer:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}
