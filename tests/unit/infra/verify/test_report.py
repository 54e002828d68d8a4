"""What a person reads of a run."""

import json
import re
from pathlib import Path

import pytest

from chalicelib.domain.lifecycle import MOVES as DOMAIN_MOVES
from infra.verify import report
from infra.verify.checks import CHECKS
from infra.verify.figures import EXPECTED, Figure, Measure, Place
from infra.verify.orders import MOVES, Placed
from infra.verify.outcome import Outcome, PromiseBroken, Verdict
from infra.verify.runner import exit_code

DOCS = Path(__file__).resolve().parents[4] / "docs"
KEPT, BROKEN, ELSEWHERE, UNCHECKED = Verdict


def outcomes(*verdicts):
    return [Outcome(f"check {n}", verdict, "It was seen.") for n, verdict in enumerate(verdicts)]


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ((KEPT, ELSEWHERE), 0),
        ((KEPT, UNCHECKED), 2),
        ((UNCHECKED, BROKEN, KEPT), 1),
    ],
)
def test_the_exit_code_is_one_only_for_a_broken_promise(verdicts, code):
    assert exit_code(outcomes(*verdicts)) == code


def test_a_long_outcome_is_wrapped_beside_its_name():
    lines = report.line(Outcome("replay", BROKEN, str(PromiseBroken("a " * 60, "b")))).splitlines()
    assert lines[0].startswith("BROKEN      replay            Promised: a a")
    assert len(lines) == 2
    assert lines[1].startswith(" " * 30)
    assert max(map(len, lines)) <= report.WIDTH


def test_a_time_stands_beside_what_is_to_be_expected_there_and_slower_is_told():
    figures = [Figure(Measure.ACCEPTED, 0.4), Figure(Measure.CONFIRMED, 3.0)]
    on_aws = list(report.times(figures, Place.AWS))
    assert not any("slower" in line for line in on_aws)
    assert re.search(r"second order, to its 202 +0\.40 s +up to 0\.5 s +reckoned", "\n".join(on_aws))
    here = list(report.times(figures, Place.EMULATOR))
    assert [("slower" in line) for line in here[2:4]] == [True, False]
    assert here[-1].startswith("Slower than expected is no broken promise")
    assert list(report.times([], Place.AWS)) == []


def test_the_summary_says_how_orders_ended_and_which_promises_are_broken():
    ended, unknown = Placed("key-1", {}, "order-1", status="confirmed"), Placed("key-2", {})
    told = "\n".join(report.summary(outcomes(KEPT, BROKEN, ELSEWHERE), [ended, unknown], "paper"))
    assert "2 orders were placed on paper: 1 confirmed." in told
    assert "Whether this one ended isn't known: Idempotency-Key key-2." in told
    assert "1 of 2 checks found a broken promise: check 1." in told
    told = "\n".join(report.summary(outcomes(KEPT, ELSEWHERE), [ended], "paper"))
    assert told.endswith("Every promise that was checked is kept: 1 of 1 checks.")
    told = "\n".join(report.summary(outcomes(UNCHECKED), [], "paper"))
    assert "kept" not in told.replace("whether all is kept isn't known", "")


def test_every_time_has_an_expectation_wherever_a_stack_runs():
    assert all(set(EXPECTED[place]) == set(Measure) for place in Place)


def test_the_page_has_every_expectation():
    page = (DOCS / "verify.md").read_text()
    for measure in Measure:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {measure.value} ")]
        cells = [cell.strip() for cell in row.split("|")]
        assert cells[2] == f"{EXPECTED[Place.AWS][measure].seconds:g} s"
        assert cells[4] == f"{EXPECTED[Place.EMULATOR][measure].seconds:g} s"


def test_the_readme_and_the_page_say_how_many_checks_there_are():
    assert f"{len(CHECKS)} of {len(CHECKS)} checks" in (DOCS.parent / "README.md").read_text()
    assert f"of {len(CHECKS)}:" in (DOCS / "verify.md").read_text()


def test_what_is_simulated_is_what_the_simulation_says():
    rows = json.loads((DOCS / "capacity.json").read_text())["rows"]
    (idle,) = [r for r in rows if (r["shape"], r["rate"], r["change"]) == ("deployed", 1, "")]
    assert EXPECTED[Place.AWS][Measure.CONFIRMED].seconds == pytest.approx(idle["told_p95"], abs=0.05)


def test_the_moves_that_are_judged_are_those_of_the_engine():
    engine = {str(status): {str(to) for to in following} for status, following in DOMAIN_MOVES.items()}
    assert {status: set(to) for status, to in MOVES.items()} == {
        "": {"pending", "armed"},
        **{status: to for status, to in engine.items() if to},
    }
