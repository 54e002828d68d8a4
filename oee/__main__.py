"""The command line `oee`: trade over the order execution engine's public API."""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from oee.address import find_url
from oee.api_key import find_api_key
from oee.client import Client
from oee.errors import OeeError
from oee.exits import INTERRUPTED, UNREAD, exit_code
from oee.grammar import parse
from oee.patience import Patience
from oee.screen import JsonScreen, Screen


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; the exit code tells the outcome."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal may know no arrow
        elif stream is None:
            return UNREAD  # it was closed before we began, and nothing is done that nobody could read of
    given = parse([_sendable(text) for text in (sys.argv[1:] if arguments is None else arguments)])
    try:
        return _act(given, JsonScreen() if given.json else Screen())
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError:  # the pipe is closed or the disk is full: what is left must not be tried again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return UNREAD


def _act(given: argparse.Namespace, screen: Screen) -> int:
    try:
        url = find_url(given.url, os.environ, stack=given.stack)
        key = find_api_key(given.api_key, os.environ)
        patience = Patience(given.patience)
        with Client(url, api_key=key, patience=patience, on_trouble=screen.on_trouble) as client:
            return int(given.act(client, given, screen))
    except OeeError as error:
        screen.fail(error)
        return exit_code(error)


def _sendable(argument: str) -> str:
    """Return an argument with undecodable bytes replaced, so that it can be sent."""
    return argument.encode(errors="replace").decode()


if __name__ == "__main__":
    sys.exit(main())
