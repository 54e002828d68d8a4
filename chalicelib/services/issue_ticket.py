"""Issue tickets: each opens one socket, soon, for clients that can't send a key in the handshake."""

from dataclasses import dataclass

from chalicelib.domain.access import Caller
from chalicelib.domain.order import Order
from chalicelib.domain.secrets import digest_of
from chalicelib.domain.tickets import Ticket
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Clock, Identifiers, Telemetry, Tickets
from chalicelib.services.read_orders import ReadOrders


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket's text, which is shown once and never stored, and the time (ms) at which it expires."""

    text: str
    order_id: str
    expires_at: int


class IssueTicket:
    """Make tickets that live for `seconds`; while the engine `is_open` new orders need none."""

    def __init__(
        self,
        *,
        read_orders: ReadOrders,
        tickets: Tickets,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
        seconds: int,
        is_open: bool,
    ) -> None:
        self._read_orders = read_orders
        self._tickets = tickets
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry
        self._life_ms = seconds * 1000
        self._is_open = is_open

    def issue(self, caller: Caller, order_id: str, host: str) -> IssuedTicket:
        """Make a ticket for one order, or with "" for all orders of the caller's account.

        `host` is where the caller reached the REST API: a page of that host may use the ticket.

        Raises
        ------
        OrderNotFound
            There is no such order, or it belongs to another account.
        StorageUnavailable
            Whether the ticket was stored is unknown: ask for another.
        """
        if order_id:
            self._read_orders.get(order_id, caller.account)
        return self._issue(caller.account, order_id, host)

    def issue_for(self, order: Order, host: str) -> IssuedTicket | None:
        """Make a ticket for a new order of its account; None if none is needed or it could not be stored.

        The order is durable by then and must be answered for: without a ticket its client asks for one, as
        it does for every later socket.
        """
        if self._is_open:
            return None
        try:
            return self._issue(order.account, order.order_id, host)
        except StorageUnavailable as error:
            self._telemetry.record_failed("ticket", error)
            return None

    def _issue(self, account: str, order_id: str, host: str) -> IssuedTicket:
        text = self._identifiers.secret()
        expires_at = self._clock.now() + self._life_ms
        self._tickets.issue(Ticket(digest_of(text), account, order_id, host, expires_at))
        return IssuedTicket(text, order_id, expires_at)
