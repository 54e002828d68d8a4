"""Tickets in memory."""

import threading

from chalicelib.domain.tickets import Ticket
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryTickets:
    """`tickets` are those that nobody has taken."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def issue(self, ticket: Ticket) -> None:
        self.interrupt("issue", "before")
        self.tickets[ticket.digest] = ticket
        self.interrupt("issue", "after")

    def consume(self, digest: str, now: int) -> Ticket | None:
        self.interrupt("consume", "before")
        with self._lock:
            ticket = self.tickets.get(digest)
            taken = ticket if ticket is not None and now < ticket.expires_at else None
            if taken is not None:
                del self.tickets[digest]
        self.interrupt("consume", "after")
        return taken
