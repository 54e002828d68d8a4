"""Requests and sockets, as a client has them: nothing is tried again in silence, everything has an end."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Protocol

import httpx
from websockets.exceptions import InvalidStatus, WebSocketException

from infra.verify.outcome import NoAnswer, PromiseBroken, require
from oee.api_key import authorization
from oee.http import is_loopback, retry_after
from oee.stream import opener

ANSWER_SECONDS = 30.0
"""How long an answer may take: API Gateway itself gives up after 29 s."""

LONGEST_WAIT = 60
TRIES = 3
"""Requests that are refused for now are sent again as Retry-After says: so often in all, after so long."""

FOR_NOW = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
PROBLEM = "application/problem+json"
REFUSALS = (
    "every refusal is application/problem+json with its status, a code and a sentence, and one for now "
    "(429, 503) has a Retry-After"
)


class Wire(Protocol):
    """The part of a socket that is used; websockets' own is one."""

    @property
    def socket(self) -> socket.socket:
        """The connection below it."""

    def recv(self, timeout: float | None = None) -> str | bytes:
        """Return the next message. Raises TimeoutError after so many seconds."""

    def send(self, message: str) -> None:
        """Send a message."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, how long it took (s), and how often the request was sent until it came."""

    request: str
    status: int
    headers: httpx.Headers
    text: str
    seconds: float
    sent: int = 1

    @property
    def document(self) -> Mapping[str, Any]:
        """The JSON object in it. Raises PromiseBroken if there is none."""
        document = _object(self.text)
        if document is None:
            raise PromiseBroken(f"{self.request} is answered with a JSON object", self.shown)
        return document

    @property
    def code(self) -> str:
        """The code of a refusal; empty if it has none."""
        return str((_object(self.text) or {}).get("code", ""))

    @property
    def shown(self) -> str:
        """The status, and what tells most about it."""
        return f"{self.status} {self.code or self.headers.get('Content-Type', 'without a Content-Type')}"


@dataclass(slots=True)
class Line:
    """An open socket."""

    wire: Wire

    def say(self, message: str | Mapping[str, Any]) -> None:
        """Send a message."""
        with _answered("a socket stays open while it is used"):
            self.wire.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self, seconds: float) -> Mapping[str, Any] | None:
        """Return the next message; None if none came for so many seconds.

        Raises
        ------
        PromiseBroken
            The socket was closed, or what came is no message.
        """
        with _answered("a socket stays open while it is used"):
            try:
                said = self.wire.recv(seconds)
            except TimeoutError:
                return None
        message = _object(said) or {}
        require(
            message.get("v") == 1 and "type" in message,
            "every message of a socket is a JSON object with v 1 and a type",
            f"{said[:200]!r}",
        )
        return message

    def cut(self) -> None:
        """Break the connection without a word, as a network does."""
        with suppress(OSError):
            self.wire.socket.shutdown(socket.SHUT_RDWR)


def _open(address: str, headers: Mapping[str, str]) -> AbstractContextManager[Wire]:
    return opener(headers)(address)


@dataclass
class Conversation:
    """Speaks to the stack at `url`, with the key if there is one; notes refusals that are badly formed."""

    url: str
    api_key: str | None = None
    transport: httpx.BaseTransport | None = None
    opened: Callable[[str, Mapping[str, str]], AbstractContextManager[Wire]] = _open
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    refusals: int = 0
    bad_refusals: list[str] = field(default_factory=list)
    waited: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx.Client(
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=10),
            trust_env=not is_loopback(httpx.URL(self.url).host),
            transport=self.transport,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(
        self, method: str, path: str, *, key: str | None = "own", headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Answer:  # fmt: skip
        """Send a request and return its answer, whatever it is.

        `key` is the key to send: our own, None for none, or another text. What is refused for now is sent
        again when it said, at most twice.

        Raises
        ------
        NoAnswer
            Nobody answered in time.
        """
        sent = {**(headers or {}), **authorization(self.api_key if key == "own" else key)}
        for attempt in range(1, TRIES + 1):
            answer = replace(self._once(method, path, sent, options), sent=attempt)
            wait = retry_after(answer.headers, time.time())
            if answer.status not in FOR_NOW or wait is None or wait > LONGEST_WAIT or attempt == TRIES:
                break
            self.waited.append(f"{wait} s after {answer.shown}")
            self.sleep(wait)
        return answer

    def _once(self, method: str, path: str, headers: Mapping[str, str], options: Mapping[str, Any]) -> Answer:
        request = f"{method} {path.partition('?')[0]}"
        began = self.clock()
        try:
            came = self._client.request(method, f"{self.url}{path}", headers=headers, **options)
        except httpx.HTTPError as error:
            why = str(error) or type(error).__name__
            raise NoAnswer(
                f"{request} is answered within {ANSWER_SECONDS:.0f} s",
                f"no answer after {self.clock() - began:.1f} s: {why.rstrip('.')}",
            ) from error
        answer = Answer(request, came.status_code, came.headers, came.text, self.clock() - began)
        self._note_refusal(answer)
        return answer

    def _note_refusal(self, answer: Answer) -> None:
        if answer.status < HTTPStatus.BAD_REQUEST or answer.request.startswith("HEAD"):
            return
        self.refusals += 1
        problem = _object(answer.text) or {}
        lacks = [name for name in ("code", "title", "detail") if not problem.get(name)]
        if problem.get("status") != answer.status:
            lacks.append(f"status {answer.status}")
        if not answer.headers.get("Content-Type", "").startswith(PROBLEM):
            lacks.append(PROBLEM)
        if answer.status in FOR_NOW and retry_after(answer.headers, time.time()) is None:
            lacks.append("Retry-After")
        if lacks:
            self.bad_refusals.append(f"{answer.request}: {answer.shown} lacks {', '.join(lacks)}")

    @contextmanager
    def listen(self, address: str, *, key: str | None = None) -> Iterator[Line]:
        """Open a socket at an address; with a key only if one is given.

        Raises
        ------
        TurnedAway
            The handshake was refused.
        NoAnswer
            Nobody was there.
        """
        with _answered("the socket opens"):
            opening = self.opened(address, authorization(key))
            wire = opening.__enter__()
        try:
            yield Line(wire)
        finally:
            with suppress(OSError, WebSocketException):
                opening.__exit__(None, None, None)

    def refused(self, address: str, *, key: str | None = None) -> int | None:
        """Return the status with which a handshake is refused; None if the socket opens."""
        try:
            with self.listen(address, key=key):
                return None
        except TurnedAway as refusal:
            return refusal.status


class TurnedAway(PromiseBroken):
    """A handshake was refused."""

    def __init__(self, promised: str, status: int) -> None:
        super().__init__(promised, f"the handshake was refused with {status}")
        self.status = status


def _object(text: str | bytes) -> Mapping[str, Any] | None:
    """Return the JSON object in a text; None if there is none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


@contextmanager
def _answered(promised: str) -> Iterator[None]:
    """Turn what breaks on a socket into a broken promise."""
    try:
        yield
    except InvalidStatus as refusal:
        raise TurnedAway(promised, refusal.response.status_code) from refusal
    except (OSError, WebSocketException) as error:
        raise NoAnswer(promised, f"it broke: {str(error) or type(error).__name__}".rstrip(".")) from error
