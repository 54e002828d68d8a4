"""Format durations and tables for a person."""

from collections.abc import Sequence

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


def duration(milliseconds: int) -> str:
    """Return a duration as text: "850 ms", "12.5 s", "3 m 05 s", "2 h 07 m"."""
    if milliseconds < 0:
        return f"-{duration(-milliseconds)}"
    seconds, rest = divmod(milliseconds, SECOND)
    if seconds == 0:
        return f"{rest} ms"
    if milliseconds < MINUTE:
        return f"{seconds}.{rest // 100} s"
    if milliseconds < HOUR:
        return f"{milliseconds // MINUTE} m {seconds % 60:02} s"
    return f"{milliseconds // HOUR} h {milliseconds % HOUR // MINUTE:02} m"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines with aligned columns."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]
