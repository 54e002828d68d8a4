"""Every problem that a request can meet, and every reason why an order didn't trade."""

from chalicelib import errors
from chalicelib.api.problems import BY_ERROR, BY_GATEWAY, BY_STATUS, INTERNAL, Problem, problem_of_status


def problems() -> list[Problem]:
    """Every problem once, by status and code."""
    found = [*BY_ERROR.values(), *map(problem_of_status, BY_STATUS), *BY_GATEWAY.values(), INTERNAL]
    by_code = {problem.code: problem for problem in reversed(found)}
    return sorted(by_code.values(), key=lambda problem: (problem.status, problem.code))


def problem_codes() -> list[str]:
    """The codes of all problems."""
    return sorted(problem.code for problem in problems())


def reasons() -> dict[str, str]:
    """Each code that an event or a reply may carry, with what it means."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, (errors.ExecutionError, errors.Outage))
        and hasattr(kind, "code")
    ]
    return {kind.code: str(kind.__doc__).partition("\n")[0] for kind in sorted(kinds, key=lambda k: k.code)}


def reason_codes() -> list[str]:
    """The codes of all reasons."""
    return list(reasons())
