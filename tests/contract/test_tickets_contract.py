"""What every Tickets promises, and what DynamoDB's makes of faults."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.adapters.dynamodb.tickets import DynamoTickets
from chalicelib.domain.secrets import digest_of
from chalicelib.domain.tickets import Ticket
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Tickets
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, throttled, unreached
from tests.fakes.tickets import InMemoryTickets

TICKET = Ticket(digest_of("text"), "alice", "", "api.example", expires_at=61_000)


@pytest.fixture
def memory_tickets() -> Tickets:
    return InMemoryTickets()


@pytest.fixture
def moto_tickets(accounts_table: DynamoTable) -> Tickets:
    return DynamoTickets(accounts_table.client.as_client, accounts_table.table)


@pytest.fixture(params=STORES)
def tickets(request: pytest.FixtureRequest) -> Tickets:
    store: Tickets = request.getfixturevalue(f"{request.param}_tickets")
    return store


def test_a_ticket_is_good_once(tickets: Tickets) -> None:
    tickets.issue(TICKET)
    assert tickets.consume(TICKET.digest, 60_999) == TICKET
    assert tickets.consume(TICKET.digest, 60_999) is None


def test_a_ticket_that_never_was_is_none(tickets: Tickets) -> None:
    tickets.issue(TICKET)
    assert tickets.consume(digest_of("another"), 1) is None


def test_a_ticket_that_is_too_old_opens_nothing(tickets: Tickets) -> None:
    tickets.issue(TICKET)
    assert tickets.consume(TICKET.digest, 61_000) is None


def test_of_fifty_who_come_with_one_ticket_one_gets_in(tickets: Tickets) -> None:
    ticket = replace(TICKET, order_id="an-order")
    tickets.issue(ticket)
    with ThreadPoolExecutor(50) as pool:
        taken = list(pool.map(lambda _: tickets.consume(TICKET.digest, 1), range(50)))
    assert [one for one in taken if one is not None] == [ticket]


def test_a_ticket_whose_answer_was_lost_opens_nothing(
    moto_tickets: Tickets, accounts_table: DynamoTable
) -> None:
    moto_tickets.issue(TICKET)
    accounts_table.client.script("delete_item", answer_lost)
    with pytest.raises(StorageUnavailable):
        moto_tickets.consume(TICKET.digest, 1)
    assert moto_tickets.consume(TICKET.digest, 1) is None


def test_an_issue_that_is_made_twice_is_one(moto_tickets: Tickets, accounts_table: DynamoTable) -> None:
    accounts_table.client.script("put_item", made_twice)
    moto_tickets.issue(TICKET)
    assert moto_tickets.consume(TICKET.digest, 1) == TICKET


def test_what_a_newer_release_wrote_is_not_guessed(
    moto_tickets: Tickets, accounts_table: DynamoTable
) -> None:
    moto_tickets.issue(TICKET)
    image = accounts_table.image(pk=f"TICKET#{TICKET.digest}") or {}
    accounts_table.put({**image, "v": {"N": "2"}})
    assert moto_tickets.consume(TICKET.digest, 1) is None


def test_the_table_holds_a_digest_that_is_cleaned_up(
    moto_tickets: Tickets, accounts_table: DynamoTable
) -> None:
    moto_tickets.issue(TICKET)
    image = accounts_table.image(pk=f"TICKET#{TICKET.digest}") or {}
    assert image["ttl"] == {"N": "61"}
    assert "text" not in str(image)


@pytest.mark.parametrize("fault", [throttled, unreached])
def test_no_error_of_a_library_crosses_the_port(
    moto_tickets: Tickets, accounts_table: DynamoTable, fault: Fault
) -> None:
    accounts_table.client.script("put_item", fault)
    accounts_table.client.script("delete_item", fault)
    with pytest.raises(StorageUnavailable):
        moto_tickets.issue(TICKET)
    with pytest.raises(StorageUnavailable):
        moto_tickets.consume(TICKET.digest, 1)
