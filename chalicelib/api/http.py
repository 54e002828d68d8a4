"""Answers over HTTP: JSON bodies, and a problem for every error, also for those that Chalice makes itself."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Response

from chalicelib.api.problems import INTERNAL, OnProblem, Problem, problem_of, problem_of_status
from chalicelib.errors import EngineError

View = Callable[..., Response]

_ERRORS = 400


def answer(status: int, record: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer that no cache keeps."""
    body = json.dumps(record, separators=(",", ":"))
    fixed = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(body, headers={**fixed, **(headers or {})}, status_code=status)


def answer_problem(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """A problem+json answer."""
    return Response(
        problem.body(), headers={**problem.headers(), **(headers or {})}, status_code=problem.status
    )


def problems_for(on_problem: OnProblem) -> Callable[[View], View]:
    """Make a view answer every error with a problem; nothing of an unexpected error reaches the client."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answered(*args: Any, **kwargs: Any) -> Response:
            try:
                return view(*args, **kwargs)
            except EngineError as error:
                problem = problem_of(error)
                on_problem(problem, error if problem is INTERNAL else None)
            except Exception as error:  # noqa: BLE001 - the last line: a client sees a problem, never a trace
                problem = INTERNAL
                on_problem(problem, error)
            return answer_problem(problem)

        return answered

    return decorate


def as_problem(response: Response) -> Response:
    """Turn a refusal that Chalice made itself (404, 405, 415, 500) into a problem."""
    if response.status_code < _ERRORS or isinstance(response.body, str):
        return response
    kept = {name: str(value) for name, value in response.headers.items() if name.lower() == "allow"}
    return answer_problem(problem_of_status(response.status_code), kept)
