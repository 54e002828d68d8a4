"""Logs and metrics: JSON lines correlated by order id, EMF metrics.

Of what clients send only ids are logged; no line holds a body, a key or a signed transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit, single_metric

from chalicelib.config import TelemetrySettings
from chalicelib.domain.access import Caller
from chalicelib.domain.order import Change, Order, Status
from chalicelib.domain.trading import Trading

_COUNT_OF = {
    Status.CONFIRMED: "OrdersConfirmed",
    Status.EXPIRED: "OrdersExpired",
    Status.CANCELLED: "OrdersCancelled",
}


class PowertoolsTelemetry:
    """Telemetry on CloudWatch. A worker process has one instance, for one invocation at a time."""

    def __init__(self, settings: TelemetrySettings) -> None:
        self._settings = settings
        self.logger = Logger(service=settings.service_name, level=settings.log_level)
        self._metrics = Metrics(namespace=settings.metrics_namespace, service=settings.service_name)

    def started(self, handler: str) -> None:
        """Log which function a worker was started for, and the version of the AWS SDK that it calls with."""
        self.logger.info("started", extra={"handler": handler, "botocore": botocore.__version__})

    @contextmanager
    def invocation(self, context: Any) -> Iterator[None]:
        """Surround one invocation: log its Lambda context, and in the end one line, and flush the metrics."""
        name = getattr(context, "function_name", "local")
        self.logger.append_keys(function=name, request_id=getattr(context, "aws_request_id", None))
        try:
            yield
        finally:
            self.logger.info("invoked")
            if self._metrics.metric_set:
                self._metrics.flush_metrics()
            self.logger.remove_keys(["order_id", "function", "request_id", "account", "key_id"])

    def failed(self, code: str, error: BaseException) -> None:
        """Log an error of the engine's own, with its trace."""
        self.logger.error("failed", extra={"code": code}, exc_info=error)

    def record_failed(self, source: str, error: Exception) -> None:
        """Log a message or stream record that could not be handled, and count it."""
        self.logger.error("record failed", extra={"source": source}, exc_info=error)
        self._count_by("RecordsFailed", "source", source)

    def correlate(self, *order_ids: str) -> None:
        """Put the id of the order, or of each that came in one batch, on every line that follows."""
        self.logger.append_keys(order_id=",".join(sorted(set(order_ids))))

    def called_by(self, caller: Caller) -> None:
        """Put the caller's account and key id on every line that follows."""
        self.logger.append_keys(account=caller.account, key_id=caller.key_id or None)

    def trading_turned(self, to: Trading) -> None:
        """Log that somebody turned the switch."""
        self.logger.warning("trading turned", extra={"state": to.state.value, "version": to.version})

    def order_accepted(self, order: Order) -> None:
        """Count a new order."""
        self.correlate(order.order_id)
        self._count("OrdersAccepted")
        if order.status is Status.ARMED:
            self._count("OrdersArmed")

    def order_replayed(self, order_id: str) -> None:
        """Count an order that was answered again."""
        self.correlate(order_id)
        self._count("OrdersReplayed")

    def request_refused(self, code: str) -> None:
        """Count a refusal by its code."""
        self._count_by("RequestsRefused", "code", code)

    def message_unsent(self, order_id: str, code: str) -> None:
        """Warn that an accepted order has no message yet."""
        self.logger.warning("message unsent", extra={"unsent_order_id": order_id, "code": code})
        self._count_by("MessagesUnsent", "code", code)

    def order_moved(self, order: Order) -> None:
        """Log the move, count what is final, and measure the status that was left."""
        event = order.events[-1]
        code = event.reason.code if event.reason is not None else None
        told = {
            "order_id": order.order_id,
            "status": event.status.value,
            "sequence": event.sequence,
            "attempt": event.attempt,
            "code": code,
        }
        self.logger.info("order moved", extra=told | ({"change": event.change} if event.change else {}))
        left = order.events[-2] if len(order.events) > 1 else event
        if left is not event and left.status is not Status.ARMED:
            name = f"SecondsIn{left.status.capitalize()}"
            self._metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=(event.at - left.at) / 1000)
        if event.change == Change.FIRED:
            self._count("OrdersFired")
        if event.change == Change.RETURNED:
            self._count("OrdersReturned")
            self._count_by("OrdersReturned", "reason", code or "UNKNOWN")
        if event.status in _COUNT_OF:
            self._count(_COUNT_OF[event.status])
        if event.status is Status.FAILED:
            self._count("OrdersFailed")
            self._count_by("OrdersFailed", "code", code or "UNKNOWN")
        if event.status is Status.BUILDING and order.route is not None:
            self._count_by("RoutesWon", "dex", order.route.best.venue)

    def queue_waited(self, order: Order, milliseconds: int) -> None:
        """Measure the wait of a message in the queue."""
        self.correlate(order.order_id)
        self._measure_ms("QueueWait", milliseconds)

    def venue_failed(self, venue: str, code: str) -> None:
        """Count a venue that gave no offer."""
        self.logger.warning("venue failed", extra={"dex": venue, "code": code})
        self._count_by("VenueFailures", "dex", venue)

    def circuit_changed(self, venue: str, *, is_open: bool) -> None:
        """Log the circuit's state and measure it: 1 while it is open."""
        self.logger.warning("circuit changed", extra={"dex": venue, "open": is_open})
        self._measure_by("VenueCircuitOpen", int(is_open), "dex", venue)

    def order_requeued(self, order_id: str) -> None:
        """Count an order that was left behind."""
        self.logger.warning("order requeued", extra={"requeued_order_id": order_id})
        self._count("OrdersRequeued")

    def order_stuck(self, order_id: str) -> None:
        """Log the order and count it in the metric on which an alarm calls an operator."""
        self.logger.error("order stuck", extra={"stuck_order_id": order_id})
        self._count("OrdersStuck")

    def looked(self, milliseconds: int) -> None:
        """Measure a look at prices."""
        self._measure_ms("LookMs", milliseconds)

    def look_aged(self, milliseconds: int) -> None:
        """Measure the age of readings in the metric on which an alarm calls an operator."""
        self._measure_ms("LookAgeMs", milliseconds)

    def firings_held(self, count: int) -> None:
        """Measure how many orders wait to fire."""
        self._metrics.add_metric(name="FiringsHeld", unit=MetricUnit.Count, value=count)

    def order_fired(self, order: Order, milliseconds: int) -> None:
        """Log a firing, and measure the way from its prices."""
        self.logger.info("order fired", extra={"fired_order_id": order.order_id, "ms": milliseconds})
        self._measure_ms("FireLatencyMs", milliseconds)

    def watcher_silent(self, milliseconds: int) -> None:
        """Log it, and count it in the metric on which an alarm calls an operator."""
        self.logger.error("watcher silent", extra={"ms": milliseconds})
        self._count("WatchSilent")

    def waking_failed(self, error: Exception) -> None:
        """Warn that an armed order waits for the schedule to be watched."""
        self.logger.warning("watcher not woken", exc_info=error)

    def subscription_skipped(self, connection_id: str, why: str) -> None:
        """Log a socket that was left unsent."""
        self.logger.info("subscription skipped", extra={"connection_id": connection_id, "why": why})

    def _count(self, name: str) -> None:
        self._metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)

    def _measure_ms(self, name: str, milliseconds: int) -> None:
        self._metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=milliseconds)

    def _count_by(self, name: str, dimension: str, value: str) -> None:
        self._measure_by(name, 1, dimension, value)

    def _measure_by(self, name: str, amount: int, dimension: str, value: str) -> None:
        namespace = self._settings.metrics_namespace
        with single_metric(name=name, unit=MetricUnit.Count, value=amount, namespace=namespace) as metric:
            metric.add_dimension(name="service", value=self._settings.service_name)
            metric.add_dimension(name=dimension, value=value)
