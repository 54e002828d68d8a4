"""Which calls wait for a turn at the emulator, how they get it, and what is told to those that don't."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from infra.local.emulator import ROOT
from infra.local.gateway_responses import put_gateway_responses
from infra.local.turns import THROTTLED, Message, Receive, Scope, Send, Turns

API = "/_aws/execute-api/3ac36143/dev/api/orders/execute"


class Emulator:
    """An application whose calls last until they are told to end. It notes which ones it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.running = 0
        self.most = 0
        self._ends: dict[str, asyncio.Future[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope.get("name", "")
        self.given.append(name)
        self.running += 1
        self.most = max(self.most, self.running)
        self._ends[name] = asyncio.get_running_loop().create_future()
        try:
            await self._ends[name]
        finally:
            self.running -= 1

    async def end(self, name: str, failure: Exception | None = None) -> None:
        """Let a call end, well or by `failure`, and everything happen that follows from it."""
        if failure is None:
            self._ends[name].set_result(None)
        else:
            self._ends[name].set_exception(failure)
        await settled()


class Caller:
    """Calls by name. What each was sent is kept."""

    def __init__(self, app: Turns) -> None:
        self._app = app
        self.sent: dict[str, list[Message]] = {}
        self.calls: dict[str, asyncio.Task[None]] = {}

    async def call(self, name: str, path: str = API, kind: str = "http") -> None:
        """Start a call, and let it come as far as it can."""
        self.sent[name] = []

        async def receive() -> Message:
            raise AssertionError("The body is read by the emulator, at its turn")

        async def send(message: Message) -> None:
            self.sent[name].append(message)

        called: Any = self._app({"type": kind, "path": path, "name": name}, receive, send)
        self.calls[name] = asyncio.ensure_future(called)
        await settled()


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def played(
    scene: Callable[[Emulator, Caller], Awaitable[None]], at_once: int = 2, patience: float = 60
) -> Emulator:
    """Play a scene before an emulator that runs so many calls at once; every call must have ended."""

    async def play() -> Emulator:
        emulator = Emulator()
        caller = Caller(Turns(emulator, at_once, patience))
        await scene(emulator, caller)
        unfinished = [name for name, call in caller.calls.items() if not call.done()]
        assert unfinished == []
        return emulator

    return asyncio.run(play())


def test_calls_over_what_the_emulator_runs_wait_and_get_their_turn_in_the_order_of_arrival():
    names = [str(number) for number in range(7)]

    async def scene(emulator: Emulator, caller: Caller) -> None:
        for name in names:
            await caller.call(name)
        assert emulator.given == names[:2]
        await emulator.end("1")
        assert emulator.given == names[:3]
        for name in ("0", *names[2:]):
            await emulator.end(name)

    emulator = played(scene)
    assert emulator.given == names
    assert emulator.most == 2


def test_who_comes_as_a_turn_is_given_back_does_not_overtake_those_who_wait():
    async def scene(emulator: Emulator, caller: Caller) -> None:
        for name in ("a", "b", "waiting"):
            await caller.call(name)
        ending = asyncio.ensure_future(emulator.end("a"))
        await caller.call("late")
        await ending
        assert emulator.given == ["a", "b", "waiting"]
        for name in ("b", "waiting", "late"):
            await emulator.end(name)

    assert played(scene).given == ["a", "b", "waiting", "late"]


def test_a_call_whose_turn_does_not_come_in_time_is_refused_and_never_run():
    async def scene(emulator: Emulator, caller: Caller) -> None:
        for name in ("a", "b", "late"):
            await caller.call(name)
        await caller.calls["late"]
        start, body = caller.sent["late"]
        status, headers, problem = THROTTLED
        assert start["status"] == status
        assert dict(start["headers"]) == {
            name.lower().encode(): value.encode() for name, value in headers.items()
        }
        assert json.loads(body["body"]) == problem
        for name in ("a", "b"):
            await emulator.end(name)

    assert played(scene, patience=0.01).given == ["a", "b"]


def test_who_gave_up_takes_no_turn_from_those_who_come_after():
    async def scene(emulator: Emulator, caller: Caller) -> None:
        for name in ("a", "b", "late", "hung up"):
            await caller.call(name)
        caller.calls["hung up"].cancel()
        await caller.calls["late"]
        for name in ("a", "b"):
            await emulator.end(name)
        for name in ("c", "d"):
            await caller.call(name)
        assert emulator.given == ["a", "b", "c", "d"]
        for name in ("c", "d"):
            await emulator.end(name)

    played(scene, patience=0.01)


def test_a_call_that_fails_gives_its_turn_back():
    async def scene(emulator: Emulator, caller: Caller) -> None:
        for name in ("a", "b", "c"):
            await caller.call(name)
        await emulator.end("a", ConnectionResetError("The client is gone"))
        assert isinstance(caller.calls["a"].exception(), ConnectionResetError)
        assert emulator.given == ["a", "b", "c"]
        for name in ("b", "c"):
            await emulator.end(name)

    played(scene)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("websocket", "/_aws/execute-api/e800daee/dev"),
        ("http", "/_aws/execute-api/e800daee/dev/@connections/abc="),
        ("http", "/"),
        ("http", "/2015-03-31/functions/burst-api/invocations"),
        ("http", "/000000000000/burst-orders"),
        ("http", "/_localstack/health"),
        ("lifespan", ""),
    ],
)
def test_what_a_function_needs_to_end_passes_while_all_turns_are_taken(kind, path):
    async def scene(emulator: Emulator, caller: Caller) -> None:
        for name in ("a", "b", "waiting"):
            await caller.call(name)
        await caller.call("other", path, kind)
        assert emulator.given == ["a", "b", "other"]
        await emulator.end("other")
        assert emulator.given == ["a", "b", "other"]
        for name in ("a", "b", "waiting"):
            await emulator.end(name)

    played(scene)


def test_the_refusal_is_the_one_of_the_templates_gateway():
    class Gateway:
        responses: dict[str, Any] = {}  # noqa: RUF012 - one test, one gateway

        def put_gateway_response(self, **response: Any) -> None:
            self.responses[response["responseType"]] = response

        def create_deployment(self, **_deployed: Any) -> None:
            pass

    gateway = Gateway()
    put_gateway_responses(gateway, (ROOT / "template.yaml").read_text(), "3ac36143", "dev")
    deployed = gateway.responses["THROTTLED"]
    status, headers, problem = THROTTLED
    assert deployed["statusCode"] == str(status)
    assert deployed["responseParameters"] == {
        f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()
    }
    assert json.loads(deployed["responseTemplates"]["application/json"]) == problem
