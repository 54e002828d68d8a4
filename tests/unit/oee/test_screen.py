from collections import Counter
from io import StringIO

import pytest
from rich.console import Console

from oee import Event, Health, Order, OrderPage, OrderStatus, Placed, Quote, Unreachable
from oee.display import shown
from oee.screen import Screen
from oee.timeline import Timeline, outcome
from oee.wording import SwapText, duration
from tests.unit.oee.answers import JOURNEY, ORDER_ID, SIGNATURE, accepted, event, events, order, quote, route

SWAP = SwapText("1.5", "SOL", "USDC")
AGAIN = {
    "reason": {"code": "SLIPPAGE_EXCEEDED", "detail": "It returned less than the minimum."},
    "attempt": 2,
}


def rendered(renderable, width=80):
    """What a person sees on a terminal of this width, without colours."""
    paper = StringIO()
    console = Console(file=paper, width=width, force_terminal=False, markup=False)
    console.print(renderable, crop=False)
    return paper.getvalue()


def read(*logs):
    """Events, parsed."""
    return [Event.model_validate(log) for log in logs]


@pytest.mark.parametrize(
    "record",
    [
        Quote.model_validate(quote()),
        Order.model_validate(order(*JOURNEY, route=route())),
        Order.model_validate(order("pending", "routing", "failed")),
        Order.model_validate(order(*JOURNEY[:4], route=route(), tokenIn="J" * 44)),
        OrderPage.model_validate(
            {"orders": [order(*JOURNEY, amount="123456789.123456789"), order("pending")]}
        ),
        OrderPage.model_validate({"orders": []}),
    ],
)
def test_every_answer_fits_eighty_columns(record):
    lines = rendered(shown(record)).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80


NARROW = [
    Order.model_validate(order(*JOURNEY, route=route())),
    Order.model_validate(order(*JOURNEY[:4], route=route(), txHash=SIGNATURE)),
    OrderPage.model_validate({"orders": [order(*JOURNEY, amount="123456789.123456789"), order("pending")]}),
    Quote.model_validate(quote()),
    Placed.model_validate({**accepted(), "idempotencyKey": "mine", "replayed": True}),
]


@pytest.mark.parametrize("width", [40, 60])
@pytest.mark.parametrize("record", NARROW)
def test_on_a_narrow_terminal_no_word_is_cut_and_nothing_is_left_out(record, width):
    words = rendered(shown(record), width=1000).split()
    headings = {"order", "UTC", "status", "swap", "venue", "pool", "gives", "USDC", "impact"}
    missing = Counter(words) - Counter(rendered(shown(record), width=width).split())
    assert set(missing) <= headings


@pytest.mark.parametrize("width", [40, 60])
def test_what_is_no_signature_fits_a_narrow_terminal(width):
    for record in (NARROW[0], NARROW[2], NARROW[3]):
        lines = rendered(shown(record), width=width).splitlines()
        assert max(len(line.rstrip()) for line in lines if SIGNATURE not in line) <= width


def test_notes_are_wrapped_by_the_terminal_so_that_what_they_name_stays_whole(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    Screen().note(f"There are more: --cursor {'c' * 90}")
    assert f"--cursor {'c' * 90}\n" in capsys.readouterr().err


def test_tables_in_pipes_have_no_blanks_at_the_ends_of_their_lines(capsys):
    Screen().show(NARROW[2])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [line.rstrip() for line in lines]
    assert len(lines) == 3


def test_the_best_pool_comes_first():
    small = {"pool": "P", "type": "raydium_cpmm", "amountOut": "1", "priceImpactBps": 1}
    route_of_two = route()
    route_of_two["quotes"][0]["pools"].insert(0, small)
    told = rendered(shown(Quote.model_validate({**quote(), "route": route_of_two})))
    assert told.index("best") < told.index("1.000000")


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (
            Placed.model_validate(
                {**accepted(), "idempotencyKey": "k", "replayed": False, "market": "paper"}
            ),
            f"Order {ORDER_ID} is pending on paper.\n",
        ),
        (
            Health.model_validate({"status": "ok", "trading": "halted", "market": "paper"}),
            "Trading on paper is halted.\n",
        ),
        (Health.model_validate({"status": "degraded"}), "can't tell whether there is trading.\n"),
        (
            OrderStatus.model_validate({"orderId": ORDER_ID, "status": "cancelled"}),
            f"Order {ORDER_ID} is cancelled. Nothing was traded.\n",
        ),
    ],
)
def test_the_market_is_named_and_what_ended_without_a_trade_says_so(record, told):
    assert rendered(shown(record)).endswith(told)


@pytest.mark.parametrize("status", ["failed", "expired"])
def test_why_nothing_was_traded_is_told_once_with_its_code(status):
    why = {"code": "ROUTE_NOT_FOUND", "detail": "No venue can fill this swap."}
    ended = order("pending", status)
    ended["logs"][1]["error"] = why
    told = rendered(shown(Order.model_validate(ended)), width=200)
    assert f"{status.capitalize()} after 0.50 s: No venue can fill this swap. Nothing was traded." in told
    assert told.count("ROUTE_NOT_FOUND") == told.count("No venue can fill") == 1


def test_a_quote_tells_that_an_order_would_fail_all_the_same():
    denied = {"code": "PRICE_IMPACT_ABOVE_LIMIT", "kind": "denied", "detail": "1536 bps", "retryable": False}
    told = rendered(shown(Quote.model_validate({**quote(), "denied": denied})))
    assert "An order would fail: 1536 bps (PRICE_IMPACT_ABOVE_LIMIT)" in told
    assert "would fail" not in rendered(shown(Quote.model_validate(quote())))


def test_a_quote_names_the_best_pool_and_why_others_were_left_out():
    lines = [" ".join(line.split()) for line in rendered(shown(Quote.model_validate(quote()))).splitlines()]
    assert "raydium clmm 225.001995 0.01 % best" in lines
    assert "raydium cpmm Swaps are off (POOL_DISABLED)." in lines
    assert "meteora Swaps are off (VENUE_UNAVAILABLE)." in lines


def test_the_timeline_tells_the_time_in_each_status_and_why_it_was_tried_again():
    timeline = Timeline()
    for each in read(*events(*JOURNEY[:4]), event(5, "routing", **AGAIN)):
        timeline.add(each)
    lines = [" ".join(line.split()) for line in rendered(timeline).splitlines()]
    assert lines[:2] == ["✓ pending 0.50 s", "✓ routing 0.50 s"]
    assert lines[4].startswith("… routing once more, attempt 2: It returned less than the minimum")


def test_a_running_status_runs_on_until_the_next_event():
    now = [100.0]
    timeline = Timeline(clock=lambda: now[0], is_live=True)
    timeline.add(read(event(1, "pending"))[0])
    now[0] += 1.25
    assert "1.25 s" in rendered(timeline)
    timeline.add(read(event(2, "cancelled"))[0])
    assert "1.25 s" not in rendered(timeline)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("225.001995", "exactly the quote"),
        ("230", "2.2 % over the quote"),
        ("225.001994", "0.00000044 % under the quote"),
    ],
)
def test_a_fill_is_held_against_the_quote(amount, told):
    logs = read(*events(*JOURNEY[:4]), event(5, "confirmed", amountOut=amount))
    assert f"That is {told} of 225.001995" in rendered(outcome(SWAP, logs), width=200)


def test_an_outcome_says_no_more_than_it_knows():
    for status in ("confirmed", "expired", "cancelled"):
        bare = dict.fromkeys(("amountOut", "executedPrice", "dex"))
        logs = read(event(1, "pending"), event(2, status, **bare))
        untraded = "" if status == "confirmed" else " Nothing was traded."
        assert rendered(outcome(SWAP, logs)) == f"{status.capitalize()} after 0.50 s.{untraded}\n"


@pytest.mark.parametrize("status", ["expired", "failed"])
def test_every_transaction_that_was_sent_without_a_trade_is_named_whole(status):
    other = "4" * 88
    logs = [*events(*JOURNEY[:4]), event(5, "routing", **AGAIN), event(6, "submitted", txHash=other)]
    ended = order(*JOURNEY[:4], logs=[*logs, event(7, status)], status=status)
    told = rendered(shown(Order.model_validate(ended))).splitlines()
    assert f"Sent without a trade: {SIGNATURE}" in told
    assert f"Sent without a trade: {other}" in told


def test_a_signature_is_one_word_that_can_be_copied():
    logs = read(*events(*JOURNEY[:4]), event(5, "confirmed", txHash=SIGNATURE))
    assert f"Transaction {SIGNATURE}\n" in rendered(outcome(SWAP, logs))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0.00 s"),
        (59.99, "59.99 s"),
        (60, "1 min 00 s"),
        (754, "12 min 34 s"),
        (3600, "60 min 00 s"),
        (7200, "2 h 00 min"),
        (172_799, "47 h 59 min"),
        (176_400, "2 d 01 h"),
    ],
)
def test_time_spans(seconds, told):
    assert duration(seconds) == told


def test_the_same_trouble_is_told_once(capsys):
    screen = Screen()
    for sentence in ("No answer.", "No answer.", "The stream broke."):
        screen.on_trouble(Unreachable(sentence), 2.0)
    assert capsys.readouterr().err.splitlines() == [
        "No answer. (UNREACHABLE) Trying again in 2.0 s …",
        "The stream broke. (UNREACHABLE) Trying again in 2.0 s …",
    ]


def test_what_the_api_says_is_never_markup(capsys):
    Screen().fail(Unreachable("[red]No[/red] :smile: answer."))
    Screen().show(OrderPage.model_validate({"orders": [order("pending", tokenIn="[b]:smile:[/b]")]}))
    said = capsys.readouterr()
    assert said.err.startswith("[red]No[/red] :smile: answer.")
    assert "1.5 [b]:smile:[/b] → USDC" in said.out
