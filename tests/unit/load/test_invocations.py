"""When a function ran, read from the log that the platform writes of every invocation."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.load import invocations as log
from tests.load.verdict import Invocation


class Logs:
    """A log group that, like the emulator's, returns the first events after a time and says of no more."""

    def __init__(self, *events: tuple[int, str, str]) -> None:
        self._events: list[dict[str, Any]] = [
            {"timestamp": at, "logStreamName": stream, "message": message} for at, stream, message in events
        ]

    def filter_log_events(self, *, filterPattern: str, startTime: int, limit: int, **_: Any) -> Any:  # noqa: N803 - AWS's names
        found = [e for e in self._events if e["timestamp"] >= startTime and filterPattern in e["message"]]
        return {"events": found[:limit]}


def stack_with(logs: Logs) -> Any:
    return SimpleNamespace(outputs={"LandFunction": "f"}, clients=lambda: SimpleNamespace(logs=logs))


def report(at: int, stream: str, duration: int) -> tuple[int, str, str]:
    return at, stream, f"REPORT RequestId: {stream}\tDuration: {duration} ms\tBilled Duration: 9 ms"


def test_an_invocation_ended_when_its_report_was_written_and_began_its_duration_before() -> None:
    died = (2_000, "b", "Worker process died")
    logs = Logs((1_500, "a", "START"), report(1_500, "a", 400), died, report(2_000, "b", 50))
    ran = log.invocations(stack_with(logs), "LandFunction")
    assert ran == [Invocation(1_100, 1_500), Invocation(1_950, 2_000, killed=True)]


def test_a_log_of_many_pages_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGE", 3)
    logs = Logs(*(report(1_000 + number // 2, f"stream-{number}", 1) for number in range(8)))
    assert len(log.invocations(stack_with(logs), "LandFunction")) == 8
