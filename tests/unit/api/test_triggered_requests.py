"""Orders that wait for their price, as clients may send them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.requests import parse_order, parse_quote
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import IfRecovered, LimitTerms, StopTerms, TakeProfitTerms, TimeInForce
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import InvalidRequest, TriggerBelowFloor
from tests.fakes.examples import EXPIRIES, NOON

SWAP = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "priceIn": "USDC"}
LIMIT = {"type": "limit", **SWAP, "limitPrice": "160"}
STOP = {"type": "stop", **SWAP, "trigger": {"price": "130"}}
TAKE_PROFIT = {"type": "takeProfit", **SWAP, "trigger": {"price": "180"}}
BUY = {"tokenIn": "USDC", "tokenOut": "SOL", "amount": "210"}
UNTIL = {"timeInForce": "GTD", "expiresAt": "2026-12-24T00:00:00Z"}
CHRISTMAS_EVE = 1_798_070_400_000
NEVER_FIRES = Waiting(None, IfMet.REFUSE)


def parse(order, **changes):
    fields = {name: value for name, value in {**order, **changes}.items() if value is not None}
    return parse_order(json.dumps(fields).encode(), "alice", PAPER_TOKENS, EXPIRIES)


def refused(order, **changes):
    with pytest.raises(InvalidRequest) as told:
        parse(order, **changes)
    return [(error.pointer, error.detail) for error in told.value.errors]


def price(text, unit=USDC):
    return NamedPrice(Decimal(text), unit)


def test_an_order_that_says_nothing_of_time_waits_as_long_as_it_may():
    limit, stop, profit = parse(LIMIT), parse(STOP), parse(TAKE_PROFIT)
    assert limit.terms == LimitTerms(100, price("160"), TimeInForce.GTC)
    assert limit.waiting == Waiting(None, IfMet.FIRE)
    assert stop.terms == StopTerms(100, price("130"), TimeInForce.GTC, IfRecovered.HOLD)
    assert profit.terms == TakeProfitTerms(100, price("180"), TimeInForce.GTC)
    assert stop.waiting == profit.waiting == NEVER_FIRES


def test_an_order_that_does_not_wait_has_nothing_of_waiting():
    for in_force in ("FOK", "IOC"):
        assert parse(LIMIT, timeInForce=in_force).waiting is None


@pytest.mark.parametrize("text", ["2026-12-24T00:00:00Z", "2026-12-24t01:30:00.000+01:30"])
@pytest.mark.parametrize("order", [LIMIT, STOP, TAKE_PROFIT])
def test_an_order_may_name_its_end_in_any_zone(order, text):
    new = parse(order, timeInForce="GTD", expiresAt=text)
    assert (new.waiting.until, new.terms.time_in_force) == (CHRISTMAS_EVE, TimeInForce.GTD)


def test_a_stop_may_have_a_limit_and_may_trade_when_the_market_has_recovered():
    new = parse(STOP, limitPrice="126", ifRecovered="trade", ifMet="fire", ifFar="accept")
    assert new.terms == StopTerms(100, price("130"), TimeInForce.GTC, IfRecovered.TRADE, price("126"))
    assert new.floor == 189_000_000
    assert new.waiting == Waiting(None, IfMet.FIRE, may_be_far=True)


@pytest.mark.parametrize("limit", ["130", "129.999999999999999"])
def test_a_stop_with_a_limit_at_its_trigger_or_worse_is_taken(limit):
    assert parse(STOP, limitPrice=limit).terms.limit == price(limit)


@pytest.mark.parametrize("parsed", [parse_order, parse_quote])
def test_a_stop_whose_limit_is_better_than_its_trigger_is_refused(parsed):
    for order in ({**STOP, "limitPrice": "130.000000000000001"}, {**STOP, **BUY, "limitPrice": "129"}):
        with pytest.raises(TriggerBelowFloor) as told:
            parsed(json.dumps(order).encode(), "alice", PAPER_TOKENS, EXPIRIES)
        assert (told.value.price_in, told.value.other) == ("USDC", "SOL")
        assert told.value.numbers == {"trigger": "130", "limitPrice": order["limitPrice"]}


def test_a_stop_that_buys_pays_its_limit_or_less():
    new = parse(STOP, **BUY, limitPrice="140")
    assert (new.floor, new.terms.limit) == (1_500_000_000, price("140"))


@pytest.mark.parametrize(
    ("order", "changes", "way"),
    [
        (LIMIT, {}, "rises"),
        (LIMIT, BUY, "falls"),
        (LIMIT, {"timeInForce": "FOK"}, "rises"),
        (STOP, {}, "falls"),
        (STOP, BUY, "rises"),
        (TAKE_PROFIT, {}, "rises"),
        (TAKE_PROFIT, {"priceIn": "SOL"}, "falls"),
    ],
)
def test_the_way_that_a_price_moves_is_checked_where_it_is_named(order, changes, way):
    other = {"rises": "falls", "falls": "rises"}[way]
    assert parse(order, **changes, when=way) == parse(order, **changes)
    ((pointer, sentence),) = refused(order, **changes, when=other)
    assert pointer == "/when"
    assert sentence.startswith(f'must be "{way}": the order waits until 1 ')


def test_the_way_is_told_in_the_prices_own_words():
    assert refused(STOP, when="rises") == [
        ("/when", 'must be "falls": the order waits until 1 SOL is worth 130 USDC or less')
    ]
    assert refused(TAKE_PROFIT, priceIn="SOL", trigger={"price": "0.005"}, when="rises") == [
        ("/when", 'must be "falls": the order waits until 1 USDC is worth 0.005 SOL or less')
    ]


ONLY_GTD = "is only for the timeInForce GTD, with which an order waits until then"
ONLY_WAITING = "is only for orders that wait for their price: with the timeInForce GTC or GTD"
TOO_LITTLE = "asks for less than the smallest amount of USDC"
NO_TIME = "must be a time with its zone, like 2026-12-24T00:00:00Z"


@pytest.mark.parametrize(
    ("order", "changes", "told"),
    [
        (STOP, {"trigger": None}, [("/trigger", "is required")]),
        (STOP, {"trigger": "130"}, [("/trigger", "must be a JSON object")]),
        (STOP, {"trigger": {}}, [("/trigger/price", "is required")]),
        (STOP, {"trigger": {"price": 130}}, [("/trigger/price", 'must be a string, like "130"')]),
        (STOP, {"trigger": {"price": "0"}}, [("/trigger/price", "must be greater than 0")]),
        (
            STOP,
            {"trigger": {"price": "130", "trail": "1"}},
            [("/trigger/trail", "is not a field of this request")],
        ),
        (STOP, {"trigger": {"price": "0.0000006"}}, [("/trigger/price", TOO_LITTLE)]),
        (STOP, {"limitPrice": "0.0000006"}, [("/limitPrice", TOO_LITTLE)]),
        (LIMIT, {"limitPrice": "0.0000006"}, [("/limitPrice", TOO_LITTLE)]),
        (
            TAKE_PROFIT,
            {"trigger": {"price": "99999999999999"}},
            [("/trigger/price", "asks for more USDC than an account can hold")],
        ),
        (STOP, {"timeInForce": "FOK"}, [("/timeInForce", 'must be "GTC" or "GTD"')]),
        (STOP, {"minimumAmountOut": "1"}, [("/minimumAmountOut", "is not a field of this request")]),
        (LIMIT, {"ifRecovered": "hold"}, [("/ifRecovered", "is not a field of this request")]),
        (STOP, {"ifRecovered": "wait"}, [("/ifRecovered", 'must be "hold" or "trade"')]),
        (LIMIT, {"ifMet": "wait"}, [("/ifMet", 'must be "fire" or "refuse"')]),
        (LIMIT, {"ifFar": "yes"}, [("/ifFar", 'must be "accept"')]),
        (
            LIMIT,
            {"timeInForce": "FOK", "ifMet": "fire", "ifFar": "accept"},
            [("/ifMet", ONLY_WAITING), ("/ifFar", ONLY_WAITING)],
        ),
        (LIMIT, {"expiresAt": "2026-12-24T00:00:00Z"}, [("/expiresAt", ONLY_GTD)]),
        (
            LIMIT,
            {"timeInForce": "IOC", "expiresAt": "2026-12-24T00:00:00Z"},
            [("/expiresAt", ONLY_GTD)],
        ),
        (
            STOP,
            {"timeInForce": "GTD"},
            [("/expiresAt", "is required with the timeInForce GTD: until when the order waits")],
        ),
        (STOP, {**UNTIL, "expiresAt": "2026-12-24T00:00:00"}, [("/expiresAt", NO_TIME)]),
        (STOP, {**UNTIL, "expiresAt": "2026-12-24"}, [("/expiresAt", NO_TIME)]),
        (STOP, {**UNTIL, "expiresAt": "2026-02-30T00:00:00Z"}, [("/expiresAt", NO_TIME)]),
        (STOP, {**UNTIL, "expiresAt": "2026-12-24T00:00:00+24:00"}, [("/expiresAt", NO_TIME)]),
        (STOP, {**UNTIL, "expiresAt": 1}, [("/expiresAt", 'must be a string, like "2026-12-24T00:00:00Z"')]),
        (
            STOP,
            {**UNTIL, "expiresAt": "2026-11-22T12:00:59.999Z"},
            [("/expiresAt", "must be at least 60 s ahead")],
        ),
        (
            STOP,
            {**UNTIL, "expiresAt": "2027-02-20T12:00:00.001Z"},
            [("/expiresAt", "must be at most 90 days ahead")],
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(order, changes, told):
    assert refused(order, **changes) == told


def test_the_least_and_the_most_of_each_bound_are_taken():
    for text, after in (("2026-11-22T12:01:00Z", 60), ("2027-02-20T12:00:00Z", 90 * 86_400)):
        assert parse(STOP, timeInForce="GTD", expiresAt=text).waiting.until == NOON + after * 1000
    assert parse(STOP, trigger={"price": "0.000001"}, amount="1").terms.price == price("0.000001")


def test_errors_of_other_fields_hide_none_of_these_and_the_order_of_the_fields_is_kept():
    wrong = {"tokenIn": "DOGE", "trigger": {"price": "x", "y": 1}, "priceIn": "DOGE", "when": "up"}
    assert [pointer for pointer, _ in refused(STOP, **wrong, foo=1)] == [
        "/tokenIn",
        "/trigger/y",
        "/trigger/price",
        "/priceIn",
        "/when",
        "/foo",
    ]


@pytest.mark.promise("R2")
def test_orders_that_mean_the_same_are_the_same_payload_and_others_are_not():
    assert parse(STOP, trigger={"price": "130.00"}, when="falls").canonical() == parse(STOP).canonical()
    changed: list[dict[str, Any]] = [
        {},
        {"trigger": {"price": "131"}},
        {"limitPrice": "126"},
        {"limitPrice": "127"},
        {"ifRecovered": "trade"},
        {"ifMet": "fire"},
        {"ifFar": "accept"},
        UNTIL,
        {**UNTIL, "expiresAt": "2026-12-24T00:00:01Z"},
    ]
    assert len({parse(STOP, **each).canonical() for each in changed}) == len(changed)


def test_a_quote_takes_an_order_that_waits():
    for order in (LIMIT, STOP, TAKE_PROFIT):
        body = json.dumps(order).encode()
        assert parse_quote(body, "alice", PAPER_TOKENS, EXPIRIES) == parse(order)


def test_a_trigger_without_a_type_is_asked_for_its_type():
    fields = {name: value for name, value in STOP.items() if name != "type"}
    with pytest.raises(InvalidRequest) as told:
        parse_quote(json.dumps(fields).encode(), "alice", PAPER_TOKENS, EXPIRIES)
    assert [(e.pointer, e.detail) for e in told.value.errors] == [("/type", "is required")]
    assert SOL.symbol == fields["tokenIn"]
