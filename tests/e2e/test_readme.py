"""The README's curl commands are run as they stand there, and answer with what it shows beside them."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import Stack
from tests.e2e.trader import PATIENCE, Trader

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R14")]

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
BLOCK = re.compile(r"```sh\n(.*?)```(?:\n+```json\n(.*?)```)?", re.DOTALL)
EXAMPLES = [(commands, shown) for commands, shown in BLOCK.findall(README) if "curl " in commands]
TEXT_OR_MORE = re.compile(r'"[^"]*"|…\]|…')
MORE = "…"
"""What the README leaves out: the rest of a text, of an object or of a list."""

SAME = {"success", "status", "type", "code", "tokenIn", "tokenOut", "trading", "orderStatus"}
"""Fields that have the very value that is shown; the others have one of its kind."""


def test_the_readmes_commands_answer_with_what_it_shows(trader: Trader, stack: Stack) -> None:
    assert EXAMPLES
    order_id = ""
    for commands, shown in EXAMPLES:
        answers = list(run(commands, REST=stack.rest_url, ORDER=order_id))
        expected = [json.loads(TEXT_OR_MORE.sub(as_json, line)) for line in shown.splitlines()]
        assert len(answers) == len(expected)
        for answer, expectation in zip(answers, expected, strict=True):
            assert_like(answer, expectation)
        if not order_id:
            order_id = answers[0]["orderId"]
            trader.follow(answers[0]["streamUrl"])  # what comes next is asked "a few seconds later"


def run(commands: str, **variables: str) -> Iterator[Any]:
    """What the commands print: JSON, one document after the other."""
    shell = ["bash", "-euo", "pipefail", "-c", commands]
    environment = {"PATH": os.environ["PATH"], "NO_PROXY": "*", **variables}
    ran = subprocess.run(  # noqa: S603 - the README's own words
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
