"""Time, randomness, and what the services report about themselves."""

from typing import Protocol

from chalicelib.domain.order import Order


class Clock(Protocol):
    """The source of time; a fake one makes a run repeatable."""

    def now(self) -> int:
        """Return the milliseconds since the Unix epoch."""

    def sleep(self, milliseconds: int) -> None:
        """Wait for this long."""


class Identifiers(Protocol):
    """The source of random ids and secrets; a fake one makes a run repeatable."""

    def order_id(self) -> str:
        """Return the id of a new order: a UUID in lower case."""

    def write_id(self) -> str:
        """Return the id of a new write. It is never drawn twice."""

    def key_id(self) -> str:
        """Return an API key's id: 12 hexadecimal digits in lower case, which may have been drawn before."""

    def secret(self) -> str:
        """Return a new secret that nobody can guess: 256 bits in base64url, 43 characters."""


class Telemetry(Protocol):
    """Reports of the services about their work, for logs and metrics. No method raises."""

    def order_accepted(self, order: Order) -> None:
        """Report that a new order was stored."""

    def order_replayed(self, order_id: str) -> None:
        """Report that a request with a known Idempotency-Key was answered with the order of that key."""

    def request_refused(self, code: str) -> None:
        """Report that a request was refused with this problem code."""

    def message_unsent(self, order_id: str, code: str) -> None:
        """Report that the message of an accepted order could not be sent; Reconcile sends it later."""

    def order_moved(self, order: Order) -> None:
        """Report that the order's newest event was stored by this worker."""

    def queue_waited(self, order: Order, milliseconds: int) -> None:
        """Report how long the order's message had waited when its execution began."""

    def record_failed(self, source: str, error: Exception) -> None:
        """Report that an input of this source could not be handled and was passed over."""

    def venue_failed(self, venue: str, code: str) -> None:
        """Report that a venue gave no offer, with the code of the reason."""

    def circuit_changed(self, venue: str, *, is_open: bool) -> None:
        """Report that a venue's circuit opened, because it kept failing, or closed again."""

    def order_requeued(self, order_id: str) -> None:
        """Report that an order that was left behind has a new message."""

    def order_stuck(self, order_id: str) -> None:
        """Report that an order needs an operator."""

    def looked(self, milliseconds: int) -> None:
        """Report how long a look at prices took."""

    def look_aged(self, milliseconds: int) -> None:
        """Report how old the oldest reading is that a watcher has of a pair that it watches."""

    def firings_held(self, count: int) -> None:
        """Report how many orders whose price is met wait until fewer that fired are open."""

    def order_fired(self, order: Order, milliseconds: int) -> None:
        """Report that an order fired, this long after the prices were read by which it did."""

    def watcher_silent(self, milliseconds: int) -> None:
        """Report that orders are armed, and nobody has looked at prices for this long."""

    def waking_failed(self, error: Exception) -> None:
        """Report that no watcher of prices could be asked for; the schedule starts one within a minute."""

    def subscription_skipped(self, connection_id: str, why: str) -> None:
        """Report that a socket did not get its messages, or is gone."""
