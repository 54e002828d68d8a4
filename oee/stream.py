"""An order's events over a WebSocket: each once and in order, across reconnects.

The socket is resumed by sequence. Whenever it doesn't tell what it should (it can't be opened, skips an
event, or a pong is ahead of it), the history is read over REST. So there is always an answer or an error.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, urlencode, urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from oee.errors import Unreachable
from oee.http import OnTrouble, is_loopback
from oee.patience import Patience
from oee.record import Record
from oee.records import FINAL, Accepted, Event, Order

PING = json.dumps({"action": "ping"})
PING_SECONDS = 30.0
"""Seconds of silence after which a ping asks the API for the order's state."""

IDLE_PING_SECONDS = 300.0
"""The same while no order is open: a ping only keeps the socket, which is closed after ten idle minutes."""

FIRST_WORD_SECONDS = 5.0
"""The same on a new socket: its backfill is lost if it was posted before the socket was fully open."""

PONG_SECONDS = 10.0
"""Seconds of silence after a ping after which the socket counts as broken."""

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 1.0

VERSION = 1
ACCOUNT_PONG = {"v": VERSION, "type": "pong"}
"""The answer to a ping over a socket of all orders; it says only that the connection works."""

_KINDS = {"backfill", "status_update", "pong"}
_ENVELOPE = {"v", "type", "orderId"}
"""The fields of a status_update that are not its event's."""


class Message(Record):
    """A message about an order: its status and newest sequence, with the events in the message."""

    order_id: str
    status: str
    sequence: int
    logs: tuple[Event, ...] = ()


class Garbled(Exception):
    """A message can't be read: the order is read over REST instead."""


class Watch:
    """Follows one order, from the event after sequence `after` on."""

    def __init__(
        self,
        order: Accepted,
        after: int,
        *,
        read_order: Callable[[], Order],
        opened: Callable[[str], AbstractContextManager[ClientConnection]],
        patience: Patience,
        on_trouble: OnTrouble,
    ) -> None:
        self._order = order
        self._seen = after
        self._is_over = False
        self._read_order = read_order
        self._opened = opened
        self._patience = patience
        self._on_trouble = on_trouble

    def events(self) -> Iterator[Event]:
        """Yield the events until one is final.

        Raises
        ------
        OeeError
            The socket failed, and so did REST.
        """
        failures = 0
        while not self._is_over:
            before = self._seen
            try:
                with self._opened(self._address()) as socket:
                    yield from self._listen(socket)
            except (OSError, WebSocketException, Garbled) as error:
                failures = 0 if self._seen > before else failures + 1
                pause(failures, error, self._patience, self._on_trouble)
                if failures:
                    yield from self._take(self._read_order())

    def _address(self) -> str:
        """Return the address for the remaining events, without its ticket, which opens one socket only."""
        url = urlsplit(self._order.stream_url)
        query = [
            (name, value) for name, value in parse_qsl(url.query, keep_blank_values=True) if name != "ticket"
        ]
        return url._replace(query=urlencode([*query, ("after", self._seen)])).geturl()

    def _listen(self, socket: ClientConnection) -> Iterator[Event]:
        silence = FIRST_WORD_SECONDS
        while not self._is_over:
            yield from self._understand(hear(socket, silence))
            silence = PING_SECONDS

    def _understand(self, said: str | bytes) -> Iterator[Event]:
        message = read_message(said)
        if message is None or message.order_id != self._order.order_id:
            return
        yield from self._take(message)
        if message.sequence > self._seen:  # something between was missed
            yield from self._take(self._read_order())
            yield from self._take(message)

    def _take(self, told: Message | Order) -> Iterator[Event]:
        """Yield the new events of a message or an order, and note whether the order has ended."""
        for event in told.logs:
            if event.sequence == self._seen + 1:
                self._seen = event.sequence
                yield event
        self._is_over = told.status in FINAL and told.sequence <= self._seen


def pause(failures: int, error: Exception, patience: Patience, on_trouble: OnTrouble) -> None:
    """Report that the stream broke, and wait before the next try, longer after each failure in a row."""
    wait = patience.backoff(failures)
    why = (str(error) or type(error).__name__).rstrip(".")
    on_trouble(Unreachable(f"The stream broke: {why}. Looking every few seconds meanwhile."), wait)
    patience.sleep(wait)


def hear(socket: ClientConnection, silence: float) -> str | bytes:
    """Return the socket's next message; after `silence` seconds without one, send a ping first."""
    try:
        return socket.recv(silence)
    except TimeoutError:
        socket.send(PING)
        return socket.recv(PONG_SECONDS)


def read_message(said: str | bytes) -> Message | None:
    """Return the message; None if its kind is not about an order. Raises Garbled."""
    try:
        content = json.loads(said)
        if content["type"] not in _KINDS or content == ACCOUNT_PONG:
            return None
        if content["v"] != VERSION:
            raise Garbled(f"it speaks version {content['v']}")
        if content["type"] == "status_update":
            event = {name: value for name, value in content.items() if name not in _ENVELOPE}
            content = {**content, "logs": [event]}
        return Message.model_validate(content)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Garbled("it said what can't be read") from error


def opener(headers: Mapping[str, str]) -> Callable[[str], AbstractContextManager[ClientConnection]]:
    """Return a function that opens sockets with these headers in their handshake."""

    def opened(url: str) -> AbstractContextManager[ClientConnection]:
        try:
            return connect(
                url,
                additional_headers=headers,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=None,  # the API's own pings tell more
                proxy=None if is_loopback(urlsplit(url).hostname or "") else True,
            )
        except (ImportError, ValueError) as error:  # a proxy that can't be spoken to, an address that is none
            raise ConnectionError(str(error)) from error

    return opened
