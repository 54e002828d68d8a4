"""A watcher that is silent is told by somebody else."""

import pytest

from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.watching import SILENT_MS, Direction, Watching
from chalicelib.errors import StorageUnavailable
from chalicelib.services.check_watch import CheckWatch
from tests.fakes.clock import FakeClock
from tests.fakes.telemetry import RecordingTelemetry
from tests.fakes.watching import InMemoryWatchRegistry

NOW = 1_700_000_000_000
SELL, BUY = Direction(SOL, USDC), Direction(USDC, SOL)


def told(registry):
    telemetry, clock = RecordingTelemetry(), FakeClock()
    clock.advance(NOW - clock.now())
    CheckWatch(registry, clock, telemetry).check()
    return telemetry.records


def test_nobody_is_told_while_nothing_is_armed_however_long_ago_the_last_look_was():
    assert told(InMemoryWatchRegistry()) == []


def test_a_watcher_that_has_not_looked_for_a_minute_is_told_with_how_long():
    registry = InMemoryWatchRegistry()
    registry.armed = {SELL: NOW - 500_000, BUY: NOW - 1_000}
    registry.looked_at = NOW - SILENT_MS
    assert told(registry) == [("watcher_silent", SILENT_MS)]
    registry.looked_at += 1
    assert told(registry) == []


def test_who_is_to_look_first_has_a_minute_from_the_first_arming():
    assert Watching({SELL: NOW - SILENT_MS + 1}).silent_for(NOW) == 0
    assert Watching({SELL: NOW - SILENT_MS}, looked_at=NOW - 9 * SILENT_MS).silent_for(NOW) == SILENT_MS


def test_a_registry_that_can_not_be_read_is_told_and_fails_nobody():
    def unreadable(*_):
        raise StorageUnavailable("it doesn't answer")

    registry = InMemoryWatchRegistry()
    registry.interrupt = unreadable
    [(name, source, error)] = told(registry)
    assert (name, source) == ("record_failed", "watch registry")
    assert isinstance(error, StorageUnavailable)


@pytest.mark.parametrize("beat_at", [None, NOW])
def test_a_watcher_that_lives_but_looks_at_nothing_is_silent(beat_at):
    assert Watching({SELL: 1}, beat_at=beat_at).silent_for(NOW) > 0
