"""What clients may send."""

import json

import pytest

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.requests import parse_idempotency_key, parse_order
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import BodyTooLarge, InvalidRequest
from tests.fakes.examples import EXPIRIES

GOOD = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "slippage": "0.01"}


def parse(**changes):
    fields = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    return parse_order(json.dumps(fields).encode(), "alice", PAPER_TOKENS, EXPIRIES)


def pointers(**changes):
    with pytest.raises(InvalidRequest) as refused:
        parse(**changes)
    return [error.pointer for error in refused.value.errors]


def test_a_good_order_is_understood_in_base_units_and_basis_points():
    new = parse()
    assert (new.account, new.token_in, new.token_out) == ("alice", SOL, USDC)
    assert (new.amount_in, new.terms.slippage_bps, new.valid_for_seconds) == (1_500_000_000, 100, 60)


def test_tokens_are_known_by_symbol_in_any_case_and_by_mint_and_slippage_has_a_default():
    assert parse(tokenIn=SOL.mint, tokenOut=USDC.mint, slippage=None) == parse()
    assert parse(tokenIn="sol", tokenOut="Usdc") == parse()


@pytest.mark.promise("R6")
def test_a_demanded_minimum_is_read_in_base_units_of_the_token_that_is_bought():
    assert parse(minimumAmountOut="222.15").minimum_amount_out == 222_150_000
    assert parse(minimumAmountOut="0.000001").minimum_amount_out == 1
    assert parse().minimum_amount_out is None


@pytest.mark.promise("R2")
def test_a_demanded_minimum_is_part_of_the_payload():
    demanded = {parse(minimumAmountOut=text).canonical() for text in ("222.15", "222.150", "222.16")}
    assert len(demanded | {parse().canonical()}) == 3


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"amount": 1.5}, ["/amount"]),
        ({"amount": 1}, ["/amount"]),
        ({"slippage": 0.01}, ["/slippage"]),
        ({"amount": "0"}, ["/amount"]),
        ({"amount": "-1"}, ["/amount"]),
        ({"amount": "0.0000000001"}, ["/amount"]),
        ({"amount": None}, ["/amount"]),
        ({"amount": "1" * 65}, ["/amount"]),
        ({"slippage": "0.51"}, ["/slippage"]),
        ({"type": "oco"}, ["/type"]),
        ({"type": 1}, ["/type"]),
        ({"type": ["limit"]}, ["/type"]),
        ({"tokenIn": "DOGE"}, ["/tokenIn"]),
        ({"tokenOut": "SOL"}, ["/tokenOut"]),
        ({"validForSeconds": 4}, ["/validForSeconds"]),
        ({"validForSeconds": 3601}, ["/validForSeconds"]),
        ({"validForSeconds": "60"}, ["/validForSeconds"]),
        ({"validForSeconds": True}, ["/validForSeconds"]),
        ({"price": "3"}, ["/price"]),
        ({"minimumAmountOut": 222}, ["/minimumAmountOut"]),
        ({"minimumAmountOut": "0"}, ["/minimumAmountOut"]),
        ({"minimumAmountOut": "-1"}, ["/minimumAmountOut"]),
        ({"minimumAmountOut": "222.1500001"}, ["/minimumAmountOut"]),
        ({"minimumAmountOut": "18446744073709.551616"}, ["/minimumAmountOut"]),
        ({"tokenOut": "DOGE", "minimumAmountOut": "1e3"}, ["/tokenOut", "/minimumAmountOut"]),
        ({"tokenIn": "DOGE", "amount": "x", "slippage": "y"}, ["/tokenIn", "/amount", "/slippage"]),
    ],
)
def test_a_bad_field_is_refused_by_its_pointer(changes, refused):
    assert pointers(**changes) == refused


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_fields():
    wrong = {"foo": 1, "validForSeconds": 1, "slippage": "0.9", "amount": "1,5", "tokenOut": 5, "type": None}
    assert pointers(**wrong) == ["/tokenOut", "/amount", "/slippage", "/type", "/validForSeconds", "/foo"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"type": "oco"}, 'must be "market", "limit", "stop" or "takeProfit"'),
        ({"type": None}, "is required"),
        ({"tokenIn": ""}, "must have at least 1 character"),
        ({"amount": "1" * 65}, "must have at most 64 characters"),
        ({"amount": 1.0}, 'must be a string, like "1.5"'),
        ({"slippage": 1.0}, 'must be a string, like "0.01"'),
        ({"tokenIn": 5}, 'must be a string, like "SOL"'),
        ({"tokenOut": 5}, 'must be a string, like "USDC"'),
        ({"minimumAmountOut": 5}, 'must be a string, like "222.15"'),
        ({"amount": "1,5"}, "must be a plain decimal number, like 1.5"),
        ({"slippage": "1%"}, "must be a plain decimal number, like 0.01"),
        ({"tokenOut": "sol"}, "must be another token than the one that is sold"),
        (
            {"tokenIn": "DOGE"},
            "must be the symbol or mint address of a known token: SOL, USDC, USDT, JUP, BONK",
        ),
        ({"amount": "\ud800"}, "must be Unicode text"),
        ({"validForSeconds": 5.5}, "must be a whole number"),
        ({"validForSeconds": 4}, "must be at least 5"),
        ({"validForSeconds": 3601}, "must be at most 3600"),
        ({"price": "3"}, "is not a field of this request"),
    ],
)
def test_a_bad_field_is_told_in_a_sentence_of_ours_what_it_has_to_be(changes, sentence):
    with pytest.raises(InvalidRequest) as refused:
        parse(**changes)
    assert [error.detail for error in refused.value.errors] == [sentence]


def test_a_fields_pointer_is_escaped():
    assert pointers(**{"a/b~c": "3"}) == ["/a~1b~0c"]


def test_a_whole_number_may_be_written_with_a_point():
    assert parse(validForSeconds=60.0) == parse()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{" * 5000])
def test_a_body_that_is_no_json_object_is_refused(body):
    with pytest.raises(InvalidRequest):
        parse_order(body, "alice", PAPER_TOKENS, EXPIRIES)


@pytest.mark.parametrize(
    "changes",
    [
        {"validForSeconds": 5},
        {"validForSeconds": 3600},
        {"slippage": "0"},
        {"slippage": "0.5"},
        {"amount": "0.000000001"},
        {"amount": "18446744073.709551615"},
    ],
)
def test_the_least_and_the_most_of_each_field_are_taken(changes):
    assert parse(**changes).canonical() != parse().canonical()


def test_a_body_of_8_kilobytes_is_read():
    assert parse_order(json.dumps(GOOD).ljust(8192).encode(), "alice", PAPER_TOKENS, EXPIRIES) == parse()


def test_a_body_over_8_kilobytes_is_not_read():
    with pytest.raises(BodyTooLarge):
        parse_order(b" " * 8193, "alice", PAPER_TOKENS, EXPIRIES)


@pytest.mark.promise("R2")
def test_the_canonical_payload_does_not_depend_on_how_it_was_written():
    assert parse(amount="1.50", slippage="0.0100").canonical() == parse(validForSeconds=60).canonical()
    assert parse(amount="1.51").canonical() != parse().canonical()


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256, "a\n"])
def test_a_malformed_idempotency_key_is_refused(key):
    with pytest.raises(InvalidRequest):
        parse_idempotency_key(key)


def test_a_visible_ascii_key_is_taken_and_none_is_fine():
    assert parse_idempotency_key("x" * 255) == "x" * 255
    assert parse_idempotency_key(None) is None
