"""Hold an answer to what the document says of its route."""

from typing import Any

from chalice.local import RouteMatcher
from pydantic import TypeAdapter

from app import app
from chalicelib.api.wire.refusals import Problem
from infra.documents.operation import Operation
from infra.documents.operations import OPERATIONS

MATCHER = RouteMatcher(list(app.routes))


def assert_documented(method: str, path: str, answer: Any) -> None:
    """The status is named, the body has its type and nothing else, and the headers are there."""
    operation = _operation(method, path)
    if operation is None:
        return
    if answer.status_code in operation.answers:
        expected = operation.answers[answer.status_code]
        TypeAdapter(expected.kind).validate_json(answer.body)
        assert set(expected.headers) <= set(answer.headers)
    else:
        problem = TypeAdapter(Problem).validate_json(answer.body)
        known = {(refused.status, refused.code) for refused in operation.refusals}
        assert (answer.status_code, problem["code"]) in known
        assert ("Retry-After" in answer.headers) == (answer.status_code in {429, 503})


def _operation(method: str, path: str) -> Operation | None:
    try:
        route = app.routes[MATCHER.match_route(path).route].get(method)
    except ValueError:
        return None
    return OPERATIONS.get(route.view_name) if route is not None else None
