"""Each refusal by its status, its stable code and when to ask again: what clients are built on."""

import re

import pytest

from chalicelib import errors
from chalicelib.api.problems import (
    AUTHENTICATION_REQUIRED,
    BY_GATEWAY,
    INTERNAL,
    problem_of,
    problem_of_status,
)
from chalicelib.api.problems.catalogue import BY_ERROR, KEY_REFUSED
from chalicelib.api.wire.codes import problems
from chalicelib.errors import FieldError

FIELD = FieldError("/amount", "must be more")
NUMBERS = {"token": "SOL", "limit": "2", "requested": "3"}

PRICES = {"reference": "129.5", "trigger": "130"}

REFUSALS = [
    (errors.BodyTooLarge(FIELD), 413, "BODY_TOO_LARGE", None),
    (errors.InvalidRequest(FIELD), 400, "REQUEST_INVALID", None),
    (errors.UnsupportedMediaType(), 415, "MEDIA_TYPE_UNSUPPORTED", None),
    (errors.NotAuthenticated(), 401, "AUTHENTICATION_REQUIRED", None),
    (errors.ScopeMissing("trade"), 403, "SCOPE_MISSING", None),
    (errors.TicketRefused(), 401, "TICKET_REFUSED", None),
    (errors.OriginRefused(), 403, "ORIGIN_REFUSED", None),
    (errors.SocketsAtLimit(3), 429, "SOCKETS_AT_LIMIT", None),
    (errors.OrdersFollowedAtLimit(3), 409, "ORDERS_FOLLOWED_AT_LIMIT", None),
    (errors.OrderNotFound(), 404, "ORDER_NOT_FOUND", None),
    (errors.RouteUnknown(), 404, "ROUTE_UNKNOWN", None),
    (errors.MarketContended(), 409, "MARKET_CONTENDED", None),
    (errors.IdempotencyKeyReused(), 422, "IDEMPOTENCY_KEY_REUSED", None),
    (errors.NotCancellable("confirmed"), 409, "ORDER_NOT_CANCELLABLE", None),
    (errors.TradingContended(), 409, "TRADING_CONTENDED", None),
    (errors.VersionConflict(), 503, "ORDER_BUSY", 1),
    (errors.RateLimited(120, 17), 429, "RATE_LIMIT_EXCEEDED", 17),
    (errors.TokenNotAllowed(token="JUP", allowed="SOL"), 422, "TOKEN_NOT_ALLOWED", None),
    (errors.OrderAmountAboveLimit(**NUMBERS), 422, "ORDER_AMOUNT_ABOVE_LIMIT", None),
    (errors.DailyAmountAboveLimit(**NUMBERS, used="1", remaining="1"), 422, "DAILY_AMOUNT_ABOVE_LIMIT", None),
    (errors.OpenOrdersAtLimit(limit="3", used="3"), 422, "OPEN_ORDERS_AT_LIMIT", None),
    (errors.Overloaded(23), 503, "BACKLOG_TOO_LONG", 23),
    (errors.TradingReducing(), 503, "TRADING_REDUCING", 30),
    (errors.TradingHalted(), 503, "TRADING_HALTED", 30),
    (errors.RouteNotFound(), 422, "ROUTE_NOT_FOUND", None),
    (errors.PairNotTraded("JUP", "BONK", ["USDC"]), 422, "PAIR_NOT_TRADED", None),
    (errors.VenueUnavailable(), 503, "VENUE_UNAVAILABLE", 10),
    (errors.ChainUnavailable(), 503, "CHAIN_UNAVAILABLE", 5),
    (errors.ChainStale(), 503, "CHAIN_STALE", 10),
    (errors.ChainWrong(), 503, "CHAIN_WRONG", 60),
    (errors.StorageUnavailable(), 503, "STORAGE_UNAVAILABLE", 2),
    (errors.UnsupportedSchemaVersion(), 503, "RECORD_NEWER_THAN_SERVER", 30),
    (errors.OrderAmountBelowMinimum(**NUMBERS), 422, "ORDER_AMOUNT_BELOW_MINIMUM", None),
    (errors.ArmedOrdersAtLimit(limit="200", used="200"), 422, "ARMED_ORDERS_AT_LIMIT", None),
    (errors.ArmedAmountAboveLimit(**NUMBERS, used="1"), 422, "ARMED_AMOUNT_ABOVE_LIMIT", None),
    (errors.TriggerAlreadyMet("USDC", "SOL", **PRICES), 422, "TRIGGER_ALREADY_MET", None),
    (errors.TriggerImplausible("USDC", "SOL", **PRICES), 422, "TRIGGER_IMPLAUSIBLE", None),
    (
        errors.TriggerBelowFloor("USDC", "SOL", trigger="130", limitPrice="131"),
        422,
        "TRIGGER_BELOW_FLOOR",
        None,
    ),
    (errors.AmendmentsAtLimit(20), 422, "AMENDMENTS_AT_LIMIT", None),
    (errors.OrderNotAmendable("pending", 3), 409, "ORDER_NOT_AMENDABLE", None),
    (errors.OrderChanged(4), 412, "ORDER_CHANGED", None),
    (errors.PriceUnavailable(), 503, "PRICE_UNAVAILABLE", 5),
]


def test_every_refusal_stands_in_the_table():
    assert {type(error) for error, *_ in REFUSALS} == set(BY_ERROR)


@pytest.mark.promise("R14")
@pytest.mark.parametrize(("error", "status", "code", "retry_after"), REFUSALS, ids=str)
def test_a_refusal_has_its_status_its_code_and_when_to_ask_again(error, status, code, retry_after):
    problem = problem_of(error)
    assert (problem.status, problem.code, problem.retry_after) == (status, code, retry_after)
    headers = problem.headers()
    assert headers.get("Retry-After") == (None if retry_after is None else str(retry_after))
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/problem+json", "no-store")
    document = problem.document()
    assert (document["status"], document["code"], document["success"]) == (status, code, False)
    assert document["type"] == f"urn:problem:{code.lower().replace('_', '-')}"


@pytest.mark.parametrize(
    ("error", "known"),
    [
        (errors.InvalidRequest(FIELD), {"errors": [{"pointer": "/amount", "detail": "must be more"}]}),
        (errors.NotCancellable("confirmed"), {"orderStatus": "confirmed"}),
        (errors.ScopeMissing("trade"), {"requiredScope": "trade"}),
        (errors.OrderAmountAboveLimit(**NUMBERS), {"kind": "denied", **NUMBERS}),
        (errors.TriggerAlreadyMet("USDC", "SOL", **PRICES), {**PRICES, "priceIn": "USDC"}),
        (errors.OrderNotAmendable("pending", 3), {"orderStatus": "pending", "sequence": 3}),
        (errors.OrderChanged(4), {"sequence": 4}),
        (errors.AmendmentsAtLimit(20), {"limit": "20", "used": "20"}),
        (
            errors.PairNotTraded("JUP", "BONK", ["SOL", "USDC"]),
            {"detail": "There is no pool of JUP and BONK. JUP trades with SOL, USDC."},
        ),
        (errors.PairNotTraded("JUP", "BONK", []), {"detail": "There is no pool of JUP and BONK."}),
        (
            errors.RouteNotFound("raydium: …", cause="amount_too_small"),
            {
                "cause": "amount_too_small",
                "detail": "The amount is too small: no pool would return anything for it. Try a larger one.",
            },
        ),
        (
            errors.RouteNotFound("raydium: …"),
            {"cause": None, "detail": "Try another amount or another pair."},
        ),
    ],
)
def test_what_only_this_refusal_knows_is_told_beside(error, known):
    document = problem_of(error).document()
    assert {name: document.get(name) for name in known} == known


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (
            errors.TokenNotAllowed(token="JUP", allowed="SOL, USDC"),
            "Nothing was created. The account may trade SOL, USDC, but not JUP; your operator can allow it.",
        ),
        (
            errors.OrderAmountAboveLimit(**NUMBERS),
            (
                "Nothing was created. One order may swap at most 2 SOL; this one swaps 3. Place smaller "
                "orders, or ask your operator for a higher limit."
            ),
        ),
        (
            errors.DailyAmountAboveLimit(**NUMBERS, used="0.5", remaining="1.5"),
            (
                "Nothing was created. Of 2 SOL a day 0.5 are used and 1.5 remain; this order swaps 3. Place "
                "a smaller order, wait for the next day, which begins at midnight UTC, or ask your operator "
                "for a higher limit."
            ),
        ),
        (
            errors.OpenOrdersAtLimit(limit="3", used="4"),
            (
                "Nothing was created. The account may have 3 orders open, and has 4. Wait until some are "
                "final, or cancel some, and try again. An order that ended may count "
                "for a second or two more."
            ),
        ),
        (
            errors.RateLimited(120, 17),
            "Nothing was created or counted. The account may place 120 orders a minute: try again in 17 s.",
        ),
        (
            errors.Overloaded(23),
            "Nothing was created. Try again in 23 s, or give the order a longer life.",
        ),
        (errors.SocketsAtLimit(3), "The account may have 3 sockets open. Close some of them."),
        (
            errors.SocketsAtLimit(3, follows_all=True),
            "The account may have 3 sockets that follow all orders open. Close some of them.",
        ),
        (
            errors.OrderAmountBelowMinimum(**NUMBERS),
            (
                "Nothing was created. One order must swap at least 2 SOL; this one swaps 3. Place a larger "
                "order."
            ),
        ),
        (
            errors.ArmedOrdersAtLimit(limit="200", used="201"),
            (
                "Nothing was created. The account may have 200 orders waiting for their price, and has 201. "
                "Cancel some, or wait until some are final, and try again."
            ),
        ),
        (
            errors.ArmedAmountAboveLimit(**NUMBERS, used="1"),
            (
                "Nothing was created. Orders that wait for their price may swap 2 SOL in all; those of the "
                "account swap 1, and this one 3. Place a smaller order, cancel some, or ask your operator "
                "for a higher limit."
            ),
        ),
        (
            errors.TriggerAlreadyMet("USDC", "SOL", **PRICES),
            (
                "Nothing was created or changed. One SOL is worth 129.5 USDC already, and the order waits "
                "for 130 USDC. Choose another price, or let the order fire at once."
            ),
        ),
        (
            errors.TriggerImplausible("SOL", "USDC", reference="0.0066", trigger="160"),
            (
                "Nothing was created or changed. One USDC is worth 0.0066 SOL, and the order waits for 160 "
                "SOL, which looks like a mistake. Check the price and the token that it is in, or say that "
                "it is meant."
            ),
        ),
        (
            errors.TriggerBelowFloor("USDC", "SOL", trigger="130", limitPrice="131"),
            (
                "Nothing was created or changed. The order fires when one SOL is worth 130 USDC, and then "
                "asks for 131 USDC, which can't be had there. Choose a limit that is at the trigger or worse."
            ),
        ),
        (
            errors.AmendmentsAtLimit(20),
            (
                "Nothing was changed. It was amended 20 times, as often as an order may be. Cancel it, and "
                "place it anew."
            ),
        ),
        (
            errors.OrderNotAmendable("submitted", 5),
            (
                "Nothing was changed. It is submitted, and only an order that waits for its price can be "
                "amended."
            ),
        ),
        (errors.OrderNotAmendable("confirmed", 6), "Nothing was changed. It is confirmed already."),
        (errors.OrderNotAmendable("armed", 1), "Nothing was changed. Its time is over."),
        (
            errors.OrderChanged(4),
            (
                "Nothing was changed. It is at sequence 4 now: read it again, and amend it if that is still "
                "wanted."
            ),
        ),
        (errors.ScopeMissing("trade"), "Use a key that has the scope trade; your operator makes keys."),
        (errors.NotCancellable("confirmed"), "It is confirmed already."),
        (
            errors.NotCancellable("submitted"),
            "It was sent to the chain, where it may still be filled. Follow its status instead.",
        ),
    ],
    ids=str,
)
def test_a_refusal_tells_people_its_numbers(error, detail):
    assert problem_of(error).detail == detail


SPOKEN_TO_PROGRAMS = re.compile(
    r"/api/|GET |POST |HTTP|JSON|header|Bearer|Retry-After|Idempotency-Key|\{|_|[a-z][A-Z]"
)


@pytest.mark.parametrize("problem", problems(), ids=lambda problem: problem.code)
def test_people_are_told_of_no_headers_routes_and_fields(problem):
    assert not SPOKEN_TO_PROGRAMS.search(problem.detail)
    assert problem.detail.endswith(".")
    assert problem.hint == "" or problem.hint.endswith(".")


def test_a_hint_is_told_where_there_is_one():
    assert problem_of(errors.PairNotTraded("JUP", "BONK", [])).document()["hint"] == (
        "GET /api/pairs lists the pairs."
    )
    assert "hint" not in problem_of(errors.OrderAmountAboveLimit(**NUMBERS)).document()


def test_a_key_that_was_refused_is_told_apart_from_none_at_all():
    assert KEY_REFUSED.code == AUTHENTICATION_REQUIRED.code
    assert BY_GATEWAY["ACCESS_DENIED"].title == "The API key is unknown or was revoked"
    assert BY_GATEWAY["UNAUTHORIZED"].title == "An API key is required"


def test_a_refusal_over_the_rate_says_what_is_left_of_it():
    headers = problem_of(errors.RateLimited(120, 17)).headers()
    assert headers["RateLimit"] == '"account";r=0;t=17'
    assert headers["RateLimit-Policy"] == '"account";q=120;w=60'


def test_without_a_key_the_scheme_is_named():
    assert problem_of(errors.NotAuthenticated()).headers()["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "ROUTE_UNKNOWN"),
        (405, "METHOD_NOT_ALLOWED"),
        (415, "MEDIA_TYPE_UNSUPPORTED"),
        (418, INTERNAL.code),
        (500, INTERNAL.code),
    ],
)
def test_what_the_http_layer_refuses_has_a_code_of_ours(status, code):
    assert problem_of_status(status).code == code
    assert (problem_of_status(status) is INTERNAL) is (code == INTERNAL.code)


def test_a_problem_is_one_sentence_where_there_is_no_room_for_more():
    refused = problem_of(errors.InvalidRequest(FIELD, FieldError("", "must be JSON")))
    assert refused.sentence() == "The request was refused. /amount must be more; message must be JSON"
    assert INTERNAL.sentence() == f"The engine failed. {INTERNAL.detail}"
