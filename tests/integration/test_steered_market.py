"""Moving the paper market over HTTP, as quotes show it."""

import json
from itertools import count
from typing import Any

import pytest

import app as entry
from chalicelib.adapters.paper.conditions import Conditions
from chalicelib.adapters.paper.pools import pair_of
from chalicelib.api.problems import BY_GATEWAY
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import StorageUnavailable
from tests.fakes.interruption import undisturbed
from tests.fakes.paper import InMemoryLedger
from tests.integration.conftest import fresh_desk
from tests.integration.test_api import JSON, assert_problem

MARKET, FEED = "/api/admin/paper/market", "/api/admin/paper/feed"
SWAP = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
FALL = {"pair": ["SOL", "USDC"], "level": "0.9"}


@pytest.fixture
def steered(desk):
    """A desk whose market may be moved, and does not move by itself."""
    return fresh_desk(PAPER_CONTROLS="on", PAPER_DRIFT_BPS="0", VENUE_CIRCUIT_FAILURES="1000")


def ledger_of(engine: Any) -> InMemoryLedger:
    ledger: InMemoryLedger = engine.ports.desk.ledger
    return ledger


def put(desk, path, body):
    return desk.request("PUT", path, json.dumps(body), **JSON)


def quoted(desk):
    """The output that each venue offers for 1.5 SOL in USDC; None where it offers none."""
    desk.clock.advance(400)
    quotes = desk.request("POST", "/api/quotes", json.dumps(SWAP), **JSON).json_body["route"]["quotes"]
    return {quote["dex"]: float(quote["amountOut"]) if "amountOut" in quote else None for quote in quotes}


def test_a_wick_of_one_venue_is_told_in_a_sentence_shows_in_quotes_and_is_over_by_itself(steered):
    before = quoted(steered)
    answer = put(steered, MARKET, {**FALL, "overMs": 4000, "forMs": 1500, "venue": "raydium"})
    told = answer.json_body
    assert (answer.status_code, told["venues"], told["level"]) == (200, ["raydium"], "0.9")
    assert told["summary"] == (
        "The price of SOL in USDC at raydium goes from 1 to 0.9 times what it would be until "
        f"{told['reachedAt']}, stays there until {told['leavesAt']}, "
        f"and is back at 1 from {told['backAt']} on."
    )
    steered.clock.advance(4_000)
    during = quoted(steered)
    assert during["meteora"] == before["meteora"]
    assert during["raydium"] == pytest.approx(before["raydium"] * 0.9, rel=0.002)
    steered.clock.advance(6_000)
    assert quoted(steered) == before


def test_a_move_stays_and_a_later_one_goes_on_from_there(steered):
    before = quoted(steered)
    told = put(steered, MARKET, FALL).json_body
    assert told["venues"] == ["meteora", "raydium"]
    assert told["summary"].endswith(f"until {told['reachedAt']}, and stays there.")
    assert "backAt" not in told
    steered.clock.advance(60_000)
    for venue, amount in quoted(steered).items():
        assert amount == pytest.approx(before[venue] * 0.9, rel=0.002)
    put(steered, MARKET, {**FALL, "level": "0.8", "venue": "meteora"})
    steered.clock.advance(400)
    summary = put(steered, MARKET, {**FALL, "level": "1", "forMs": 400}).json_body["summary"]
    assert "goes from 0.8 (meteora) and 0.9 (raydium) to 1 times" in summary
    assert "is back at 0.8 (meteora) and 0.9 (raydium) from" in summary


def test_a_feed_is_stale_then_down_then_lies_then_is_true_again(steered):
    before = quoted(steered)
    put(steered, FEED, {"state": "stale", "venue": "raydium"})
    put(steered, MARKET, FALL)
    stale = quoted(steered)
    assert stale["raydium"] == before["raydium"]
    assert stale["meteora"] == pytest.approx(before["meteora"] * 0.9, rel=0.002)
    put(steered, FEED, {"state": "down", "venue": "raydium", "pair": ["USDC", "SOL"]})
    assert quoted(steered)["raydium"] is None
    lying = put(steered, FEED, {"state": "lying", "venue": "raydium", "bps": -2000, "forMs": 60_000})
    assert lying.json_body["summary"] == (
        "Quotes of SOL/USDC, SOL/USDT, JUP/USDC and BONK/SOL at raydium tell 20 % less than there is until "
        f"{lying.json_body['until']}; what lands is true."
    )
    assert quoted(steered)["raydium"] == pytest.approx(before["raydium"] * 0.9 * 0.8, rel=0.002)
    steered.clock.advance(60_000)
    assert quoted(steered)["raydium"] == pytest.approx(before["raydium"] * 0.9, rel=0.002)
    told = put(steered, FEED, {"state": "ok"}).json_body
    assert told["summary"].endswith("read the pools as they are until the next change; what lands is true.")
    assert "until" not in told


def test_where_it_is_off_there_is_nothing_at_these_addresses_and_nothing_moves():
    closed = fresh_desk(PAPER_CONTROLS="off")
    for path, body in ((MARKET, FALL), (MARKET, {}), (FEED, {"state": "down"})):
        unknown = put(closed, path, body)
        assert_problem(unknown, 404, "ROUTE_UNKNOWN")
        assert unknown.json_body == json.loads(BY_GATEWAY["MISSING_AUTHENTICATION_TOKEN"].body())
    assert quoted(closed)["raydium"]


BAD_MOVES = [
    ({}, {"/pair": "is required", "/level": "is required"}),
    ({**FALL, "pair": "SOL/USDC"}, {"/pair": "must be a list"}),
    ({**FALL, "pair": ["SOL"]}, {"/pair": "must have 2 entries, and not 1"}),
    ({**FALL, "pair": ["SOL", "USDC", "JUP"]}, {"/pair": "must have 2 entries, and not 3"}),
    ({**FALL, "pair": ["SOL", 7]}, {"/pair/1": 'must be a string, like "USDC"'}),
    ({**FALL, "pair": ["SOL", "DOGE"]}, {"/pair/1": "must be the symbol or mint address of a known token"}),
    ({**FALL, "pair": ["SOL", "SOL"]}, {"/pair/1": "must be another token than the first one"}),
    ({**FALL, "level": 0.9}, {"/level": 'must be a string, like "0.95"'}),
    ({**FALL, "level": "-1"}, {"/level": "must be a plain decimal number, like 0.95"}),
    ({**FALL, "level": "0.009999"}, {"/level": "must be from 0.01 to 100"}),
    ({**FALL, "level": "100.000001"}, {"/level": "must be from 0.01 to 100"}),
    ({**FALL, "level": "0.9000001"}, {"/level": "must have at most 6 decimal places"}),
    ({**FALL, "overMs": -1}, {"/overMs": "must be at least 0"}),
    ({**FALL, "overMs": 86_400_001}, {"/overMs": "must be at most 86400000"}),
    ({**FALL, "forMs": 0}, {"/forMs": "must be at least 1"}),
    ({**FALL, "forMs": "1500"}, {"/forMs": "must be a whole number"}),
    ({**FALL, "venue": "orca"}, {"/venue": "must be a venue with a pool of the pair: meteora, raydium"}),
    ({**FALL, "venue": ""}, {"/venue": "must have at least 1 character"}),
    ({**FALL, "until": 5}, {"/until": "is not a field of this request"}),
]
BAD_FEEDS = [
    ({}, {"/state": "is required"}),
    ({"state": "asleep"}, {"/state": 'must be "ok", "stale", "down" or "lying"'}),
    ({"state": "lying"}, {"/bps": "must say how far a lying feed is off: from -9900 to 10000, but not 0"}),
    ({"state": "lying", "bps": 0}, {"/bps": "must say how far a lying feed is off"}),
    ({"state": "lying", "bps": -9_901}, {"/bps": "must be at least -9900"}),
    ({"state": "lying", "bps": 10_001}, {"/bps": "must be at most 10000"}),
    ({"state": "down", "bps": 5}, {"/bps": "is only for the state lying"}),
    ({"state": "ok", "forMs": 5}, {"/forMs": "is not for the state ok, which lasts"}),
    ({"state": "down", "pair": ["SOL", "?"]}, {"/pair/1": "must be the symbol or mint address"}),
    ({"state": "down", "venue": "orca"}, {"/venue": "must be a venue with a pool"}),
]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [*((MARKET, body, told) for body, told in BAD_MOVES), *((FEED, body, told) for body, told in BAD_FEEDS)],
)
def test_a_body_that_makes_no_sense_is_refused_field_by_field(steered, path, body, told):
    before = quoted(steered)
    refused = put(steered, path, body)
    assert_problem(refused, 400, "REQUEST_INVALID")
    errors = {error["pointer"]: error["detail"] for error in refused.json_body["errors"]}
    assert errors.keys() == told.keys()
    for pointer, detail in told.items():
        assert errors[pointer].startswith(detail)
    assert quoted(steered) == before


def test_a_pair_without_pools_is_not_traded(steered):
    refused = put(steered, MARKET, {**FALL, "pair": ["BONK", "USDC"]})
    assert_problem(refused, 422, "PAIR_NOT_TRADED")
    assert "BONK trades with SOL" in refused.json_body["detail"]


def test_who_moves_it_at_the_same_moment_as_another_is_told(steered):
    ledger = ledger_of(entry.engine)
    changes = count(1)

    def overtake(method, _moment):
        if method == "steer":
            ledger.conditions["meteora", pair_of(SOL.mint, USDC.mint)] = Conditions(change=next(changes))

    ledger.interrupt = overtake
    assert_problem(put(steered, MARKET, FALL), 409, "MARKET_CONTENDED")
    assert_problem(put(steered, FEED, {"state": "down"}), 409, "MARKET_CONTENDED")
    assert list(ledger.conditions.values()) == [Conditions(change=2)]


def test_who_moves_it_while_the_table_does_not_answer_may_do_it_again(steered):
    ledger = ledger_of(entry.engine)

    def lose(method, moment):
        if (method, moment) == ("steer", "after"):
            raise StorageUnavailable("the answer was lost")

    ledger.interrupt = lose
    assert_problem(put(steered, MARKET, FALL), 503, "STORAGE_UNAVAILABLE")
    ledger.interrupt = undisturbed
    assert put(steered, MARKET, FALL).status_code == 200
