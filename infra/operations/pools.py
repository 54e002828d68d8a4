"""The command that recognises pools: what to write into SOLANA_POOLS and SOLANA_TOKENS."""

import argparse
from argparse import Namespace
from collections.abc import Iterator

from chalicelib.bootstrap.shadow import ShadowDesk
from chalicelib.errors import UnsupportedPool
from infra.operations.commands import Lines
from infra.operations.deployed import Deployed
from infra.operations.failure import OperationFailed

NO_NODES = "This stack trades on paper, and knows no node that could be asked: MARKET=shadow does."


def add_to(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to its parser."""
    command.add_argument("addresses", metavar="ADDRESS", nargs="+", help="a pool's address")


def recognise(given: Namespace, at: Deployed) -> Lines:
    """Read each pool from the stack's nodes, and return its entries or why it can't trade."""
    desk = at.engine.ports.desk
    if not isinstance(desk, ShadowDesk):
        raise OperationFailed(NO_NODES)
    return [line for address in given.addresses for line in _told(desk, address)]


def _told(desk: ShadowDesk, address: str) -> Iterator[str]:
    try:
        yield from desk.recognition.recognise(address)
    except UnsupportedPool as error:
        yield f"{address} can't be traded on: {error}"
