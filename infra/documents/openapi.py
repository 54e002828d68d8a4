"""The OpenAPI document of the REST API: routes from app.py, requests and answers from their types."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic.alias_generators import to_camel

from app import app
from chalicelib.api.problems import AUTHENTICATION_REQUIRED, CONTENT_TYPE, Problem, problem_of
from chalicelib.api.wire.codes import problems
from chalicelib.api.wire.refusals import Problem as ProblemAnswer
from chalicelib.errors import (
    AmendmentsAtLimit,
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    DailyAmountAboveLimit,
    FieldError,
    InvalidRequest,
    NotCancellable,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    OrderAmountBelowMinimum,
    OrderChanged,
    OrderNotAmendable,
    PairNotTraded,
    RouteNotFound,
    ScopeMissing,
    TokenNotAllowed,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
)
from infra.documents import VERSION, guide
from infra.documents.operation import Answer, Operation
from infra.documents.operations import OPERATIONS
from infra.documents.schemas import reference, schemas_of

API_KEY = "ApiKey"
KEYS = (
    "A key of yours, like `oee_4f1d0c9be2a7_…`; your operator makes it, and revokes it. Its scopes say what "
    "it allows: `trade` to place and cancel orders, `read` to read them, to quote and to follow the stream, "
    "`admin` to turn the trading switch, and to move the paper market where that is allowed. A stack that is "
    "run with AUTH_MODE=open asks for none."
)

TAGS = {
    "Orders": "Place orders, at the market or at a price; follow, amend and cancel them.",
    "Market": "What can be traded, and at which price.",
    "Stream": "Open the sockets that tell of orders.",
    "Account": "Who you are, and what you may do.",
    "Engine": "How the engine is.",
    "Trial": "Move the paper market on purpose, where PAPER_CONTROLS is on.",
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "Location": {
        "description": "Where the order is, relative to this request.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Idempotent-Replayed": {
        "description": "An earlier request with this key made the order.",
        "schema": {"type": "string", "const": "true"},
    },
    "RateLimit": {
        "description": "What is left of the rate (r), and the seconds until it is whole again (t).",
        "schema": {"type": "string", "pattern": '^"account";r=[0-9]+;t=[0-9]+$'},
        "example": '"account";r=119;t=1',
    },
    "RateLimit-Policy": {
        "description": "The rate: so many requests (q) in so many seconds (w).",
        "schema": {"type": "string", "pattern": '^"account";q=[0-9]+;w=60$'},
        "example": '"account";q=120;w=60',
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "schema": {"type": "string", "const": "Bearer"},
    },
    "ETag": {
        "description": "The sequence that an order is at which waits for a price, or did: for If-Match.",
        "schema": {"type": "string", "pattern": '^"[1-9][0-9]*"$'},
        "example": '"4"',
    },
    "Retry-After": {
        "description": "The same request is fine after so many seconds.",
        "schema": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "example": "2",
    },
}


UNDESCRIBED = {"OPTIONS", "HEAD"}
"""Methods that every client knows how to use: preflights, and GET without its body."""


def document() -> dict[str, Any]:
    """Return the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Order execution engine",
            "version": VERSION,
            "summary": "Swap orders for Solana on paper, executed exactly once and streamed live.",
            "description": guide.written(),
        },
        "servers": [{"url": ".", "description": "The address that this document came from"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": _paths(),
        "components": {
            "schemas": schemas_of(_requests(), _answers()),
            "examples": {problem.code: _example(problem) for problem in problems()},
            "headers": dict(HEADERS),
            "securitySchemes": {API_KEY: {"type": "http", "scheme": "bearer", "description": KEYS}},
        },
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for path, methods in app.routes.items():
        for method, route in methods.items():
            if path.startswith("/api/") and method not in UNDESCRIBED:
                summary = str(route.view_function.__doc__).rstrip(".")
                operation = _operation(route.view_name, summary, OPERATIONS[route.view_name])
                paths.setdefault(_on_the_wire(path), {})[method.lower()] = operation
    return paths


def _on_the_wire(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda named: f"{{{to_camel(named[1])}}}", path)


def _operation(name: str, summary: str, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": to_camel(name),
        "summary": summary,
        "description": operation.description,
        "tags": [operation.tag],
    }
    if operation.parameters:
        described["parameters"] = list(operation.parameters)
    if operation.body is not None:
        kind, example = operation.body
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": reference(kind.__name__), "example": example}},
        }
    answered = {str(status): _answer(answer) for status, answer in operation.answers.items()}
    described["responses"] = answered | _refusals(operation.refusals)
    if operation.needs_a_key:
        described["security"] = [{API_KEY: []}]
    if operation.scope is not None:
        described["description"] += f" Needs the scope `{operation.scope}`."
    return described


def _answer(answer: Answer) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": answer.description,
        "content": {
            "application/json": {"schema": reference(answer.kind.__name__), "example": answer.example}
        },
    }
    if answer.headers or answer.some_headers:
        described["headers"] = {name: _header(name) for name in (*answer.headers, *answer.some_headers)}
    if answer.links:
        described["links"] = {
            operation: {"operationId": operation, "parameters": {"orderId": f"$response.body#{field}"}}
            for operation, field in answer.links.items()
        }
    return described


def _refusals(refused: Iterable[Problem]) -> dict[str, Any]:
    by_status: dict[int, dict[str, Problem]] = defaultdict(dict)
    for problem in refused:
        by_status[problem.status][problem.code] = problem
    return {str(status): _refusal(list(by_status[status].values())) for status in sorted(by_status)}


def _refusal(same_status: list[Problem]) -> dict[str, Any]:
    named = {problem.code: {"$ref": f"#/components/examples/{problem.code}"} for problem in same_status}
    described: dict[str, Any] = {
        "description": ". ".join(problem.title for problem in same_status) + ".",
        "content": {CONTENT_TYPE: {"schema": reference("Problem"), "examples": named}},
    }
    if same_status[0].status in {429, 503}:
        described["headers"] = {"Retry-After": _header("Retry-After")}
    if AUTHENTICATION_REQUIRED in same_status:
        described["headers"] = {"WWW-Authenticate": _header("WWW-Authenticate")}
    return described


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _example(problem: Problem) -> dict[str, Any]:
    shown = _FURNISHED.get(problem.code, problem)
    return {"summary": problem.title, "value": shown.document()}


_OF_SOL = {"token": "SOL"}
_AT = ("USDC", "SOL")

_FURNISHED = {
    problem.code: problem
    for problem in (
        problem_of(InvalidRequest(FieldError("/amount", 'must be a string, like "1.5"'))),
        problem_of(NotCancellable("submitted")),
        problem_of(TokenNotAllowed(**_OF_SOL, allowed="JUP, USDC")),
        problem_of(OrderAmountAboveLimit(**_OF_SOL, limit="1000", requested="1500")),
        problem_of(
            DailyAmountAboveLimit(**_OF_SOL, limit="5000", used="4990.5", remaining="9.5", requested="20")
        ),
        problem_of(OpenOrdersAtLimit(limit="100", used="100")),
        problem_of(ScopeMissing("trade")),
        problem_of(OrderAmountBelowMinimum(**_OF_SOL, limit="0.01", requested="0.001")),
        problem_of(ArmedOrdersAtLimit(limit="200", used="200")),
        problem_of(ArmedAmountAboveLimit(**_OF_SOL, limit="25", used="24.5", requested="1.5")),
        problem_of(TriggerAlreadyMet(*_AT, reference="149.6", trigger="170")),
        problem_of(TriggerImplausible(*_AT, reference="149.6", trigger="1.3")),
        problem_of(TriggerBelowFloor(*_AT, trigger="130", limitPrice="131")),
        problem_of(AmendmentsAtLimit(20)),
        problem_of(OrderNotAmendable("pending", 3)),
        problem_of(OrderChanged(4)),
        problem_of(PairNotTraded("JUP", "BONK", ["USDC"])),
        problem_of(RouteNotFound(cause="amount_too_large")),
    )
}


def _requests() -> dict[str, Any]:
    kinds = [operation.body[0] for operation in OPERATIONS.values() if operation.body is not None]
    return {kind.__name__: kind for kind in kinds}


def _answers() -> dict[str, Any]:
    kinds = [answer.kind for operation in OPERATIONS.values() for answer in operation.answers.values()]
    return {kind.__name__: kind for kind in [*kinds, ProblemAnswer]}
