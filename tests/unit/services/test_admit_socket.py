"""Who may open a socket."""

from dataclasses import replace

import pytest

from chalicelib.domain.access import OPEN_CALLER, Caller, Scope
from chalicelib.domain.api_keys import ApiKey
from chalicelib.domain.connection import Connection
from chalicelib.errors import (
    NotAuthenticated,
    OrderNotFound,
    OriginRefused,
    ScopeMissing,
    StorageUnavailable,
    TicketRefused,
)
from chalicelib.services.admit_socket import AdmitSocket, Handshake, SocketPolicy
from chalicelib.services.issue_ticket import IssueTicket
from chalicelib.services.read_orders import ReadOrders
from tests.fakes.clock import FakeClock
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.exposures import InMemoryArmedExposures, InMemoryExposures
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.orders import InMemoryOrderRepository
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.tickets import InMemoryTickets

ALICE = Caller("alice", frozenset({Scope.READ}))
KEYS = {
    "alice's": ApiKey("0" * 12, "alice", "hers", frozenset({Scope.READ}), created_at=0),
    "the operator's": ApiKey("1" * 12, "bob", "his", frozenset({Scope.ADMIN}), created_at=0),
}
HOST = "api.example"
PAGE = "https://trader.example"
SECONDS = 60


def key_of(text):
    if text not in KEYS:
        raise NotAuthenticated("unknown")
    return KEYS[text]


class Door:
    """Alice's order, and tickets."""

    def __init__(self):
        self.clock = FakeClock()
        self.tickets = InMemoryTickets()
        self.telemetry = RecordingTelemetry()
        self.order = an_order(account="alice")
        self.issuer = self.make_issuer()

    def make_issuer(self, *, is_open=False):
        return IssueTicket(
            read_orders=ReadOrders(
                InMemoryOrderRepository(self.order), InMemoryExposures(), InMemoryArmedExposures()
            ),
            tickets=self.tickets,
            clock=self.clock,
            identifiers=FakeIdentifiers(),
            telemetry=self.telemetry,
            seconds=SECONDS,
            is_open=is_open,
        )

    def ticket(self, order_id=""):
        return self.issuer.issue(ALICE, order_id, HOST).text

    def admit(self, order_id="", *, is_open=False, origins=(), **given):
        admit = AdmitSocket(self.tickets, key_of, self.clock, SocketPolicy(is_open, origins))
        return admit.admit(Handshake("socket", order_id, **given))

    def connection(self, **given):
        return Connection("socket", "alice", self.clock.now(), **given)


@pytest.fixture
def door():
    return Door()


@pytest.mark.promise("R12")
def test_a_ticket_opens_one_socket_of_its_account_and_order(door):
    ticket = door.ticket(ORDER_ID)
    assert door.admit(ticket=ticket) == (door.connection(bound_to=ORDER_ID), ORDER_ID)
    with pytest.raises(TicketRefused):
        door.admit(ticket=ticket)


@pytest.mark.promise("R12")
def test_a_ticket_for_one_order_opens_no_socket_of_another(door):
    with pytest.raises(OrderNotFound):
        door.admit("another", ticket=door.ticket(ORDER_ID))


def test_a_ticket_for_all_orders_opens_a_socket_of_all_or_of_one(door):
    assert door.admit(ticket=door.ticket()) == (door.connection(follows_all=True), "")
    assert door.admit(ORDER_ID, ticket=door.ticket()) == (door.connection(), ORDER_ID)


def test_a_ticket_that_is_too_old_opens_nothing(door):
    ticket = door.ticket()
    door.clock.advance(SECONDS * 1000)
    with pytest.raises(TicketRefused):
        door.admit(ticket=ticket)


@pytest.mark.parametrize("ticket", ["x", "a" * 43, "\u00e9" * 43, "a" * 44])
def test_what_is_no_ticket_opens_nothing(door, ticket):
    with pytest.raises(TicketRefused):
        door.admit(ticket=ticket)


def test_a_text_of_another_form_never_reaches_the_table(door):
    def fail(_method, _moment):
        raise AssertionError

    door.tickets.interrupt = fail
    with pytest.raises(TicketRefused):
        door.admit(ticket="x" * 42)


@pytest.mark.promise("R12")
def test_only_the_order_s_own_account_gets_a_ticket_for_it(door):
    with pytest.raises(OrderNotFound):
        door.issuer.issue(OPEN_CALLER, ORDER_ID, HOST)


@pytest.mark.promise("R13")
def test_a_ticket_s_text_is_stored_nowhere(door):
    text = door.ticket(ORDER_ID)
    assert text not in str(door.tickets.tickets)


@pytest.mark.promise("R1")
def test_an_order_is_answered_for_when_its_ticket_can_not_be_stored(door):
    def refuse(_method, _moment):
        raise StorageUnavailable("down")

    door.tickets.interrupt = refuse
    assert door.issuer.issue_for(door.order, HOST) is None
    assert door.telemetry.named("record_failed")


def test_a_new_order_needs_no_ticket_while_no_keys_are_asked_for(door):
    assert door.make_issuer(is_open=True).issue_for(door.order, HOST) is None
    assert door.tickets.tickets == {}
    assert door.make_issuer().issue_for(door.order, HOST).order_id == ORDER_ID


def test_a_key_opens_sockets_of_its_account(door):
    assert door.admit(ORDER_ID, key="alice's") == (door.connection(), ORDER_ID)
    assert door.admit(key="alice's") == (door.connection(follows_all=True), "")


def test_a_key_that_does_not_read_opens_nothing(door):
    with pytest.raises(ScopeMissing):
        door.admit(ORDER_ID, key="the operator's")


@pytest.mark.parametrize("key", ["", "somebody's"])
def test_without_a_ticket_or_a_known_key_nothing_opens(door, key):
    with pytest.raises(NotAuthenticated):
        door.admit(ORDER_ID, key=key)


def test_while_no_keys_are_asked_for_everybody_follows_any_order_by_its_id(door):
    everybody = replace(door.connection(), account=OPEN_CALLER.account)
    assert door.admit(ORDER_ID, is_open=True) == (everybody, ORDER_ID)
    with pytest.raises(OrderNotFound):
        door.admit(is_open=True)


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("origins", [{PAGE}, {"*"}])
def test_a_page_of_an_allowed_origin_opens_sockets(door, is_open, origins):
    account = OPEN_CALLER.account if is_open else "alice"
    by_key, order_id = door.admit(ORDER_ID, key="alice's", origin=PAGE, origins=origins, is_open=is_open)
    assert (by_key.account, order_id) == (account, ORDER_ID)
    by_ticket, _ = door.admit(ticket=door.ticket(), origin=PAGE, origins=origins, is_open=is_open)
    assert (by_ticket.account, by_ticket.follows_all) == ("alice", True)


def test_a_page_of_the_api_s_own_host_opens_sockets_by_its_ticket(door):
    door.admit(ticket=door.ticket(), origin=f"https://{HOST.upper()}")
    with pytest.raises(OriginRefused):
        door.admit(key="alice's", origin=f"https://{HOST}")


@pytest.mark.parametrize(
    "origin", [PAGE, "null", "https://evil.api.example", f"https://{HOST}:81", "http://["]
)
def test_a_page_of_another_origin_opens_nothing(door, origin):
    for given in ({"ticket": door.ticket()}, {"key": "alice's"}):
        with pytest.raises(OriginRefused):
            door.admit(origin=origin, **given)


def test_while_no_keys_are_asked_for_a_list_of_origins_is_kept_to(door):
    others = {"https://another.example"}
    with pytest.raises(OriginRefused):
        door.admit(ORDER_ID, is_open=True, origin=PAGE, origins=others)
    door.admit(ticket=door.ticket(), is_open=True, origin=f"https://{HOST}", origins=others)
