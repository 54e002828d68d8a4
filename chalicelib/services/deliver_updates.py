"""Deliver events to sockets in parallel, so that one that hangs, fails or is gone costs the others nothing.

One rule: for a subscription, every event of the order's image above `delivered` is sent, then `delivered` is
raised under a condition. Whoever else did the same at the same time sent the same events; clients drop what
they have by sequence.

What the gateway does not take is asked for again, by a backfill that the table's stream tells: the last event
of an order has no successor that would bring it along.
"""

from collections.abc import Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass

from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Order
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import ConnectionGone, PushUnavailable, StorageUnavailable
from chalicelib.ports import (
    Clock,
    Connections,
    MessageEncoder,
    PushGateway,
    SubscriptionRepository,
    Telemetry,
)

PATIENCE = 5_000
"""Longest time (ms) that one invocation waits for posts to end; what hangs for longer is asked for again."""

OPENING_PATIENCE = 300
"""Longest time (ms) in all that one invocation waits for sockets that aren't open yet."""

OPENING_POLL = 20
"""Milliseconds between two tries to reach them."""

OPENING_AGE = 5_000
"""Age (ms) from which a socket that can't be reached is gone; a younger one may still be opening."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One subscription, and the order's image whose events it is to be sent."""

    subscription: Subscription
    order: Order


class DeliverUpdates:
    """Send each subscription the events that it lacks."""

    def __init__(
        self,
        *,
        subscriptions: SubscriptionRepository,
        connections: Connections,
        gateway: PushGateway,
        messages: MessageEncoder,
        threads: Executor,
        clock: Clock,
        telemetry: Telemetry,
        patience_ms: int = PATIENCE,
    ) -> None:
        self._subscriptions = subscriptions
        self._connections = connections
        self._gateway = gateway
        self._messages = messages
        self._threads = threads
        self._clock = clock
        self._telemetry = telemetry
        self._patience_ms = patience_ms

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Send what is due. It never raises: what can't be sent is asked for again, or left for later."""
        opening = self._post_in_parallel(deliveries)
        give_up_at = self._clock.now() + OPENING_PATIENCE
        while opening and self._clock.now() < give_up_at:
            self._clock.sleep(OPENING_POLL)
            opening = self._post_in_parallel(opening)
        for delivery in opening:
            self._telemetry.subscription_skipped(delivery.subscription.connection_id, "not open yet")

    def _post_in_parallel(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Serve each socket in a thread of its own; return the deliveries whose sockets may still open."""
        by_socket: dict[str, list[Delivery]] = {}
        for delivery in deliveries:
            by_socket.setdefault(delivery.subscription.connection_id, []).append(delivery)
        serving = {self._threads.submit(self._serve, each): each for each in by_socket.values()}
        ended, _ = wait(serving, timeout=self._patience_ms / 1000)
        opening: list[Delivery] = []
        for future, of_one_socket in serving.items():
            if future in ended:
                outcomes = future.result()
            else:
                future.cancel()
                hanging = PushUnavailable(f"the message was not handed over within {self._patience_ms} ms")
                outcomes = [hanging] * len(of_one_socket)
            for delivery, error in zip(of_one_socket, outcomes, strict=True):
                if not self._is_done_with(delivery, error):
                    opening.append(delivery)
        return opening

    def _serve(self, deliveries: Sequence[Delivery]) -> list[Exception | None]:
        """Post one socket's deliveries, one after the other; return what each of them raised."""
        return [self._error_of(delivery) for delivery in deliveries]

    def _error_of(self, delivery: Delivery) -> Exception | None:
        try:
            self._post(delivery)
        except Exception as error:  # noqa: BLE001 - one delivery must not keep the others waiting
            return error
        return None

    def _post(self, delivery: Delivery) -> None:
        subscription, order = delivery.subscription, delivery.order
        if subscription.backfill_due:
            self._gateway.post(
                subscription.connection_id, self._messages.backfill(order, subscription.delivered)
            )
        elif subscription.delivered >= order.version:
            return
        else:
            for event in order.events_above(subscription.delivered):
                self._gateway.post(subscription.connection_id, self._messages.status_update(order, event))
        if subscription.account_wide and is_final(order):
            self._subscriptions.finish(subscription)
        else:
            self._subscriptions.raise_delivered(subscription, max(order.version, subscription.delivered))

    def _is_done_with(self, delivery: Delivery, error: Exception | None) -> bool:
        """Deal with what a delivery raised; False when its socket may still open."""
        subscription = delivery.subscription
        match error:
            case None:
                pass
            case ConnectionGone():
                if self._clock.now() - subscription.connected_at < OPENING_AGE:
                    return False
                self._forget(subscription)
            case PushUnavailable():
                self._ask_again(subscription, error)
            case StorageUnavailable():  # sent, but not recorded: the next event or ping sends it once more
                self._telemetry.subscription_skipped(subscription.connection_id, error.code)
            case _:
                self._telemetry.record_failed("delivery", error)
        return True

    def _ask_again(self, subscription: Subscription, error: PushUnavailable) -> None:
        self._telemetry.subscription_skipped(subscription.connection_id, error.code)
        if subscription.may_be_pushed_again():
            try:
                self._subscriptions.request_backfill(subscription.after_failed_push())
            except StorageUnavailable as unrecorded:
                self._telemetry.subscription_skipped(subscription.connection_id, unrecorded.code)

    def _forget(self, subscription: Subscription) -> None:
        self._telemetry.subscription_skipped(subscription.connection_id, "gone")
        try:
            self._subscriptions.remove(subscription.order_id, subscription.connection_id)
            self._connections.remove(subscription.connection_id)  # its $disconnect may have been lost
        except StorageUnavailable as error:
            self._telemetry.subscription_skipped(subscription.connection_id, error.code)
