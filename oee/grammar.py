"""The grammar of the command line `oee`: its commands and their options."""

import argparse
import sys
from collections.abc import Callable, Sequence

from oee import commands, placements
from oee.address import VARIABLE
from oee.api_key import VARIABLE as KEY_VARIABLE
from oee.arguments import end_of_wait, order_id, pair, percentage, seconds
from oee.client import Client
from oee.exits import GIVEN_WRONGLY, MEANINGS
from oee.screen import Screen
from oee.version import __version__

Act = Callable[[Client, argparse.Namespace, Screen], int]
"""A command: it does what was given, and returns its exit code."""

Command = Callable[[str, Act, str], argparse.ArgumentParser]
"""Adds a command of a name, with what it does and what that means, and returns its parser."""

EPILOG = f"""\
{MEANINGS}
The API is that of --url, or {VARIABLE}, or the local stack's if one is up. Where it asks for an API key,
that is --api-key's, or {KEY_VARIABLE}'s. An order's id may be cut short to a beginning that no other has.
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what a command line asks for; `act` is its command. Exits if it is given wrongly."""
    parser = _parser()
    if not arguments:
        parser.print_help(sys.stderr)
        raise SystemExit(GIVEN_WRONGLY)
    given = parser.parse_args(arguments)
    if given.act is commands.cancel and given.pair is not None and not given.all_armed:
        parser.error("--pair goes with --all-armed")
    if given.act is placements.amend and not _changes(given):
        parser.error("nothing is amended: give --at, --floor, --good-till or --slippage")
    return given


def _changes(given: argparse.Namespace) -> bool:
    changes = (given.at, given.floor, given.good_till, given.slippage)
    return any(change is not None for change in changes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oee",
        description="Trade over the order execution engine's API.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"oee {__version__}")
    parser.set_defaults(url=None, stack=None, api_key=None, json=False, patience=60.0)
    _add_common(parser)
    below = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Act, meaning: str) -> argparse.ArgumentParser:
        added = below.add_parser(name, help=meaning, description=meaning)
        _add_common(added)
        added.set_defaults(act=act)
        return added

    _add_placements(command)
    orders = command("list", commands.list_orders, "List orders, newest first.")
    orders.add_argument("--status", help="only orders that have it: armed ones wait for their price")
    _add_pair(orders)
    orders.add_argument("--limit", type=int, metavar="N", help="how many, 1 to 100")
    orders.add_argument("--cursor", help="the page after the one that named it")
    watch = command("watch", commands.watch, "Follow an order to its end, or all orders until interrupted.")
    watched = watch.add_mutually_exclusive_group(required=True)
    _add_order(watched)
    watched.add_argument("--all", action="store_true", help="every open order, and each that comes")
    show = command("show", commands.show, "Show an order with its quotes, fill and history.")
    _add_order(show.add_mutually_exclusive_group(required=True))
    cancel = command("cancel", commands.cancel, "Cancel an order while nothing was sent, or all of them.")
    cancelled = cancel.add_mutually_exclusive_group(required=True)
    _add_order(cancelled)
    cancelled.add_argument(
        "--all", action="store_true",
        help="every open order of the account, also those that wait for their price",
    )  # fmt: skip
    cancelled.add_argument("--all-armed", action="store_true", help="every order that waits for its price")
    _add_pair(cancel)
    command("health", commands.health, "Say whether there is trading, and how much work.")
    command("me", commands.me, "Say who you are to the API, and how much of the limits is used.")
    return parser


def _add_placements(command: Command) -> None:
    """Add the commands that ask for quotes, place orders and amend them."""
    quote = command("quote", commands.quote, "Ask what a swap would give, without trading.")
    place = command("place", placements.place, "Place a market order.")
    limit = command("limit", placements.limit, "Place an order that trades at its price or better.")
    stop = command("stop", placements.stop, "Place an order that trades when the price is as bad as this.")
    profit = command(
        "take-profit", placements.take_profit, "Place an order that trades when the price is as good as this."
    )
    for swapping in (quote, place, limit, stop, profit):
        _add_swap(swapping)
    _add_limit(limit)
    for triggered in (stop, profit):
        _add_price(triggered, "the price that it waits for")
    _add_stop(stop)
    for waiting in (limit, stop, profit):
        _add_waiting(waiting)
    place.add_argument(
        "--minimum", metavar="AMOUNT",
        help="the least of OUT that it may give. On a terminal it is that of the quote which is shown first, "
        "unless --key is given",
    )  # fmt: skip
    for placing in (place, limit, stop, profit):
        _add_placing(placing)
    _add_amending(command("amend", placements.amend, "Change an order that waits for its price."))


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that are allowed both before and after the command."""
    common = parser.add_argument_group("which API, and how")
    unset = argparse.SUPPRESS
    common.add_argument("--url", default=unset, help=f"the API's REST address; {VARIABLE} unless given")
    common.add_argument("--stack", default=unset, metavar="NAME", help="the API of this local stack")
    common.add_argument(
        "--api-key", default=unset, metavar="KEY",
        help=f"who you are to the API; {KEY_VARIABLE} unless given, which others here can't see",
    )  # fmt: skip
    common.add_argument(
        "--json", default=unset, action="store_true", help="one JSON document a line, for scripts"
    )
    common.add_argument(
        "--patience", default=unset, type=seconds, metavar="SECONDS",
        help="how long a request is tried again; 60 unless given, 0 for once only",
    )  # fmt: skip


def _add_order(named: argparse._MutuallyExclusiveGroup) -> None:
    named.add_argument("order_id", metavar="ID", nargs="?", type=order_id, help="the order's id")
    named.add_argument(
        "--key",
        help="the Idempotency-Key that it was placed with, in the last five minutes or while it waits",
    )


def _add_swap(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("token_in", metavar="IN", help="token that is sold: symbol or mint")
    parser.add_argument("token_out", metavar="OUT", help="token that is bought")
    parser.add_argument("amount", metavar="AMOUNT", help="how much of IN, like 1.5")
    _add_slippage(parser, "1 %% unless given")


def _add_price(parser: argparse.ArgumentParser, meaning: str) -> None:
    parser.add_argument(
        "--at", required=True, metavar="PRICE",
        help=f"{meaning}: so many whole tokens of --price-in for one of the other",
    )  # fmt: skip
    parser.add_argument(
        "--price-in", required=True, metavar="TOKEN", help="IN or OUT: the token in which the price is"
    )


def _add_limit(parser: argparse.ArgumentParser) -> None:
    _add_price(parser, "the worst price, net of all fees")
    parser.add_argument(
        "--time-in-force", choices=("GTC", "GTD", "FOK", "IOC"),
        help="GTC waits for its price until it is cancelled, GTD until --good-till. FOK and IOC don't wait; "
        "both mean the same, because a swap is all or nothing. GTC unless given, or GTD with --good-till",
    )  # fmt: skip


def _add_stop(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--floor", metavar="PRICE",
        help="the worst price at which it may trade once it has fired; what the market gives, unless given",
    )  # fmt: skip
    parser.add_argument(
        "--if-recovered", choices=("hold", "trade"),
        help="if it has fired, and the market is better than its price again: wait on, or trade; it waits "
        "unless this is given",
    )  # fmt: skip


def _add_waiting(parser: argparse.ArgumentParser) -> None:
    _add_good_till(parser)
    parser.add_argument(
        "--if-met", choices=("fire", "refuse"),
        help="if the market is at its price already: trade at once, or be refused. A limit order fires "
        "unless this is given, every other one is refused",
    )  # fmt: skip
    parser.add_argument(
        "--if-far", choices=("accept",), help="take a price that is very far from the market's"
    )


def _add_good_till(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--good-till", metavar="TIME", type=end_of_wait,
        help="until when it waits: a span like 12h or 7d, or a time like 2026-12-24T00:00:00Z; as long as "
        "orders may wait, unless given",
    )  # fmt: skip


def _add_slippage(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--slippage", metavar="PERCENT", type=percentage,
        help="how much less than quoted it may give, in percent: like 0.1, 0.5 or 1. "
        f"0.5 is 0.5 %%; {default}",
    )  # fmt: skip


def _add_pair(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pair", metavar="IN/OUT", type=pair, help="only those that sell IN for OUT, like SOL/USDC"
    )


def _add_amending(parser: argparse.ArgumentParser) -> None:
    _add_order(parser.add_mutually_exclusive_group(required=True))
    parser.add_argument(
        "--at", metavar="PRICE",
        help="its new price: the trigger of a stop or a take-profit, the worst price of a limit order",
    )  # fmt: skip
    parser.add_argument("--floor", metavar="PRICE", help="the new worst price of a stop that has fired")
    _add_good_till(parser)
    _add_slippage(parser, "as it is unless given")
    parser.add_argument(
        "--if-sequence", type=int, metavar="N",
        help="only if N is the sequence of its last event still; oee show --json tells it",
    )  # fmt: skip
    _add_wait(parser, "amend")


def _add_placing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--valid-for", type=int, metavar="SECONDS",
        help="the order's life, 5 to 3600; of one that waits, each time that it fires",
    )  # fmt: skip
    parser.add_argument("--key", help="the Idempotency-Key; a random one unless given")
    parser.add_argument(
        "--yes", action="store_true",
        help="place it without a question, also if it waits for its price, with a slippage over 5 %%, a high "
        "price impact, or no quote",
    )  # fmt: skip
    _add_wait(parser, "place")
    parser.add_argument("--watch", action="store_true", help="follow the order to its end")


def _add_wait(parser: argparse.ArgumentParser, verb: str) -> None:
    parser.add_argument(
        "--wait", action="store_true",
        help=f"if trading is stopped, too many came, or there is no price to judge by, {verb} it as soon as "
        "that ends, within --patience",
    )  # fmt: skip
