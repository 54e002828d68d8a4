"""Render an order's events for a person: as lines, as a live table, and its outcome in sentences."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal

from rich.console import Group, RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from oee.records import FINAL, Event
from oee.wording import SwapText, duration, happened, plain, price, said, seconds_between, time_of_day

STYLES = {"confirmed": "green", "failed": "red", "expired": "yellow", "cancelled": "yellow"}
MARKS = {"failed": "✗", "expired": "✗", "cancelled": "✗"}
RUNNING = "cyan"
FAINT = "dim"
UNTRADED = "Nothing was traded."
_PERCENT = Context(prec=2)


def line(event: Event, began: datetime) -> str:
    """Return an event as a line of a log: the time, the time since the first event, and the details."""
    after = f"+{duration(seconds_between(began, event.timestamp))}"
    return f"{time_of_day(event.timestamp)}  {after:>9}  {event.status:<9}  {detail(event)}".rstrip()


def detail(event: Event) -> str:
    """Return the data of an event in one line, without its transaction's signature."""
    if told := happened(event):
        return told
    if event.reason is not None:
        return f"once more, attempt {event.attempt}: {said(event.reason)}"
    if event.error is not None:
        return f"{said(event.error)} {UNTRADED}"
    if event.status == "cancelled":
        return UNTRADED
    known: list[str] = []
    if event.quoted_amount_out is not None:
        known.append(f"{event.dex} offers {plain(event.quoted_amount_out)}")
        if event.minimum_amount_out is not None:
            known.append(f"at least {plain(event.minimum_amount_out)}")
    if event.amount_out is not None:
        known.append(f"{plain(event.amount_out)} from {event.dex}")
        if event.executed_price is not None:
            known.append(f"price {price(event.executed_price)}")
    return ", ".join(known)


@dataclass
class Timeline:
    """A table of an order's statuses and the time spent in each; a live one counts on in the last.

    Why an order ended without a trade is left to its `outcome`.
    """

    clock: Callable[[], float] = time.monotonic
    is_live: bool = False
    _events: list[Event] = field(default_factory=list)
    _heard: float = 0.0
    _spinner: Spinner = field(default_factory=lambda: Spinner("dots", style=RUNNING))

    def add(self, event: Event) -> None:
        """Add the next event."""
        self._events.append(event)
        self._heard = self.clock()

    def __rich__(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right", min_width=7)
        table.add_column(overflow="fold")
        for event, spent in self._spent():
            table.add_row(*self._row(event, spent))
        return table

    def _spent(self) -> Iterator[tuple[Event, float | None]]:
        for event, following in zip(self._events, self._events[1:], strict=False):
            yield event, seconds_between(event.timestamp, following.timestamp)
        for event in self._events[-1:]:
            runs = self.is_live and event.status not in FINAL
            yield event, self.clock() - self._heard if runs else None

    def _row(self, event: Event, spent: float | None) -> tuple[RenderableType, ...]:
        is_running = event is self._events[-1] and event.status not in FINAL
        style = RUNNING if is_running else STYLES.get(event.status, "")
        mark: RenderableType = Text(MARKS.get(event.status, "✓"), style or "green")
        if is_running:
            mark = self._spinner if self.is_live else Text("…", style)
        after = "" if spent is None else duration(spent)
        known = "" if event.status in FINAL and event.amount_out is None else detail(event)
        return mark, Text(event.status, style), Text(after, FAINT), Text(known)


def outcome(swap: SwapText, events: Sequence[Event]) -> RenderableType:
    """Return the outcome of an order in sentences."""
    last = events[-1]
    took = duration(seconds_between(events[0].timestamp, last.timestamp))
    name = Text(last.status.capitalize(), f"bold {STYLES.get(last.status, '')}")
    if last.error is not None:
        code = (f" ({last.error.code})", FAINT)
        return Text.assemble(name, f" after {took}: {said(last.error)} {UNTRADED}", code)
    if last.amount_out is None:
        untraded = "" if last.status == "confirmed" else f" {UNTRADED}"
        return Text.assemble(name, f" after {took}.{untraded}")
    traded = f"{swap.amount} {swap.token_in} became {plain(last.amount_out)} {swap.token_out}"
    lines = [Text.assemble(name, f" after {took}: {traded}.")]
    lines += [Text(against) for against in _against_quote(last.amount_out, events)]
    lines += [signature("Transaction", last.tx_hash)] if last.tx_hash else []
    return Group(*lines)


def _against_quote(amount_out: Decimal, events: Sequence[Event]) -> Iterator[str]:
    for event in [event for event in events if event.quoted_amount_out][-1:]:
        quoted = event.quoted_amount_out or amount_out
        off = (amount_out - quoted) / quoted * 100
        side = "over" if off > 0 else "under"
        far = f"{plain(_PERCENT.plus(abs(off)))} % {side}" if off else "exactly"
        least = f"; the minimum was {plain(event.minimum_amount_out)}" if event.minimum_amount_out else ""
        yield f"That is {far} the quote of {plain(quoted)}{least}."


def signature(name: str, tx_hash: str) -> Text:
    """Return the signature in one line: the terminal wraps it, so that it can be copied whole."""
    return Text(f"{name} {tx_hash}", FAINT, no_wrap=True, overflow="ignore")
