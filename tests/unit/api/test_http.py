"""Answers over HTTP: what a body is, and what is reported of a request that goes wrong."""

import json

import pytest
from chalice.app import Chalice, Request, Response

from chalicelib.api import http
from chalicelib.api.problems import INTERNAL
from chalicelib.errors import (
    BodyTooLarge,
    FieldError,
    IllegalTransition,
    MalformedMessage,
    OrderNotFound,
    StorageUnavailable,
    UnsupportedMediaType,
)


def request(body, *, is_base64=False, **headers):
    """A request as API Gateway describes it."""
    return Request(
        {
            "requestContext": {"httpMethod": "POST", "resourcePath": "/api/orders/execute"},
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "headers": headers,
            "body": body,
            "isBase64Encoded": is_base64,
        }
    )


@pytest.mark.parametrize(
    ("body", "is_base64", "read"),
    [
        ("{}", False, b"{}"),
        (b"{}", False, b"{}"),
        ("e30=", True, b"{}"),
        (None, False, b""),
        ("", False, b""),
    ],
)
def test_a_body_is_read_as_bytes_however_it_came(body, is_base64, read):
    given = request(body, is_base64=is_base64, **{"Content-Type": "application/json"})
    assert http.body_of(given) == read


def test_a_body_without_a_type_is_refused():
    with pytest.raises(UnsupportedMediaType):
        http.body_of(request("{}"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OrderNotFound("nobody's"), 404),
        (BodyTooLarge(FieldError("", "too long")), 413),
        (StorageUnavailable("down"), 503),
    ],
)
def test_a_refusal_is_reported_as_the_client_s_or_as_an_outage(error, status):
    answer, reported = fails(error)
    assert answer.status_code == status
    assert reported == [(json.loads(answer.body)["code"], None)]


@pytest.mark.parametrize(
    "error", [IllegalTransition("a -> b"), MalformedMessage("not ours"), ZeroDivisionError("broken")]
)
def test_what_no_client_can_have_caused_is_reported_with_its_error(error):
    answer, reported = fails(error)
    assert (answer.status_code, answer.body) == (500, INTERNAL.body())
    assert reported == [(INTERNAL.code, error)]


def fails(error):
    """The answer of a view that fails so, and what is reported of it."""
    reported = []

    def view():
        raise error

    decorated = http.problems_for(lambda problem, cause: reported.append((problem.code, cause)))(view)
    return decorated(), reported


@pytest.mark.parametrize(
    ("response", "is_problem"),
    [
        (Response({"Code": "NotFoundError"}, status_code=404), True),
        (Response({"Code": "BadRequestError"}, status_code=400), True),
        (Response({"fine": True}, status_code=399), False),
        (Response('{"code":"OUR_OWN"}', status_code=400), False),
    ],
)
def test_what_chalice_refuses_becomes_a_problem_and_nothing_else_is_touched(response, is_problem):
    answer = http.as_problem(response)
    assert (answer is response) is not is_problem
    assert ("problem+json" in answer.headers.get("Content-Type", "")) is is_problem


def test_a_refused_method_keeps_which_are_allowed():
    refused = Response({}, headers={"Allow": "GET", "X-Other": "1"}, status_code=405)
    headers = http.as_problem(refused).headers
    assert (headers["Allow"], "X-Other" in headers) == ("GET", False)


def test_without_a_request_there_is_none_to_read():
    app = Chalice("idle")
    app.current_request = None
    with pytest.raises(LookupError, match="No request"):
        http.request_of(app)
