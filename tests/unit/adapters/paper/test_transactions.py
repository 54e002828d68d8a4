import json

import pytest

from chalicelib.adapters.paper.transactions import KIND, open_transaction, read_message, seal
from chalicelib.errors import Rejected
from tests.fakes.paper import PaperDesk, ask, paper_settings


def test_equal_swaps_are_equal_bytes_and_have_equal_signatures() -> None:
    messages = [PaperDesk().message(ask()) for _ in range(2)]
    assert messages[0] == messages[1]
    assert PaperDesk().signer.sign(messages[0]) == PaperDesk().signer.sign(messages[1])


@pytest.mark.parametrize("other", [ask(2), ask(attempt=2), ask(amount_in=2_000)])
def test_another_order_attempt_or_amount_has_another_signature(other) -> None:
    desk = PaperDesk()
    assert desk.submission(ask()).signature != desk.submission(other).signature


def test_another_wallet_gives_another_signature() -> None:
    message = PaperDesk().message(ask())
    other = PaperDesk(settings=paper_settings(paper_seed="another"))
    assert PaperDesk().signer.sign(message).signature != other.signer.sign(message).signature


def test_a_signature_looks_like_one_of_solana() -> None:
    assert 86 <= len(PaperDesk().submission(ask()).signature) <= 88


def test_a_transaction_opens_to_what_was_signed() -> None:
    desk = PaperDesk()
    message = desk.message(ask(), minimum=123)
    signed = desk.signer.sign(message)
    assert open_transaction(signed.transaction) == (message, signed.signature)
    swap = read_message(message)
    assert (swap.order_id, swap.attempt, swap.amount_in, swap.minimum_amount_out) == (
        "order-1",
        1,
        1_500_000_000,
        123,
    )


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[]", b'"text"', b"{}", b'{"message":1,"signature":"s"}'])
def test_bytes_that_are_no_transaction_are_rejected(raw: bytes) -> None:
    with pytest.raises(Rejected):
        open_transaction(raw)


@pytest.mark.parametrize(
    "changes",
    [{"kind": "transfer"}, {"v": 2}, {"amountIn": "much"}, {"amountIn": None}, {"orderId": ...}],
)
def test_messages_that_are_not_ours_are_rejected(changes) -> None:
    fields = {**json.loads(PaperDesk().message(ask())), **changes}
    message = {name: value for name, value in fields.items() if value is not ...}
    with pytest.raises(Rejected):
        read_message(json.dumps(message).encode())


def test_a_message_says_that_it_is_paper() -> None:
    desk = PaperDesk()
    fields = json.loads(desk.message(ask()))
    assert fields["kind"] == KIND == "paper-swap"
    assert seal(b"m", "s") == b'{"message":"m","signature":"s"}'
