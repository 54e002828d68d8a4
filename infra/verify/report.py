"""What a person reads: a line for each check, a table of times, and the sum of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import wrap

from infra.operations.wording import table
from infra.verify.figures import EXPECTED, Figure, Place
from infra.verify.orders import Placed
from infra.verify.outcome import Outcome, Verdict

WIDTH = 110
NAME_WIDTH = 18
VERDICT_WIDTH = 12


def heading(url: str, place: Place, market: str, *, asks_for_keys: bool) -> str:
    """Return the first line: what is checked."""
    keys = "asks for API keys" if asks_for_keys else "asks for no API keys"
    return f"{url}, on {place.value}: trades on {market}, {keys}.\n"


def line(outcome: Outcome) -> str:
    """Return the lines of one check."""
    left = f"{outcome.verdict.value:{VERDICT_WIDTH}}{outcome.check:{NAME_WIDTH}}"
    indent = " " * (VERDICT_WIDTH + NAME_WIDTH)
    return "\n".join(
        wrap(outcome.said, WIDTH, initial_indent=left, subsequent_indent=indent, break_on_hyphens=False)
    )


def times(figures: Sequence[Figure], place: Place) -> Iterator[str]:
    """Yield the table of what was measured beside what is to be expected there."""
    if not figures:
        return
    rows = []
    for figure in figures:
        expected = EXPECTED[place][figure.measure]
        late = "slower" if figure.is_late(place) else ""
        rows.append(
            (
                figure.measure.value,
                f"{figure.seconds:.2f} s",
                f"up to {expected.seconds:g} s",
                late,
                expected.source,
            )
        )
    yield ""
    yield from table(("TIME OF THE", "SEEN", f"EXPECTED ON {place.value.upper()}", "", "SOURCE"), rows)
    if any(figure.is_late(place) for figure in figures):
        yield "Slower than expected is no broken promise: see docs/verify.md for where the numbers come from."


def summary(outcomes: Sequence[Outcome], placed: Sequence[Placed], market: str) -> Iterator[str]:
    """Yield how many orders were placed and how they ended, and what all checks come to."""
    ends = Counter(order.status for order in placed if order.is_final)
    ended = ", ".join(f"{count} {status}" for status, count in sorted(ends.items())) or "none ended"
    yield ""
    yield f"{len(placed)} orders were placed on {market}: {ended}."
    for order in placed:
        if not order.is_final:
            yield f"Whether this one ended isn't known: {order.order_id or 'Idempotency-Key ' + order.key}."
    kept, broken, elsewhere, unchecked = (
        sum(outcome.verdict is verdict for outcome in outcomes) for verdict in Verdict
    )
    here = len(outcomes) - elsewhere
    if broken:
        names = ", ".join(outcome.check for outcome in outcomes if outcome.verdict is Verdict.BROKEN)
        yield f"{broken} of {here} checks found a broken promise: {names}."
    if unchecked:
        yield f"{unchecked} of {here} checks could not be made: whether all is kept isn't known."
    if not broken and not unchecked:
        yield f"Every promise that was checked is kept: {kept} of {here} checks."
