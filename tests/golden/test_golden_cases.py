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
    for path in sorted(VECTORS.glob("*.json"))
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


def test_without_a_folder_the_replay_says_how_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
