"""`python -m infra.verify`: see whether a running stack keeps its promises, as a client of it."""

# ruff: noqa: T201 - this module speaks to a person

import argparse
import os
import sys

from chalicelib.config import PRODUCTION
from infra.output import run as run_command
from infra.stages import STAGES
from infra.verify import report
from infra.verify.address import Address, find
from infra.verify.conversation import Conversation
from infra.verify.orders import Orders
from infra.verify.outcome import NothingVerified, Outcome
from infra.verify.runner import exit_code, run
from infra.verify.visit import PAPER, begin
from oee.api_key import VARIABLE, find_api_key
from oee.errors import Unreachable

GIVEN_UP_SECONDS = 20.0
"""How long orders that are open are waited for when the run is interrupted."""

EPILOG = f"""\
Four orders are placed, of 0.01 tokens each, and none is left open. The API key is {VARIABLE}'s, where the
stack asks for one. exit codes: 0 every promise is kept; 1 one is broken; 2 nothing, or not everything, could
be checked; 130 interrupted.
"""


def main() -> int:
    """Check the stack that the command line names; the exit code tells the outcome."""
    given = _parser().parse_args()
    try:
        address = find(url=given.url, stage=given.stage, local=given.local)
        talk = Conversation(address.url, find_api_key(None, os.environ))
        return _verify(talk, address, given.market)
    except (NothingVerified, Unreachable) as failure:
        print(f"{str(failure).rstrip('.')}.", file=sys.stderr)
        return 2


def _verify(talk: Conversation, address: Address, market: str) -> int:
    visit = begin(talk, market=market, must_ask_for_keys=address.stage == PRODUCTION)
    print(report.heading(address.url, address.place, market, asks_for_keys=visit.asks_for_keys), flush=True)
    outcomes: list[Outcome] = []
    try:
        for outcome in run(visit):
            outcomes.append(outcome)
            print(report.line(outcome), flush=True)
    except KeyboardInterrupt:
        _give_up(visit.orders)
        return 130
    finally:
        talk.close()
    for text in report.times(visit.figures, address.place):
        print(text)
    for text in report.summary(outcomes, visit.orders.placed, market):
        print(text)
    return exit_code(outcomes)


def _give_up(orders: Orders) -> None:
    print(f"\nInterrupted: {len(orders.placed)} orders were placed, and what is open is cancelled.")
    for left in orders.settle(GIVEN_UP_SECONDS):
        print(f"Still open: {left}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.verify", description=__doc__, epilog=EPILOG)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--stage", choices=STAGES, help="the stage that `make deploy` deployed")
    which.add_argument(
        "--local", metavar="NAME", help="a running local stack; the one that is up unless given"
    )
    which.add_argument("--url", help="a REST address")
    parser.add_argument(
        "--market",
        default=PAPER,
        help=f"what orders may be placed on; {PAPER} unless given, which costs nothing",
    )
    return parser


if __name__ == "__main__":
    run_command(main)
