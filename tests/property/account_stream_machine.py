"""One socket for all orders: orders of two accounts begin and end, indexes lag, calls fail, sockets break.

A client never hears of another account's orders, nor a gap; in the end it has every event of each order that
was open when its socket was accepted, or began later, by nothing but what the README tells it to do.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.api.events import event_json
from chalicelib.api.socket import SocketEndpoint
from chalicelib.domain.access import Scope
from chalicelib.domain.api_keys import ApiKey
from chalicelib.domain.lifecycle import FINAL, is_final
from chalicelib.domain.order import Order
from chalicelib.ports import SubscriptionRepository
from chalicelib.services.admit_socket import AdmitSocket, SocketPolicy
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
from tests.fakes.tickets import InMemoryTickets
from tests.property.machines import chosen
from tests.property.stream_clients import Follower, Socket
from tests.property.stream_workers import publisher_over, subscribe_over
from tests.property.workers import BREAKDOWNS

ALICE, BOB = "alice", "bob"
KEY = {"Authorization": "Bearer alice's"}
MOST_MOVING = 3
MOST_FAULTS = 3
FALLIBLE = [
    "post",
    "post",
    "raise_delivered",
    "finish",
    "request_backfill",
    "of_order",
    "following_all",
    "add",
    "remove",
    "get",
    "read_all",
    "followed_by",
    "withdraw",
]

picks = st.integers(0, 5)


class AccountStreamMachine(RuleBasedStateMachine):
    """Alice's client, over the real publisher and the real socket endpoint; each call may fail."""

    def __init__(self, subscriptions: SubscriptionRepository | None = None) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.orders = InMemoryOrderRepository()
        self.subscriptions = subscriptions or InMemorySubscriptionRepository()
        self.gateway = RecordingPushGateway()
        self.identifiers = FakeIdentifiers()
        ports = (
            tap(self.orders, "OrderRepository", self.watch),
            tap(self.subscriptions, "SubscriptionRepository", self.watch),
            tap(InMemoryConnections(), "Connections", self.watch),
        )
        posting = tap(self.gateway, "PushGateway", self.watch)
        self.publisher = publisher_over(*ports, posting, self.clock)
        admit = AdmitSocket(InMemoryTickets(), key_of, self.clock, SocketPolicy(False, frozenset()))
        subscribe = subscribe_over(*ports, StoredOrdersCount(self.orders), self.clock)
        self.endpoint = SocketEndpoint(admit, subscribe, lambda: posting, lambda *_: None)
        self.lives: dict[str, list[Order]] = {}
        self.images: list[Order] = []
        self.armed: list[tuple[str, str]] = []
        self.unseen: set[str] = set()
        self.coming: tuple[str, bool] | None = None
        self.faults = 0
        self.socket = Socket("socket-0", is_deaf=True)
        self.sockets = 0
        self.heard: dict[str, Follower] = {}
        self.owed: set[str] = set()
        self.place_an_order(ALICE, lags=True)
        self.publish(1, again=False)

    def watch(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        strikes, after = self.fault(call)
        if strikes and not after:
            raise BREAKDOWNS[call.port]("lost")
        answer = proceed()
        if call.method == "request_backfill":
            self.armed.append((call.arguments[0].order_id, call.arguments[0].connection_id))
        if call.method == "are_final":
            answer = {name: ended for name, ended in answer.items() if name not in self.unseen}
        if strikes:
            raise BREAKDOWNS[call.port]("lost")
        return answer

    def fault(self, call: PortCall) -> tuple[bool, bool]:
        """Whether this call fails, and whether it takes effect first."""
        if self.coming is None or self.coming[0] != call.method:
            return False, False
        _, after = self.coming
        self.coming = None
        return True, after

    @precondition(lambda self: self.faults < MOST_FAULTS)
    @rule(method=st.sampled_from(FALLIBLE), after=st.booleans())
    def let_the_next_call_fail(self, method, after):
        self.faults += 1
        self.coming = method, after

    @precondition(lambda self: len(self.moving()) < MOST_MOVING)
    @rule(account=st.sampled_from([ALICE, ALICE, BOB]), lags=st.booleans())
    def place_an_order(self, account, lags):
        order = an_order(self.identifiers.order_id(), account=account)
        self.lives[order.order_id] = a_life(order)[1:]
        self.orders.create(order, None)
        self.images.append(order)
        if lags:
            self.unseen.add(order.order_id)
        if account == ALICE and self.socket.hears:
            self.owed.add(order.order_id)

    @precondition(lambda self: self.moving())
    @rule(pick=picks, moves=st.integers(1, 9))
    def move_an_order(self, pick, moves):
        order_id = chosen(self.moving(), pick)
        for order in self.lives[order_id][:moves]:
            self.orders.save(order)
            self.images.append(order)
        del self.lives[order_id][:moves]

    @rule(size=st.integers(1, 6), again=st.sampled_from([False, False, True]))
    def publish(self, size, again):
        batch = self.images[:size]
        failed = self.publisher.publish(batch)
        if not again:
            self.images = [image for image in batch if image.order_id in failed] + self.images[size:]

    @rule(size=st.integers(1, 6))
    def backfill(self, size):
        batch, self.armed = self.armed[:size], self.armed[size:]
        failed = self.publisher.backfill(batch)
        self.armed = [armed for armed in batch if armed[0] in failed] + self.armed

    @precondition(lambda self: not self.socket.hears)
    @rule()
    def connect(self):
        self.sockets += 1
        connection_id = f"socket-{self.sockets}"
        open_then = {
            o.order_id for o in self.orders.orders.values() if o.account == ALICE and not is_final(o)
        }
        if self.endpoint.connect(connection_id, {}, KEY)["statusCode"] != 200:
            return
        self.socket = Socket(connection_id, self.clock.now(), is_open=True)
        self.gateway.open(connection_id)
        self.owed |= open_then
        self.subscribe_to_unfinished()

    def subscribe_to_unfinished(self) -> None:
        for follower in self.heard.values():
            if not (follower.events and follower.events[-1]["status"] in FINAL):
                wish = {"action": "subscribe", "orderId": follower.order_id, "after": len(follower.events)}
                self.endpoint.receive(self.socket.connection_id, json.dumps(wish))

    @precondition(lambda self: self.socket.hears)
    @rule(told=st.booleans())
    def break_the_socket(self, told):
        self.socket.is_deaf = True
        self.gateway.close(self.socket.connection_id)
        self.owed = set(self.heard)  # what it never heard of it can't ask for
        if told:
            self.endpoint.disconnect(self.socket.connection_id)

    @precondition(lambda self: self.socket.hears)
    @rule()
    def ping(self):
        self.clock.advance(1)
        self.endpoint.receive(self.socket.connection_id, '{"action":"ping"}')

    @rule(milliseconds=st.sampled_from([10, 7_000]))
    def wait(self, milliseconds):
        self.clock.advance(milliseconds)
        self.unseen.clear()

    @invariant()
    def what_the_client_hears_is_its_accounts_and_has_no_gap(self):
        posted = self.gateway.posted.get(self.socket.connection_id, [])
        for message in map(json.loads, posted[self.socket.messages_read :]):
            if "orderId" in message:
                order = self.orders.orders[message["orderId"]]
                assert order.account == ALICE
                follower = self.heard.setdefault(order.order_id, Follower(order.order_id, self.socket))
                follower.fold(message)
        self.socket.messages_read = len(posted)

    def teardown(self) -> None:
        self.coming = None
        for order_id in self.moving():
            self.move_an_order(self.moving().index(order_id), 9)
        self.catch_up()
        if not self.socket.hears:
            self.connect()
        self.ping()
        self.catch_up()
        assert self.subscriptions.of_connection(self.socket.connection_id) == [], "not all was sent"
        self.subscribe_to_unfinished()  # as after a wish that nothing came of
        self.catch_up()
        for order_id in self.owed | set(self.heard):
            assert order_id in self.heard, "it was never told"
            told = [event_json(event) for event in self.orders.orders[order_id].events]
            assert self.heard[order_id].events == json.loads(json.dumps(told)), order_id

    def catch_up(self) -> None:
        while self.images or self.armed:
            self.publish(len(self.images), again=False)
            self.backfill(len(self.armed))
            self.what_the_client_hears_is_its_accounts_and_has_no_gap()

    def moving(self) -> list[str]:
        return [order_id for order_id, life in self.lives.items() if life]


def key_of(_text: str) -> ApiKey:
    return ApiKey("0" * 12, ALICE, "a key", frozenset({Scope.READ}), created_at=0)
