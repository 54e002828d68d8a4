"""The commands of `oee`. Each returns its exit code."""

import argparse
from http import HTTPStatus
from uuid import uuid4

from oee.caution import doubts_of_offer, doubts_of_slippage
from oee.client import Client
from oee.errors import Failed, OeeError, Refused
from oee.exits import DONE, NO_ANSWER, OUTCOMES, exit_code
from oee.order_ids import named_id
from oee.orders import LimitOrder, MarketOrder, Order, Sending, fraction_of
from oee.records import Accepted
from oee.screen import Screen
from oee.wording import SwapText, traded_on

LEAVE_IT_TO_THE_ORDER = {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE}
"""Answers to a request for a quote after which the API may still accept the order."""

MAY_BE_PLACED = "The order may have been placed all the same."


def quote(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Ask what a swap would give."""
    slippage = fraction_of(given.slippage)
    screen.show(client.quote(given.token_in, given.token_out, given.amount, slippage=slippage))
    return DONE


def place(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Place a market order, after a person has seen the quote and answered the doubts about it."""
    return _place(client, given, screen, MarketOrder(_swap(given), given.slippage, given.minimum))


def limit(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Place a limit order, after a person has seen what it would give and answered the doubts about it."""
    order = LimitOrder(_swap(given), given.slippage, given.at, given.price_in, given.time_in_force)
    return _place(client, given, screen, order)


def _place(client: Client, given: argparse.Namespace, screen: Screen, order: Order) -> int:
    order = _considered(client, given, screen, order)
    key = given.key if given.key is not None else str(uuid4())
    screen.note(f"{order.swap}{order.terms()}, key {key}")
    again = (
        f"Given again with --key {key}{order.binding()} within five minutes, the command can't place a "
        "second one."
    )
    try:
        placed = order.place(client, Sending(key, given.valid_for, given.wait))
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
        return _follow(client, placed, order.swap, screen)
    except Refused as error:
        screen.fail(error)
        return NO_ANSWER  # what was placed was not refused


def _considered(client: Client, given: argparse.Namespace, screen: Screen, order: Order) -> Order:
    """Show a person the quote, ask about the doubts, and return the order bound to what was shown.

    Who gives a key is shown no quote: the quote's minimum would make a repeated order another one.

    Raises
    ------
    Declined
        The person did not answer yes, or nobody could be asked.
    """
    doubts = doubts_of_slippage(given.slippage)
    if screen.is_read_by_a_person and given.key is None:
        try:
            offer = order.quote(client)
        except (Refused, Failed) as error:
            if error.status not in LEAVE_IT_TO_THE_ORDER:
                raise
            doubts.append(f"There is no quote. {error}")
        else:
            screen.offer(offer)
            doubts += doubts_of_offer(offer)
            order = order.bound_to(offer)
    for doubt in doubts:
        if not given.yes:
            screen.ask(doubt, "Place it all the same?")
        else:
            screen.warn(doubt)
    return order


def watch(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Follow an order, or all orders of the account."""
    if given.all:
        screen.note("Every open order of the account, and each that is placed from now on. Ctrl-C ends it.")
        screen.follow_all(client.follow_all(on_unreadable=screen.on_unreadable))
        return DONE
    order = client.get(named_id(client, given))
    screen.note(f"{SwapText.of(order)}{traded_on(order.market)}")
    return _follow(client, order, SwapText.of(order), screen)


def _follow(client: Client, order: Accepted, swap: SwapText, screen: Screen) -> int:
    try:
        return OUTCOMES[screen.follow(order.order_id, swap, client.watch(order))]
    except (OeeError, KeyboardInterrupt):
        screen.note(f"The order goes on by itself; oee watch {order.order_id} follows it again.")
        raise


def list_orders(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """List a page of orders."""
    page = client.page(status=given.status, limit=given.limit, cursor=given.cursor)
    screen.show(page)
    if page.next_cursor is not None:
        screen.note(f"There are more: --cursor {page.next_cursor}")
    return DONE


def show(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Show an order."""
    screen.show(client.get(named_id(client, given)))
    return DONE


def cancel(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Cancel an order, or all that are open."""
    if given.all:
        return _cancel_all(client, screen)
    order_id = named_id(client, given)
    try:
        screen.show(client.cancel(order_id))
    except OeeError as error:
        if error.leaves_unknown:
            screen.note(f"It may be cancelled all the same: oee show {order_id} tells.")
        raise
    return DONE


def _cancel_all(client: Client, screen: Screen) -> int:
    try:
        for done in client.cancel_all():
            screen.show(done)
    except OeeError as error:
        if error.leaves_unknown:
            screen.note("Some may be cancelled all the same; given again, the command cancels the rest.")
        raise
    return DONE


def health(client: Client, _given: argparse.Namespace, screen: Screen) -> int:
    """Show whether the engine trades, and how much work it has."""
    screen.show(client.health())
    return DONE


def me(client: Client, _given: argparse.Namespace, screen: Screen) -> int:
    """Show who you are to the API, and how much of the limits is used."""
    screen.show(client.me())
    return DONE


def _swap(given: argparse.Namespace) -> SwapText:
    return SwapText(given.amount, given.token_in, given.token_out)
