"""Watching by hand."""

from types import SimpleNamespace

import pytest

from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.watching import Direction, Watching
from infra.operations.__main__ import parser
from tests.fakes.watching import InMemoryWatchRegistry


class Desk:
    """Runs `watch` against an engine of which only the watcher's parts are there; keeps until when it ran."""

    def __init__(self):
        self.registry = InMemoryWatchRegistry()
        self.until: list[int] = []
        self.at = SimpleNamespace(
            engine=SimpleNamespace(
                ports=SimpleNamespace(watch_registry=self.registry),
                watch_prices=SimpleNamespace(run=lambda *, until: self.until.append(until)),
                now=lambda: 1_000,
                settings=SimpleNamespace(triggers=SimpleNamespace(watch_for_ms=62_000)),
            )
        )

    def run(self):
        given = parser().parse_args(["--local", "x", "watch"])
        return given.act(given, self.at)


@pytest.fixture
def desk():
    return Desk()


def test_prices_are_watched_for_as_long_as_a_watcher_does(desk):
    desk.registry.armed = {Direction(SOL, USDC): 1}
    assert desk.run() == ["Watched. Once more, if no watcher runs by itself yet."]
    assert desk.until == [62_000 + 1_000]


def test_where_nothing_is_armed_nothing_is_watched(desk):
    assert desk.registry.read() == Watching()
    assert desk.run() == ["Nothing is armed."]
    assert desk.until == []
