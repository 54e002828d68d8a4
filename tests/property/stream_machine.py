"""The stream: orders move, records come in batches and again, sockets open late, go deaf, close, come back.

A client never sees a gap, nor an event that isn't its order's, and in the end it has exactly the order's
events, by nothing but what the README tells it to do.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.api.events import event_json
from chalicelib.domain.order import Order
from chalicelib.ports import SubscriptionRepository
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.examples import an_order
from tests.fakes.exposures import StoredOrdersCount
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.push import RecordingPushGateway
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.taps import PortCall, tap
from tests.property.machines import chosen
from tests.property.stream_clients import Follower, Socket
from tests.property.stream_workers import (
    Door,
    Reader,
    Request,
    door_limits,
    publisher_over,
    reader_limits,
    subscribe_over,
)
from tests.property.workers import Limit, Worker, blows, hold_up

MOST_MOVING = 2
MOST_HEARING = 4
MOST_LOST = 3
LATEST_OPENING_MS = 4_000
"""Sockets open sooner than this: the publisher takes one that is gone at five seconds for closed."""

picks = st.integers(0, 5)


class StreamMachine(RuleBasedStateMachine):
    """Over the real publisher and the real socket endpoint."""

    def __init__(
        self,
        subscriptions: SubscriptionRepository | None = None,
        gateway: RecordingPushGateway | None = None,
    ) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository()
        self.subscriptions = subscriptions or InMemorySubscriptionRepository()
        self.gateway = gateway or RecordingPushGateway()
        orders = tap(self.orders, "OrderRepository", self.watch)
        following = tap(self.subscriptions, "SubscriptionRepository", self.watch)
        posting = tap(self.gateway, "PushGateway", self.watch)
        ports = orders, following, tap(InMemoryConnections(), "Connections", self.watch)
        publisher = publisher_over(*ports, posting, self.clock)
        self.broadcast = Reader[Order](publisher.publish, lambda image: image.order_id)
        self.backfill = Reader[tuple[str, str]](publisher.backfill, lambda armed: armed[0])
        self.doors = [
            Door(subscribe_over(*ports, StoredOrdersCount(self.orders), self.clock), posting, self.clock)
            for _ in range(2)
        ]
        self.identifiers = FakeIdentifiers()
        self.lives: dict[str, list[Order]] = {}
        self.losable = MOST_LOST
        self.sockets: list[Socket] = []
        self.followers: list[Follower] = []
        self.accept_an_order()
        self.connect(0, None)
        self.open_all()

    def watch(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        def take_effect() -> Any:
            answer = proceed()
            if call.method == "request_backfill":
                armed = call.arguments[0]
                self.backfill.records.append((armed.order_id, armed.connection_id))
            return answer

        return hold_up(call, take_effect)

    @precondition(lambda self: len(self.moving()) < MOST_MOVING)
    @rule()
    def accept_an_order(self):
        order = an_order(self.identifiers.order_id())
        self.lives[order.order_id] = a_life(order)[1:]
        self.orders.create(order, None)
        self.broadcast.records.append(order)

    @precondition(lambda self: self.moving())
    @rule(pick=picks, moves=st.integers(1, 3))
    def move_an_order(self, pick, moves):
        order_id = chosen(self.moving(), pick)
        for order in self.lives[order_id][:moves]:
            self.orders.save(order)
            self.broadcast.records.append(order)
        del self.lives[order_id][:moves]

    @precondition(lambda self: len(self.hearing()) < MOST_HEARING and self.free_doors())
    @rule(pick=picks, limit=door_limits)
    def connect(self, pick, limit):
        follower = Follower(chosen(self.newest_orders(), pick), self.new_socket())
        self.followers.append(follower)
        self.shake_hands(follower, limit)

    @precondition(lambda self: self.cut_off() and self.free_doors())
    @rule(pick=picks, limit=door_limits)
    def reconnect(self, pick, limit):
        follower = chosen(self.cut_off(), pick)
        follower.socket = self.new_socket()
        self.shake_hands(follower, limit)

    @precondition(lambda self: self.opening())
    @rule(pick=picks, refusals=st.sampled_from([0, 1, 3, 30]))
    def open_a_socket(self, pick, refusals):
        socket = chosen(self.opening(), pick)
        socket.is_open = True
        self.gateway.open(socket.connection_id, after_refusals=refusals)

    @precondition(lambda self: self.hearing() and self.free_doors())
    @rule(pick=picks, back=st.sampled_from([0, 0, 1, 2, 5]), limit=door_limits)
    def subscribe_again(self, pick, back, limit):
        follower = chosen(self.hearing(), pick)
        if not self.is_busy(follower.socket):
            follower.go_back(max(0, len(follower.events) - back))
            self.subscribe(follower, limit)

    @precondition(lambda self: 0 < len(self.hearing()) < MOST_HEARING and self.free_doors())
    @rule(pick=picks, order=picks, limit=door_limits)
    def follow_another_order(self, pick, order, limit):
        follower = Follower(chosen(self.newest_orders(), order), chosen(self.hearing(), pick).socket)
        if all((f.order_id, f.socket) != (follower.order_id, follower.socket) for f in self.followers):
            self.followers.append(follower)
            self.subscribe(follower, limit)

    @precondition(lambda self: self.hearing() and self.free_doors())
    @rule(pick=picks, limit=door_limits)
    def ping(self, pick, limit):
        socket = chosen(self.hearing(), pick).socket
        if not self.is_busy(socket):
            self.say(Request(socket), {"action": "ping"}, limit)

    @precondition(lambda self: len(self.hearing()) > 1 and self.free_doors())
    @rule(pick=picks, noticed=st.booleans(), told=st.booleans(), limit=door_limits)
    def break_a_socket(self, pick, noticed, told, limit):
        """It goes deaf, or is closed; the engine may be told that it is, or has to find out."""
        socket = chosen(self.hearing(), pick).socket
        socket.is_deaf = True
        if noticed:
            socket.is_open, socket.accepted_at = False, None
            self.gateway.close(socket.connection_id)
        if noticed and told:
            door = self.free_doors()[0]
            door.begin(lambda: door.endpoint.disconnect(socket.connection_id), limit)

    @precondition(lambda self: self.readable())
    @rule(
        pick=picks, size=st.integers(1, 6), again=st.sampled_from([False, False, True]), limit=reader_limits
    )
    def read_a_stream(self, pick, size, again, limit):
        chosen(self.readable(), pick).read(size, limit, again=again)

    @precondition(lambda self: self.readable() and self.losable)
    @rule(pick=picks)
    def give_up_a_record(self, pick):
        """It was tried too often, or grew too old."""
        self.losable -= 1
        del chosen(self.readable(), pick).records[0]

    @precondition(lambda self: self.standing())
    @rule(who=picks, limit=reader_limits, blow=blows)
    def go_on(self, who, limit, blow):
        worker = chosen(self.standing(), who)
        if blow is None:
            worker.go_on(limit)
        else:
            blow(worker)

    @precondition(lambda self: len(self.free_doors()) == len(self.doors))
    @rule(milliseconds=st.sampled_from([10, 1_000, 7_000]))
    def wait(self, milliseconds):
        self.open_all()
        self.clock.advance(milliseconds)

    @invariant()
    def what_clients_hear_follows_on_and_is_true(self):
        for door in self.doors:
            door.note_the_end()
        if any(socket.age(self.clock.now()) > LATEST_OPENING_MS for socket in self.opening()):
            self.open_all()
        for socket in self.sockets:
            if socket.hears:
                posted = self.gateway.posted.get(socket.connection_id, [])
                for message in posted[socket.messages_read :]:
                    self.hand_over(socket, json.loads(message))
                socket.messages_read = len(posted)
        for follower in self.hearing():
            if not follower.is_asking:
                following = self.subscriptions.of_order(follower.order_id)
                [stands] = [s for s in following if s.connection_id == follower.socket.connection_id]
                assert stands.delivered <= len(follower.events), "counted as delivered, and wasn't"

    def teardown(self) -> None:
        for worker in self.standing():
            worker.go_on(None)
        self.catch_up()
        for follower in self.followers:
            if not follower.socket.hears:
                follower.socket = self.new_socket()
                self.shake_hands(follower, None)
            elif follower.is_asking:
                self.subscribe(follower, None)
        self.catch_up()
        for follower in self.hearing():
            self.say(Request(follower.socket), {"action": "ping"}, None)
        self.catch_up()
        for follower in self.followers:
            assert follower.events == self.events_of(follower.order_id)

    def catch_up(self) -> None:
        """All sockets open, and all records are read."""
        for door in self.doors:
            door.note_the_end()
        self.open_all()
        for reader in (self.broadcast, self.backfill):
            while reader.records:
                reader.read(len(reader.records), None)
        self.what_clients_hear_follows_on_and_is_true()

    def hand_over(self, socket: Socket, message: dict[str, Any]) -> None:
        for follower in self.followers:
            if follower.socket is socket and follower.order_id == message.get("orderId"):
                follower.fold(message)
                assert follower.events == self.events_of(follower.order_id)[: len(follower.events)]

    def events_of(self, order_id: str) -> list[dict[str, Any]]:
        return [dict(event_json(event)) for event in self.orders.orders[order_id].events]

    def new_socket(self) -> Socket:
        socket = Socket(f"socket-{len(self.sockets) + 1}")
        self.sockets.append(socket)
        return socket

    def shake_hands(self, follower: Follower, limit: Limit) -> None:
        door, socket = self.free_doors()[0], follower.socket
        query = {"orderId": follower.order_id, "after": str(len(follower.events))}
        request = Request(socket, follower, is_handshake=True)
        door.serve(request, lambda: door.endpoint.connect(socket.connection_id, query), limit)

    def subscribe(self, follower: Follower, limit: Limit) -> None:
        wish = {"action": "subscribe", "orderId": follower.order_id, "after": len(follower.events)}
        self.say(Request(follower.socket, follower), wish, limit)

    def say(self, request: Request, wish: dict[str, Any], limit: Limit) -> None:
        door, connection_id = self.free_doors()[0], request.socket.connection_id
        self.clock.advance(1)  # no client answers in the very moment in which it hears
        door.serve(request, lambda: door.endpoint.receive(connection_id, json.dumps(wish)), limit)

    def open_all(self) -> None:
        for socket in self.sockets:
            if socket.accepted_at is not None:
                socket.is_open = True
                self.gateway.open(socket.connection_id)

    def newest_orders(self) -> list[str]:
        return list(self.lives)[-MOST_MOVING:]

    def moving(self) -> list[str]:
        return [order_id for order_id, life in self.lives.items() if life]

    def free_doors(self) -> list[Door]:
        return [door for door in self.doors if door.stands_at is None]

    def is_busy(self, socket: Socket) -> bool:
        """Whether it waits for an answer: its next request comes after that."""
        return any(door.request is not None and door.request.socket is socket for door in self.doors)

    def opening(self) -> list[Socket]:
        return [socket for socket in self.sockets if socket.accepted_at is not None and not socket.is_open]

    def hearing(self) -> list[Follower]:
        return [follower for follower in self.followers if follower.socket.hears]

    def cut_off(self) -> list[Follower]:
        waiting = self.opening()
        return [
            follower
            for follower in self.followers
            if not (follower.socket.hears or follower.socket in waiting or self.is_busy(follower.socket))
        ]

    def readable(self) -> list[Reader[Any]]:
        readers: list[Reader[Any]] = [self.broadcast, self.backfill]
        return [reader for reader in readers if reader.records and reader.stands_at is None]

    def standing(self) -> list[Worker]:
        workers: list[Worker] = [self.broadcast, self.backfill, *self.doors]
        return [worker for worker in workers if worker.stands_at is not None]
