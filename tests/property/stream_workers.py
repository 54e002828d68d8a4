"""Those who work for the stream: readers of the tables' streams, and doors where clients are heard."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hypothesis import strategies as st

from chalicelib.api.socket import SocketEndpoint
from chalicelib.api.stream_messages import StreamMessages
from chalicelib.ports import (
    Clock,
    Connections,
    Exposures,
    OrderRepository,
    PushGateway,
    SubscriptionRepository,
)
from chalicelib.services.deliver_updates import DeliverUpdates
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.subscribe import Subscribe
from tests.fakes.exposures import InMemoryArmedExposures
from tests.fakes.scripted import InlineExecutor
from tests.fakes.sockets import open_to_all
from tests.fakes.telemetry import RecordingTelemetry
from tests.property.stream_clients import Follower, Socket
from tests.property.workers import Limit, Worker

Record = TypeVar("Record")

reader_limits = st.one_of(st.integers(0, 12), st.sampled_from(["post", "raise_delivered", None, None]))
door_limits = st.sampled_from([0, 1, 2, 3, "request_backfill", None, None, None, None, None])


class Reader(Worker, Generic[Record]):
    """A function that reads one table's stream: a batch at a time, and again until it is done with it."""

    def __init__(
        self,
        consume: Callable[[Sequence[Record]], Collection[str]],
        order_id: Callable[[Record], str],
    ) -> None:
        super().__init__()
        self.records: list[Record] = []
        self._consume = consume
        self._order_id = order_id

    def read(self, size: int, limit: Limit, *, again: bool = False) -> None:
        """Hand over a batch; with `again` it comes once more, as if its end had not been noted."""

        def consume_batch() -> None:
            batch = self.records[:size]
            failed = self._consume(batch)
            done = next((n for n, record in enumerate(batch) if self._order_id(record) in failed), len(batch))
            if not again:
                del self.records[:done]

        self.begin(consume_batch, limit)


def publisher_over(
    orders: OrderRepository,
    subscriptions: SubscriptionRepository,
    connections: Connections,
    gateway: PushGateway,
    clock: Clock,
) -> PublishUpdates:
    """A publisher whose telemetry nobody reads."""
    return PublishUpdates(
        orders=orders,
        subscriptions=subscriptions,
        connections=connections,
        deliver=DeliverUpdates(
            subscriptions=subscriptions,
            connections=connections,
            gateway=gateway,
            messages=StreamMessages("paper"),
            threads=InlineExecutor(),
            clock=clock,
            telemetry=RecordingTelemetry(),
        ),
        clock=clock,
        telemetry=RecordingTelemetry(),
    )


def subscribe_over(
    orders: OrderRepository,
    subscriptions: SubscriptionRepository,
    connections: Connections,
    exposures: Exposures,
    clock: Clock,
) -> Subscribe:
    """What follows orders, for any number of sockets."""
    return Subscribe(
        orders=orders,
        exposures=exposures,
        armed=InMemoryArmedExposures(),
        subscriptions=subscriptions,
        connections=connections,
        clock=clock,
        most_sockets=1_000,
    )


@dataclass(frozen=True)
class Request:
    """What a client wants: its handshake, a subscription (both for a follower), a ping."""

    socket: Socket
    follower: Follower | None = None
    is_handshake: bool = False


class Door(Worker):
    """A function that serves sockets, one request at a time."""

    def __init__(self, subscribe: Subscribe, gateway: PushGateway, clock: Clock) -> None:
        super().__init__()
        self.endpoint = SocketEndpoint(open_to_all(clock), subscribe, lambda: gateway, self._refuse)
        self.request: Request | None = None
        self._clock = clock
        self._refused = False

    def serve(self, request: Request, act: Callable[[], object], limit: Limit) -> None:
        self.request, self._refused = request, False
        if request.follower is not None:
            request.follower.is_asking = True
        self.begin(act, limit)
        self.note_the_end()

    def note_the_end(self) -> None:
        """Its client has been answered, or told that it failed."""
        request = self.request
        if request is None or self.stands_at is not None:
            return
        self.request = None
        if request.follower is not None and self.failure is None and not self._refused:
            request.follower.is_asking = False
            if request.is_handshake:
                request.socket.accepted_at = self._clock.now()

    def _refuse(self, *_: Any) -> None:
        self._refused = True
