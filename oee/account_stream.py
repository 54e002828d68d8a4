"""The events of all orders of an account over one WebSocket: each once and in order, across reconnects.

Each socket is opened by a ticket of its own. After a reconnect every order whose last event isn't known yet
is asked for again, after the last one that is. While no socket can be opened, and whenever one is silent for
long, the orders are read over REST: those that may have begun since the last word, and those still open.
What the stream skips is read over REST too. An order's events are told by their sequence, so an answer that
is older than what was told changes nothing.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from oee.http import OnTrouble
from oee.patience import Patience
from oee.records import FINAL, OPEN, Event, Order
from oee.stream import (
    FIRST_WORD_SECONDS,
    IDLE_PING_SECONDS,
    PING,
    PING_SECONDS,
    PONG_SECONDS,
    Garbled,
    Message,
    pause,
    read_message,
)

LATE = timedelta(minutes=1)
"""By how much orders that were accepted later may be told and listed before an earlier one."""

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


class WatchAll:
    """Follows all orders that are open now, and each that is placed later. It doesn't end by itself."""

    def __init__(
        self,
        *,
        new_address: Callable[[], str],
        read_order: Callable[[str], Order],
        read_orders: Callable[[str | None], Iterator[Order]],
        opened: Callable[[str], AbstractContextManager[ClientConnection]],
        patience: Patience,
        on_trouble: OnTrouble,
    ) -> None:
        self._new_address = new_address
        self._read_order = read_order
        self._read_orders = read_orders
        self._opened = opened
        self._patience = patience
        self._on_trouble = on_trouble
        self._seen: dict[str, int] = {}
        self._open: set[str] = set()
        self._last_word: datetime | None = None

    def events(self) -> Iterator[tuple[str, Event]]:
        """Yield each event with its order's id.

        Raises
        ------
        OeeError
            No ticket could be had before patience ran out, or orders could not be read.
        """
        self._begin()
        failures = 0
        while True:
            failures += 1
            has_told = False
            try:
                with self._opened(self._new_address()) as socket:
                    for told in self._listen(socket):
                        failures, has_told = 0, True
                        yield told
            except (OSError, WebSocketException, Garbled) as error:
                pause(failures, error, self._patience, self._on_trouble)
                if not has_told:
                    yield from self._look()

    def _listen(self, socket: ClientConnection) -> Iterator[tuple[str, Event]]:
        for order_id in sorted(self._open):
            wish = {"action": "subscribe", "orderId": order_id, "after": self._seen[order_id]}
            socket.send(json.dumps(wish))
        for order in self._recent():
            yield from self._new(order.order_id, order)
        silence = FIRST_WORD_SECONDS
        while True:
            try:
                said = socket.recv(silence)
            except TimeoutError:
                socket.send(PING)
                yield from self._look()
                said = socket.recv(PONG_SECONDS)
            message = read_message(said)
            if message is not None:
                yield from self._take(message)
            silence = PING_SECONDS if self._open else IDLE_PING_SECONDS

    def _begin(self) -> None:
        """Mark orders that have ended as seen, and take up all that are open, whenever they began."""
        for order in self._recent():
            if order.status in FINAL:
                self._seen[order.order_id] = order.sequence
        for order in self._read_orders(OPEN):
            self._seen.setdefault(order.order_id, 0)
            self._open.add(order.order_id)

    def _look(self) -> Iterator[tuple[str, Event]]:
        """Yield the new events that REST shows.

        Orders that wait for their price may be many and open for long: what is open is read by the page, and
        only what is missing there by itself.
        """
        recent = self._recent()
        for order in recent:
            yield from self._new(order.order_id, order)
        others = self._open.difference(order.order_id for order in recent)
        listed = {order.order_id: order for order in self._read_orders(OPEN)} if others else {}
        for order_id in sorted(others):
            yield from self._new(order_id, listed.get(order_id) or self._read_order(order_id))

    def _recent(self) -> list[Order]:
        """Return the orders that may be new since the last event, oldest first; at first the newest ones.

        All times are the API's own: this computer's clock may be another.
        """
        found: list[Order] = []
        for order in self._read_orders(None):
            self._last_word = self._last_word or order.accepted_at
            if self._last_word - order.accepted_at > LATE:
                break
            found.append(order)
        self._last_word = self._last_word or BEFORE_ALL
        return found[::-1]

    def _take(self, message: Message) -> Iterator[tuple[str, Event]]:
        order_id = message.order_id
        yield from self._new(order_id, message)
        if message.sequence > self._seen[order_id]:  # something between was missed
            yield from self._new(order_id, self._read_order(order_id))
            yield from self._new(order_id, message)

    def _new(self, order_id: str, told: Message | Order) -> Iterator[tuple[str, Event]]:
        seen = self._seen.setdefault(order_id, 0)
        if seen == 0:
            self._open.add(order_id)
        for event in told.logs:
            if event.sequence == seen + 1:
                self._seen[order_id] = seen = event.sequence
                self._last_word = max(self._last_word or BEFORE_ALL, event.timestamp)
                yield order_id, event
        if told.status in FINAL and told.sequence <= seen:
            self._open.discard(order_id)
