"""What a node answers is read exactly, or it is known to be garbage."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters import base58
from chalicelib.adapters.paper import node_replies
from chalicelib.adapters.paper.node_replies import corrupt, read_status
from chalicelib.domain.order import Fill
from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    LandingError,
    SignatureStatus,
    StatusReading,
)
from chalicelib.errors import ChainUnavailable
from chalicelib.ports import Blockhash

counts = st.integers(0, 2**63)
statuses = st.builds(SignatureStatus, st.sampled_from(Commitment), st.sampled_from([None, *LandingError]))
ANSWERS: Mapping[str, st.SearchStrategy[Any]] = {
    "blockhash": st.builds(Blockhash, st.binary(min_size=32, max_size=32).map(base58.encode), counts),
    "height": st.builds(HeightReading, counts, counts),
    "status": st.builds(StatusReading, st.none() | statuses, counts),
    "fill": st.builds(Fill, counts, counts),
}
answers = st.sampled_from(sorted(ANSWERS)).flatmap(lambda name: st.tuples(st.just(name), ANSWERS[name]))
draws = st.integers(0, 2**64 - 1)


def reader(name: str) -> Callable[[object], Any]:
    read: Callable[[object], Any] = getattr(node_replies, f"read_{name}")
    return read


def writer(name: str) -> Callable[[Any], dict[str, object]]:
    write: Callable[[Any], dict[str, object]] = getattr(node_replies, f"write_{name}")
    return write


@given(answers)
def test_an_answer_is_read_as_it_was_meant(answer: tuple[str, Any]) -> None:
    name, meant = answer
    assert reader(name)(writer(name)(meant)) == meant


@given(answers, draws)
def test_garbage_is_always_recognised(answer: tuple[str, Any], draw: int) -> None:
    name, meant = answer
    with pytest.raises(ChainUnavailable, match="malformed"):
        reader(name)(corrupt(writer(name)(meant), draw))


@given(st.text(min_size=1), draws)
def test_a_receipt_is_of_what_was_handed_over(subject: str, draw: int) -> None:
    read = partial(node_replies.read_receipt, subject=subject)
    receipt = node_replies.write_receipt(subject)
    read(receipt)
    for other in (node_replies.write_receipt(f"{subject}!"), corrupt(receipt, draw)):
        with pytest.raises(ChainUnavailable):
            read(other)


def test_an_error_of_what_is_absent_is_not_taken_for_absence() -> None:
    with pytest.raises(ChainUnavailable):
        read_status({"slot": 1, "commitment": None, "error": "slippage"})


@pytest.mark.parametrize("missing", ["slot", "commitment", "error"])
def test_a_status_that_lacks_a_field_is_not_taken_for_absence(missing: str) -> None:
    reply = {"slot": 1, "commitment": None, "error": None}
    read_status(reply)
    with pytest.raises(ChainUnavailable):
        read_status({name: value for name, value in reply.items() if name != missing})
