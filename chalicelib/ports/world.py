"""Time, randomness, and what the services report about themselves."""

from typing import Protocol

from chalicelib.domain.order import Order


class Clock(Protocol):
    """Time, so that a run can be replayed."""

    def now(self) -> int:
        """Milliseconds since the Unix epoch."""

    def sleep(self, milliseconds: int) -> None:
        """Let this much time pass."""


class Identifiers(Protocol):
    """Randomness, so that a run can be replayed."""

    def order_id(self) -> str:
        """A new order's id: a UUID in lower case."""

    def write_id(self) -> str:
        """A new write's id, never drawn twice."""

    def key_id(self) -> str:
        """A new API key's id: 12 hexadecimal digits in lower case. It may have been drawn before."""

    def secret(self) -> str:
        """A new secret that nobody can guess: 256 bits in base64url, 43 characters."""


class Telemetry(Protocol):
    """What the services report about themselves. It never raises."""

    def order_accepted(self, order: Order) -> None:
        """A new order is durable."""

    def order_replayed(self, order_id: str) -> None:
        """A key was used again, and its order was answered."""

    def request_refused(self, code: str) -> None:
        """A request was refused with this problem code."""

    def message_unsent(self, order_id: str, code: str) -> None:
        """An accepted order has no message yet: Reconcile sends it."""

    def order_moved(self, order: Order) -> None:
        """The order's newest event was stored by us."""

    def queue_waited(self, order: Order, milliseconds: int) -> None:
        """The order began to execute this long after its message was sent."""

    def record_failed(self, source: str, error: Exception) -> None:
        """Something that came in from this source could not be dealt with and was passed over."""

    def venue_failed(self, venue: str, code: str) -> None:
        """A venue gave no offer."""

    def circuit_changed(self, venue: str, *, is_open: bool) -> None:
        """A venue that kept failing is left alone from now on, or answers again."""

    def order_requeued(self, order_id: str) -> None:
        """An order that was left behind has a new message."""

    def order_stuck(self, order_id: str) -> None:
        """An order needs an operator."""

    def subscription_skipped(self, connection_id: str, why: str) -> None:
        """A socket was left unsent, or was found to be gone."""
