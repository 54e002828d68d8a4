"""All that the functions write for CloudWatch: every log line and metric of the telemetry, as printed."""

import json
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from types import SimpleNamespace
from typing import Any

from chalicelib.config import load_settings
from chalicelib.domain import transitions
from chalicelib.domain.access import Caller, Scope
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.quotes import Reason
from chalicelib.domain.trading import NEVER_TURNED
from chalicelib.errors import VenueUnavailable
from chalicelib.telemetry import PowertoolsTelemetry
from tests.fakes.examples import an_order
from tests.fakes.lives import a_life, an_armed_life
from tests.integration.conftest import ENVIRONMENT

NAMESPACE = "Emitted"
CONTEXT = SimpleNamespace(function_name="function", aws_request_id="request")


@cache  # a logger of one name prints where it was first made to
def emitted() -> list[dict[str, Any]]:
    """The lines of one invocation in which everything happens that telemetry tells of."""
    printed = StringIO()
    with redirect_stdout(printed):
        telemetry = PowertoolsTelemetry(
            load_settings(ENVIRONMENT | {"METRICS_NAMESPACE": NAMESPACE, "SERVICE_NAME": NAMESPACE}).telemetry
        )
        tell = _Told(telemetry)
        with tell.invocation(CONTEXT):
            _everything(tell)
    untold = {name for name in vars(PowertoolsTelemetry) if not name.startswith("_")} - tell.names
    assert not untold, f"Tell {untold} here as well"
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def log_fields() -> set[str]:
    """The names of all fields that a log line may have, and those of the metrics, which are lines too."""
    lines = emitted()
    return {name for line in lines for name in line} | {
        f"{name}.0" for line in lines for name, value in line.items() if isinstance(value, list)
    }


def metrics() -> set[tuple[str, frozenset[str]]]:
    """Each metric by its name and the names of its dimensions."""
    directives = [directive for line in emitted() for directive in _directives(line)]
    assert {directive["Namespace"] for directive in directives} == {NAMESPACE}
    return {
        (metric["Name"], frozenset(dimensions))
        for directive in directives
        for metric in directive["Metrics"]
        for dimensions in directive["Dimensions"]
    }


def _directives(line: dict[str, Any]) -> list[dict[str, Any]]:
    directives: list[dict[str, Any]] = line.get("_aws", {}).get("CloudWatchMetrics", [])
    return directives


class _Told:
    """The telemetry, and the names of what was called on it."""

    def __init__(self, telemetry: PowertoolsTelemetry) -> None:
        self._telemetry = telemetry
        self.names = {"logger"}

    def __getattr__(self, name: str) -> Any:
        self.names.add(name)
        return getattr(self._telemetry, name)


def _everything(tell: Any) -> None:
    tell.started("app.execute")
    tell.called_by(Caller("alice", frozenset({Scope.TRADE}), "4f1d0c9be2a7"))
    tell.trading_turned(NEVER_TURNED)
    for order in a_life():
        tell.order_moved(order)
    order, stamp = an_order(), Stamp(2_000, "write-2")
    why = Reason.of(VenueUnavailable("nobody answered"))
    tell.order_moved(transitions.fail(order, why, stamp))
    tell.order_moved(transitions.expire(order, why, stamp))
    tell.order_moved(transitions.cancel(order, stamp))
    tell.order_accepted(order)
    tell.order_replayed(order.order_id)
    tell.queue_waited(order, 5)
    tell.order_requeued(order.order_id)
    tell.order_stuck(order.order_id)
    tell.correlate(order.order_id)
    tell.message_unsent(order.order_id, why.code)
    tell.request_refused(why.code)
    tell.failed(why.code, ValueError("broken"))
    tell.record_failed("queue", ValueError("broken"))
    tell.venue_failed("raydium", why.code)
    tell.circuit_changed("raydium", is_open=True)
    for armed in an_armed_life():
        tell.order_moved(armed)
    tell.order_accepted(an_armed_life()[0])
    tell.looked(40)
    tell.look_aged(900)
    tell.firings_held(3)
    tell.order_fired(order, 700)
    tell.watcher_silent(61_000)
    tell.waking_failed(ValueError("broken"))
    tell.subscription_skipped("connection", why.code)
