"""The commands of `oee` that read, follow and cancel orders. Each returns its exit code."""

import argparse
from collections.abc import Iterator

from oee.client import Client
from oee.errors import OeeError
from oee.exits import DONE, OUTCOMES
from oee.intents import fraction_of
from oee.order_ids import named_id
from oee.records import ARMED, Accepted, Cancelled
from oee.screen import Screen
from oee.wording import SwapText, moment, traded_on


def quote(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Ask what a swap would give."""
    slippage = fraction_of(given.slippage)
    screen.show(client.quote(given.token_in, given.token_out, given.amount, slippage=slippage))
    return DONE


def watch(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Follow an order, or all orders of the account."""
    if given.all:
        screen.note("Every open order of the account, and each that is placed from now on. Ctrl-C ends it.")
        screen.follow_all(client.follow_all(on_unreadable=screen.on_unreadable))
        return DONE
    order = client.get(named_id(client, given))
    screen.note(f"{SwapText.of(order)}{traded_on(order.market)}")
    return follow(client, order, SwapText.of(order), screen)


def follow(client: Client, order: Accepted, swap: SwapText, screen: Screen) -> int:
    """Follow an order until it is final, and return the exit code of how it ended."""
    if order.waits_until is not None:
        screen.note(
            f"It may wait for its price until {moment(order.waits_until)}, and is followed for as long. "
            "Ctrl-C ends the watching, not the order."
        )
    try:
        return OUTCOMES[screen.follow(order.order_id, swap, client.watch(order))]
    except (OeeError, KeyboardInterrupt):
        screen.note(f"The order goes on by itself; oee watch {order.order_id} follows it again.")
        raise


def list_orders(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """List a page of orders."""
    token_in, token_out = given.pair or (None, None)
    page = client.page(
        status=given.status, token_in=token_in, token_out=token_out, limit=given.limit, cursor=given.cursor
    )
    screen.show(page)
    if page.next_cursor is not None:
        screen.note(f"There are more: --cursor {page.next_cursor}")
    return DONE


def show(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Show an order."""
    screen.show(client.get(named_id(client, given)))
    return DONE


def cancel(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    """Cancel an order, or all that are open or wait for their price."""
    if given.all:
        return _cancel_all(client.cancel_all(), screen)
    if given.all_armed:
        token_in, token_out = given.pair or (None, None)
        return _cancel_all(client.cancel_all(status=ARMED, token_in=token_in, token_out=token_out), screen)
    order_id = named_id(client, given)
    try:
        screen.show(client.cancel(order_id))
    except OeeError as error:
        if error.leaves_unknown:
            screen.note(f"It may be cancelled all the same: oee show {order_id} tells.")
        raise
    return DONE


def _cancel_all(answers: Iterator[Cancelled], screen: Screen) -> int:
    try:
        for done in answers:
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
