import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from infra.local.stack import Stack, down, names, up

PREFIX = "e2e-"
FASTER = ["PAPER_QUOTE_DELAY_MS=20-40", "PAPER_LANDING_DELAY_MS=200-400"]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole engine on an emulator of its own, with shorter delays."""
    remove_orphans()
    running = up(f"{PREFIX}{os.getpid()}", port=0, given=FASTER)
    try:
        yield running.stack
    finally:
        running.down()


def remove_orphans() -> None:
    """Take down what test runs left that were killed and could not clean up."""
    for name in names():
        run = name.removeprefix(PREFIX)
        if run != name and run.isdigit() and not runs(int(run)):
            down(name)


def runs(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
