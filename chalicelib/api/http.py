"""Answers over HTTP: JSON bodies, and a problem for every error, Chalice's own included."""

import functools
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from chalice.app import Chalice, Request, Response

from chalicelib.api import queries
from chalicelib.api.cors import cors_headers, preflight_headers
from chalicelib.api.problems import INTERNAL, OnProblem, Problem, problem_of, problem_of_status
from chalicelib.errors import EngineError, UnsupportedMediaType

View = Callable[..., Response]

_ERRORS = 400


def request_of(app: Chalice) -> Request:
    """Return the request that is being handled."""
    if app.current_request is None:
        raise LookupError("No request is being served")
    return app.current_request


def body_of(request: Request) -> bytes:
    """Return the request's body, unparsed.

    Raises
    ------
    UnsupportedMediaType
        It has no Content-Type: a page of another origin could send such a request unasked. Chalice has
        refused what has another one.
    """
    if "content-type" not in request.headers:
        raise UnsupportedMediaType("A body needs a Content-Type")
    body = request.raw_body
    return body if isinstance(body, bytes) else str(body).encode()


def query_of(request: Request, lists: Collection[str] = ()) -> dict[str, str]:
    """Return the request's query; what is none of the `lists` is given once. Raises InvalidRequest."""
    query = request.query_params
    given = {} if query is None else {name: query.getlist(name) for name in query}
    return queries.query_of(given, lists)


def host_of(request: Request) -> str:
    """Return the Host header: the host and port under which the client reached this API."""
    return str(request.headers.get("host", ""))


def secured(response: Response, request: Request, allowed_origins: Collection[str]) -> Response:
    """Add the headers of every answer: the cross-origin ones, and `X-Content-Type-Options: nosniff`."""
    origin = request.headers.get("origin")
    response.headers |= {**cors_headers(origin, allowed_origins), "X-Content-Type-Options": "nosniff"}
    if request.method == "HEAD":
        response.body = ""
    return response


def answer_preflight(request: Request, allowed_origins: Collection[str]) -> Response:
    """Return the answer to an OPTIONS request."""
    allowed = preflight_headers(request.headers.get("origin"), allowed_origins)
    return Response("", headers={**allowed}, status_code=204)


def answer(status: int, record: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer that no cache may store."""
    body = json.dumps(record, separators=(",", ":"))
    fixed = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(body, headers={**fixed, **(headers or {})}, status_code=status)


def answer_problem(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem+json answer."""
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
