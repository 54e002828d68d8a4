"""The commands that move the paper market of a stack: they ask for what the API's own routes ask for."""

import argparse
import json
import re
from argparse import Namespace
from typing import Any

from chalicelib.api.steering import parse_feed, parse_market, present_feeds, present_moved
from chalicelib.domain.steering import FeedState
from chalicelib.errors import InvalidRequest, RouteUnknown
from chalicelib.services.steer_market import SteerMarket
from infra.operations.commands import Lines
from infra.operations.deployed import Deployed
from infra.operations.failure import OperationFailed

_DURATION = re.compile(r"([0-9]{1,9})(ms|s|m|h)", re.ASCII)
_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}

OFF = "Nobody may move the market of this stack: its setting PAPER_CONTROLS is off."


def add_move_to(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command that moves a price to its parser."""
    command.add_argument(
        "pair", metavar="SOL/USDC", help="the token whose price moves, and what it is told in"
    )
    command.add_argument("level", metavar="LEVEL", help="a multiple of what it would be: 0.95; 1 ends a move")
    command.add_argument("--over", type=milliseconds, default=0, metavar="4s", help="how long it takes")
    command.add_argument("--for", dest="held", type=milliseconds, metavar="2s", help="then it goes back")
    command.add_argument("--venue", help="at one venue alone")


def add_feed_to(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command that changes feeds to its parser."""
    command.add_argument("state", choices=[state.value for state in FeedState])
    command.add_argument("--pair", metavar="SOL/USDC", help="of one pair alone")
    command.add_argument("--venue", help="of one venue alone")
    command.add_argument("--for", dest="held", type=milliseconds, metavar="60s", help="then it is ok again")
    command.add_argument("--bps", type=int, help="how far a lie is off: -2000 is a fifth too low")


def milliseconds(text: str) -> int:
    """Return the milliseconds in a duration like 1500ms, 4s, 2m or 1h. Raises ArgumentTypeError."""
    written = _DURATION.fullmatch(text)
    if written is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration like 1500ms, 4s, 2m or 1h")
    number, unit = written.groups()
    return int(number) * _MILLISECONDS[unit]


def move_market(given: Namespace, at: Deployed) -> Lines:
    """Move a price, and say what it does."""
    asked = {"pair": given.pair.split("/"), "level": given.level, "overMs": given.over}
    body = _body(asked, forMs=given.held, venue=given.venue)
    try:
        tokens, move, venue = parse_market(body, at.engine.tokens)
        return [present_moved(_steer_market(at).move(tokens, move, venue))["summary"]]
    except InvalidRequest as error:
        raise OperationFailed(_told(error)) from None


def set_feeds(given: Namespace, at: Deployed) -> Lines:
    """Change what quotes read, and say what they do."""
    pair = None if given.pair is None else given.pair.split("/")
    body = _body({"state": given.state}, pair=pair, forMs=given.held, venue=given.venue, bps=given.bps)
    try:
        change, tokens, venue = parse_feed(body, at.engine.tokens)
        return [present_feeds(_steer_market(at).set_feeds(change, tokens, venue))["summary"]]
    except InvalidRequest as error:
        raise OperationFailed(_told(error)) from None


def _steer_market(at: Deployed) -> SteerMarket:
    try:
        return at.engine.steer_market
    except RouteUnknown:
        raise OperationFailed(OFF) from None


def _body(asked: dict[str, Any], **given: object) -> bytes:
    return json.dumps(asked | {name: value for name, value in given.items() if value is not None}).encode()


def _told(error: InvalidRequest) -> str:
    return "; ".join(f"{each.pointer.lstrip('/')} {each.detail}" for each in error.errors)
