"""Placing orders, asking what they would give, and amending those that wait."""

from typing import Unpack
from uuid import uuid4

import httpx

from oee.bodies import Amount, Time, amendment_body
from oee.errors import OeeError
from oee.http import Api, order_path, read, reader
from oee.orders import (
    LimitOrder,
    LimitTerms,
    MarketOrder,
    NewOrder,
    StopOrder,
    StopTerms,
    TakeProfitOrder,
    TakeProfitTerms,
)
from oee.patience import Patience
from oee.records import Order, Placed, Quote

KEY_SECONDS = 240.0
"""Seconds for which an order is sent again with its key. The API keeps a key for at least 300 s; after that
the same request would be another order."""


class Placing:
    """The methods of a client that place orders, or ask about them. Each raises an OeeError."""

    _api: Api
    _patience: Patience

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
        that of a quote that was shown. All else is as in `place_order`.
        """
        order = MarketOrder(
            token_in, token_out, amount, slippage=slippage, minimum_amount_out=minimum_amount_out
        )
        return self.place_order(order, valid_for_seconds=valid_for_seconds, key=key, wait=wait)

    def place_limit(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        valid_for_seconds: int | None = None,
        key: str | None = None,
        wait: bool = False,
        **terms: Unpack[LimitTerms],
    ) -> Placed:
        """Place a limit order: swap at `price` or a better one, net of all fees, or not at all.

        The price is whole tokens of `price_in`, which is one of the two, for one whole of the other. It waits
        for its price unless its `time_in_force` is FOK or IOC. The terms are those of a LimitOrder; all else
        is as in `place_order`.
        """
        order = LimitOrder(token_in, token_out, amount, **terms)
        return self.place_order(order, valid_for_seconds=valid_for_seconds, key=key, wait=wait)

    def place_stop(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        valid_for_seconds: int | None = None,
        key: str | None = None,
        wait: bool = False,
        **terms: Unpack[StopTerms],
    ) -> Placed:
        """Place a stop: wait until the price is at the `trigger` or worse, and swap then.

        The terms are those of a StopOrder; all else is as in `place_order`.
        """
        order = StopOrder(token_in, token_out, amount, **terms)
        return self.place_order(order, valid_for_seconds=valid_for_seconds, key=key, wait=wait)

    def place_take_profit(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        valid_for_seconds: int | None = None,
        key: str | None = None,
        wait: bool = False,
        **terms: Unpack[TakeProfitTerms],
    ) -> Placed:
        """Place a take-profit: wait until the price is at the `trigger` or better, and swap then.

        The terms are those of a TakeProfitOrder; all else is as in `place_order`.
        """
        order = TakeProfitOrder(token_in, token_out, amount, **terms)
        return self.place_order(order, valid_for_seconds=valid_for_seconds, key=key, wait=wait)

    def place_order(
        self,
        order: NewOrder,
        *,
        valid_for_seconds: int | None = None,
        key: str | None = None,
        wait: bool = False,
    ) -> Placed:
        """Place an order of any type.

        However often it is sent, it is one order: each try has the same Idempotency-Key, `key` or a random
        one. `valid_for_seconds` is its life; one that waits for its price has it each time that it fires.

        Raises
        ------
        Refused
            Nothing was placed. What is refused for now (trading is stopped, too many came, or there is no
            price to judge by) is placed later only if you say so, by `wait`: prices move meanwhile.
        OeeError
            If it `leaves_unknown` the order may have been placed all the same; to place it again with that
            key within five minutes tells, and can't place a second one.
        TypeError
            An amount or a price is a float or a bool, or a time has no zone.
        """
        body = order.body()
        if valid_for_seconds is not None:
            body["validForSeconds"] = valid_for_seconds
        key = key if key is not None else str(uuid4())

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
                json=body,
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
        return self.quote_order(MarketOrder(token_in, token_out, amount, slippage=slippage), wait=wait)

    def quote_limit(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        wait: bool = True,
        **terms: Unpack[LimitTerms],
    ) -> Quote:
        """Ask what a limit order would give now: whether its price can be had, and how far it is.

        All else is as in `quote`.
        """
        return self.quote_order(LimitOrder(token_in, token_out, amount, **terms), wait=wait)

    def quote_stop(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        wait: bool = True,
        **terms: Unpack[StopTerms],
    ) -> Quote:
        """Ask what a stop would give now: whether its trigger is met, and how far it is. Else as `quote`."""
        return self.quote_order(StopOrder(token_in, token_out, amount, **terms), wait=wait)

    def quote_take_profit(
        self,
        token_in: str,
        token_out: str,
        amount: Amount,
        *,
        wait: bool = True,
        **terms: Unpack[TakeProfitTerms],
    ) -> Quote:
        """Ask what a take-profit would give now: whether its trigger is met, and how far it is."""
        return self.quote_order(TakeProfitOrder(token_in, token_out, amount, **terms), wait=wait)

    def quote_order(self, order: NewOrder, *, wait: bool = True) -> Quote:
        """Ask what an order of any type would give now. Nothing is traded. All else is as in `quote`."""
        seconds = None if wait else 0
        return self._api.ask("POST", "/api/quotes", reader(Quote), seconds=seconds, json=order.quote_body())

    def amend(
        self,
        order_id: str,
        *,
        trigger: Amount | None = None,
        limit_price: Amount | None = None,
        expires_at: Time | None = None,
        slippage: Amount | None = None,
        if_sequence: int | None = None,
        wait: bool = False,
    ) -> Order:
        """Change an order that waits for its price, in place; what is None stays. Return it as it is then.

        With `if_sequence` it is changed only if that is the sequence of its last event still.

        Raises
        ------
        Refused
            Nothing was changed: the order has fired or is final (ORDER_NOT_AMENDABLE), has changed meanwhile
            (ORDER_CHANGED), or can't have these terms. What is refused for now is tried again only if you
            say so, by `wait`.
        OeeError
            If it `leaves_unknown` it may be amended all the same; to send the same again is safe.
        TypeError
            A price is a float or a bool, or a time has no zone.
        """
        body = amendment_body(
            trigger=trigger, limit_price=limit_price, expires_at=expires_at, slippage=slippage
        )
        headers = {} if if_sequence is None else {"If-Match": f'"{if_sequence}"'}
        return self._api.ask(
            "PATCH",
            order_path(order_id),
            reader(Order),
            changes=True,
            waits=wait,
            json=body,
            headers=headers,
        )
