"""One JSON-RPC call to one node, over HTTP. It is tried once: who asks next is the fleet's to say."""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any, Protocol

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from chalicelib.adapters.solana.rpc.answers import read_result
from chalicelib.adapters.solana.rpc.endpoints import Endpoint
from chalicelib.adapters.solana.rpc.failures import NodeFailed, NodeRefused
from chalicelib.ports import Clock

REFUSED = (401, 403)
REFUSED_REST_MS = 60_000
"""Milliseconds for which a node that doesn't serve us is left alone."""

LONGEST_REST_MS = 60_000
"""Most milliseconds of rest that a node's Retry-After is believed."""

MOST_BYTES = 32 * 1024 * 1024
"""Bytes of the longest answer that is read: far more than a hundred accounts of pools."""

IDLE_MS = 30_000
"""Milliseconds after which connections that nothing was sent over may be dead, without either end knowing."""

CHUNK = 64 * 1024
CONNECTIONS = 16
"""Connections to a node that are kept open, as many as there are threads that ask."""


class Node(Protocol):
    """What can be asked."""

    @property
    def name(self) -> str:
        """The name by which people are told of it."""

    def call(self, method: str, params: Sequence[object], timeout_ms: int) -> object:
        """Return the result of a call. Raises NodeFailed."""


class RpcNode:
    """`Node` behind an endpoint. Threads may share it."""

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._called = clock.now()
        self._ids = count(1)
        self._http = PoolManager(maxsize=CONNECTIONS, retries=False)

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self._endpoint.name

    def call(self, method: str, params: Sequence[object], timeout_ms: int) -> object:
        """Return the result of a call that may take so many milliseconds in all. Raises NodeFailed.

        No error holds the address or has one as its cause: urllib3's texts name the host.
        """
        now, call_id = self._clock.now(), next(self._ids)
        if now - self._called >= IDLE_MS:
            self._http.clear()
        self._called, ends = now, now + timeout_ms
        body = json.dumps({"jsonrpc": "2.0", "id": call_id, "method": method, "params": list(params)})
        try:
            response = self._post(body.encode(), timeout_ms / 1000)
            try:
                _check_status(response)
                answer = self._read(response, ends)
            finally:
                response.close()
        except (HTTPError, OSError) as error:
            raise NodeFailed(f"did not answer ({type(error).__name__})") from None
        return read_result(answer, call_id)

    def _post(self, body: bytes, timeout_s: float) -> BaseHTTPResponse:
        return self._http.request(
            "POST",
            self._endpoint.url,
            body=body,
            headers={"Content-Type": "application/json", "Accept-Encoding": "gzip"},
            timeout=Timeout(total=timeout_s),
            redirect=False,
            preload_content=False,
        )

    def _read(self, response: BaseHTTPResponse, ends: int) -> bytes:
        chunks, size = [], 0
        for chunk in response.stream(CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > MOST_BYTES:
                raise NodeFailed("answered too much")
            if self._clock.now() > ends:
                raise NodeFailed("answered too slowly")
        response.release_conn()
        return b"".join(chunks)


def _check_status(response: BaseHTTPResponse) -> None:
    status = response.status
    if status in REFUSED:
        raise NodeRefused(f"refused us ({status})", REFUSED_REST_MS)
    if status != 200:  # noqa: PLR2004 - every reader knows it
        raise NodeFailed(f"answered {status}", _retry_after(response.headers.get("Retry-After")))


def _retry_after(seconds: Any) -> int | None:
    """Return for how many milliseconds a node wants to rest; a date in place of seconds is passed over."""
    if not isinstance(seconds, str) or not seconds.isdecimal() or not seconds.isascii():
        return None
    return min(int(seconds[:6]) * 1000, LONGEST_REST_MS)
