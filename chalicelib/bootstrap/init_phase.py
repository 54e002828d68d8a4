"""What each function makes before its first event, in the init phase of its worker.

Lambda runs the init phase on a whole processor, and the handler on the share that the function's memory buys:
what is made here would take two to three times as long in a first call.
"""

from collections.abc import Callable, Mapping

from chalicelib import api
from chalicelib.bootstrap.engine import Engine


def make_parts(engine: Engine, handler: str) -> None:
    """Make the parts of the engine that this handler (like "app.execute") needs, and nothing else.

    Without a handler, as in tests and on an emulator that names none, each part is made when it is first
    asked for.

    Raises
    ------
    InvalidSettings
        Some setting is missing or malformed: the function can't start.
    """
    if handler in _PARTS:
        engine.telemetry.started(handler)
        _PARTS[handler](engine)


_OF_A_TRIAL = {"steering"}
"""Modules of the API for a trial's market alone: what moves it is made when somebody does."""


def _of_routes(engine: Engine) -> object:
    return (
        *(getattr(api, name) for name in api.__all__ if name not in _OF_A_TRIAL),
        engine.accept_order,
        engine.amend_order,
        engine.arm_order,
        engine.cancel_order,
        engine.issue_ticket,
        engine.measure_load,
        engine.quote_swap,
        engine.read_account,
        engine.read_orders,
        engine.stream_url,
        engine.switch_trading,
        engine.ports.waker,
    )


_PARTS: Mapping[str, Callable[[Engine], object]] = {
    "app.app": _of_routes,
    "app.authorize": lambda engine: engine.authenticate,
    "app.execute": lambda engine: (engine.queue_batch, engine.execute_order),
    "app.land": lambda engine: (engine.queue_batch, engine.land_orders),
    "app.dead_letter": lambda engine: (engine.queue_batch, engine.handle_dead_letter),
    "app.reconcile": lambda engine: (engine.check_watch, engine.reconcile_orders),
    "app.watch": lambda engine: (engine.watch_prices, engine.ports.desk.chain),
    "app.broadcast": lambda engine: (engine.stream_batch, engine.publish_updates),
    "app.backfill": lambda engine: (engine.stream_batch, engine.publish_updates),
    "app.connect": lambda engine: (engine.socket, engine.authenticate),
    "app.message": lambda engine: (engine.socket, engine.ports.gateway),
    "app.disconnect": lambda engine: engine.socket,
}
