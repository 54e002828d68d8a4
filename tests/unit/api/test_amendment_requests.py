"""Amendments as clients may send them."""

import json
from decimal import Decimal

import pytest

from chalicelib.api.amendments import parse_amendment, parse_if_match
from chalicelib.domain.amendments import Amendment
from chalicelib.errors import InvalidRequest
from tests.fakes.examples import EXPIRIES

CHRISTMAS_EVE = 1_798_070_400_000
FIXED = "can't be amended: cancel the order, and place it anew"


def parse(**fields):
    return parse_amendment(json.dumps(fields).encode(), EXPIRIES)


def refused(**fields):
    with pytest.raises(InvalidRequest) as told:
        parse(**fields)
    return [(error.pointer, error.detail) for error in told.value.errors]


def test_each_field_is_read_by_itself_and_with_others():
    assert parse(trigger={"price": "128.50"}) == Amendment(trigger=Decimal("128.5"))
    assert parse(limitPrice="126") == Amendment(limit=Decimal(126))
    assert parse(expiresAt="2026-12-24T00:00:00Z") == Amendment(good_till=CHRISTMAS_EVE)
    assert parse(slippage="0.02") == Amendment(slippage_bps=200)
    assert parse(trigger={"price": "128"}, limitPrice="126", slippage="0") == Amendment(
        Decimal(128), Decimal(126), None, 0
    )


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, [("", "must change one of trigger, limitPrice, expiresAt, slippage")]),
        ({"trigger": None}, [("", "must change one of trigger, limitPrice, expiresAt, slippage")]),
        ({"amount": "2"}, [("/amount", FIXED)]),
        ({"type": "limit", "limitPrice": "0"}, [("/limitPrice", "must be greater than 0"), ("/type", FIXED)]),
        ({"ifRecovered": "hold"}, [("/ifRecovered", FIXED)]),
        ({"trail": "0.05"}, [("/trail", "is not a field of this request")]),
        ({"trigger": "128"}, [("/trigger", "must be a JSON object")]),
        ({"trigger": {"price": "1e3"}}, [("/trigger/price", "must be a plain decimal number, like 160.25")]),
        ({"expiresAt": "2026-11-22T12:00:00Z"}, [("/expiresAt", "must be at least 60 s ahead")]),
        ({"slippage": "0.6"}, [("/slippage", "must be between 0 and 0.5")]),
    ],
)
def test_what_is_wrong_is_told_at_its_field(fields, told):
    assert refused(**fields) == told


@pytest.mark.parametrize(("header", "sequence"), [(None, None), ("*", None), ('"4"', 4), (' "12" ', 12)])
def test_the_sequence_is_read_from_its_header(header, sequence):
    assert parse_if_match(header) == sequence


@pytest.mark.parametrize("header", ["", "4", '"0"', '"x"', 'W/"4"', '"4", "5"', '"1234567890"'])
def test_another_header_is_refused(header):
    with pytest.raises(InvalidRequest) as told:
        parse_if_match(header)
    assert [(error.pointer, error.detail) for error in told.value.errors] == [
        ("/headers/If-Match", 'must be the sequence of the order in quotes, like "4", or *')
    ]
