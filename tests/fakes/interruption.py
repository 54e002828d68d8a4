"""Where a fake lets a test step in: just before a call takes effect, and just after."""

from collections.abc import Callable
from typing import Literal

Moment = Literal["before", "after"]

Interrupt = Callable[[str, Moment], None]
"""Called with the method's name. What it raises at "after" is a lost answer: the effect stays."""


def undisturbed(_method: str, _moment: Moment) -> None:
    """Let the call be."""
