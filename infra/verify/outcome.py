"""What a check found: a promise that is kept, one that is broken, or nothing, and why."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """The result of one check, by the word that a person reads."""

    KEPT = "kept"
    BROKEN = "BROKEN"
    ELSEWHERE = "not here"
    """This stack promises nothing of the kind: there are no keys to be refused where everybody is let in."""

    UNCHECKED = "not checked"
    """It is promised, and nothing was seen of it: something else stood in the way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict of one check, and what was seen, in sentences."""

    check: str
    verdict: Verdict
    said: str


class PromiseBroken(Exception):
    """The stack did something else than what it promises."""

    def __init__(self, promised: str, seen: str) -> None:
        super().__init__(f"Promised: {promised}. Seen: {seen}.")


class NoAnswer(PromiseBroken):
    """A request or a handshake met nobody, or nobody in time."""


class NotPromisedHere(Exception):
    """The check has nothing to look at in this stack; the message says why."""


class NotChecked(Exception):
    """The check could not be made; the message says what stood in the way."""


class NothingVerified(Exception):
    """The run can't begin: the message says why, and what to do."""


def require(holds: object, promised: str, seen: str) -> None:
    """Raise PromiseBroken unless it holds."""
    if not holds:
        raise PromiseBroken(promised, seen)
