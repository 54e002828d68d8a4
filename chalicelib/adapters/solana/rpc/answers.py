"""Read what nodes answer: a value is believed only when all that we use of it has its type and range.

Fields that nobody asked for are passed over, because newer nodes add some. Whatever can't be read is
`NodeFailed`, and never an absent account.
"""

import json
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.adapters.solana.rpc.failures import CallRejected, NodeBehind, NodeFailed

UNHEALTHY, SLOT_NOT_REACHED = -32005, -32016
TOO_MANY_REQUESTS = 429

MOST_DATA = 10 * 1024 * 1024
"""Bytes of the largest account that Solana allows."""

_HASH = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII)
_U64 = 2**64


@dataclass(frozen=True, slots=True)
class AccountsRead:
    """Accounts as one node had them: the slot that it answered for, and the accounts that exist.

    An answer `is_torn` if it has two states of an account that was asked for twice.
    """

    slot: int
    accounts: Mapping[str, Account]
    is_torn: bool = False


def read_result(body: bytes, call_id: int) -> object:
    """Return the result in the body of an answer to the call with this id.

    Raises
    ------
    NodeFailed
        There is none: the node is busy, behind, refused the call, or said what can't be understood.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NodeFailed("answered what is not JSON") from None
    if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0":
        raise NodeFailed("answered what is not JSON-RPC")
    if answer.get("error") is not None:
        raise _failure(answer["error"])
    if type(answer.get("id")) is not int or answer["id"] != call_id:
        raise NodeFailed("answered another call")
    if answer.get("result") is None:
        raise NodeFailed("answered without a result")
    return answer["result"]


def read_genesis(result: object) -> str:
    """Return the genesis hash in a result."""
    if not isinstance(result, str) or not _HASH.fullmatch(result):
        raise NodeFailed("told a genesis hash that is none")
    return result


def read_slot(result: object) -> int:
    """Return the slot in a result."""
    if not _is_u64(result):
        raise NodeFailed("told a slot that is none")
    return int(str(result))


def read_accounts(result: object, addresses: Sequence[str]) -> AccountsRead:
    """Return the accounts in a result, which answers for these addresses in their order."""
    if not isinstance(result, dict) or not isinstance(result.get("context"), dict):
        raise NodeFailed("told accounts without their slot")
    slot, values = read_slot(result["context"].get("slot")), result.get("value")
    if not isinstance(values, list) or len(values) != len(addresses):
        raise NodeFailed("told of other accounts than it was asked for")
    read = [
        (address, None if value is None else _account(address, value))
        for address, value in zip(addresses, values, strict=True)
    ]
    last = dict(read)
    found = {address: account for address, account in last.items() if account is not None}
    return AccountsRead(slot, found, is_torn=any(last[address] != account for address, account in read))


def _account(address: str, value: Any) -> Account:
    if not isinstance(value, dict):
        raise NodeFailed("told an account that is none")
    owner, data = value.get("owner"), value.get("data")
    if not isinstance(owner, str) or not _HASH.fullmatch(owner):
        raise NodeFailed("told an account without its owner")
    if not (isinstance(data, list) and len(data) == len(("data", "base64")) and data[1] == "base64"):
        raise NodeFailed("told an account in another form than base64")
    return Account(address, owner, _bytes(data[0]))


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise NodeFailed("told an account whose data are no text")
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise NodeFailed("told an account whose data are not base64") from None
    if len(data) > MOST_DATA:
        raise NodeFailed("told an account that is too large")
    return data


def _failure(error: object) -> NodeFailed:
    code = error.get("code") if isinstance(error, dict) else None
    if type(code) is not int:
        return NodeFailed("answered an error without a code")
    if code == TOO_MANY_REQUESTS:
        return NodeFailed("has too many requests (429)")
    if code in {UNHEALTHY, SLOT_NOT_REACHED}:
        return NodeBehind(f"is behind the others ({code})")
    return CallRejected(f"refused the call ({code})")


def _is_u64(value: object) -> bool:
    return type(value) is int and 0 <= value < _U64
