"""Where a command says what it did: to a person, live on a terminal, or in JSON lines to a script."""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from oee.display import shown
from oee.errors import OeeError
from oee.records import Event, Record
from oee.timeline import Timeline, line, outcome
from oee.wording import SwapText

UNWRAPPED = 10_000
"""The width of what isn't a terminal: its reader decides where lines end."""

REFRESHES_A_SECOND = 10

MAY_BE_PLACED = "The order may have been placed all the same."


class Screen:
    """Tells a person."""

    def __init__(self) -> None:
        self._out = _console(sys.stdout)
        # On one terminal both are one console, because a live display lets only its own print above it.
        shared = self._out.is_terminal and sys.stderr.isatty()
        self._err = self._out if shared else _console(sys.stderr)
        self._last_trouble = ""

    def note(self, sentence: str) -> None:
        """Say something beside the answer, on standard error."""
        self._err.print(Text(sentence, "dim"))

    def on_trouble(self, error: OeeError, wait: float) -> None:
        """Say once what goes wrong, and that it is tried again."""
        if str(error) != self._last_trouble:
            self._last_trouble = str(error)
            self.note(f"{_sentence(error)} Trying again in {wait:.1f} s …")

    def fail(self, error: OeeError) -> None:
        """Say why there is no answer."""
        after = f" Ask again in {error.retry_after} s." if error.retry_after is not None else ""
        self._err.print(Text(f"{_sentence(error)}{after}", "red"))
        if error.idempotency_key is not None and error.leaves_unknown:
            self.note(f"{MAY_BE_PLACED} {again_with(error.idempotency_key)}")
        elif error.idempotency_key is not None and error.retryable:
            self.note(again_with(error.idempotency_key))

    def show(self, record: Record) -> None:
        """Say what the API answered."""
        self._out.print(shown(record), crop=False)

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
        self._out.print(outcome(swap, seen), crop=False)
        return seen[-1].status

    def follow_all(self, told: Iterator[tuple[str, Event]]) -> None:
        """Show each event of any order as it comes."""
        first: dict[str, Event] = {}
        for order_id, event in told:
            begin = first.setdefault(order_id, event).timestamp
            self._out.print(Text(f"{order_id}  {line(event, begin)}"))


class JsonScreen(Screen):
    """Tells a script: one JSON document a line on standard output, as the API sent it."""

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

    def fail(self, error: OeeError) -> None:
        """Print the API's problem document, or one like it."""
        _print(error.document())


def _print(document: dict[str, Any]) -> None:
    print(json.dumps(document), flush=True)  # noqa: T201 - this is what it is for


def again_with(key: str) -> str:
    """How the same order is safely placed again."""
    return f"Given again with --key {key} within five minutes, the command can't place a second one."


def _sentence(error: OeeError) -> str:
    return f"{error} ({error.code})"


def _console(stream: TextIO) -> Console:
    """Plain, unless it is a terminal that wants colours."""
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
