"""Clients that don't give up: they ask again under their key, connect again, and ping."""

import json
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection

from tests.e2e.trader import ENVELOPE, FINAL, Trader, follow
from tests.load.verdict import Told

PAIRS = (("SOL", "USDC", "0.1"), ("USDC", "SOL", "15"))
CANCELS, HANGS_UP = 0.06, 0.1
"""How often a client cancels, and how often it breaks its own socket after an event."""

PING_AFTER = 10
PINGS = 2
"""Seconds of silence after which a client pings, and how many pings it waits for before it connects again."""

ADMITTED_WITHIN = 180
ENDED_WITHIN = 180
"""Seconds in which an order has to be accepted, and to end after its life, however crowded it is."""

BROKEN = (WebSocketException, OSError, TimeoutError)


class GaveUp(Exception):
    """A request was not served however often it was made."""


class Client:
    """One client with one order. `chance` draws what it asks for and when it cancels or hangs up."""

    def __init__(self, trader: Trader, chance: random.Random, life: int) -> None:
        self._trader = trader
        self._chance = chance
        self._life = life
        self._events: list[Mapping[str, Any]] = []

    def trade(self) -> Told:
        """Place the order, perhaps cancel it, and follow it to its end."""
        accepted = self._place()
        cancelled = self._chance.random() < CANCELS and self._cancel(accepted["orderId"])
        self._follow(accepted["streamUrl"])
        return Told(accepted["orderId"], self._events, cancelled)

    def _place(self) -> dict[str, Any]:
        token_in, token_out, amount = self._chance.choice(PAIRS)
        key = str(UUID(int=self._chance.getrandbits(128), version=4))
        wanted = {"tokenIn": token_in, "tokenOut": token_out, "amount": amount}
        give_up_at = time.monotonic() + ADMITTED_WITHIN
        while time.monotonic() < give_up_at:
            with suppress(httpx.TransportError):
                answer = self._trader.place(key, validForSeconds=self._life, **wanted)
                if answer.is_success:
                    return dict(answer.json())
                if answer.status_code not in {429, 503}:
                    raise GaveUp(answer.text)
            self._wait()
        raise GaveUp(f"An order was not accepted within {ADMITTED_WITHIN} s")

    def _cancel(self, order_id: str) -> bool:
        self._wait()
        with suppress(httpx.TransportError):
            return self._trader.request("DELETE", f"/api/orders/{order_id}").is_success
        return False

    def _follow(self, stream_url: str) -> None:
        give_up_at = time.monotonic() + self._life + ENDED_WITHIN
        while not self._is_over() and time.monotonic() < give_up_at:
            with suppress(*BROKEN), follow(f"{stream_url}&after={self._last_sequence()}") as socket:
                self._listen(socket)
            self._wait()

    def _listen(self, socket: ClientConnection) -> None:
        """Take what comes until the order is final, pings stay unanswered, or on a whim."""
        pings = 0
        while not self._is_over():
            try:
                message = json.loads(socket.recv(PING_AFTER))
            except TimeoutError:
                if pings == PINGS:
                    return
                socket.send('{"action":"ping"}')
                pings += 1
                continue
            pings = 0
            if self._take(message) and self._chance.random() < HANGS_UP:
                return

    def _take(self, message: Mapping[str, Any]) -> bool:
        """Keep what is new; returns whether anything was."""
        known = len(self._events)
        kinds = {"backfill": message.get("logs", ()), "status_update": (message,)}
        for event in kinds.get(message["type"], ()):
            if event["sequence"] > self._last_sequence():
                self._events.append({name: event[name] for name in event if name not in ENVELOPE})
        return len(self._events) > known

    def _last_sequence(self) -> int:
        return int(self._events[-1]["sequence"]) if self._events else 0

    def _is_over(self) -> bool:
        return bool(self._events) and self._events[-1]["status"] in FINAL

    def _wait(self) -> None:
        time.sleep(self._chance.uniform(0.1, 1))
