"""Limit orders from the command line and the client."""

import json
from decimal import Decimal

import pytest

from tests.unit.oee.answers import Script, accepted, answer, client, lost, order, quote

LIMIT = ("limit", "SOL", "USDC", "1.5", "--at", "160", "--price-in", "USDC", "--time-in-force", "FOK")
SUMMARY = "Swaps 1.5 SOL at once for at least 240 USDC, at 160 USDC for one SOL or better, or not at all."
PLACED = answer({**accepted(), "summary": SUMMARY}, 202)
BODY = {
    "type": "limit", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5",
    "limitPrice": "160", "priceIn": "USDC", "timeInForce": "FOK",
}  # fmt: skip
FAR = {
    **quote(), "limitPrice": "160", "priceIn": "USDC", "wouldFire": False,
    "executable": "150.00133", "distanceBps": 667, "floorAmountOut": "240",
    "summary": SUMMARY,
    "denied": {
        "code": "ROUTE_BELOW_MINIMUM", "kind": "rejected", "retryable": True,
        "detail": "The best offer was 225.001995 USDC, the minimum is 240 USDC",
    },
}  # fmt: skip
NEAR = {
    **FAR, "wouldFire": True, "distanceBps": -12, "limitPrice": "149.82", "floorAmountOut": "224.73",
    "denied": None,
}  # fmt: skip


def sent(script):
    return json.loads(script.requests[-1].content)


def test_a_script_places_a_limit_order_without_a_quote(run):
    script = Script(PLACED)
    code, out, err = run(*LIMIT, "--slippage", "0.5", answers=script)
    assert (code, len(script.requests)) == (0, 1)
    assert sent(script) == {**BODY, "slippage": "0.005"}
    assert SUMMARY in " ".join(out.split())
    assert err.startswith("1.5 SOL → USDC at 160 USDC or better, FOK, slippage 0.5 %, key ")


@pytest.mark.parametrize("missing", ["--at", "--price-in"])
def test_a_price_without_its_unit_is_the_command_given_wrongly(run, missing):
    at = LIMIT.index(missing)
    with pytest.raises(SystemExit) as end:
        run(*LIMIT[:at], *LIMIT[at + 2 :], answers=[PLACED])
    assert end.value.code == 2


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 3)])
def test_a_person_sees_how_far_the_price_is_and_is_asked_where_the_order_would_fail(on_terminal, typed, code):
    script = Script(answer(FAR), PLACED)
    ended, out, err = on_terminal(*LIMIT, answers=script, typed=typed)
    told = " ".join((out + err).split())
    assert ended == code
    assert SUMMARY in told
    assert "Now 150.00133 USDC can be had, which is 6.67 % worse than the limit." in told
    assert "would fail: The best offer was 225.001995 USDC, the minimum is 240 USDC." in told
    assert (told.count("would fail"), told.count("slippage")) == (1, 0)
    assert json.loads(script.requests[0].content) == BODY


def test_a_price_that_can_be_had_is_not_asked_about_and_binds_the_order_by_itself(on_terminal):
    script = Script(answer(NEAR), PLACED)
    ended, out, err = on_terminal(*LIMIT, answers=script, typed="")
    assert ended == 0
    assert "150.00133 USDC can be had, which is 0.12 % better than the limit." in " ".join(
        (out + err).split()
    )
    assert sent(script) == BODY


def test_the_life_the_slippage_and_the_key_that_are_given_are_sent_with_the_order(run):
    script = Script(PLACED)
    run(*LIMIT, "--key", "mine", "--valid-for", "30", "--slippage", "2", answers=script)
    assert script.headers("Idempotency-Key") == ["mine"]
    assert sent(script) == {**BODY, "slippage": "0.02", "validForSeconds": 30}


def test_the_slippage_that_is_given_is_asked_about(on_terminal):
    script = Script(answer(NEAR), PLACED)
    on_terminal(*LIMIT, "--slippage", "2", answers=script, typed="")
    assert json.loads(script.requests[0].content)["slippage"] == "0.02"


def test_an_order_that_may_be_placed_is_repeated_by_its_key_alone(run):
    code, _, err = run(*LIMIT, "--key", "mine", "--patience", "0", answers=Script(lost()))
    assert code == 22
    assert "Given again with --key mine within five minutes" in " ".join(err.split())


def test_a_limit_order_is_shown_with_its_sentence(run):
    shown = {
        **order("pending", type="limit"), "limitPrice": "160", "priceIn": "USDC", "timeInForce": "FOK",
        "summary": SUMMARY,
    }  # fmt: skip
    _, out, _ = run("show", shown["orderId"], answers=Script(answer(shown)))
    assert SUMMARY in " ".join(out.split())


def test_without_a_time_in_force_it_waits_for_its_price(run):
    script = Script(PLACED)
    code, _, err = run(*LIMIT[:-2], answers=script)
    assert (code, sent(script)) == (0, {**BODY, "timeInForce": "GTC"})
    assert err.startswith("1.5 SOL → USDC at 160 USDC or better, GTC, key ")


def test_a_person_is_asked_about_a_limit_that_waits_though_it_can_not_be_had_now(on_terminal):
    for typed, code in (("y\n", 0), ("n\n", 3)):
        script = Script(answer(FAR), PLACED)
        ended, out, err = on_terminal(*LIMIT[:-2], answers=script, typed=typed)
        told = " ".join((out + err).split())
        assert (ended, len(script.requests)) == (code, 2 if code == 0 else 1)
        assert "6.67 % worse than the limit. Place 1.5 SOL → USDC at 160 USDC or better, GTC? [y/N]" in told
        assert "would fail" not in told


def test_the_client_sends_prices_as_plain_decimals_and_reads_the_answers_types():
    script = Script(answer(FAR))
    offer = client(script).quote_limit(
        "SOL", "USDC", "1.5", price=Decimal("1.6E+2"), price_in="USDC", time_in_force="FOK"
    )
    assert sent(script) == BODY
    assert (offer.would_fire, offer.executable, offer.distance_bps) == (False, Decimal("150.00133"), 667)
    with pytest.raises(TypeError, match="price is a float"):
        client(script).place_limit("SOL", "USDC", "1.5", price=1.5, price_in="USDC", time_in_force="FOK")  # type: ignore[arg-type] # what is refused
