"""Make every check, one after the other, whatever the others found."""

from collections.abc import Iterator, Mapping

from infra.verify.checks import CHECKS, Check
from infra.verify.outcome import NoAnswer, NotChecked, NotPromisedHere, Outcome, PromiseBroken, Verdict
from infra.verify.visit import Visit

FORM = "answers and messages have the form that /openapi.json and /asyncapi.json describe"


def run(visit: Visit, checks: Mapping[str, Check] = CHECKS) -> Iterator[Outcome]:
    """Yield the outcome of each check as it is made. When nobody answers any more, the rest isn't tried."""
    is_gone = False
    for name, check in checks.items():
        if is_gone:
            yield Outcome(name, Verdict.UNCHECKED, "The stack doesn't answer any more.")
            continue
        outcome = attempt(name, check, visit)
        yield outcome
        is_gone = outcome.verdict is Verdict.BROKEN and not _is_there(visit)


def attempt(name: str, check: Check, visit: Visit) -> Outcome:
    """Make one check and return its outcome."""
    try:
        return Outcome(name, Verdict.KEPT, check(visit))
    except PromiseBroken as broken:
        return Outcome(name, Verdict.BROKEN, str(broken))
    except NotPromisedHere as other:
        return Outcome(name, Verdict.ELSEWHERE, str(other))
    except NotChecked as prevented:
        return Outcome(name, Verdict.UNCHECKED, str(prevented))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return Outcome(name, Verdict.BROKEN, str(PromiseBroken(FORM, f"{type(error).__name__}: {error}")))


def _is_there(visit: Visit) -> bool:
    try:
        visit.talk.ask("GET", "/api/health", key=None)
    except NoAnswer:
        return False
    return True


def exit_code(outcomes: list[Outcome]) -> int:
    """Return 1 if a promise is broken, 2 if none is and something could not be checked, else 0."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if Verdict.BROKEN in verdicts:
        return 1
    return 2 if Verdict.UNCHECKED in verdicts else 0
