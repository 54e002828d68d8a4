"""The events of all orders of an account over one WebSocket: each once and in order, whatever happens to it.

Each socket is opened by a ticket of its own. After a reconnect every order whose last event isn't known yet
is asked for again, after the last one that is; what the stream skips is read over REST.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from oee.errors import Unreachable
from oee.http import OnTrouble
from oee.patience import Patience
from oee.records import FINAL, Event, Order
from oee.stream import PING, PING_SECONDS, PONG_SECONDS, Garbled, Message, read_message


class WatchAll:
    """All orders that are open now, and each that is placed later. It doesn't end by itself."""

    def __init__(
        self,
        *,
        new_address: Callable[[], str],
        read_order: Callable[[str], Order],
        opened: Callable[[str], AbstractContextManager[ClientConnection]],
        patience: Patience,
        on_trouble: OnTrouble,
    ) -> None:
        self._new_address = new_address
        self._read_order = read_order
        self._opened = opened
        self._patience = patience
        self._on_trouble = on_trouble
        self._seen: dict[str, int] = {}
        self._open: set[str] = set()

    def events(self) -> Iterator[tuple[str, Event]]:
        """Each event with its order's id.

        Raises
        ------
        OeeError
            No ticket was to be had for as long as patience lasts, or an order could not be read.
        """
        failures = 0
        while True:
            try:
                with self._opened(self._new_address()) as socket:
                    for told in self._listen(socket):
                        failures = 0
                        yield told
            except (OSError, WebSocketException, Garbled) as error:
                failures += 1
                wait = self._patience.backoff(failures)
                why = (str(error) or type(error).__name__).rstrip(".")
                self._on_trouble(Unreachable(f"The stream broke: {why}."), wait)
                self._patience.sleep(wait)

    def _listen(self, socket: ClientConnection) -> Iterator[tuple[str, Event]]:
        for order_id in sorted(self._open):
            wish = {"action": "subscribe", "orderId": order_id, "after": self._seen[order_id]}
            socket.send(json.dumps(wish))
        while True:
            try:
                said = socket.recv(PING_SECONDS)
            except TimeoutError:
                socket.send(PING)
                said = socket.recv(PONG_SECONDS)
            message = read_message(said)
            if message is not None:
                yield from self._take(message)

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
                yield order_id, event
        if told.status in FINAL and told.sequence <= seen:
            self._open.discard(order_id)
