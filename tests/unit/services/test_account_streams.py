"""One socket that follows all orders of its account."""

import pytest

from chalicelib.api.stream_messages import StreamMessages
from chalicelib.domain.connection import MOST_FOLLOWED, Connection
from chalicelib.errors import OrderNotFound, OrdersFollowedAtLimit, SocketsAtLimit, StorageUnavailable
from chalicelib.services.deliver_updates import DeliverUpdates
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.subscribe import Subscribe
from tests.fakes.clock import FakeClock
from tests.fakes.connections import InMemoryConnections
from tests.fakes.examples import an_order
from tests.fakes.exposures import InMemoryArmedExposures, StoredOrdersCount
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.push import RecordingPushGateway
from tests.fakes.scripted import InlineExecutor
from tests.fakes.subscriptions import InMemorySubscriptionRepository
from tests.fakes.telemetry import RecordingTelemetry

MOST_SOCKETS = 3


class Account:
    """Alice's sockets and orders; nothing is published until the test says so."""

    def __init__(self):
        self.clock = FakeClock()
        self.identifiers = FakeIdentifiers()
        self.orders = InMemoryOrderRepository()
        self.subscriptions = InMemorySubscriptionRepository()
        self.connections = InMemoryConnections()
        self.gateway = RecordingPushGateway()
        self.subscribe = Subscribe(
            orders=self.orders,
            exposures=StoredOrdersCount(self.orders),
            armed=InMemoryArmedExposures(),
            subscriptions=self.subscriptions,
            connections=self.connections,
            clock=self.clock,
            most_sockets=MOST_SOCKETS,
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
                threads=InlineExecutor(),
                clock=self.clock,
                telemetry=RecordingTelemetry(),
            ),
            clock=self.clock,
            telemetry=RecordingTelemetry(),
        )

    def place(self, account="alice"):
        order = an_order(self.identifiers.order_id(), account=account)
        self.orders.create(order, None)
        return order.order_id

    def connect(self, connection_id="socket", **given):
        connection = Connection(connection_id, "alice", self.clock.now(), **{"follows_all": True, **given})
        self.subscribe.connect(connection, "")
        self.gateway.open(connection_id)

    def end(self, order_id):
        for order in a_life(self.orders.get(order_id))[1:]:
            self.orders.save(order)

    def publish(self):
        images, self.orders.images = self.orders.images, []
        failed = self.publisher.publish(images)
        armed, self.subscriptions.backfills_due = self.subscriptions.backfills_due, []
        return failed | self.publisher.backfill(armed)

    def heard(self, connection_id="socket"):
        """Each order's sequences, as they came."""
        seen: dict[str, list[int]] = {}
        for message in self.gateway.messages(connection_id):
            logs = message["logs"] if message["type"] == "backfill" else [message]
            seen.setdefault(message["orderId"], []).extend(log["sequence"] for log in logs)
        return seen


@pytest.fixture
def account():
    return Account()


ALL = [order.version for order in a_life()]


@pytest.mark.promise("R9")
def test_orders_that_were_open_and_orders_that_begin_are_told_from_first_to_last(account):
    before = account.place()
    account.publish()
    account.connect()
    account.publish()
    begun = account.place()
    account.publish()
    for order_id in (before, begun):
        account.end(order_id)
    account.publish()
    assert account.heard() == {before: ALL, begun: ALL}


@pytest.mark.promise("R12")
def test_nobody_elses_orders_are_told(account):
    before = account.place("bob")
    account.connect()
    begun = account.place("bob")
    for order_id in (before, begun):
        account.end(order_id)
    account.publish()
    assert account.heard() == {}


@pytest.mark.promise("R9")
def test_an_order_that_was_not_stored_when_the_socket_looked_is_told_with_its_last_event(account):
    hidden = account.place()
    account.publish()
    account.orders.are_final = lambda _order_ids: {}
    account.connect()
    account.end(hidden)
    account.publish()
    assert account.heard() == {hidden: ALL}


def test_subscriptions_end_with_their_orders_so_that_they_do_not_pile_up(account):
    account.connect()
    for _ in range(3):
        account.end(account.place())
    account.publish()
    assert account.subscriptions.subscriptions == {}
    assert len(account.heard()) == 3


@pytest.mark.promise("R9")
def test_what_is_asked_for_again_while_it_ends_is_sent_again(account):
    account.connect()
    order_id = account.place()
    account.end(order_id)

    def ask_again(method, moment):
        if (method, moment) == ("finish", "before"):
            account.subscriptions.interrupt = lambda *_: None
            account.clock.advance(1)
            account.subscribe.follow("socket", order_id, after=ALL[-3])

    account.subscriptions.interrupt = ask_again
    account.publish()
    assert account.heard() == {order_id: [*ALL, *ALL[-2:]]}
    assert account.subscriptions.subscriptions == {}


def test_the_account_s_sockets_are_read_once_when_an_order_begins_and_once_when_it_ends(account):
    reads = []
    account.connections.interrupt = lambda method, _: reads.append(method)
    life = a_life(an_order(account="alice"))
    account.orders.create(life[0], None)
    for order in life[1:]:
        account.publish()
        account.orders.save(order)
    account.publish()
    assert reads == ["following_all"] * 2


@pytest.mark.promise("R9")
def test_a_record_comes_again_while_the_account_s_sockets_can_not_be_read(account):
    def refuse(_method, _moment):
        raise StorageUnavailable("down")

    account.connect()
    order_id = account.place()
    images = list(account.orders.images)
    account.connections.interrupt = refuse
    assert account.publish() == {order_id}
    account.connections.interrupt = lambda *_: None
    account.orders.images = images
    account.publish()
    assert account.heard() == {order_id: [1]}


def test_a_socket_that_is_gone_is_not_told_of_the_next_order(account):
    account.connect()
    account.gateway.close("socket")
    account.clock.advance(5_000)
    account.place()
    account.publish()
    assert account.connections.connections == {}
    assert account.subscriptions.subscriptions == {}


def test_a_closed_socket_makes_room_for_another(account):
    for number in range(MOST_SOCKETS):
        account.connect(f"socket-{number}")
    with pytest.raises(SocketsAtLimit):
        account.connect()
    account.subscribe.leave("socket-0")
    account.connect()


@pytest.mark.parametrize(
    ("store", "method", "moment"),
    [
        ("connections", "add", "before"),
        ("connections", "add", "after"),
        ("orders", "are_final", "before"),
        ("subscriptions", "request_backfill", "before"),
        ("subscriptions", "request_backfill", "after"),
    ],
)
def test_a_handshake_that_fails_takes_no_socket_from_its_account(account, store, method, moment):
    def refuse(*now):
        if now == (method, moment):
            raise StorageUnavailable("down")

    account.place()
    failing = getattr(account, store)
    failing.interrupt = refuse
    for number in range(MOST_SOCKETS):
        with pytest.raises(StorageUnavailable):
            account.connect(f"refused-{number}")
    failing.interrupt = lambda *_: None
    for number in range(MOST_SOCKETS):
        account.connect(f"socket-{number}")


def test_a_refused_handshake_does_not_hide_why_it_failed(account):
    def refuse(*_):
        raise StorageUnavailable("down")

    account.place()
    account.subscriptions.interrupt = refuse

    def forget_nothing(method, _moment):
        if method == "withdraw":
            raise StorageUnavailable("not forgotten")

    account.connections.interrupt = forget_nothing
    with pytest.raises(StorageUnavailable, match="down"):
        account.connect()


def test_a_socket_of_one_order_that_is_gone_takes_no_socket_from_its_account(account):
    order_id = account.place()
    account.publish()
    for number in range(MOST_SOCKETS):
        connection = Connection(f"socket-{number}", "alice", account.clock.now())
        account.subscribe.connect(connection, order_id)
    account.clock.advance(5_000)
    account.publish()
    account.connect()
    assert list(account.connections.connections) == ["socket"]


@pytest.mark.promise("R12")
def test_a_socket_follows_its_own_account_s_orders_only(account):
    account.connect()
    with pytest.raises(OrderNotFound):
        account.subscribe.follow("socket", account.place("bob"))
    with pytest.raises(OrderNotFound):
        account.subscribe.follow("a stranger", account.place())


@pytest.mark.promise("R12")
def test_a_socket_that_is_bound_to_an_order_follows_no_other(account):
    mine, other = account.place(), account.place()
    connection = Connection("bound", "alice", account.clock.now(), bound_to=mine)
    account.subscribe.connect(connection, mine)
    account.subscribe.follow("bound", mine, after=1)
    with pytest.raises(OrderNotFound):
        account.subscribe.follow("bound", other)


def test_a_ping_takes_as_many_calls_however_many_orders_are_followed(account):
    account.connect()
    for _ in range(20):
        account.place()
    account.publish()
    calls = []
    for store in (account.orders, account.subscriptions, account.connections):
        store.interrupt = lambda method, _: calls.append(method)
    assert account.subscribe.ping("socket") is None
    assert calls == ["followed_by", "read_all", "find"]


@pytest.mark.promise("R9")
def test_a_ping_sends_what_the_socket_missed_of_all_orders(account):
    account.connect()
    order_id = account.place()
    account.publish()
    account.orders.save(a_life(account.orders.get(order_id))[1])
    account.orders.images.clear()
    account.clock.advance(1)
    account.subscribe.ping("socket")
    account.publish()
    assert account.heard() == {order_id: [1, 2]}


def test_a_socket_follows_so_many_orders_and_no_more(account):
    account.connect()
    orders = [account.place() for _ in range(MOST_FOLLOWED + 1)]
    for order_id in orders[:-1]:
        account.subscribe.follow("socket", order_id)
    with pytest.raises(OrdersFollowedAtLimit):
        account.subscribe.follow("socket", orders[-1])
    account.subscribe.follow("socket", orders[0], after=1)
