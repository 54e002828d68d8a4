"""The command line `oee`: trade over the order execution engine's public API."""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from uuid import uuid4

from oee.address import VARIABLE, find_url
from oee.api_key import VARIABLE as KEY_VARIABLE
from oee.api_key import find_api_key
from oee.client import Client
from oee.errors import OeeError, Refused
from oee.patience import Patience
from oee.records import Accepted
from oee.screen import MAY_BE_PLACED, JsonScreen, Screen, again_with
from oee.wording import SwapText

DONE = 0
UNREAD = 1
OUTCOMES = {"confirmed": DONE, "failed": 10, "expired": 11, "cancelled": 12}
REFUSED = 20
NO_ANSWER = 21
UNKNOWN = 22
INTERRUPTED = 130

EPILOG = f"""\
exit codes:
   0  done; of a watched order: confirmed
   1  nobody reads the output; what was placed goes on
   2  the command was given wrongly
  10  the watched order failed
  11  the watched order expired
  12  the watched order was cancelled
  20  the API refused: nothing was placed
  21  no answer that can be used: nothing was placed, or what was placed can't be followed
  22  not known: the order may have been placed, or cancelled, all the same
 130  interrupted; what was placed goes on

The API is that of --url, or {VARIABLE}, or the local stack's if one is up. Where it asks for an API key,
that is --api-key's, or {KEY_VARIABLE}'s.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; the exit code tells the outcome."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may know no arrow
        elif stream is None:
            return UNREAD  # it was closed before we began, and nothing is done that nobody could read of
    given = _parser().parse_args([_sendable(text) for text in arguments or sys.argv[1:]])
    try:
        return _act(given, JsonScreen() if given.json else Screen())
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:  # the pipe is closed or the disk is full: what is left must not be tried again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return UNREAD


def _act(given: argparse.Namespace, screen: Screen) -> int:
    try:
        url = find_url(given.url, os.environ)
        key = find_api_key(given.api_key, os.environ)
        patience = Patience(given.patience)
        with Client(url, api_key=key, patience=patience, on_trouble=screen.on_trouble) as client:
            return int(given.act(client, given, screen))
    except OeeError as error:
        screen.fail(error)
        if error.leaves_unknown:
            return UNKNOWN
        return REFUSED if isinstance(error, Refused) else NO_ANSWER


def _sendable(argument: str) -> str:
    """An argument without bytes that are no text."""
    return argument.encode(errors="replace").decode()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oee",
        description="Trade over the order execution engine's API.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: object, meaning: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=meaning, description=meaning)
        added.add_argument("--url", help=f"the API's REST address; {VARIABLE} unless given")
        added.add_argument(
            "--api-key", metavar="KEY",
            help=f"who you are to the API; {KEY_VARIABLE} unless given, which others here can't see",
        )  # fmt: skip
        added.add_argument("--json", action="store_true", help="one JSON document a line, for scripts")
        added.add_argument(
            "--patience", type=_seconds, default=60.0, metavar="SECONDS",
            help="how long a request is tried again; 60 unless given, 0 for once only",
        )  # fmt: skip
        added.set_defaults(act=act)
        return added

    quote = command("quote", _quote, "Ask what a swap would give, without trading.")
    place = command("place", _place, "Place a market order.")
    for swapping in (quote, place):
        swapping.add_argument("token_in", metavar="IN", help="token that is sold: symbol or mint")
        swapping.add_argument("token_out", metavar="OUT", help="token that is bought")
        swapping.add_argument("amount", metavar="AMOUNT", help="how much of IN, like 1.5")
        swapping.add_argument("--slippage", metavar="FRACTION", help="0.01 is 1 %%, which is the default")
    place.add_argument("--valid-for", type=int, metavar="SECONDS", help="the order's life, 5 to 3600")
    place.add_argument("--key", help="the Idempotency-Key; a random one unless given")
    place.add_argument(
        "--minimum", metavar="AMOUNT", help="the least of OUT that it may give, besides what slippage allows"
    )
    place.add_argument(
        "--wait", action="store_true",
        help="if trading is stopped or too many came, wait and place it then, within --patience",
    )  # fmt: skip
    place.add_argument("--watch", action="store_true", help="follow the order to its end")
    orders = command("list", _list, "List orders, newest first.")
    orders.add_argument("--status", help="only orders that have it")
    orders.add_argument("--limit", type=int, metavar="N", help="how many, 1 to 100")
    orders.add_argument("--cursor", help="the page after the one that named it")
    watch = command("watch", _watch, "Follow an order to its end, or all orders until it is interrupted.")
    watched = watch.add_mutually_exclusive_group(required=True)
    watched.add_argument("order_id", metavar="ID", nargs="?", help="the order's id")
    watched.add_argument("--all", action="store_true", help="every open order, and each that comes")
    for name, act, meaning in (
        ("show", _show, "Show an order with its quotes, fill and history."),
        ("cancel", _cancel, "Cancel an order while nothing was sent."),
    ):
        command(name, act, meaning).add_argument("order_id", metavar="ID", help="the order's id")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return seconds


def _quote(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    screen.show(client.quote(given.token_in, given.token_out, given.amount, slippage=given.slippage))
    return DONE


def _place(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    swap = SwapText(given.amount, given.token_in, given.token_out)
    key = given.key if given.key is not None else str(uuid4())
    screen.note(f"{swap}, key {key}")
    try:
        placed = client.place(
            swap.token_in,
            swap.token_out,
            swap.amount,
            slippage=given.slippage,
            minimum_amount_out=given.minimum,
            valid_for_seconds=given.valid_for,
            key=key,
            wait=given.wait,
        )
    except KeyboardInterrupt:
        screen.note(f"{MAY_BE_PLACED} {again_with(key)}")
        raise
    screen.show(placed)
    if given.watch:
        try:
            return _follow(client, placed, swap, screen)
        except Refused as error:
            screen.fail(error)
            return NO_ANSWER  # what was placed was not refused
    screen.note(f"oee watch {placed.order_id} follows it.")
    return DONE


def _watch(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    if given.all:
        screen.follow_all(client.follow_all())
        return DONE
    order = client.get(given.order_id)
    screen.note(str(SwapText.of(order)))
    return _follow(client, order, SwapText.of(order), screen)


def _follow(client: Client, order: Accepted, swap: SwapText, screen: Screen) -> int:
    try:
        return OUTCOMES[screen.follow(order.order_id, swap, client.watch(order))]
    except (OeeError, KeyboardInterrupt):
        screen.note(f"The order goes on by itself; oee watch {order.order_id} follows it again.")
        raise


def _list(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    page = client.page(status=given.status, limit=given.limit, cursor=given.cursor)
    screen.show(page)
    if page.next_cursor is not None:
        screen.note(f"There are more: --cursor {page.next_cursor}")
    return DONE


def _show(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    screen.show(client.get(given.order_id))
    return DONE


def _cancel(client: Client, given: argparse.Namespace, screen: Screen) -> int:
    try:
        screen.show(client.cancel(given.order_id))
    except OeeError as error:
        if error.leaves_unknown:
            screen.note(f"It may be cancelled all the same: oee show {given.order_id} tells.")
        raise
    return DONE


if __name__ == "__main__":
    sys.exit(main())
