"""What a node of Solana answers is read exactly, or it is known to be garbage: never an absent account."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import base58
from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.rpc import answers
from chalicelib.adapters.solana.rpc.answers import AccountsRead, read_accounts, read_result
from chalicelib.adapters.solana.rpc.failures import NodeFailed
from tests.property.strangers import VALUES, as_bytes, documents

keys = st.binary(min_size=32, max_size=32).map(base58.encode)
slots = st.integers(0, 2**64 - 1)
ADDRESSES = [base58.encode(bytes([number]) * 32) for number in (1, 2, 3)]
values = st.none() | st.builds(lambda owner, data: (owner, data), keys, st.binary(max_size=200))
ACCOUNT = {"data": ["AAEC", "base64"], "owner": ADDRESSES[0], "lamports": 1, "executable": False}
ENVELOPE: dict[str, Any] = {"jsonrpc": "2.0", "id": 7, "result": {"context": {"slot": 5}, "value": []}}


def _value(drawn: tuple[str, bytes] | None) -> dict[str, Any] | None:
    if drawn is None:
        return None
    return {**ACCOUNT, "owner": drawn[0], "data": [b64encode(drawn[1]).decode(), "base64"]}


@given(slots, st.tuples(values, values, values))
def test_accounts_are_read_as_they_were_meant(slot: int, drawn: tuple[Any, ...]) -> None:
    result = {"context": {"slot": slot, "apiVersion": "4.4.0"}, "value": [_value(one) for one in drawn]}
    body = json.dumps({"jsonrpc": "2.0", "id": 7, "result": result}).encode()
    meant = {
        address: Account(address, *one)
        for address, one in zip(ADDRESSES, drawn, strict=True)
        if one is not None
    }
    assert read_accounts(read_result(body, 7), ADDRESSES) == AccountsRead(slot, meant)


@given(as_bytes(documents(ENVELOPE)))
def test_a_body_is_a_result_or_known_to_be_garbage(body: bytes) -> None:
    try:
        result = read_result(body, 7)
    except NodeFailed:
        return
    assert result is not None
    document = json.loads(body)
    assert (document["id"], document["result"]) == (7, result)


@given(slots, values, values)
def test_an_answer_with_two_states_of_one_account_is_torn(slot: int, first: Any, last: Any) -> None:
    result = {"context": {"slot": slot}, "value": [_value(first), _value(None), _value(last)]}
    one, other, _ = ADDRESSES
    read = read_accounts(result, [one, other, one])
    assert read.is_torn is (first != last)
    assert (one in read.accounts) is (last is not None)


PATHS: tuple[tuple[Any, ...], ...] = (
    ("context",),
    ("context", "slot"),
    ("value",),
    ("value", 1),
    ("value", 1, "owner"),
    ("value", 1, "data"),
    ("value", 1, "data", 0),
    ("value", 1, "data", 1),
)


@given(st.sampled_from(PATHS), VALUES)
def test_no_value_in_the_place_of_another_makes_an_account_vanish_or_appear(
    path: tuple[Any, ...], value: Any
) -> None:
    result: dict[str, Any] = {
        "context": {"slot": 5},
        "value": [json.loads(json.dumps(ACCOUNT)) for _ in ADDRESSES],
    }
    inner: Any = result
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    try:
        read = read_accounts(result, ADDRESSES)
    except NodeFailed:
        return
    assert type(read.slot) is int
    absent = {ADDRESSES[1]} if path == ("value", 1) and value is None else set()
    assert set(read.accounts) == set(ADDRESSES) - absent
    assert all(isinstance(account.data, bytes) for account in read.accounts.values())


@pytest.mark.parametrize("read", [answers.read_slot, answers.read_genesis])
@given(value=VALUES)
def test_a_slot_and_a_genesis_hash_are_of_their_form_or_garbage(
    read: Callable[[object], Any], value: Any
) -> None:
    try:
        found = read(value)
    except NodeFailed:
        return
    assert found == value
    assert type(found) is (int if read is answers.read_slot else str)
