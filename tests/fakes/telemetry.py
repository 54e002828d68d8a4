"""Telemetry that keeps what it was told."""

from typing import Any

from chalicelib.domain.order import Order


class RecordingTelemetry:
    """`records` holds one tuple a call: the method's name, then its arguments."""

    def __init__(self) -> None:
        self.records: list[tuple[Any, ...]] = []

    def order_accepted(self, order: Order) -> None:
        self.records.append(("order_accepted", order))

    def order_replayed(self, order_id: str) -> None:
        self.records.append(("order_replayed", order_id))

    def request_refused(self, code: str) -> None:
        self.records.append(("request_refused", code))

    def message_unsent(self, order_id: str, code: str) -> None:
        self.records.append(("message_unsent", order_id, code))

    def order_moved(self, order: Order) -> None:
        self.records.append(("order_moved", order))

    def queue_waited(self, order: Order, milliseconds: int) -> None:
        self.records.append(("queue_waited", order, milliseconds))

    def record_failed(self, source: str, error: Exception) -> None:
        self.records.append(("record_failed", source, error))

    def venue_failed(self, venue: str, code: str) -> None:
        self.records.append(("venue_failed", venue, code))

    def circuit_changed(self, venue: str, *, is_open: bool) -> None:
        self.records.append(("circuit_changed", venue, is_open))

    def order_requeued(self, order_id: str) -> None:
        self.records.append(("order_requeued", order_id))

    def order_stuck(self, order_id: str) -> None:
        self.records.append(("order_stuck", order_id))

    def looked(self, milliseconds: int) -> None:
        self.records.append(("looked", milliseconds))

    def look_aged(self, milliseconds: int) -> None:
        self.records.append(("look_aged", milliseconds))

    def firings_held(self, count: int) -> None:
        self.records.append(("firings_held", count))

    def order_fired(self, order: Order, milliseconds: int) -> None:
        self.records.append(("order_fired", order, milliseconds))

    def watcher_silent(self, milliseconds: int) -> None:
        self.records.append(("watcher_silent", milliseconds))

    def waking_failed(self, error: Exception) -> None:
        self.records.append(("waking_failed", error))

    def subscription_skipped(self, connection_id: str, why: str) -> None:
        self.records.append(("subscription_skipped", connection_id, why))

    def failed(self, code: str, error: BaseException) -> None:
        self.records.append(("failed", code, error))

    def named(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of this method."""
        return [record[1:] for record in self.records if record[0] == name]
