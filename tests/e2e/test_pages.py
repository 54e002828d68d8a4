"""The commands and the Python of the pages run as they stand there, and answer with what is shown."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.e2e.trader import PATIENCE, Trader

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R14")]

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "docs/api.md"]
BLOCK = re.compile(r"```sh\n(.*?)```(?:\n+```json\n(.*?)```)?", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
OEE = re.compile(r"^oee .*$", re.MULTILINE)
KEY = re.compile(r"Idempotency-Key: ([\w-]+)'")
TEXT_OR_MORE = re.compile(r'"[^"]*"|…\]|…')
MORE = "…"
"""What a page leaves out: the rest of a text, of an object or of a list."""

SAME = {"success", "status", "type", "code", "tokenIn", "tokenOut", "trading", "orderStatus"}
"""Fields that have the very value that is shown; the others have one of its kind."""


def test_no_two_commands_of_the_pages_place_an_order_with_the_same_key() -> None:
    keys = [key for page in PAGES for key in KEY.findall((ROOT / page).read_text())]
    assert len(keys) == len(set(keys)), keys


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_pages_answer_with_what_they_show(
    page: str, trader: Trader, stack: Stack
) -> None:
    blocks = BLOCK.findall((ROOT / page).read_text())
    examples = [(commands, shown) for commands, shown in blocks if "curl " in commands]
    assert examples
    order_id = ""
    for commands, shown in examples:
        answers = list(run(commands, REST=stack.rest_url, ORDER=order_id))
        expected = [json.loads(TEXT_OR_MORE.sub(as_json, line)) for line in shown.splitlines()]
        assert len(answers) == len(expected)
        for answer, expectation in zip(answers, expected, strict=True):
            assert_like(answer, expectation)
        if not order_id:
            order_id = answers[0]["orderId"]
            trader.follow(answers[0]["streamUrl"])  # what comes next is asked "a few seconds later"


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md"])
def test_the_python_of_the_pages_follows_an_order_to_its_end(
    page: str, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = PYTHON.findall((ROOT / page).read_text())
    assert blocks
    for block in blocks:
        exec(block, {"REST": stack.rest_url})  # noqa: S102 - the page's own words
        assert "confirmed 1" in capsys.readouterr().out


def test_the_command_lines_of_the_readme_end_well(stack: Stack) -> None:
    lines = OEE.findall((ROOT / "README.md").read_text())
    assert lines
    for line in lines:
        words = [sys.executable, "-m", *shlex.split(line)]
        environment = {"OEE_URL": stack.rest_url, "NO_PROXY": "*"}
        subprocess.run(words, cwd=ROOT, env=environment, timeout=PATIENCE, check=True)  # noqa: S603 - as above


def run(commands: str, **variables: str) -> Iterator[Any]:
    """What the commands print: JSON, one document after the other."""
    shell = ["bash", "-euo", "pipefail", "-c", commands]
    environment = {"PATH": os.environ["PATH"], "NO_PROXY": "*", **variables}
    ran = subprocess.run(  # noqa: S603 - the page's own words
        shell, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    rest, reader = ran.stdout.strip(), json.JSONDecoder()
    while rest:
        answer, end = reader.raw_decode(rest)
        yield answer
        rest = rest[end:].strip()


def as_json(part: re.Match[str]) -> str:
    """What is left out, in JSON's terms."""
    return {f"{MORE}]": f'"{MORE}"]', MORE: f'"{MORE}":true'}.get(part[0], part[0])


def assert_like(answer: Any, shown: Any, name: str = "") -> None:
    if isinstance(shown, dict):
        named = set(shown) - {MORE}
        assert named == (set(answer) & named if MORE in shown else set(answer))
        for key in named:
            assert_like(answer[key], shown[key], key)
    elif isinstance(shown, list):
        assert answer
        for part in answer:
            assert_like(part, shown[0], name)
    elif shown is None:
        assert answer is None or isinstance(answer, str)
    elif name in SAME:
        assert answer == shown
    else:
        assert type(answer) is type(shown), name
