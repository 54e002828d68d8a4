"""Decide who may open a socket: by a ticket, by an API key, or everybody while no keys are asked for."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from chalicelib.domain.access import OPEN_CALLER, Scope
from chalicelib.domain.api_keys import ApiKey
from chalicelib.domain.connection import Connection
from chalicelib.domain.secrets import digest_of
from chalicelib.domain.tickets import Ticket, is_ticket
from chalicelib.errors import NotAuthenticated, OrderNotFound, OriginRefused, ScopeMissing, TicketRefused
from chalicelib.ports import Clock, Tickets


@dataclass(frozen=True, slots=True)
class Handshake:
    """The fields of a client's handshake for a socket; one that it did not send is "".

    `key` is an API key's text. Only pages in a browser send an `origin`, and they can't lie about it.
    """

    connection_id: str
    order_id: str
    ticket: str = ""
    key: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class SocketPolicy:
    """Whether everybody may open sockets (`is_open`), and pages of which `origins` may; "*" is any."""

    is_open: bool
    origins: Collection[str]


class AdmitSocket:
    """Check a handshake and make the connection that it asks for."""

    def __init__(
        self,
        tickets: Tickets,
        key_of: Callable[[str], ApiKey],
        clock: Clock,
        policy: SocketPolicy,
    ) -> None:
        self._tickets = tickets
        self._key_of = key_of
        self._clock = clock
        self._policy = policy

    def admit(self, handshake: Handshake) -> tuple[Connection, str]:
        """Return the connection, and the order that it follows first; "" for all orders of its account.

        Raises
        ------
        TicketRefused
            The ticket was used, is too old, or never was one.
        NotAuthenticated, ScopeMissing
            There was neither a ticket nor a key, or a key that doesn't allow this.
        OriginRefused
            A page of another origin asked.
        OrderNotFound
            The ticket is for another order, or no order was named where one has to be.
        """
        if handshake.ticket:
            return self._by_ticket(handshake)
        self._check_origin(handshake.origin)
        account = self._account(handshake)
        return self._connection(handshake, account, handshake.order_id), handshake.order_id

    def _account(self, handshake: Handshake) -> str:
        if self._policy.is_open:
            if not handshake.order_id:
                raise OrderNotFound("Without a ticket the handshake names an order")
            return OPEN_CALLER.account
        if not handshake.key:
            raise NotAuthenticated("A socket needs a ticket or a key")
        key = self._key_of(handshake.key)
        if Scope.READ not in key.scopes:
            raise ScopeMissing(Scope.READ.value)
        return key.account

    def _by_ticket(self, handshake: Handshake) -> tuple[Connection, str]:
        ticket = self._taken(handshake.ticket)
        self._check_origin(handshake.origin, ticket.host)
        order_id = handshake.order_id or ticket.order_id
        if ticket.order_id not in {"", order_id}:
            raise OrderNotFound(order_id)
        return self._connection(handshake, ticket.account, order_id, ticket.order_id), order_id

    def _taken(self, text: str) -> Ticket:
        ticket = self._tickets.consume(digest_of(text), self._clock.now()) if is_ticket(text) else None
        if ticket is None:
            raise TicketRefused("It was used, is too old, or never was one")
        return ticket

    def _connection(
        self, handshake: Handshake, account: str, order_id: str, bound_to: str = ""
    ) -> Connection:
        return Connection(
            handshake.connection_id, account, self._clock.now(), bound_to, follows_all=not order_id
        )

    def _check_origin(self, origin: str, host: str = "") -> None:
        allowed = self._policy.origins
        if not origin or origin in allowed or "*" in allowed:
            return
        if host and origin.lower().partition("://")[2] == host.lower():
            return
        raise OriginRefused(origin)
