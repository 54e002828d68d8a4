"""Replays golden cases: a state and an input on our code, every expected field compared.

A file is `{"program": id, "cases": [{"id", "state", "input", "expected", "program_rejects"?}, ...]}`. An
`expected` of `{"error": true}` means that the program fails; `program_rejects` that the arithmetic gives the
fields listed, and the program then refuses the swap. `after` lists fields of the state that the swap leaves.

A case may have `steps` instead, each with an input and the rest. Each is asked of the state that our own last
step left, so that what a swap does to the state counts; one that is refused leaves it as it was.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.errors import PoolError
from tests.golden import amm_v4_case, clmm_case, cpmm_case, damm_v2_case, dlmm_case
from tests.golden.case import CaseReader, Question, Step

READERS: dict[str, CaseReader] = {
    "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8": amm_v4_case.READER,
    "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C": cpmm_case.READER,
    "CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK": clmm_case.READER,
    "LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo": dlmm_case.READER,
    "cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG": damm_v2_case.READER,
}
MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


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
    """Replay all cases of a file; a file that is not of this form, or has none, is one mismatch."""
    try:
        cases = cases_of(path)
        if not cases:
            return Replay(path.name, 0, ["the file has no cases"])
        mismatches = [
            f"{case['id']}: {text}" for reader, case in cases for text in mismatches_of(reader, case)
        ]
    except MALFORMED as error:
        return Replay(path.name, 0, [f"not a file of golden cases: {error!r}"])
    return Replay(path.name, len(cases), mismatches)


def mismatches_of(reader: CaseReader, case: dict[str, Any]) -> list[str]:
    """How our results differ from the expected ones; empty if they do not."""
    steps: list[Step] = case.get("steps") or [case]
    try:
        pool = reader.pool_of(case["state"])
    except PoolError as error:
        refused = all(step["expected"].get("error") for step in steps)
        return [] if refused else [f"the state was refused: {type(error).__name__}: {error}"]
    found: list[str] = []
    for number, step in enumerate(steps):
        question = reader.question(pool, step)
        texts = _mismatches_of_step(question, step)
        pool = _after(question, pool)
        texts += [
            f"{name} was {reader.field_of(pool, name)} after the swap, expected {value}"
            for name, value in step.get("after", {}).items()
            if reader.field_of(pool, name) != value
        ]
        found += [f"step {number}: {text}" if "steps" in case else text for text in texts]
    return found


def _mismatches_of_step(question: Question, step: Step) -> list[str]:
    expected = step["expected"]
    if expected.get("error"):
        return _unless_refused(question)
    try:
        computed = question.outcome()
    except PoolError as error:
        return [f"raised {type(error).__name__}: {error}"]
    found = [
        f"{name} was {computed.get(name, 'not computed')}, expected {value}"
        for name, value in expected.items()
        if computed.get(name) != value
    ]
    if step.get("program_rejects") or _fills_partly(step):
        return found + _unless_refused(question)
    return found + ([] if expected["amount_out"] == "0" else _unless_priced(question, expected["amount_out"]))


def _after(question: Question, pool: Any) -> Any:
    try:
        return question.swap().pool
    except PoolError:
        return pool


def _fills_partly(step: Step) -> bool:
    expected, amount_in = step["expected"], step["input"]["amount_in"]
    return expected.get("all_trade") is False or expected.get("amount_in", amount_in) != amount_in


def _unless_refused(question: Question) -> list[str]:
    try:
        swap = question.swap()
    except PoolError:
        return []
    return [f"was not refused: amount out {swap.amount_out}"]


def _unless_priced(question: Question, amount_out: str) -> list[str]:
    try:
        swap = question.swap()
    except PoolError as error:
        return [f"was refused: {type(error).__name__}: {error}"]
    return [] if str(swap.amount_out) == amount_out else [f"the swap's amount out was {swap.amount_out}"]
