"""The commands of `oee` that place orders and amend them. Each returns its exit code."""

import argparse
from http import HTTPStatus
from uuid import uuid4

from oee.caution import doubts_of_offer, doubts_of_slippage
from oee.client import Client
from oee.commands import follow
from oee.errors import Failed, Inapplicable, OeeError, Refused
from oee.exits import DONE, NO_ANSWER, exit_code
from oee.intents import Intent, fraction_of
from oee.order_ids import named_id
from oee.orders import LimitOrder, MarketOrder, NewOrder, StopOrder, TakeProfitOrder
from oee.screen import Screen

LEAVE_IT_TO_THE_ORDER = {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE}
"""Answers to a request for a quote after which the API may still accept the order."""

MAY_BE_PLACED = "The order may have been placed all the same."


def place(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Place a market order, after a person has seen the quote and answered the doubts about it."""
    order = MarketOrder(
        given.token_in, given.token_out, given.amount,
        slippage=fraction_of(given.slippage), minimum_amount_out=given.minimum,
    )  # fmt: skip
    return _place(client, given, screen, order)


def limit(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Place a limit order, after a person has seen what it does and said yes."""
    order = LimitOrder(
        given.token_in, given.token_out, given.amount,
        slippage=fraction_of(given.slippage), price=given.at, price_in=given.price_in,
        time_in_force=given.time_in_force, expires_at=given.good_till, if_met=given.if_met,
        if_far=given.if_far,
    )  # fmt: skip
    return _place(client, given, screen, order)


def stop(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Place a stop, after a person has seen what it does and said yes."""
    order = StopOrder(
        given.token_in, given.token_out, given.amount,
        slippage=fraction_of(given.slippage), trigger=given.at, price_in=given.price_in,
        limit_price=given.floor, expires_at=given.good_till, if_met=given.if_met, if_far=given.if_far,
        if_recovered=given.if_recovered,
    )  # fmt: skip
    return _place(client, given, screen, order)


def take_profit(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Place a take-profit, after a person has seen what it does and said yes."""
    order = TakeProfitOrder(
        given.token_in, given.token_out, given.amount,
        slippage=fraction_of(given.slippage), trigger=given.at, price_in=given.price_in,
        expires_at=given.good_till, if_met=given.if_met, if_far=given.if_far,
    )  # fmt: skip
    return _place(client, given, screen, order)


def _place(client: Client, given: argparse.Namespace, screen: Screen, order: NewOrder) -> int:
    intent = _considered(client, given, screen, Intent(order, given.slippage))
    key = given.key if given.key is not None else str(uuid4())
    screen.note(f"{intent.swap}{intent.terms()}, key {key}")
    again = intent.again(key)
    try:
        placed = client.place_order(intent.order, valid_for_seconds=given.valid_for, key=key, wait=given.wait)
    except KeyboardInterrupt:
        screen.note(f"{MAY_BE_PLACED} {again}")
        raise
    except OeeError as error:
        screen.fail(error)
        if error.leaves_unknown:
            screen.note(f"{MAY_BE_PLACED} {again}")
        elif error.retryable:
            screen.note(again)
        return exit_code(error)
    screen.show(placed)
    if not given.watch:
        screen.note(f"oee watch {placed.order_id} follows it.")
        return DONE
    try:
        return follow(client, placed, intent.swap, screen)
    except Refused as error:
        screen.fail(error)
        return NO_ANSWER  # what was placed was not refused


def _considered(client: Client, given: argparse.Namespace, screen: Screen, intent: Intent) -> Intent:
    """Show a person the quote, ask about the doubts, and return the intent bound to what was shown.

    Who gives a key is shown no quote if that would bind the order: a repeated one would be another one. An
    order that waits is asked about even without a doubt, because it trades when nobody looks.

    Raises
    ------
    Declined
        The person did not answer yes, or nobody could be asked.
    """
    order = intent.order
    doubts = doubts_of_slippage(given.slippage)
    is_shown = screen.is_read_by_a_person and (given.key is None or order.waits)
    if is_shown:
        try:
            offer = client.quote_order(order, wait=False)
        except (Refused, Failed) as error:
            if error.status not in LEAVE_IT_TO_THE_ORDER:
                raise
            doubts.append(f"There is no quote. {error}")
        else:
            screen.offer(offer)
            doubts += doubts_of_offer(order, offer)
            intent = intent.bound_to(offer)
    for doubt in doubts:
        if not given.yes:
            screen.ask("Place it all the same?", doubt)
        else:
            screen.warn(doubt)
    if is_shown and order.waits and not doubts and not given.yes:
        screen.ask(f"Place {intent.swap}{intent.terms()}?")
    return intent


def amend(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Change an order that waits for its price."""
    order_id = named_id(client, given)
    trigger, limit_price = given.at, given.floor
    if given.at is not None and client.get(order_id).type == LimitOrder.TYPE:
        if given.floor is not None:
            raise Inapplicable("A limit order has no --floor: its price is --at. Nothing was changed.")
        trigger, limit_price = None, given.at
    try:
        amended = client.amend(
            order_id, trigger=trigger, limit_price=limit_price, expires_at=given.good_till,
            slippage=fraction_of(given.slippage), if_sequence=given.if_sequence, wait=given.wait,
        )  # fmt: skip
    except OeeError as error:
        if error.leaves_unknown:
            screen.note(f"It may be amended all the same: oee show {order_id} tells.")
        raise
    screen.show(amended)
    return DONE
