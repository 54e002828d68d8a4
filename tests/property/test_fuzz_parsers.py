"""Whatever strangers send is read or refused: nothing crashes, and no input costs more than its length."""

import os
from base64 import urlsafe_b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.bodies import MAX_BODY_BYTES
from chalicelib.api.history import parse_history, write_cursor
from chalicelib.api.requests import parse_order
from chalicelib.domain.amounts import U64_MAX
from chalicelib.domain.new_order import NewOrder
from chalicelib.errors import InvalidRequest
from chalicelib.ports import HistoryPosition
from tests.fakes.examples import EXPIRIES, ORDER_ID
from tests.property.readers import FIXED_LINES, LINES_A_CHARACTER, READERS, outcome, size, work
from tests.property.strangers import ANY_TEXT, ORDER, as_bytes, documents

ASKED = os.environ.get("FUZZ_EXAMPLES")
"""How many examples `make fuzz` asked for, new ones each time; the tests take the same few each time."""

fuzzed = settings(
    max_examples=int(ASKED or 150),
    derandomize=ASKED is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

each_reader = pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
without_time_limit = pytest.mark.timeout(0 if ASKED else 120)

pytestmark = without_time_limit


@pytest.mark.promise("R14")
@each_reader
@fuzzed
@given(data=st.data())
def test_whatever_a_stranger_sends_is_read_or_refused_with_a_sentence(reader, data):
    outcome(reader, data.draw(reader.given))


@pytest.mark.promise("R16")
@each_reader
@fuzzed
@given(data=st.data())
def test_nothing_costs_more_work_than_its_length(reader, data):
    sent = data.draw(reader.given)
    lines = work(reader.read, sent)
    assert lines <= FIXED_LINES + LINES_A_CHARACTER * size(sent)


@fuzzed
@given(body=as_bytes(documents(ORDER)))
def test_what_is_read_as_an_order_can_be_traded(body):
    order = outcome(READERS["order"], body)
    if isinstance(order, NewOrder):
        assert 0 < order.amount_in <= U64_MAX
        assert 0 <= order.terms.slippage_bps <= 5_000
        assert 5 <= order.valid_for_seconds <= 3_600
        assert order.token_in != order.token_out


@fuzzed
@given(at=st.integers(0, 10**13))
def test_a_cursor_is_read_as_it_was_written(at):
    position = HistoryPosition(at, ORDER_ID)
    assert parse_history({"cursor": write_cursor(position)}, PAPER_TOKENS).after == position


@fuzzed
@given(inner=ANY_TEXT | st.from_regex(rf"[-+_ 0-9]{{1,16}}\.{ORDER_ID}", fullmatch=True))
def test_a_cursor_that_was_not_written_here_is_refused_or_names_a_time(inner):
    cursor = urlsafe_b64encode(inner.encode(errors="surrogatepass")).decode()
    try:
        after = parse_history({"cursor": cursor}, PAPER_TOKENS).after
    except InvalidRequest:
        return
    assert after is not None
    assert write_cursor(after) == cursor


def repeated(part: str, times: int, opening: str = "{", closing: str = "}") -> bytes:
    return (opening + ",".join(part.replace("%", str(at)) for at in range(times)) + closing).encode()


GROWING = {
    "fields": lambda n: repeated('"%":1', n),
    "one field again and again": lambda n: repeated('"a":1', n),
    "a list": lambda n: b'{"amount":' + repeated("%", n, "[", "]") + b"}",
    "digits": lambda n: b'{"amount":' + b"9" * n + b"}",
    "decimal places": lambda n: b'{"amount":"0.' + b"0" * n + b'"}',
    "depth": lambda n: b"[" * n + b"]" * n,
    "deep objects": lambda n: b'{"a":' * n + b"1" + b"}" * n,
    "escapes": lambda n: b'{"amount":"' + rb"\u0031" * n + b'"}',
    "blanks": lambda n: b" " * n + b"{}",
}


@pytest.mark.promise("R16")
@pytest.mark.parametrize("body", GROWING.values(), ids=list(GROWING))
def test_twice_the_input_is_at_most_twice_the_work(body):
    def lines(n):
        return work(lambda given: parse_order(given, "a", PAPER_TOKENS, EXPIRIES), body(n))

    lines(1)  # what the first call imports is not counted
    assert lines(600) <= 2 * lines(300) + FIXED_LINES


def test_work_that_grows_with_the_square_is_noticed():
    def look_at_all(body):
        for _one in body:
            for _other in body:
                pass

    assert work(look_at_all, bytes(600)) > 2 * work(look_at_all, bytes(300)) + FIXED_LINES


@pytest.mark.promise("R16")
@pytest.mark.parametrize("name", [name for name, reader in READERS.items() if reader.longest])
def test_what_is_longer_than_allowed_is_not_looked_at(name):
    reader = READERS[name]
    longer = "[" * (reader.longest + 1)
    sent = longer if name == "socket message" else longer.encode()
    assert work(reader.read, sent) <= 20
    assert work(reader.read, sent * 1_000) <= 20


def test_the_longest_body_is_read():
    body = b'{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":"1"}'.ljust(MAX_BODY_BYTES)
    assert isinstance(outcome(READERS["order"], body), NewOrder)
