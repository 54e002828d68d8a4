"""`python -m infra.local`: the engine on this computer."""

# ruff: noqa: T201 - this module speaks to a person

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from infra.local import emulator, logs, sample
from infra.local.failure import LocalFailure
from infra.local.stack import DEFAULT_NAME, Running, Stack, down, find, names, up
from infra.output import run


def main() -> int:
    """Do what the command line asks; the exit code is 1 when it went wrong, 2 when it was asked wrongly."""
    given = _parser().parse_args()
    _on_interrupt(_interrupt)
    try:
        return int(given.act(given) or 0)
    except LocalFailure as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        return 130


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 65_536:  # noqa: PLR2004 - every reader knows the number
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="The engine on this computer.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: object, meaning: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=meaning, description=meaning)
        added.add_argument("--name", default=DEFAULT_NAME, help=f"which stack; {DEFAULT_NAME} unless given")
        added.set_defaults(act=act)
        return added

    start = command("up", _up, "Bring a stack up, and take it down at Ctrl-C.")
    start.add_argument("--detach", action="store_true", help="leave it running in the background")
    run = command("run", _run, "Bring a stack up, place a sample order, take it down at Ctrl-C.")
    for starting in (start, run):
        starting.add_argument("--port", type=_port, help="port of the emulator; 0 for any free one")
        starting.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting")
    status = command("status", _status, "Say where a stack is found.")
    status.add_argument("--json", action="store_true", help="for scripts")
    command("logs", _logs, "Print what the functions logged.")
    stop = command("down", _down, "Take a stack down with all that belongs to it.")
    stop.add_argument("--all", action="store_true", help="every stack")
    return parser


def _up(given: argparse.Namespace) -> None:
    if given.detach:
        _say_addresses(up(given.name, port=given.port, given=given.set).stack)
        return
    with _up_until_the_end(given) as running:
        _say_addresses(running.stack)
        _stay(running)


def _run(given: argparse.Namespace) -> None:
    with _up_until_the_end(given) as running:
        _say_addresses(running.stack)
        print(f"\nPlace an order:\n  {sample.curl(running.stack)}\n\nA sample order:", flush=True)
        try:
            sample.place_and_follow(running.stack, print)
        except LocalFailure as failure:
            print(failure, file=sys.stderr)
        _stay(running)


def _status(given: argparse.Namespace) -> None:
    stack = _found(given.name)
    if not stack.rest_url:
        raise LocalFailure(
            f"The stack {stack.name} is being deployed, or that failed: wait for its `up`, "
            f"or take it down: python -m infra.local down --name {stack.name}"
        )
    if given.json:
        shown = {
            "name": stack.name,
            "restUrl": stack.rest_url,
            "streamUrl": stack.stream_url,
            "endpoint": stack.endpoint,
            "pids": stack.pids,
            "settings": stack.settings,
        }
        print(json.dumps(shown, indent=1))
    else:
        _say_addresses(stack)


def _logs(given: argparse.Namespace) -> None:
    stack = _found(given.name)
    for line in logs.lines(stack):
        print(line)


def _down(given: argparse.Namespace) -> None:
    for name in names() if given.all else [given.name]:
        print(f"The stack {name} is down." if down(name) else f"There was no stack {name}.")


def _found(name: str) -> Stack:
    was_up = name in names()
    stack = find(name)
    if stack is None:
        what = (
            f"The stack {name} died, and all that it held is gone" if was_up else f"There is no stack {name}"
        )
        raise LocalFailure(f"{what}; bring it up first: python -m infra.local up --name {name}")
    return stack


def _say_addresses(stack: Stack) -> None:
    print(
        f"Dashboard  {stack.rest_url}/\nReference  {stack.rest_url}/docs\n"
        f"REST       {stack.rest_url}\nWebSocket  {stack.stream_url}",
        flush=True,
    )


@contextmanager
def _up_until_the_end(given: argparse.Namespace) -> Iterator[Running]:
    running = up(given.name, port=given.port, given=given.set)
    try:
        yield running
    finally:
        _on_interrupt(signal.SIG_IGN)
        running.down()
        print("Everything is down.", flush=True)


def _stay(running: Running) -> None:
    print("\nCtrl-C ends it.", flush=True)
    try:
        if running.process is None:
            signal.pause()
        else:
            log = emulator.place_of(running.stack.name).log
            code = running.process.wait()
            raise LocalFailure(f"The emulator ended by itself (exit code {code}); its log is {log}")
    except KeyboardInterrupt:
        print()


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _on_interrupt(handler: Callable[[int, object], object] | signal.Handlers) -> None:
    """Handle Ctrl-C, a request to terminate and a closed terminal in the same way."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


if __name__ == "__main__":
    run(main)
