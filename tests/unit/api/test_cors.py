"""Which pages may read the answers."""

import pytest
from chalice.app import Response

from chalicelib.api import http
from chalicelib.api.cors import cors_headers, preflight_headers
from tests.unit.api.test_http import request

PAGE = "https://trader.example"
READABLE = {
    "Access-Control-Allow-Origin": PAGE,
    "Access-Control-Expose-Headers": (
        "Location, ETag, Retry-After, Idempotent-Replayed, RateLimit, RateLimit-Policy"
    ),
    "Vary": "Origin",
}


@pytest.mark.parametrize("allowed", [[PAGE], ["*"], ["https://another.example", PAGE]])
def test_a_page_of_an_allowed_origin_may_read_the_answer(allowed):
    assert cors_headers(PAGE, allowed) == READABLE


@pytest.mark.parametrize(
    ("origin", "allowed"), [(None, ["*"]), (PAGE, []), (PAGE, [f"{PAGE}:81"]), ("null", [PAGE])]
)
def test_no_other_page_may(origin, allowed):
    assert cors_headers(origin, allowed) == {"Vary": "Origin"}


def test_a_preflight_is_told_the_methods_the_headers_and_for_how_long():
    asked = {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, If-Match, Authorization",
        "Access-Control-Max-Age": "600",
    }
    assert preflight_headers(PAGE, [PAGE]) == {**READABLE, **asked}
    answer = http.answer_preflight(request("", Origin=PAGE), [PAGE])
    assert (answer.status_code, answer.body, answer.headers) == (204, "", {**READABLE, **asked})


def test_every_answer_says_who_may_read_it_and_that_its_type_is_not_guessed():
    answer = http.secured(Response("", headers={"Location": "x"}), request("", Origin=PAGE), [PAGE])
    assert answer.headers == {"Location": "x", **READABLE, "X-Content-Type-Options": "nosniff"}


def test_an_answer_is_compact_json_that_no_cache_keeps():
    answer = http.answer(202, {"success": True, "n": 1}, {"Location": "x"})
    assert (answer.status_code, answer.body) == (202, '{"success":true,"n":1}')
    assert answer.headers == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Location": "x",
    }


@pytest.mark.parametrize("host", ["api.example", ""])
def test_the_host_is_the_one_that_the_client_named(host):
    assert http.host_of(request("", **({"Host": host} if host else {}))) == host
