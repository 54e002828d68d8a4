"""Replays golden cases: a state and an input on our code, every expected field compared.

A file is `{"program": id, "cases": [{"id", "state", "input", "expected", "program_rejects"?}, ...]}`. An
`expected` of `{"error": true}` means that the program fails; `program_rejects` that the arithmetic gives the
fields listed, and the program then refuses the swap.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.errors import PoolError
from tests.golden import amm_v4_case, clmm_case, cpmm_case, damm_v2_case, dlmm_case
from tests.golden.case import Case, CaseReader

READERS: dict[str, CaseReader] = {
    "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8": amm_v4_case.read,
    "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C": cpmm_case.read,
    "CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK": clmm_case.read,
    "LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo": dlmm_case.read,
    "cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG": damm_v2_case.read,
}


@dataclass(frozen=True)
class Replay:
    """What came of one file."""

    name: str
    cases: int
    mismatches: list[str]


def cases_of(path: Path) -> list[tuple[CaseReader, dict[str, Any]]]:
    """The cases of a file with the reader for its program; KeyError for an unknown program."""
    document = json.loads(path.read_text())
    reader = READERS[document["program"]]
    return [(reader, case) for case in document["cases"]]


def replay_file(path: Path) -> Replay:
    """Replay all cases of a file; a file that is not of this form is one mismatch."""
    try:
        cases = cases_of(path)
    except (ValueError, KeyError, TypeError) as error:
        return Replay(path.name, 0, [f"not a file of golden cases: {error!r}"])
    mismatches = [f"{case['id']}: {text}" for reader, case in cases for text in mismatches_of(reader, case)]
    return Replay(path.name, len(cases), mismatches)


def mismatches_of(reader: CaseReader, case: dict[str, Any]) -> list[str]:
    """How our result differs from the expected one; empty if it does not."""
    read = reader(case)
    expected = case["expected"]
    if expected.get("error"):
        return _unless_refused(read)
    try:
        computed = read.outcome()
    except PoolError as error:
        return [f"raised {type(error).__name__}: {error}"]
    found = [
        f"{name} was {computed.get(name, 'not computed')}, expected {value}"
        for name, value in expected.items()
        if computed.get(name) != value
    ]
    if case.get("program_rejects") or _fills_partly(case):
        return found + _unless_refused(read)
    return found + ([] if expected["amount_out"] == "0" else _unless_priced(read, expected["amount_out"]))


def _fills_partly(case: dict[str, Any]) -> bool:
    expected = case["expected"]
    consumed = expected.get("amount_in", case["input"]["amount_in"])
    return expected.get("all_trade") is False or consumed != case["input"]["amount_in"]


def _unless_refused(read: Case) -> list[str]:
    try:
        swap = read.swap()
    except PoolError:
        return []
    return [f"was not refused: amount out {swap.amount_out}"]


def _unless_priced(read: Case, amount_out: str) -> list[str]:
    try:
        swap = read.swap()
    except PoolError as error:
        return [f"was refused: {type(error).__name__}: {error}"]
    return [] if str(swap.amount_out) == amount_out else [f"the swap's amount out was {swap.amount_out}"]
