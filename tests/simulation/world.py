"""The whole engine in memory: real use cases and real paper trading, by a clock that a test moves.

A run is a pure function of its settings: the same seed gives the same history, event by event.
"""

from contextlib import suppress

from chalicelib.config import Settings
from chalicelib.domain.access import OPEN_CALLER
from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from chalicelib.errors import EngineError
from tests.fakes.clock import FakeClock
from tests.fakes.queue import InMemoryOrderQueue, QueuedMessage
from tests.simulation.client import PING, Client
from tests.simulation.engine import InMemoryEngine
from tests.simulation.sources import Crash, LandingFailed, QueueSource, StreamSource

__all__ = ["Crash", "World"]

VISIBILITY_MS = 20_000
LANDING_VISIBILITY_MS = 45_000
DEAD_LETTER_VISIBILITY_MS = 60_000
SWEEP_MS = 10_000
STREAM_RETRY_MS = 1_000
RECONCILE_MS = 60_000
LONGEST_RUN_MS = 4 * 3600 * 1000


class World(InMemoryEngine):
    """One engine and what drives it: queues, streams, the schedule, clients.

    `recoveries` tells when (ms) and how something that had failed was taken up again.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.clock = _LivingClock(self)
        super().__init__(self.clock, settings)
        self.dead_letter_queue = InMemoryOrderQueue(self.clock)
        self.parked: list[str] = []
        self.clients: list[Client] = []
        self.recoveries: list[tuple[int, str]] = []
        self._connections = 0
        self._began_at = self.clock.now()
        self._next_sweep = self._began_at + SWEEP_MS
        self._is_publishing = False
        dead = self.dead_letter_queue
        self._executions = QueueSource(
            "execute", "its message", self.queue, VISIBILITY_MS, self._execute, dead.send
        )
        self._watching = QueueSource(
            "land", "the landing's message", self.landings, LANDING_VISIBILITY_MS, self._land, dead.send
        )
        self._dead_letters = QueueSource(
            "dead-letter",
            "the dead letter",
            dead,
            DEAD_LETTER_VISIBILITY_MS,
            self.dead_letters.handle,
            self.parked.append,
        )
        self._streams = (
            StreamSource(self.orders.images, self.publisher.publish, lambda image: image.order_id),
            StreamSource(self.subscriptions.backfills_due, self.publisher.backfill, lambda armed: armed[0]),
        )

    def place(self, new: NewOrder, key: str | None = None) -> Order:
        """Accept an order."""
        with self.acting("accept"):
            return self.acceptor.accept(new, key, OPEN_CALLER).order

    def follow(self, order_id: str, *, after_refusals: int = 0) -> Client:
        """A client that follows an order; so many posts find its first socket not open yet."""
        client = Client(order_id, self.clock.now())
        self.clients.append(client)
        self._connect(client, after_refusals)
        return client

    def follow_all(self) -> Client:
        """A client that follows all orders; the first one that is placed then is the one that it watches."""
        client = Client("", self.clock.now(), follows_all=True)
        self.clients.append(client)
        self._connect(client)
        return client

    def cut(self, client: Client) -> None:
        """Close a client's socket; the engine isn't told."""
        if client.connection_id is not None:
            self.gateway.close(client.connection_id)
            client.lost(self.clock.now())

    def run(self) -> None:
        """Let everything happen as it falls due, until all is final, told and quiet."""
        give_up_at = self.clock.now() + LONGEST_RUN_MS
        while not self.is_quiet():
            if self.clock.now() >= give_up_at:
                raise AssertionError(f"not settled: {self.unsettled()}")
            self._turn()

    def run_until(self, moment: int) -> None:
        """Let everything happen that falls due until then (ms)."""
        while self.clock.now() < moment:
            self._turn()

    def is_quiet(self) -> bool:
        """Whether nothing is left to happen."""
        waiting = self.queue.waiting or self.landings.waiting or self.dead_letter_queue.waiting
        return not waiting and self.is_settled() and all(client.is_done for client in self.clients)

    def is_settled(self) -> bool:
        """Whether every order is final."""
        return not self.unsettled()

    def unsettled(self) -> list[Order]:
        """The orders that aren't final."""
        return [order for order in self.orders.orders.values() if not is_final(order)]

    def deliver(self, order_id: str) -> None:
        """Execute once; a crash brings the message back, or after the third one makes it a dead letter."""
        message = QueuedMessage(order_id, self.clock.now(), delay_seconds=0)
        with self.acting("execute"):
            self._executions.deliver(message, message.due_at)

    def deliver_landing(self, order_id: str) -> None:
        """Watch once; a crash brings the message back, or after the third one makes it a dead letter."""
        message = QueuedMessage(order_id, self.clock.now(), delay_seconds=0)
        with self.acting("land"):
            self._watching.deliver(message, message.due_at)

    def sweep(self) -> None:
        """Let Reconcile sweep once; when it is killed the next one comes with the next minute."""
        now, told = self.clock.now(), len(self.telemetry.records)
        self._next_sweep = now + SWEEP_MS
        with self.acting("reconcile"):
            try:
                self.reconciler.run(until=now, every_ms=SWEEP_MS)
            except Crash:
                self._next_sweep = now + RECONCILE_MS - (now - self._began_at) % RECONCILE_MS
                return
        if any(record[0] in {"order_requeued", "order_moved"} for record in self.telemetry.records[told:]):
            self.recover("Reconcile finds it")

    def publish(self) -> None:
        """Let Broadcast and Backfill take what the tables' streams hold; each has one reader at a time."""
        if self._is_publishing:
            return
        self._is_publishing = True
        for stream in self._streams:
            if not self.clients:
                stream.records.clear()  # there is nobody to be told
            if stream.failures:
                self.recover("the stream's record comes again")
            with self.acting("publish"):
                stream.read()
        self._is_publishing = False
        for client in self.clients:
            self._read(client)

    def recover(self, how: str) -> None:
        """Tell that something is taken up again."""
        self.recoveries.append((self.clock.now(), how))

    def _turn(self) -> None:
        self.publish()
        for client in self.clients:
            if not client.is_done and self.clock.now() >= client.next_call_at:
                self._speak(client)
        sources = (self._executions, self._watching, self._dead_letters)
        source = min(sources, key=lambda source: source.due_at)
        if source.due_at <= min(self.clock.now(), self._next_sweep):
            self._deliver(source)
        elif self._next_sweep <= self.clock.now():
            self.sweep()
        else:
            self._wait(source.due_at)

    def _wait(self, message_due_at: float) -> None:
        moments = [client.next_call_at for client in self.clients if not client.is_done]
        if any(stream.records for stream in self._streams):
            moments.append(self.clock.now() + STREAM_RETRY_MS)
        next_moment = min([self._next_sweep, message_due_at, *moments])
        self.clock.advance(max(1, int(next_moment) - self.clock.now()))

    def _deliver(self, source: QueueSource) -> None:
        message = source.queue.take()
        if message is None:
            return
        if message.receives:
            self.recover(f"{source.message} comes again")
        with self.acting(source.step):
            source.deliver(message, self.clock.now())

    def _execute(self, order_id: str) -> None:
        try:
            self.executor.execute(order_id)
        except Crash:
            self.executor = self.make_executor()
            raise

    def _land(self, order_id: str) -> None:
        try:
            failed = self.lander.land([order_id])
        except Crash:
            self.lander = self.make_lander()
            raise
        if failed:
            raise LandingFailed(order_id)

    def _connect(self, client: Client, after_refusals: int = 0) -> None:
        self._connections += 1
        connection_id = f"socket-{self._connections}"
        wanted = "" if client.follows_all else client.order_id
        query = {} if client.follows_all else {"orderId": wanted, "after": str(client.sequence)}
        with self.acting("connect"):
            try:
                ticket = self.issuer.issue(OPEN_CALLER, wanted, "").text
                accepted = self.socket.connect(connection_id, query | {"ticket": ticket})["statusCode"] == 200
            except (Crash, EngineError):
                accepted = False
        if accepted and client.follows_all and client.sequence:
            self.socket.receive(connection_id, client.wish)
        if accepted:
            self.gateway.open(connection_id, after_refusals=after_refusals)
            client.connected(connection_id, self.clock.now())
        else:
            client.lost(self.clock.now())

    def _speak(self, client: Client) -> None:
        if client.connection_id is None:
            self.recover("the client connects again")
            self._connect(client)
            return
        if client.sequence < self.orders.orders[client.order_id].version:
            self.recover("the client pings")
        with self.acting("ping"), suppress(Crash):
            self.socket.receive(client.connection_id, PING)
        client.pinged(self.clock.now())
        if not self._read(client):
            self.cut(client)

    def _read(self, client: Client) -> int:
        return client.read(self.gateway.posted.get(client.connection_id or "", []), self.clock.now())


class _LivingClock(FakeClock):
    """While somebody sleeps, the streams go on."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def sleep(self, milliseconds: int) -> None:
        super().sleep(milliseconds)
        self._world.publish()
