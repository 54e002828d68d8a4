"""A paper market that is moved on purpose, and orders that wait for its prices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Context, Decimal
from http import HTTPStatus
from typing import Any

import httpx

from infra.local.waiting import wait_until
from tests.e2e.trader import FINAL, PATIENCE, Trader, events, follow

NEAR = Decimal("0.01")
"""How far from its level a price may be: venues, their fees and the drift differ by less."""

_WRITTEN = Context(prec=6)

Event = dict[str, Any]


class SteeredMarket:
    """The market of a token that one account sells, always the same amount, for another one.

    Prices are net: what one whole token gives of the other when `amount` is sold. The `usual` one is that
    while nobody moves the market; all others are told as multiples of it.
    """

    def __init__(self, trader: Trader, sold: str, bought: str, amount: str) -> None:
        self.trader = trader
        self.sold = sold
        self.bought = bought
        self.amount = amount
        self.usual = self.price()

    def price(self) -> Decimal:
        """Return the best offer of now."""
        body = {"tokenIn": self.sold, "tokenOut": self.bought, "amount": self.amount}
        answer = self.trader.request("POST", "/api/quotes", json={"type": "market", **body})
        assert answer.status_code == 200, answer.text
        return Decimal(answer.json()["amountOut"]) / Decimal(self.amount)

    def at(self, multiple: str) -> str:
        """Return a multiple of the usual price, as an order names it."""
        return format((self.usual * Decimal(multiple)).normalize(_WRITTEN), "f")

    def move(self, level: str, **how: object) -> None:
        """Move the price to a multiple of the usual one: at once, `overMs`, or `forMs` and then back."""
        self._steer("market", level=level, **how)

    def feed(self, state: str, **how: object) -> None:
        """Change what quotes read of the pair: of all venues, or of one."""
        self._steer("feed", state=state, **how)

    def settle(self) -> None:
        """Bring price and feeds back to what they usually are, and wait until quotes say so."""
        self.feed("ok")
        self.move("1")
        assert wait_until(lambda: self._is_near("1") or None, PATIENCE)

    def move_and_see(self, level: str) -> None:
        """Move the price, and wait until quotes say so."""
        self.move(level)
        assert wait_until(lambda: self._is_near(level) or None, PATIENCE)

    def waiting(self) -> list[str]:
        """Return the ids of the account's newest orders that wait until they are cancelled."""
        listed = self.trader.request("GET", "/api/orders?status=armed&limit=100").json()["orders"]
        return [order["orderId"] for order in listed if order["timeInForce"] == "GTC"]

    def cancel_waiting(self) -> None:
        """Cancel all of those."""
        with ThreadPoolExecutor(10) as clients:
            while waiting := self.waiting():
                list(clients.map(self.cancel, waiting))

    def cancel(self, order_id: str) -> httpx.Response:
        """Cancel an order."""
        return self.trader.request("DELETE", f"/api/orders/{order_id}")

    def sell(self, kind: str, key: str | None = None, **terms: Any) -> httpx.Response:
        """Place an order of this type that sells the usual amount, with prices in the other token."""
        swap = {"tokenIn": self.sold, "tokenOut": self.bought, "amount": self.amount}
        return self.trader.place(key, **{"type": kind, "priceIn": self.bought, **swap, **terms})

    def stop(self, multiple: str, **terms: Any) -> str:
        """Arm a stop at a multiple of the usual price; returns its id."""
        return armed(self.sell("stop", trigger={"price": self.at(multiple)}, **terms))

    def limit(self, multiple: str, **terms: Any) -> str:
        """Arm a limit at a multiple of the usual price; returns its id."""
        return armed(self.sell("limit", limitPrice=self.at(multiple), **terms))

    def wait_for_looks(self, count: int = 1) -> None:
        """Wait until so many orders that were met at once fired, one after the other: each took a look."""
        for _ in range(count):
            history(self.trader, self.limit("0.2"), until=is_fired)

    def _is_near(self, level: str) -> bool:
        expected = self.usual * Decimal(level)
        return abs(self.price() - expected) < expected * NEAR

    def _steer(self, what: str, **how: object) -> None:
        body = {"pair": [self.sold, self.bought], **how}
        answer = self.trader.request("PUT", f"/api/admin/paper/{what}", json=body)
        assert answer.status_code == 200, answer.text


def armed(answer: httpx.Response) -> str:
    """Return the id of an order that was just armed."""
    assert (answer.status_code, answer.json()["status"]) == (202, "armed"), answer.text
    return str(answer.json()["orderId"])


def is_fired(event: Event) -> bool:
    """Whether an order fires with this event."""
    return event.get("change") == "fired"


def is_final(event: Event) -> bool:
    """Whether an order ends with this event."""
    return event["status"] in FINAL


def history(trader: Trader, order_id: str, until: Callable[[Event], bool] = is_final) -> list[Event]:
    """Follow an order on its socket until an event, and return all events to there. None may be missing."""
    seen = []
    with follow(_stream_url(trader, order_id)) as socket:
        for event in events(socket):
            seen.append(event)
            if until(event):
                break
        else:
            raise AssertionError(f"It ended otherwise: {seen[-1]}")
    assert [event["sequence"] for event in seen] == list(range(1, len(seen) + 1))
    return seen


def journey(seen: list[Event]) -> list[str]:
    """Return what became of an order: its changes, and its statuses where there are none."""
    return [str(event.get("change", event["status"])) for event in seen]


def _stream_url(trader: Trader, order_id: str) -> str:
    """Return the address of a socket for an order; who asks while too many do asks again."""

    def made() -> str | None:
        answer = trader.request("POST", "/api/stream-tickets", json={"orderId": order_id})
        assert answer.status_code in {201, 429, 502, 503}, answer.text
        return str(answer.json()["streamUrl"]) if answer.status_code == HTTPStatus.CREATED else None

    address = wait_until(made, PATIENCE)
    assert address, "No ticket was given"
    return address
