"""The application that uvicorn serves: MiniStack, with a queue of turns before the functions of its gateway.

MiniStack queues nothing: a call for which no function is free gets a bare 429, where a deployment has a
thousand functions to take it. So a call that is over what a laptop runs at once waits here. The emulator's
own environment imports this module, so it stands on the standard library alone.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

AT_ONCE = 4
"""Calls of the API that run at once. Each one starts an interpreter at first, a second of CPU: with
more, a first burst waits longer. The emulator accepts as many orders a second by four calls as by twelve."""

GATEWAY_SECONDS = 29
"""Seconds that a call may wait for its turn: AWS's gateway holds a call as long."""

THROTTLED: tuple[int, dict[str, str], dict[str, object]] = (
    429,
    {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "Retry-After": "1",
        "Access-Control-Allow-Origin": "*",
    },
    {
        "type": "urn:problem:gateway-throttled",
        "title": "The gateway has more requests than it may take",
        "status": 429,
        "detail": "Nothing was created. Try again in 1 s.",
        "success": False,
        "code": "GATEWAY_THROTTLED",
        "hint": "Retry-After says when.",
    },
)
"""Status, headers and problem of template.yaml's gateway for a call that it has no room for."""

_CALLS = "/_aws/execute-api/"
_SOCKETS = "/@connections/"


class Turns:
    """An ASGI application that lets calls of an API into `app` in the order of arrival, `at_once` at most.

    Everything else passes: the functions whose calls hold the turns need AWS's services and sockets to end.
    """

    def __init__(self, app: Application, at_once: int = AT_ONCE, patience: float = GATEWAY_SECONDS) -> None:
        self._app = app
        self._turns = asyncio.Semaphore(at_once)
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; a call whose turn does not come within `patience` seconds is THROTTLED."""
        if not _needs_a_turn(scope):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            await _refuse(send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._turns.release()


def served() -> Turns:
    """Return MiniStack with turns. It is imported here because only the emulator's environment has it."""
    return Turns(import_module("ministack.app").app)


def _needs_a_turn(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["path"].startswith(_CALLS) and _SOCKETS not in scope["path"]


async def _refuse(send: Send) -> None:
    status, headers, problem = THROTTLED
    named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
