import json

import pytest

from tests.unit.oee.answers import Script, accepted, answer, lost, problem, quote

PLACE = ("place", "SOL", "USDC", "1.5")
PLACED = answer(accepted(), 202)
DENIED = {"code": "PRICE_IMPACT_ABOVE_LIMIT", "kind": "denied", "detail": "15.36 %", "retryable": False}
HARMFUL = {**quote(), "priceImpactBps": 831}


def sent(script):
    """What the last request asked for."""
    return json.loads(script.requests[-1].content)


def asked(script):
    return [request.url.path.rpartition("/")[2] for request in script.requests]


@pytest.mark.parametrize(
    ("given", "fraction", "told"),
    [
        ("0.5", "0.005", "0.5 %"), ("0.50", "0.005", "0.50 %"), ("1", "0.01", "1 %"), ("1%", "0.01", "1 %"),
        ("0.01 %", "0.0001", "0.01 %"), ("0", "0", "0 %"), ("5", "0.05", "5 %"),
    ],
)  # fmt: skip
def test_slippage_is_given_in_percent_told_as_such_and_sent_as_a_fraction(run, given, fraction, told):
    script = Script(PLACED)
    code, _, err = run(*PLACE, "--slippage", given, answers=script)
    assert (code, sent(script)["slippage"]) == (0, fraction)
    assert err.startswith(f"1.5 SOL → USDC, slippage {told}, key ")


@pytest.mark.parametrize("given", ["0,5", "0.005", "50.01", "100", "-1", "", "x", "1e1", "٣", "1 2"])
def test_what_is_no_percentage_is_the_command_given_wrongly(run, given, capsys):
    with pytest.raises(SystemExit) as end:
        run("quote", "SOL", "USDC", "1.5", f"--slippage={given}", answers=[answer(quote())])
    assert end.value.code == 2
    assert "is no percentage from 0 to 50" in capsys.readouterr().err


def test_much_slippage_needs_a_yes_where_nobody_can_be_asked(run):
    much = (*PLACE, "--slippage", "5.01")
    script = Script(PLACED)
    code, out, err = run(*much, answers=script)
    assert (code, out, script.requests) == (3, "", [])
    assert "--yes would place it" in err
    code, out, _ = run(*much, "--json", answers=script)
    assert (code, json.loads(out)["code"], script.requests) == (3, "NOT_CONFIRMED", [])
    assert run(*much, "--yes", answers=script)[0] == 0
    assert sent(script)["slippage"] == "0.0501"


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 3), ("\n", 3), ("", 3)])
def test_much_slippage_is_asked_about_on_a_terminal(on_terminal, typed, code):
    script = Script(answer(quote()), PLACED)
    ended, out, err = on_terminal(*PLACE, "--slippage", "20", answers=script, typed=typed)
    assert ended == code
    assert "A slippage of 20 % lets the order give up to 20 % less than quoted." in err
    assert (out == "") is (code == 3)
    assert ("execute" in asked(script)) is (code == 0)


def test_on_a_terminal_an_order_is_bound_to_the_quote_that_is_shown(on_terminal):
    script = Script(answer(quote()), PLACED)
    code, _, err = on_terminal(*PLACE, answers=script)
    assert code == 0
    assert "1.5 SOL gives 225.001995 USDC on raydium," in err
    assert "at least 222.751976 with 1.00 % slippage" in err
    assert asked(script) == ["quotes", "execute"]
    assert sent(script)["minimumAmountOut"] == "222.751976"


def test_a_minimum_of_ones_own_is_not_overruled_by_the_quotes(on_terminal):
    script = Script(answer(quote()), PLACED)
    on_terminal(*PLACE, "--minimum", "224", answers=script)
    assert sent(script)["minimumAmountOut"] == "224"


@pytest.mark.parametrize("trouble", [lost(), problem(503, "BACKLOG_TOO_LONG")])
def test_how_an_order_is_repeated_is_told_with_the_minimum_that_it_had(on_terminal, run, trouble):
    script = Script(answer(quote()), trouble)
    _, _, err = on_terminal(*PLACE, answers=script)
    again = err.partition("Given again with ")[2].partition(" within five minutes")[0].split()
    first = sent(script)
    on_terminal(*PLACE, *again, answers=script)
    assert sent(script) == first
    assert script.headers("Idempotency-Key")[-1] == script.headers("Idempotency-Key")[-2] == again[1]


@pytest.mark.parametrize(
    ("offer", "doubt"),
    [
        (HARMFUL, "The price impact is 8.31 %"),
        ({**quote(), "denied": DENIED}, "The order would fail: 15.36 %."),
    ],
)
def test_an_order_that_would_hurt_is_asked_about(on_terminal, offer, doubt):
    for typed, code in (("y\n", 0), ("\n", 3)):
        ended, _, err = on_terminal(*PLACE, answers=[answer(offer), PLACED], typed=typed)
        assert ended == code
        assert doubt in err
    assert on_terminal(*PLACE, "--yes", answers=[answer(offer), PLACED])[0] == 0


def test_an_impact_below_five_percent_is_shown_and_not_asked_about(on_terminal):
    offer = answer({**quote(), "priceImpactBps": 499})
    code, _, err = on_terminal(*PLACE, answers=[offer, PLACED])
    assert code == 0
    assert "price impact 4.99 %" in err


@pytest.mark.parametrize("trouble", [problem(422, "ROUTE_NOT_FOUND"), problem(503, "VENUE_UNAVAILABLE", 10)])
def test_without_a_quote_it_is_asked_whether_to_place_the_order(on_terminal, trouble):
    script = Script(trouble, PLACED)
    code, _, err = on_terminal(*PLACE, answers=script, typed="y\n")
    assert (code, asked(script)) == (0, ["quotes", "execute"])
    assert "There is no quote. It was refused." in err
    assert "minimumAmountOut" not in sent(script)
    assert on_terminal(*PLACE, answers=[trouble, PLACED], typed="n\n")[0] == 3


@pytest.mark.parametrize(
    ("trouble", "code"), [(problem(401, "AUTHENTICATION_REQUIRED"), 20), (lost(), 21), (answer("x"), 21)]
)
def test_where_even_a_quote_is_refused_nothing_is_placed(on_terminal, trouble, code):
    script = Script(trouble, PLACED)
    assert on_terminal(*PLACE, answers=script)[0] == code
    assert asked(script) == ["quotes"]


def test_an_order_that_is_repeated_by_its_key_is_shown_no_other_quote(on_terminal):
    script = Script(PLACED)
    assert on_terminal(*PLACE, "--key", "mine", answers=script)[0] == 0
    assert asked(script) == ["execute"]
