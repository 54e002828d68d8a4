"""The client: place, follow, read and cancel orders, and ask for quotes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from oee.account_stream import WatchAll
from oee.api_key import authorization
from oee.bodies import Amount, TimeInForce, limit_terms, plain_amount, swap_body
from oee.errors import OeeError
from oee.http import Api, OnTrouble, given, order_path, read, reader
from oee.patience import Patience
from oee.records import (
    Accepted,
    Account,
    Cancelled,
    Event,
    Health,
    Order,
    OrderPage,
    OrderStatus,
    Placed,
    Quote,
    StreamTicket,
    Token,
    Tokens,
)
from oee.stream import Watch, opener

KEY_SECONDS = 240.0
"""Seconds for which an order is sent again with its key. The API keeps a key for at least 300 s; after that
the same request would be another order."""


OnUnreadable = Callable[[str], None]
"""Called with the id of each order that the engine can't read now, which is left out for that."""


def _ignore(_error: OeeError, _wait: float) -> None:
    pass


def _leave_out(_order_id: str) -> None:
    pass


class Client(AbstractContextManager["Client"]):
    """A client of the API at `url`, which is the REST address.

    Every call is sent again after time-outs, broken connections, 408, 429, 5xx and answers that can't be
    read, no sooner than Retry-After says, for as long as `patience` lasts; `on_trouble` is told of each
    failure on the way. `api_key` and `headers` go with every request and every socket's handshake.

    Every method raises an OeeError: Refused, Failed, Unreachable or Unreadable.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        patience: Patience | None = None,
        on_trouble: OnTrouble = _ignore,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._headers = {**(headers or {}), **authorization(api_key)}
        self._patience = patience or Patience()
        self._on_trouble = on_trouble
        self._api = Api(url, self._headers, self._patience, on_trouble, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def place(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        slippage: Amount | None = None,
        minimum_amount_out: Amount | None = None,
        valid_for_seconds: int | None = None,
        key: str | None = None,
        wait: bool = False,
    ) -> Placed:
        """Place a market order: swap exactly `amount` of token_in into token_out, both by symbol or mint.

        `slippage` is a fraction: "0.01" is 1 %. The order never gives less than `minimum_amount_out`, like
        that of a quote that was shown. However often it is sent, it is one order: each try has the same
        Idempotency-Key, `key` or a random one.

        Raises
        ------
        Refused
            Nothing was placed. What is refused for now (trading is stopped, or too many came) is placed later
            only if you say so, by `wait`: prices move meanwhile.
        OeeError
            If it `leaves_unknown` the order may have been placed all the same; to place it again with that
            key within five minutes tells, and can't place a second one.
        TypeError
            An amount is a float or a bool.
        """
        order = swap_body(token_in, token_out, amount, slippage) | {"type": "market"}
        if minimum_amount_out is not None:
            order["minimumAmountOut"] = plain_amount("minimum_amount_out", minimum_amount_out)
        return self._place(order, valid_for_seconds, key, wait=wait)

    def place_limit(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        price: Amount,
        price_in: str,
        time_in_force: TimeInForce,
        slippage: Amount | None = None,
        valid_for_seconds: int | None = None,
        key: str | None = None,
        wait: bool = False,
    ) -> Placed:
        """Place a limit order: swap at once at the price or a better one, net of all fees, or not at all.

        The price is whole tokens of `price_in`, which is one of the two, for one whole of the other. "FOK"
        and "IOC" mean the same, because a swap is all or nothing. All else is as in `place`.
        """
        order = swap_body(token_in, token_out, amount, slippage) | limit_terms(price, price_in, time_in_force)
        return self._place(order, valid_for_seconds, key, wait=wait)

    def _place(
        self, order: dict[str, Any], valid_for_seconds: int | None, key: str | None, *, wait: bool
    ) -> Placed:
        key = key if key is not None else str(uuid4())
        if valid_for_seconds is not None:
            order["validForSeconds"] = valid_for_seconds

        def read_placed(answer: httpx.Response) -> Placed:
            replayed = answer.headers.get("Idempotent-Replayed") == "true"
            return read(Placed, answer, idempotencyKey=key, replayed=replayed)

        try:
            return self._api.ask(
                "POST",
                "/api/orders/execute",
                read_placed,
                seconds=min(self._patience.seconds, KEY_SECONDS),
                changes=True,
                waits=wait,
                json=order,
                headers={"Idempotency-Key": key.encode()},
            )
        except OeeError as error:
            error.idempotency_key = key
            raise

    def quote(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        slippage: Amount | None = None,
        wait: bool = True,
    ) -> Quote:
        """Ask what every venue and pool would give now. Nothing is traded.

        Unless you `wait` it is asked for once, whatever the patience.
        """
        return self._quote(swap_body(token_in, token_out, amount, slippage), wait=wait)

    def quote_limit(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        price: Amount,
        price_in: str,
        time_in_force: TimeInForce,
        slippage: Amount | None = None,
        wait: bool = True,
    ) -> Quote:
        """Ask what a limit order would give now: whether its price can be had, and how far it is.

        All else is as in `quote`.
        """
        order = swap_body(token_in, token_out, amount, slippage) | limit_terms(price, price_in, time_in_force)
        return self._quote(order, wait=wait)

    def _quote(self, swap: dict[str, Any], *, wait: bool) -> Quote:
        seconds = None if wait else 0
        return self._api.ask("POST", "/api/quotes", reader(Quote), seconds=seconds, json=swap)

    def get(self, order_id: str) -> Order:
        """Read an order with its route, fill and history."""
        return self._api.ask("GET", order_path(order_id), reader(Order))

    def placed_with(self, key: str) -> Order | None:
        """Read the order that was placed with this Idempotency-Key; None if there is none, or no more.

        The API keeps a key for at least five minutes.
        """
        page = self._api.ask("GET", "/api/orders", reader(OrderPage), params={"idempotencyKey": key})
        return page.orders[0] if page.orders else None

    def orders(
        self, *, status: str | None = None, on_unreadable: OnUnreadable = _leave_out
    ) -> Iterator[Order]:
        """Yield every order, newest first, reading a page when it is needed."""
        cursor = None
        while True:
            page = self.page(status=status, cursor=cursor)
            for order_id in page.unreadable:
                on_unreadable(order_id)
            yield from page.orders
            cursor = page.next_cursor
            if cursor is None:
                return

    def page(
        self, *, status: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> OrderPage:
        """Read one page of orders, newest first."""
        query = given(status=status, limit=limit, cursor=cursor)
        return self._api.ask("GET", "/api/orders", reader(OrderPage), params=query)

    def cancel(self, order_id: str) -> OrderStatus:
        """Cancel an order while nothing was sent. Refused with ORDER_NOT_CANCELLABLE when something was.

        After an error that `leaves_unknown` it may be cancelled all the same.
        """
        return self._api.ask("DELETE", order_path(order_id), reader(OrderStatus), changes=True)

    def cancel_all(self, *, status: str = "open") -> Iterator[Cancelled]:
        """Cancel every open order of the account, or those of a status like "pending", 100 an answer.

        Yields each answer when it comes: an order of which something was sent goes on, and is told in it.
        After an error that `leaves_unknown` some may be cancelled all the same; to ask again is safe.
        """
        cursor = None
        while True:
            query = given(status=status, cursor=cursor)
            done = self._api.ask("DELETE", "/api/orders", reader(Cancelled), changes=True, params=query)
            yield done
            cursor = done.next_cursor
            if cursor is None:
                return

    def tokens(self) -> tuple[Token, ...]:
        """Read the tokens that can be traded."""
        return self._api.ask("GET", "/api/tokens", reader(Tokens)).tokens

    def me(self) -> Account:
        """Read who you are to the API, and how much of the account's limits is used."""
        return self._api.ask("GET", "/api/me", reader(Account))

    def health(self) -> Health:
        """Read whether the engine trades, and how much work it has."""
        return self._api.ask("GET", "/api/health", reader(Health))

    def watch(self, order: Accepted | str, *, after: int = 0) -> Iterator[Event]:
        """Yield the events of an order, given by itself or its id, as they happen, until it is final.

        Each event above sequence `after` comes once and in order, also when the socket breaks meanwhile.
        """
        accepted = self.get(order) if isinstance(order, str) else order

        def read_order() -> Order:
            return self.get(accepted.order_id)

        watch = Watch(
            accepted,
            after,
            read_order=read_order,
            opened=opener(self._headers),
            patience=self._patience,
            on_trouble=self._on_trouble,
        )
        return watch.events()

    def follow_all(self, *, on_unreadable: OnUnreadable = _leave_out) -> Iterator[tuple[str, Event]]:
        """Yield the events of all of the account's orders, each with its order's id, as they happen.

        Orders that are open now are told from their first event on, and so is each that is placed later. It
        doesn't end by itself. `on_unreadable` is told of an order again whenever the orders are read.
        """
        watch = WatchAll(
            new_address=self._new_address,
            read_order=self.get,
            read_orders=lambda status: self.orders(status=status, on_unreadable=on_unreadable),
            opened=opener(self._headers),
            patience=self._patience,
            on_trouble=self._on_trouble,
        )
        return watch.events()

    def _new_address(self) -> str:
        return self._api.ask("POST", "/api/stream-tickets", reader(StreamTicket), json={}).stream_url
