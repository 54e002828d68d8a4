"""The client: read, follow and cancel orders; how it places them is in `placing`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

import httpx

from oee.account_stream import WatchAll
from oee.api_key import authorization
from oee.engine_records import Account, Health, StreamTicket, Token, Tokens
from oee.errors import OeeError
from oee.http import Api, OnTrouble, given, order_path, reader
from oee.patience import Patience
from oee.placing import Placing
from oee.records import Accepted, Cancelled, Event, Order, OrderPage, OrderStatus
from oee.stream import Watch, opener

OnUnreadable = Callable[[str], None]
"""Called with the id of each order that the engine can't read now, which is left out for that."""


def _ignore(_error: OeeError, _wait: float) -> None:
    pass


def _leave_out(_order_id: str) -> None:
    pass


class Client(Placing, AbstractContextManager["Client"]):
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
        self,
        *,
        status: str | None = None,
        token_in: str | None = None,
        token_out: str | None = None,
        on_unreadable: OnUnreadable = _leave_out,
    ) -> Iterator[Order]:
        """Yield every order, newest first, reading a page when it is needed.

        All of them, or those of a status, like "armed" or "open", and of a swap of these tokens.
        """
        cursor = None
        while True:
            page = self.page(status=status, token_in=token_in, token_out=token_out, cursor=cursor)
            for order_id in page.unreadable:
                on_unreadable(order_id)
            yield from page.orders
            cursor = page.next_cursor
            if cursor is None:
                return

    def page(
        self,
        *,
        status: str | None = None,
        token_in: str | None = None,
        token_out: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> OrderPage:
        """Read one page of orders, newest first."""
        query = given(status=status, tokenIn=token_in, tokenOut=token_out, limit=limit, cursor=cursor)
        return self._api.ask("GET", "/api/orders", reader(OrderPage), params=query)

    def cancel(self, order_id: str) -> OrderStatus:
        """Cancel an order while nothing was sent. Refused with ORDER_NOT_CANCELLABLE when something was.

        After an error that `leaves_unknown` it may be cancelled all the same.
        """
        return self._api.ask("DELETE", order_path(order_id), reader(OrderStatus), changes=True)

    def cancel_all(
        self, *, status: str = "open", token_in: str | None = None, token_out: str | None = None
    ) -> Iterator[Cancelled]:
        """Cancel every open order of the account, or those of a status and tokens, 100 an answer.

        Open are those too that wait for their price; the status "armed" cancels only them.
        Yields each answer when it comes: an order of which something was sent goes on, and is told in it.
        After an error that `leaves_unknown` some may be cancelled all the same; to ask again is safe.
        """
        cursor = None
        while True:
            query = given(status=status, tokenIn=token_in, tokenOut=token_out, cursor=cursor)
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
