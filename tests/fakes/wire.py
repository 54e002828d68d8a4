"""A publisher with its subscriptions and sockets, in memory."""

from concurrent.futures import Executor

from chalicelib.api.stream_messages import StreamMessages
from chalicelib.domain.connection import Connection
from chalicelib.services.deliver_updates import PATIENCE, DeliverUpdates
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.subscribe import Subscribe
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.exposures import InMemoryArmedExposures, StoredOrdersCount
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.push import RecordingPushGateway
from tests.fakes.scripted import InlineExecutor
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.telemetry import RecordingTelemetry

PENDING = an_order()


class Wire:
    """A publisher, subscriptions and sockets."""

    def __init__(
        self,
        threads: Executor | None = None,
        patience_ms: int = PATIENCE,
        gateway: RecordingPushGateway | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository(PENDING)
        self.subscriptions = InMemorySubscriptionRepository()
        self.gateway = gateway or RecordingPushGateway()
        self.telemetry = RecordingTelemetry()
        self.connections = InMemoryConnections()
        self.subscribe = Subscribe(
            orders=self.orders,
            exposures=StoredOrdersCount(self.orders),
            armed=InMemoryArmedExposures(),
            subscriptions=self.subscriptions,
            connections=self.connections,
            clock=self.clock,
            most_sockets=100,
        )
        self.publisher = PublishUpdates(
            orders=self.orders,
            subscriptions=self.subscriptions,
            connections=self.connections,
            deliver=DeliverUpdates(
                subscriptions=self.subscriptions,
                connections=self.connections,
                gateway=self.gateway,
                messages=StreamMessages("paper"),
                threads=threads or InlineExecutor(),
                clock=self.clock,
                telemetry=self.telemetry,
                patience_ms=patience_ms,
            ),
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def connect(self, connection_id="socket", *, order_id=ORDER_ID, after=0, open_after=0):
        connection = Connection(connection_id, "open", self.clock.now())
        self.subscribe.connect(connection, order_id, after=after)
        self.gateway.open(connection_id, after_refusals=open_after)

    def backfill(self):
        armed, self.subscriptions.backfills_due = self.subscriptions.backfills_due, []
        return self.publisher.backfill(armed)

    def move(self, order):
        self.orders.save(order)
        return self.publisher.publish([order])

    def sequences(self, connection_id="socket"):
        seen: list[int] = []
        for message in self.gateway.messages(connection_id):
            logs = message["logs"] if message["type"] == "backfill" else [message]
            seen.extend(log["sequence"] for log in logs)
        return seen
