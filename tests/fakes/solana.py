"""A cluster of Solana in memory: accounts at a slot, and nodes that answer for them, well or badly."""

import json
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.layouts.clock import CLOCK, SYSVAR
from chalicelib.adapters.solana.rpc.failures import NodeBehind, NodeFailed
from chalicelib.adapters.solana.rpc.fleet import GENESIS
from chalicelib.config import Cluster as Name
from chalicelib.ports import Clock

SLOT_MS = 400
FIRST_SLOT = 400_000_000
BEGAN = 1_600_000_000_000
"""Time (ms) at which the cluster was at FIRST_SLOT."""


class Cluster:
    """The accounts that all nodes have, by the time of a clock. `accounts` may be changed at any time.

    While it `is_torn`, the last account of an answer, asked for as the Clock, is of the next slot.
    """

    def __init__(self, accounts: Mapping[str, Account], clock: Clock) -> None:
        self.accounts = dict(accounts)
        self.clock = clock
        self.genesis = GENESIS[Name.MAINNET]
        self.clock_ahead_s = 0
        self.is_torn = False

    def slot(self, lag: int = 0) -> int:
        return FIRST_SLOT + (self.clock.now() - BEGAN) // SLOT_MS - lag

    def answer(self, method: str, params: Sequence[Any], lag: int = 0, torn: int = 0) -> Any:
        """The result of a call to a node that is `lag` slots behind; `torn` slots lie within one answer."""
        slot = self.slot(lag)
        if method == "getGenesisHash":
            return self.genesis
        if method == "getSlot":
            return slot
        if method != "getMultipleAccounts":
            raise ValueError(method)
        addresses, config = params
        if config.get("minContextSlot", 0) > slot:
            raise Refused(-32016, "Minimum context slot has not been reached")
        found = {**self.accounts, CLOCK: self.clock_account(slot - torn)}
        value = [_json(found[address]) if address in found else None for address in addresses]
        if self.is_torn:
            value[-1] = _json(self.clock_account(slot + 1))
        return {"context": {"slot": slot, "apiVersion": "4.4.0"}, "value": value}

    def clock_account(self, slot: int) -> Account:
        seconds = self.clock.now() // 1000 + self.clock_ahead_s
        data = slot.to_bytes(8, "little") + bytes(24) + seconds.to_bytes(8, "little", signed=True)
        return Account(CLOCK, SYSVAR, data)


class Refused(Exception):
    """An error that a node answers."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class ScriptedNode:
    """`Node` of a cluster, without a network; `mood` is what it fails with. It may lag, and tear answers."""

    cluster: Cluster
    name: str = "rpc-1"
    mood: NodeFailed | None = None
    lag: int = 0
    torn: int = 0
    takes_ms: int = 0
    calls: list[str] = field(default_factory=list)
    on_call: Callable[[], None] = lambda: None

    def call(self, method: str, params: Sequence[object], timeout_ms: int) -> object:
        self.calls.append(method)
        self.on_call()
        self.cluster.clock.sleep(min(self.takes_ms, timeout_ms))
        if self.takes_ms > timeout_ms:
            raise NodeFailed("did not answer (ReadTimeoutError)")
        if self.mood is not None:
            raise self.mood
        try:
            return self.cluster.answer(method, params, self.lag, self.torn)
        except Refused as refused:
            raise NodeBehind(str(refused)) from None


Response = tuple[int, Mapping[str, str], bytes]
Fault = Callable[[Mapping[str, Any]], Response | None]
"""What a node answers to a call in place of the truth; None cuts the connection."""


class RpcServer(ThreadingHTTPServer):
    """A node on loopback. `faults` are taken one for a call, the first first; then it tells the truth."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cluster = cluster
        self.faults: list[Fault] = []
        self.always: Fault | None = None
        self.calls: list[str] = []
        self.connections = 0
        self.released = threading.Event()
        self._open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Let every call that hangs go, and cut the connections that clients keep open."""
        self.released.set()
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def hang(self, _call: Mapping[str, Any]) -> None:
        """A fault: never answer, until the test ends."""
        self.released.wait(30)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: RpcServer

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append(call["method"])
        fault = self.server.faults.pop(0) if self.server.faults else self.server.always
        response = self._truth(call) if fault is None else fault(call)
        if response is None:
            self.close_connection = True
            return
        status, headers, body = response
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _truth(self, call: Mapping[str, Any]) -> Response:
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        try:
            answer["result"] = self.server.cluster.answer(call["method"], call["params"])
        except Refused as refused:
            answer["error"] = {"code": refused.code, "message": str(refused)}
        return in_json(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def in_json(answer: object, status: int = 200, **headers: str) -> Response:
    """A response with a body in JSON; header names have _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json", **named}, json.dumps(answer).encode()


@contextmanager
def serving(cluster: Cluster) -> Iterator[RpcServer]:
    """A node on loopback for as long as a test needs it."""
    server = RpcServer(cluster)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()


def _json(account: Account) -> dict[str, Any]:
    return {
        "data": [b64encode(account.data).decode(), "base64"],
        "executable": False,
        "lamports": 1,
        "owner": account.owner,
        "rentEpoch": 2**64 - 1,
        "space": len(account.data),
    }
