import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from infra.local.stack import Stack, down, names, up
from tests.e2e.trader import Trader

DASHBOARD = Path(__file__).with_name("dashboard")
PREFIX = "e2e-"
CROWDED = ["AVERAGE_EXECUTION_MS=5000"]
"""Emulator, workers and clients share two cores: an execution takes longer than on machines of its own."""

UNLIMITED = ["RATE_LIMIT_PER_MINUTE=100000", "MAX_OPEN_ORDERS=500", "MAX_SOCKETS_PER_ACCOUNT=5000"]
FASTER = [*UNLIMITED, "PAPER_QUOTE_DELAY_MS=20-40", "PAPER_LANDING_DELAY_MS=200-400"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, these follow each other on one worker, and those of the page on another.

    Each loads the machine enough, the page least: with all on one worker the others would wait for it.
    """
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group("page" if DASHBOARD in item.path.parents else "e2e"))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole engine on an emulator of its own, with shorter delays."""
    with running_stack(f"{PREFIX}{os.getpid()}", FASTER) as fast:
        yield fast


@pytest.fixture(scope="session")
def trader(stack: Stack) -> Trader:
    """A client of that stack."""
    return Trader(stack.rest_url)


@pytest.fixture(scope="module")
def real_stack() -> Iterator[Stack]:
    """A stack with the default delays, for a module that loads or breaks it."""
    with running_stack(f"{PREFIX}{os.getpid()}-real", [*UNLIMITED, *CROWDED]) as real:
        yield real


@contextmanager
def running_stack(name: str, given: list[str]) -> Iterator[Stack]:
    """A stack that is taken down at the end, whatever happens."""
    remove_orphans()
    running = up(name, port=0, given=given)
    try:
        yield running.stack
    finally:
        running.down()


def remove_orphans() -> None:
    """Take down what test runs left that were killed and could not clean up."""
    for name in names():
        run = name.removeprefix(PREFIX).partition("-")[0]
        if name.startswith(PREFIX) and run.isdigit() and not runs(int(run)):
            down(name)


def runs(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
