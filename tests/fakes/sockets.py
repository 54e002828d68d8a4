"""Doors for sockets."""

from chalicelib.domain.api_keys import ApiKey
from chalicelib.errors import NotAuthenticated
from chalicelib.ports import Clock
from chalicelib.services.admit_socket import AdmitSocket, SocketPolicy
from tests.fakes.tickets import InMemoryTickets


def open_to_all(clock: Clock) -> AdmitSocket:
    """Everybody may follow any order of the account "open"."""
    return AdmitSocket(InMemoryTickets(), _nobody, clock, SocketPolicy(True, {"*"}))


def _nobody(_text: str) -> ApiKey:
    raise NotAuthenticated("No key is known")
