"""The output of a command: for a person, live on a terminal, or for a script, in JSON lines."""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from oee.display import offer, shown
from oee.errors import Declined, OeeError
from oee.record import Record
from oee.records import Event, Quote
from oee.timeline import Timeline, line, outcome
from oee.wording import SwapText, unreadable

UNWRAPPED = 10_000
"""The width in columns of output that isn't a terminal, so that lines are not broken."""

REFRESHES_A_SECOND = 10

YES = {"y", "yes"}


class Screen:
    """Output for a person."""

    def __init__(self) -> None:
        self._out = _console(sys.stdout)
        # On one terminal both are one console, because a live display lets only its own print above it.
        shared = self._out.is_terminal and sys.stderr.isatty()
        self._err = self._out if shared else _console(sys.stderr)
        self._last_trouble = ""
        self._unreadable: set[str] = set()

    @property
    def is_read_by_a_person(self) -> bool:
        """Whether standard error is a terminal, so that a person sees notes and questions."""
        return sys.stderr.isatty()

    def note(self, sentence: str, style: str = "dim") -> None:
        """Print a note on standard error, without line breaks, so that keys in it stay whole."""
        self._err.print(Text(sentence, style), soft_wrap=True)

    def warn(self, sentence: str) -> None:
        """Print a warning on standard error."""
        self.note(sentence, "yellow")

    def offer(self, quote: Quote) -> None:
        """Print the quote of an order before it is placed."""
        self._err.print(offer(quote))

    def ask(self, question: str, doubt: str = "") -> None:
        """Ask the person at the terminal whether to go on, in spite of a doubt if there is one.

        Raises
        ------
        Declined
            The answer was not yes, or there is no terminal.
        """
        if not self.is_read_by_a_person or sys.stdin is None or not sys.stdin.isatty():
            why = "Nothing was placed: nobody can be asked here, --yes would place it."
            raise Declined(f"{doubt} {why}".lstrip())
        if doubt:
            self.warn(doubt)
        self._err.print(Text(f"{question} [y/N] "), end="")
        if sys.stdin.readline().strip().lower() not in YES:
            raise Declined("Nothing was placed.")

    def on_trouble(self, error: OeeError, wait: float) -> None:
        """Print a failure and when the next try comes; the same failure in a row is printed once."""
        if str(error) != self._last_trouble:
            self._last_trouble = str(error)
            self.note(f"{error} ({error.code}) Trying again in {wait:.1f} s …")

    def on_unreadable(self, order_id: str) -> None:
        """Print once that an order can't be read."""
        if order_id not in self._unreadable:
            self._unreadable.add(order_id)
            self.warn(unreadable([order_id]))

    def fail(self, error: OeeError) -> None:
        """Print the error that ended the command."""
        after = f" Ask again in {error.retry_after} s." if error.retry_after is not None else ""
        told = Text.assemble((str(error), "red"), (f" ({error.code})", "dim"), (after, "red"))
        self._err.print(told, soft_wrap=True)

    def show(self, record: Record) -> None:
        """Print the API's answer."""
        self._print(shown(record))

    def _print(self, answer: RenderableType) -> None:
        """Print the answer, without trailing blanks unless it is on a terminal."""
        if self._out.is_terminal:
            self._out.print(answer, crop=False)
            return
        with self._out.capture() as captured:
            self._out.print(answer, crop=False)
        lines = captured.get().splitlines()
        self._out.file.write("".join(f"{line.rstrip()}\n" for line in lines))
        self._out.file.flush()

    def follow(self, _order_id: str, swap: SwapText, events: Iterator[Event]) -> str:
        """Show each event as it comes; return the last status."""
        seen: list[Event] = []
        if self._out.is_terminal:
            self._out.print()
            timeline = Timeline(is_live=True)
            with Live(timeline, console=self._out, refresh_per_second=REFRESHES_A_SECOND) as live:
                for event in events:
                    seen.append(event)
                    timeline.add(event)
                    live.refresh()
            self._out.print()
        else:
            for event in events:
                seen.append(event)
                self._out.print(Text(line(event, seen[0].timestamp)))
        self._print(outcome(swap, seen))
        return seen[-1].status

    def follow_all(self, told: Iterator[tuple[str, Event]]) -> None:
        """Show each event of any order as it comes."""
        first: dict[str, Event] = {}
        for order_id, event in told:
            begin = first.setdefault(order_id, event).timestamp
            self._out.print(Text(f"{order_id}  {line(event, begin)}"))


class JsonScreen(Screen):
    """Output for a script: one JSON document per line on standard output, as the API sent it."""

    @property
    def is_read_by_a_person(self) -> bool:
        """Always False: a script can't answer questions."""
        return False

    def show(self, record: Record) -> None:
        """Print the API's answer."""
        _print(record.document())

    def follow(self, order_id: str, _swap: SwapText, events: Iterator[Event]) -> str:
        """Print each event as it comes, with its order's id; return the last status."""
        status = ""
        for event in events:
            _print({"orderId": order_id, **event.document()})
            status = event.status
        return status

    def follow_all(self, told: Iterator[tuple[str, Event]]) -> None:
        """Print each event of any order as it comes, with its order's id."""
        for order_id, event in told:
            _print({"orderId": order_id, **event.document()})

    def on_unreadable(self, order_id: str) -> None:
        """Print once that an order can't be read, in the form of the API's list."""
        if order_id not in self._unreadable:
            self._unreadable.add(order_id)
            _print({"unreadable": [order_id]})

    def fail(self, error: OeeError) -> None:
        """Print the API's problem document, or one like it."""
        _print(error.document())


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - this is what it is for


def _console(stream: TextIO) -> Console:
    """Return a console without colours, unless the stream is a terminal that wants them."""
    is_terminal = stream.isatty()
    wants_colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
    return Console(
        stderr=stream is sys.stderr,
        force_terminal=is_terminal and wants_colours,
        width=None if is_terminal else UNWRAPPED,
        highlight=False,
        markup=False,
        emoji=False,
    )
