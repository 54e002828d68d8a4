import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.golden.__main__ import main
from tests.golden.case import CaseReader
from tests.golden.replay import cases_of, mismatches_of, replay_file

VECTORS = Path(__file__).parent / "vectors"
CASES = [
    pytest.param(reader, case, id=case["id"])
    for path in sorted(VECTORS.glob("**/*.json"))
    for reader, case in cases_of(path)
]

Change = Callable[[dict[str, Any]], None]


@pytest.mark.parametrize(("reader", "case"), CASES)
def test_a_golden_case_matches_in_every_field_that_it_lists(reader: CaseReader, case: dict[str, Any]) -> None:
    assert mismatches_of(reader, case) == []


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str, Change], Path]:
    def write(name: str, change: Change) -> Path:
        document = json.loads((VECTORS / f"{name}.json").read_text())
        change(document)
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
        return tmp_path

    return write


def test_replaying_the_cases_prints_a_line_a_file_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(VECTORS)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(line.endswith(" 0 mismatches") for line in lines)


def first(document: dict[str, Any], key: str) -> dict[str, Any]:
    return next(case for case in document["cases"] if key in case["expected"])


def one_unit_more(document: dict[str, Any]) -> None:
    expected = first(document, "amount_out")["expected"]
    expected["amount_out"] = str(int(expected["amount_out"]) + 1)


def an_error_forgotten(document: dict[str, Any]) -> None:
    case = next(c for c in document["cases"] if "program_rejects" not in c and "error" not in c["expected"])
    case["expected"] = {"error": True}


def a_refusal_invented(document: dict[str, Any]) -> None:
    case = next(c for c in document["cases"] if c["expected"].get("amount_out", "0") != "0")
    case["program_rejects"] = True


def a_field_that_nobody_knows(document: dict[str, Any]) -> None:
    first(document, "amount_out")["expected"]["moon_phase"] = "full"


@pytest.mark.parametrize(
    "name", ["raydium_amm_v4", "raydium_cpmm", "raydium_clmm", "meteora_dlmm", "meteora_damm_v2"]
)
@pytest.mark.parametrize(
    "change", [one_unit_more, an_error_forgotten, a_refusal_invented, a_field_that_nobody_knows]
)
def test_a_wrong_case_is_reported_and_exits_1(
    name: str,
    change: Change,
    folder: Callable[[str, Change], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([str(folder(name, change))]) == 1
    assert f"{name}.json: " in capsys.readouterr().out


def test_a_file_of_another_form_is_a_mismatch(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"program": "unknown", "cases": []}')
    assert replay_file(tmp_path / "other.json").mismatches


def test_a_file_without_a_case_or_with_a_case_of_another_form_is_a_mismatch(tmp_path: Path) -> None:
    program = json.loads((VECTORS / "meteora_dlmm.json").read_text())["program"]
    for cases in ([], [{"id": "1"}], [{"id": "1", "state": {}, "expected": {}}]):
        (tmp_path / "cases.json").write_text(json.dumps({"program": program, "cases": cases}))
        assert replay_file(tmp_path / "cases.json").mismatches


@pytest.mark.parametrize("folder", ["regressions", "sequences"])
def test_the_folders_of_further_cases_are_replayed_likewise(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(VECTORS / folder)]) == 0
    assert "meteora_dlmm.json" in capsys.readouterr().out


def sequence(name: str) -> tuple[CaseReader, dict[str, Any]]:
    """The first recorded case of a pool type whose steps tell the state after them."""
    cases = cases_of(VECTORS / "sequences" / f"{name}.json")
    reader, case = next((r, c) for r, c in cases if "after" in c["steps"][0])
    return reader, json.loads(json.dumps(case))


@pytest.mark.parametrize("name", ["raydium_cpmm", "raydium_clmm", "meteora_dlmm", "meteora_damm_v2"])
def test_a_wrong_state_after_a_step_is_a_mismatch(name: str) -> None:
    reader, case = sequence(name)
    for field in case["steps"][0]["after"]:
        _, changed = sequence(name)
        changed["steps"][0]["after"][field] = "7"
        (text,) = mismatches_of(reader, changed)
        assert text.startswith(f"step 0: {field} was ")
        assert text.endswith("after the swap, expected 7")


def test_a_step_is_asked_of_the_state_that_the_step_before_left() -> None:
    reader, case = sequence("meteora_dlmm")
    assert mismatches_of(reader, case) == []
    assert mismatches_of(reader, {**case, "steps": case["steps"][2:]})


def test_a_field_that_no_state_has_is_a_mismatch() -> None:
    reader, case = sequence("meteora_dlmm")
    case["steps"][0]["after"] = {"moon_phase": "full"}
    assert mismatches_of(reader, case) == ["step 0: moon_phase was not known after the swap, expected full"]


def test_a_clock_before_the_opening_is_told_from_one_after_it() -> None:
    reader, case = next(
        (r, c)
        for r, c in cases_of(VECTORS / "sequences" / "meteora_dlmm.json")
        if c["id"] == "dlmm-opens-at-a-slot"
    )
    early, opened, _ = case["steps"]
    assert int(early["slot"]) + 1 == int(opened["slot"]) == int(case["state"]["activation_point"])
    assert mismatches_of(reader, {**case, "steps": [{**early, "slot": opened["slot"]}]})
    assert mismatches_of(reader, {**case, "steps": [{**opened, "slot": early["slot"]}]})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Usage: python -m tests.golden DIR, a folder with files of golden cases (*.json)"),
        (["nowhere"], "nowhere is no folder"),
        ([str(Path(__file__).parent)], "has no file of golden cases (*.json)"),
    ],
)
def test_without_a_folder_of_cases_the_replay_says_so_and_exits_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err
