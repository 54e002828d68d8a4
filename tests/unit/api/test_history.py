"""The query of an account's history."""

import base64

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.history import LISTS, HistoryQuery, parse_cancelling, parse_history, write_cursor
from chalicelib.api.queries import query_of
from chalicelib.domain.order import Status
from chalicelib.domain.tokens import JUP, SOL, USDC
from chalicelib.errors import InvalidRequest
from chalicelib.ports import HistoryPosition
from chalicelib.services.read_orders import SwappedTokens
from tests.fakes.examples import ORDER_ID

PLACE = HistoryPosition(1_700_000_000_000, ORDER_ID)


def cursor(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


def pointers(**query):
    with pytest.raises(InvalidRequest) as refused:
        parse_history(query, PAPER_TOKENS)
    return [error.pointer for error in refused.value.errors]


@pytest.mark.parametrize("query", [None, {}])
def test_without_a_query_the_newest_twenty_are_asked_for(query):
    assert parse_history(query, PAPER_TOKENS) == HistoryQuery(frozenset(), 20, None)


@pytest.mark.parametrize("limit", [1, 2, 99, 100])
def test_a_page_has_from_1_to_100_orders(limit):
    assert parse_history({"limit": str(limit)}, PAPER_TOKENS).limit == limit


@pytest.mark.parametrize("limit", ["", "0", "000", "101", "1000", "-1", "+1", "1.0", "٣", "²", " 1"])
def test_no_other_limit_is_taken(limit):
    assert pointers(limit=limit) == ["/query/limit"]


@pytest.mark.parametrize("status", Status)
def test_a_status_is_asked_for_by_its_name(status):
    assert parse_history({"status": str(status)}, PAPER_TOKENS).statuses == {status}


def test_open_is_every_status_that_is_not_final():
    assert parse_history({"status": "open"}, PAPER_TOKENS).statuses == {
        *("armed", "pending", "routing", "building", "submitted")
    }


def test_all_names_of_statuses_may_be_asked_for_at_once():
    named = ",".join([*Status, "open"])
    assert parse_history({"status": named}, PAPER_TOKENS).statuses == set(Status)


def test_several_statuses_are_asked_for_with_commas_between():
    assert parse_history({"status": "open,confirmed"}, PAPER_TOKENS).statuses == {
        *("armed", "pending", "routing", "building", "submitted", "confirmed")
    }


@pytest.mark.parametrize("status", ["", "opened", "pending,", "pending routing", "Pending"])
def test_no_other_status_is_taken(status):
    assert pointers(status=status) == ["/query/status"]


def test_an_order_is_asked_for_by_its_key_and_nothing_else():
    assert parse_history({"idempotencyKey": "my-order-1"}, PAPER_TOKENS).key == "my-order-1"
    assert pointers(idempotencyKey="a b") == ["/query/idempotencyKey"]
    assert pointers(idempotencyKey="") == ["/query/idempotencyKey"]
    assert pointers(idempotencyKey="my-order-1", limit="5") == ["/query/idempotencyKey"]


def test_a_parameter_is_given_once_unless_it_is_a_list():
    assert query_of({"status": ["open", "failed"], "limit": ["5"]}, LISTS) == {
        "status": "open,failed",
        "limit": "5",
    }
    with pytest.raises(InvalidRequest) as refused:
        query_of({"limit": ["5", "5"], "status": ["open"], "cursor": ["a", "b"]}, LISTS)
    assert [error.pointer for error in refused.value.errors] == ["/query/cursor", "/query/limit"]


def test_everything_that_is_wrong_is_pointed_at_in_one_answer():
    assert pointers(page="2", account="x", status="x", limit="x", cursor="x") == [
        "/query/account",
        "/query/page",
        "/query/status",
        "/query/limit",
        "/query/cursor",
    ]


@pytest.mark.parametrize("accepted_at", [0, 1, 10**15 - 1])
def test_a_cursor_is_read_as_the_place_that_it_was_written_for(accepted_at):
    place = HistoryPosition(accepted_at, ORDER_ID)
    assert parse_history({"cursor": write_cursor(place)}, PAPER_TOKENS).after == place


@pytest.mark.parametrize(
    "written",
    [
        "",
        cursor(""),
        cursor(ORDER_ID),
        cursor(f"x.{ORDER_ID}"),
        cursor(f"1_0.{ORDER_ID}"),
        cursor(f"01.{ORDER_ID}"),
        cursor(f" 1.{ORDER_ID}"),
        cursor(f"{10**15}.{ORDER_ID}"),
        cursor("1."),
        cursor(f"1.{ORDER_ID}x"),
        write_cursor(PLACE)[:-1],
        write_cursor(PLACE) + "\n",
        write_cursor(PLACE) + "A" * 200,
        "\u00e9",
    ],
)
def test_no_cursor_is_taken_that_the_api_did_not_write(written):
    assert pointers(cursor=written) == ["/query/cursor"]


def test_orders_may_be_asked_for_by_their_tokens():
    asked = {"status": "armed", "tokenIn": "sol", "tokenOut": USDC.mint}
    assert parse_history(asked, PAPER_TOKENS).tokens == SwappedTokens(SOL, USDC)
    assert parse_cancelling(asked, PAPER_TOKENS).tokens == SwappedTokens(SOL, USDC)
    assert parse_history({"tokenOut": "JUP"}, PAPER_TOKENS).tokens == SwappedTokens(None, JUP)


@pytest.mark.parametrize("parsed", [parse_history, parse_cancelling])
def test_an_unknown_token_is_refused_at_its_parameter(parsed):
    with pytest.raises(InvalidRequest) as told:
        parsed({"status": "armed", "tokenIn": "DOGE"}, PAPER_TOKENS)
    assert [error.pointer for error in told.value.errors] == ["/query/tokenIn"]
