"""Orders that wait for their price, from the command line and with the client."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from oee import LimitOrder, MarketOrder, StopOrder, TakeProfitOrder
from tests.unit.oee.answers import ORDER_ID, Script, answer, client, event, lost, order, problem, quote
from tests.unit.oee.sockets import backfill, says, staged, update
from tests.unit.oee.waiting import HISTORY, SUMMARY, TOLD, armed, stop

SWAP = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5"}
AT = ("SOL", "USDC", "1.5", "--at", "130", "--price-in", "USDC")
STOP = ("stop", *AT)
PROFIT = ("take-profit", *AT)
STOP_BODY = {
    **SWAP, "type": "stop", "trigger": {"price": "130"}, "priceIn": "USDC", "timeInForce": "GTC",
}  # fmt: skip
PLACED = answer(armed(), 202)
FAR = {
    **quote(), "trigger": {"price": "130"}, "priceIn": "USDC", "wouldFire": False, "reference": "149.6",
    "executable": "149.2", "distanceBps": -1310, "summary": SUMMARY,
}  # fmt: skip


def sent(script):
    return json.loads(script.requests[-1].content)


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (STOP, STOP_BODY),
        ((*STOP, "--floor", "126", "--if-met", "fire", "--if-recovered", "trade", "--if-far", "accept"),
         {**STOP_BODY, "limitPrice": "126", "ifMet": "fire", "ifRecovered": "trade", "ifFar": "accept"}),
        ((*STOP, "--good-till", "2026-12-24T01:00:00+01:00", "--valid-for", "30", "--slippage", "2"),
         {**STOP_BODY, "timeInForce": "GTD", "expiresAt": "2026-12-24T00:00:00Z", "validForSeconds": 30,
          "slippage": "0.02"}),
        (PROFIT, {**STOP_BODY, "type": "takeProfit"}),
        ((*PROFIT, "--if-met", "refuse"), {**STOP_BODY, "type": "takeProfit", "ifMet": "refuse"}),
        (("limit", *AT, "--good-till", "2026-12-24T00:00:00Z"),
         {**SWAP, "type": "limit", "limitPrice": "130", "priceIn": "USDC", "timeInForce": "GTD",
          "expiresAt": "2026-12-24T00:00:00Z"}),
    ],
)  # fmt: skip
def test_a_command_sends_the_order_that_it_names_without_a_quote_where_nobody_looks(run, command, body):
    script = Script(PLACED)
    code, out, err = run(*command, answers=script)
    assert (code, len(script.requests), sent(script)) == (0, 1, body)
    assert out == f"Order {ORDER_ID} is armed on paper.\n{SUMMARY}\n"
    assert f"oee watch {ORDER_ID} follows it." in err


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((*STOP, "--floor", "126"), "1.5 SOL → USDC, stop at 130 USDC, floor 126 USDC, GTC, key "),
        ((*PROFIT, "--slippage", "0.5"),
         "1.5 SOL → USDC, take-profit at 130 USDC, GTC, slippage 0.5 %, key "),
        ((*STOP, "--good-till", "2026-12-24T00:00:00Z"),
         "1.5 SOL → USDC, stop at 130 USDC, GTD until 2026-12-24T00:00:00Z, key "),
    ],
)  # fmt: skip
def test_what_is_sent_is_said_before(run, command, told):
    assert run(*command, answers=[PLACED])[2].startswith(told)


def test_a_span_is_said_as_the_time_with_which_the_command_repeats_the_order(run):
    script = Script(lost())
    code, _, err = run(*STOP, "--good-till", "7d", "--key", "mine", answers=script)
    again = f"Given again with --key mine --good-till {sent(script)['expiresAt']} within five minutes"
    assert (code, again in err) == (22, True)


@pytest.mark.parametrize("typed", ["y\n", "n\n", ""])
@pytest.mark.parametrize("more", [(), ("--key", "mine")])
def test_a_person_reads_what_it_does_and_how_far_it_is_and_is_asked(on_terminal, typed, more):
    script = Script(answer(FAR), PLACED)
    code, out, err = on_terminal(*STOP, *more, answers=script, typed=typed)
    told = " ".join((out + err).split())
    assert SUMMARY in told
    assert "The market is at 149.6 USDC now, the trigger at 130 USDC, which is 13.10 % lower." in told
    assert "Place 1.5 SOL → USDC, stop at 130 USDC, GTC? [y/N]" in told
    assert json.loads(script.requests[0].content) == STOP_BODY
    assert (code, len(script.requests)) == ((0, 2) if typed == "y\n" else (3, 1))


def test_with_yes_nothing_is_asked(on_terminal):
    code, _, err = on_terminal(*STOP, "--yes", answers=[answer(FAR), PLACED])
    assert (code, "[y/N]" in err) == (0, False)


@pytest.mark.parametrize(
    ("offer", "doubt"),
    [
        (answer({**FAR, "wouldFire": True}), "Its trigger is met now"),
        (answer({**FAR, "denied": {"code": "PRICE_IMPACT_ABOVE_LIMIT", "detail": "15.36 %"}}),
         "It could not trade now: 15.36 %."),
        (problem(503, "PRICE_UNAVAILABLE", 5), "There is no quote."),
    ],
)  # fmt: skip
def test_a_doubt_is_asked_about_once_and_nothing_else(on_terminal, offer, doubt):
    code, _, err = on_terminal(*STOP, answers=[offer, PLACED], typed="y\n")
    assert (code, doubt in err, err.count("[y/N]")) == (0, True, 1)


def test_a_refusal_for_want_of_a_price_is_told_as_one_and_not_as_an_unknown_outcome(run):
    assert run(*STOP, answers=[problem(503, "PRICE_UNAVAILABLE", 5)])[0] == 20


@pytest.mark.parametrize(
    "given",
    [
        ("stop", *AT[:-2]), ("stop", *AT[:3], *AT[5:]), (*PROFIT, "--floor", "1"),
        (*PROFIT, "--if-recovered", "hold"), (*STOP, "--if-met", "maybe"), (*STOP, "--time-in-force", "FOK"),
        *((*STOP, "--good-till", time) for time in ("soon", "7", "7w", "2026-12-24", "2026-12-24T00:00:00")),
        (*STOP, "--good-till", "9999999d"),
    ],
)  # fmt: skip
def test_what_such_an_order_does_not_have_is_the_command_given_wrongly(run, given):
    with pytest.raises(SystemExit) as end:
        run(*given, answers=[PLACED])
    assert end.value.code == 2


def test_a_watch_tells_what_happens_to_it_until_it_is_final_and_how_long_that_may_take(run):
    ended = event(6, "cancelled")
    with staged(says(backfill(*HISTORY[:2]), *map(update, [*HISTORY[2:], ended]))) as stage:
        code, out, err = run(*STOP, "--watch", answers=[answer(armed(stage.url), 202)])
    lines = [line.split(maxsplit=3)[3] for line in out.splitlines()[2:7]]
    assert (code, lines) == (12, TOLD)
    assert "It may wait for its price until 2026-12-24 00:00:00 UTC, and is followed for as long." in err
    assert "Ctrl-C ends the watching, not the order." in err


def test_one_that_has_fired_is_followed_with_the_same_words_and_one_that_ended_without(run):
    for logs, is_told in (((*HISTORY[:3],), True), ((*HISTORY[:3], event(4, "expired")), False)):
        with staged(says(backfill(*HISTORY[:3], event(4, "expired")))) as stage:
            told = answer(stop(*logs, stream_url=stage.url))
            code, _, err = run("watch", ORDER_ID, answers=[told])
        assert (code, "It may wait" in err) == (11, is_told)


def test_an_interrupted_watch_says_that_the_order_goes_on(run):
    def interrupt():
        raise KeyboardInterrupt

    with staged() as stage:
        pass
    code, _, err = run(*STOP, "--watch", answers=[answer(armed(stage.url), 202), interrupt])
    assert code == 130
    assert f"The order goes on by itself; oee watch {ORDER_ID} follows it again." in err


def test_it_is_shown_with_its_sentence_its_time_and_why_it_waits_again(run):
    _, out, _ = run("show", ORDER_ID, answers=[answer(stop())])
    told = " ".join(out.split())
    assert f"stop {SUMMARY}" in told
    assert "good till 2026-12-24 00:00:00 UTC, fired once, amended 2 times" in told
    assert (
        "waits again The best offer was 200 USDC, and at the trigger it would be 195 USDC (TRIGGER_" in told
    )
    assert "valid for" not in told


def test_those_that_wait_are_listed_with_their_prices_and_by_their_pair(run):
    limit = {**order("armed", type="limit"), "limitPrice": "160", "priceIn": "USDC"}
    profit = stop(type="takeProfit", trigger={"price": "180"}, limitPrice=None)
    script = Script(answer({"orders": [stop(), limit, profit], "nextCursor": None}))
    _, out, _ = run("list", "--status", "armed", "--pair", "SOL/USDC", answers=script)
    assert dict(script.requests[0].url.params) == {
        "status": "armed", "tokenIn": "SOL", "tokenOut": "USDC"
    }  # fmt: skip
    assert [line.partition("armed")[2].strip() for line in out.splitlines()[1:]] == [
        "1.5 SOL → USDC, stop at 130 USDC",
        "1.5 SOL → USDC, limit at 160 USDC",
        "1.5 SOL → USDC, take-profit at 180 USDC",
    ]


def test_the_client_reads_what_an_order_waits_for_and_knows_that_it_is_open():
    read = client(Script(answer(stop()))).get(ORDER_ID)
    assert (read.trigger and read.trigger.price, read.limit_price) == (Decimal(130), Decimal(126))
    assert (read.firings, read.amendments, read.is_final) == (1, 2, False)
    assert read.last_return is not None
    assert read.last_return.code == "TRIGGER_DISPROVED"
    assert read.waits_until == read.good_till == datetime(2026, 12, 24, tzinfo=UTC)
    fired = read.logs[2]
    assert (fired.change, fired.observed, fired.looks, fired.after_silence_ms) == (
        "fired", Decimal("129.7"), 2, 12000
    )  # fmt: skip
    ended = client(Script(answer(stop(*HISTORY, event(6, "expired"))))).get(ORDER_ID)
    assert (ended.is_final, ended.waits_until) == (True, None)


@pytest.mark.parametrize("ask", ["place", "quote"])
def test_the_client_places_each_type_and_asks_what_it_would_give(ask):
    zone = timezone(timedelta(hours=1))
    until = datetime(2026, 12, 24, 1, 0, 0, 500_000, tzinfo=zone)
    script = Script(answer(armed(), 202) if ask == "place" else answer(FAR))
    asked = client(script)
    swap = "SOL", "USDC", Decimal("1.5")
    getattr(asked, f"{ask}_stop")(
        *swap, trigger=Decimal("1.3E+2"), price_in="USDC", limit_price="126", expires_at=until
    )
    assert sent(script) == {
        **STOP_BODY, "limitPrice": "126", "timeInForce": "GTD", "expiresAt": "2026-12-24T00:00:00.500Z",
    }  # fmt: skip
    getattr(asked, f"{ask}_take_profit")(*swap, trigger=130, price_in="USDC", if_met="fire")
    assert sent(script) == {**STOP_BODY, "type": "takeProfit", "ifMet": "fire"}
    getattr(asked, f"{ask}_limit")(*swap, price="130", price_in="USDC")
    assert sent(script) == {
        **SWAP, "type": "limit", "limitPrice": "130", "priceIn": "USDC", "timeInForce": "GTC",
    }  # fmt: skip
    getattr(asked, f"{ask}_order")(TakeProfitOrder(*swap, trigger="130", price_in="USDC"))
    assert sent(script) == {**STOP_BODY, "type": "takeProfit"}


@pytest.mark.parametrize("no_money", [1.5, True, float("nan")])
@pytest.mark.parametrize(
    ("named", "of"),
    [
        ("amount", lambda wrong: MarketOrder("SOL", "USDC", wrong)),
        ("slippage", lambda wrong: StopOrder("SOL", "USDC", 1, slippage=wrong, trigger=1, price_in="SOL")),
        ("price", lambda wrong: LimitOrder("SOL", "USDC", 1, price=wrong, price_in="SOL")),
        ("trigger", lambda wrong: StopOrder("SOL", "USDC", 1, trigger=wrong, price_in="SOL")),
        ("limit_price",
         lambda wrong: StopOrder("SOL", "USDC", 1, trigger=1, limit_price=wrong, price_in="SOL")),
        ("trigger", lambda wrong: TakeProfitOrder("SOL", "USDC", 1, trigger=wrong, price_in="SOL")),
    ],
)  # fmt: skip
def test_floats_and_bools_are_refused_as_prices_too_before_anything_is_sent(named, of, no_money):
    script = Script(PLACED)
    with pytest.raises(TypeError, match=f"{named} is a {type(no_money).__name__}"):
        client(script).place_order(of(no_money))
    assert script.requests == []


@pytest.mark.parametrize("wrong", [datetime(2026, 12, 24), 1_800_000_000])  # noqa: DTZ001 - what is refused
def test_a_time_without_a_zone_is_refused_before_anything_is_sent(wrong):
    script = Script(PLACED)
    with pytest.raises(TypeError, match="expires_at is no time with a zone"):
        client(script).place_take_profit("SOL", "USDC", "1", trigger="1", price_in="SOL", expires_at=wrong)
    assert script.requests == []
