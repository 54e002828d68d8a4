"""What clients get, to the letter: a change here is a change of the wire."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api import responses, stream_messages
from chalicelib.api.events import timestamp
from chalicelib.api.history import write_cursor
from chalicelib.domain import transitions
from chalicelib.domain.backlog import Backlog, Slots
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.pairs import ListedPool, Pair, PairList
from chalicelib.domain.quotes import Reason
from chalicelib.domain.tokens import JUP, SOL, USDC
from chalicelib.domain.trading import TradingState
from chalicelib.errors import OrderExpired, PriceImpactAboveLimit, RouteNotFound, UnsupportedSchemaVersion
from chalicelib.ports import Admission, HistoryPage, HistoryPosition
from chalicelib.services.accept_order import Acceptance
from chalicelib.services.issue_ticket import IssuedTicket
from chalicelib.services.measure_load import Load
from chalicelib.services.quote_swap import SwapQuote
from tests.fakes.examples import ORDER_ID, a_new_order
from tests.fakes.lives import a_life, a_route

STREAM = "wss://stream.example/v1"
LIFE = a_life()
PENDING, CONFIRMED = LIFE[0], LIFE[-1]
WIRE = json.loads(Path(__file__).with_name("confirmed_order.json").read_text())


def as_sent(answer):
    return json.loads(json.dumps(answer))


def shown(order):
    return as_sent(responses.order_json(order, STREAM, "paper"))


def test_a_confirmed_order_is_shown_with_all_that_is_known_of_it():
    assert shown(CONFIRMED) == WIRE


@pytest.mark.parametrize("order", LIFE, ids=lambda order: str(order.version))
def test_an_order_is_shown_with_what_is_known_until_then(order):
    known = set(WIRE) - {"minimumAmountOut", "route", "txHash", "lastValidBlockHeight", "fill"}
    if order.version >= 3:
        known |= {"minimumAmountOut"}
    if order.route is not None:
        known |= {"route"}
    if order.submission is not None:
        known |= {"txHash", "lastValidBlockHeight"}
    if order is CONFIRMED:
        known |= {"fill"}
    if order.version == 5:  # it goes back to routing, and says why
        known |= {"error"}
    answer = shown(order)
    assert set(answer) == known
    assert answer["logs"] == WIRE["logs"][: order.version]
    assert (answer["sequence"], answer["attempt"]) == (order.version, order.attempt)


@pytest.mark.parametrize("end", [transitions.fail, transitions.expire])
def test_an_order_that_did_not_trade_says_why_with_its_last_event(end):
    reason = Reason.of(OrderExpired("too late"))
    error = {"code": "ORDER_EXPIRED", "kind": "expired", "detail": "too late", "retryable": False}
    answer = shown(end(PENDING, reason, Stamp(2_000, "write-2")))
    assert answer["error"] == answer["logs"][-1]["error"] == error
    assert "reason" not in answer["logs"][-1]


@pytest.mark.parametrize(
    ("accepted", "status", "headers"),
    [
        (
            Acceptance(PENDING, replayed=False, admission=Admission(120, 119, 60)),
            202,
            {
                "Location": ORDER_ID,
                "RateLimit-Policy": '"account";q=120;w=60',
                "RateLimit": '"account";r=119;t=60',
            },
        ),
        (Acceptance(PENDING, replayed=True), 200, {"Location": ORDER_ID, "Idempotent-Replayed": "true"}),
    ],
)
@pytest.mark.parametrize(
    ("ticket", "query"),
    [(None, ""), (IssuedTicket("a+b", ORDER_ID, 61_000), "&ticket=a%2Bb")],
)
def test_an_accepted_order_is_answered_with_where_to_follow_it(accepted, status, headers, ticket, query):
    body = {
        "success": True,
        "orderId": ORDER_ID,
        "status": "pending",
        "streamUrl": f"{STREAM}?orderId={ORDER_ID}{query}",
        "market": "paper",
    }
    answer = responses.present_accepted(accepted, STREAM, "paper", ticket)
    assert (answer[0], as_sent(answer[1]), answer[2]) == (status, body, headers)


@pytest.mark.parametrize(
    ("order_id", "query"), [(ORDER_ID, f"orderId={ORDER_ID}&ticket=t"), ("", "ticket=t")]
)
def test_a_ticket_is_the_address_that_it_opens(order_id, query):
    assert responses.ticket_json(IssuedTicket("t", order_id, 61_000), STREAM) == {
        "success": True,
        "streamUrl": f"{STREAM}?{query}",
        "expiresAt": "1970-01-01T00:01:01.000Z",
    }


def test_a_page_of_history_leads_to_the_next_one_if_there_is_one():
    place = HistoryPosition(1_000, ORDER_ID)
    page = responses.history_json(HistoryPage([CONFIRMED, PENDING], following=place), STREAM, "paper")
    assert as_sent(page) == {
        "success": True,
        "orders": [WIRE, shown(PENDING)],
        "nextCursor": write_cursor(place),
    }
    unreadable = {PENDING.order_id: UnsupportedSchemaVersion("v2")}
    lacking = responses.history_json(HistoryPage([], unreadable), STREAM, "paper")
    assert lacking["unreadable"] == [PENDING.order_id]
    assert responses.history_json(HistoryPage([]), STREAM, "paper") == {
        "success": True,
        "orders": [],
        "nextCursor": None,
    }


def test_a_quote_shows_what_an_order_would_take():
    route = a_route(1_009, 149_000_000)
    quote = SwapQuote(a_new_order(), route, 147_510_000)
    answer = {
        "success": True,
        "tokenIn": "SOL",
        "tokenOut": "USDC",
        "amount": "1.5",
        "amountOut": "149",
        "minimumAmountOut": "147.51",
        "slippageBps": 100,
        "priceImpactBps": 3,
        "route": {**WIRE["route"]},
    }
    assert as_sent(responses.quote_json(quote)) == answer
    denied = Reason.of(PriceImpactAboveLimit("too far"))
    assert as_sent(responses.quote_json(replace(quote, denied=denied)))["denied"] == {
        "code": "PRICE_IMPACT_ABOVE_LIMIT",
        "kind": "denied",
        "detail": "too far",
        "retryable": False,
    }


def test_health_tells_how_much_work_there_is_or_that_it_can_not_be_told():
    load = Load(TradingState.REDUCING, Backlog(40, Slots(10, 2_750)), landing=7, executing=9)
    assert responses.health_json(load, "paper") == {
        "success": True,
        "status": "ok",
        "market": "paper",
        "trading": "reducing",
        "openOrders": 47,
        "executing": 9,
        "estimatedWaitSeconds": 11,
        "watching": {"state": "idle"},
    }
    assert responses.health_json(None, "paper") == {
        "success": True,
        "status": "degraded",
        "market": "paper",
    }


def test_tokens_are_listed_with_what_a_client_needs_to_name_them():
    listed = responses.tokens_json(PAPER_TOKENS, Limits(1, 1, tokens=frozenset({SOL, USDC})))
    assert listed["success"] is True
    assert listed["tokens"][0] == {
        "symbol": "SOL",
        "mint": "So11111111111111111111111111111111111111112",
        "decimals": 9,
        "allowed": True,
    }
    assert [token["symbol"] for token in listed["tokens"] if token["allowed"]] == ["SOL", "USDC"]
    assert len(listed["tokens"]) == len(list(PAPER_TOKENS))
    assert all(token["allowed"] for token in responses.tokens_json(PAPER_TOKENS, Limits(1, 1))["tokens"])


def test_pairs_are_listed_with_the_pools_of_each_venue():
    pools = (ListedPool("raydium", "r1", "raydium_clmm"), ListedPool("meteora", "m1", "meteora_dlmm"))
    listed = PairList([Pair((SOL, USDC), pools), Pair((JUP, USDC), pools[:1])])
    limits = Limits(1, 1, tokens=frozenset({SOL, USDC}))
    assert responses.pairs_json(listed, limits) == {
        "success": True,
        "pairs": [
            {
                "tokens": ["SOL", "USDC"],
                "allowed": True,
                "venues": [
                    {"dex": "meteora", "pools": [{"pool": "m1", "type": "meteora_dlmm"}]},
                    {"dex": "raydium", "pools": [{"pool": "r1", "type": "raydium_clmm"}]},
                ],
            },
            {
                "tokens": ["JUP", "USDC"],
                "allowed": False,
                "venues": [{"dex": "raydium", "pools": [{"pool": "r1", "type": "raydium_clmm"}]}],
            },
        ],
    }


def test_a_cancelled_order_is_answered_shortly():
    cancelled = transitions.cancel(PENDING, Stamp(2_000, "write-2"))
    answer = {"success": True, "orderId": ORDER_ID, "status": "cancelled"}
    assert as_sent(responses.cancelled_json(cancelled)) == answer


@pytest.mark.parametrize("after", range(9))
def test_a_backfill_has_every_event_above_a_sequence(after):
    assert json.loads(stream_messages.backfill(CONFIRMED, after, "paper")) == {
        "v": 1,
        "type": "backfill",
        "orderId": ORDER_ID,
        "sequence": 8,
        "status": "confirmed",
        "market": "paper",
        "logs": WIRE["logs"][after:],
    }


@pytest.mark.parametrize("event", CONFIRMED.events, ids=lambda event: str(event.sequence))
def test_an_update_is_one_event_of_an_order(event):
    update = {"v": 1, "type": "status_update", "orderId": ORDER_ID, **WIRE["logs"][event.sequence - 1]}
    assert json.loads(stream_messages.status_update(CONFIRMED, event)) == update


def test_a_pong_tells_where_an_order_stands():
    pong = {"v": 1, "type": "pong", "orderId": ORDER_ID, "sequence": 8, "status": "confirmed"}
    assert json.loads(stream_messages.pong(CONFIRMED)) == pong
    assert json.loads(stream_messages.account_pong()) == {"v": 1, "type": "pong"}


def test_a_refusal_over_a_socket_is_a_code_and_a_sentence():
    refusal = {"v": 1, "type": "error", "code": "ROUTE_NOT_FOUND", "detail": "Ask later."}
    assert json.loads(stream_messages.refusal(RouteNotFound.code, "Ask later.")) == refusal


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (999, "1970-01-01T00:00:00.999Z"),
        (1_000, "1970-01-01T00:00:01.000Z"),
        (1_764_288_000_007, "2025-11-28T00:00:00.007Z"),
    ],
)
def test_a_time_is_told_in_utc_to_the_millisecond(milliseconds, text):
    assert timestamp(milliseconds) == text
