"""Doors for sockets."""

from chalicelib.domain.api_keys import ApiKey
from chalicelib.errors import NotAuthenticated
from chalicelib.ports import Clock, Tickets
from chalicelib.services.admit_socket import AdmitSocket, SocketPolicy
from tests.fakes.tickets import InMemoryTickets


def open_to_all(clock: Clock) -> AdmitSocket:
    """Everybody may follow any order of the account "open"."""
    return AdmitSocket(InMemoryTickets(), _nobody, clock, SocketPolicy(True, {"*"}))


def by_ticket_only(clock: Clock, tickets: Tickets) -> AdmitSocket:
    """Who has a ticket may; no key is known."""
    return AdmitSocket(tickets, _nobody, clock, SocketPolicy(False, frozenset()))


def _nobody(_text: str) -> ApiKey:
    raise NotAuthenticated("No key is known")
