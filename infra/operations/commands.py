"""The operator's commands: each calls a use case and returns the lines to print. All may be repeated."""

import json
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from chalicelib.api.events import timestamp
from chalicelib.api.trading import present_trading
from chalicelib.domain.api_keys import is_account
from chalicelib.domain.lines import is_line
from chalicelib.domain.order import Order, is_order_id
from chalicelib.domain.trading import Trading, TradingState
from infra.operations.deployed import Deployed
from infra.operations.explain import as_text, explain
from infra.operations.failure import OperationFailed
from infra.operations.queues import Depth
from infra.operations.wording import duration, table

SHOWN_CHARACTERS = 120
"""Most characters of an unreadable message that are shown."""

Lines = Sequence[str]
Command = Callable[[Namespace, Deployed], Lines]


def list_orders(given: Namespace, at: Deployed) -> Lines:
    """Show the open orders, oldest first, the queues' depths, and the trading switch."""
    engine = at.engine
    trading, queues, now = engine.switch_trading.read(), at.queues.depths(), engine.now()
    found = engine.inspect_orders.open(given.limit)
    orders = [_summary(order, now) for order in found.orders]
    if given.json:
        shown = {
            "trading": _trading_json(trading),
            "openOrders": found.count,
            "queues": {name: asdict(depth) for name, depth in queues.items()},
            "orders": orders,
            "unreadable": found.unreadable,
        }
        return [json.dumps(shown, indent=1)]
    return [
        _trading_line(trading),
        *(_depth_line(name, depth) for name, depth in queues.items()),
        f"Open orders: {found.count}",
        *(_orders_table(orders) if orders else ()),
        *(
            _counted("Unreadable, of a newer release or damaged", found.unreadable)
            if found.unreadable
            else ()
        ),
    ]


def explain_order(given: Namespace, at: Deployed) -> Lines:
    """Show one order: its timeline, what happens next, and what an operator can do."""
    engine = at.engine
    inspected = engine.inspect_orders.one(_order_id(given.order))
    state = engine.switch_trading.read().state
    shown = explain(inspected, state, engine.now(), engine.stream_url, engine.market)
    return [json.dumps(shown, indent=1)] if given.json else as_text(shown)


def redrive(given: Namespace, at: Deployed) -> Lines:
    """Send dead letters and parked messages back to the orders queue."""
    redriven = at.queues.redrive(discard=given.discard)
    fate = "discarded" if given.discard else "left (--discard deletes such)"
    return [
        *_counted("Sent to the orders queue anew", redriven.moved),
        *_counted(f"None of ours, {fate}", [repr(body[:SHOWN_CHARACTERS]) for body in redriven.unreadable]),
    ]


def reconcile(given: Namespace, at: Deployed) -> Lines:
    """Sweep once now, or send one order's message."""
    reconciler = at.engine.reconcile_orders
    if given.order is None:
        return [f"Swept. Open orders: {reconciler.sweep()}"]
    order_id = _order_id(given.order)
    reconciler.recover(order_id)
    order = at.engine.inspect_orders.one(order_id).order
    return [f"{order_id} is {order.status}, with {order.requeues} requeues."]


def watch(_given: Namespace, at: Deployed) -> Lines:
    """Watch prices from here for about a minute, beside whoever else does."""
    engine = at.engine
    if not engine.ports.watch_registry.read().directions:
        return ["Nothing is armed."]
    engine.watch_prices.run(until=engine.now() + engine.settings.triggers.watch_for_ms)
    return ["Watched. Once more, if no watcher runs by itself yet."]


def trading(given: Namespace, at: Deployed) -> Lines:
    """Show the trading switch, or turn it."""
    switch = at.engine.switch_trading
    if given.state is None:
        stands = switch.read()
    elif not given.why:
        raise OperationFailed('Say why, for those who find it so: --why "…"')
    elif not (is_line(given.why) and is_line(given.who)):
        raise OperationFailed("Say who and why in one line each, without control characters")
    else:
        stands = switch.turn(TradingState(given.state), who=given.who, why=given.why)
    return [json.dumps(_trading_json(stands), indent=1) if given.json else _trading_line(stands)]


def expire_open(_given: Namespace, at: Deployed) -> Lines:
    """Close the open orders without a recorded transaction."""
    closed = at.engine.expire_open.run()
    return [
        *_counted("Closed as expired", closed.expired),
        *_counted("Submitted, left to be resolved", closed.submitted),
        *_counted("Changed at this moment, run it again for them", closed.busy),
        *_counted("Unreadable, of a newer release or damaged", closed.unreadable),
    ]


def named_account(text: str) -> str:
    """Return the account that a command names. Raises OperationFailed if it can't be one."""
    if not is_account(text):
        raise OperationFailed(
            f"{text!r} is no account: it has 1 to 64 letters, digits, dots, dashes or underscores"
        )
    return text


def _counted(what: str, each: Sequence[str]) -> Lines:
    return [f"{what}: {len(each)}", *(f"  {one}" for one in each)]


def _order_id(text: str) -> str:
    if not is_order_id(text):
        raise OperationFailed(f"{text!r} is no order id: it is a UUID in lower case")
    return text


def _summary(order: Order, now: int) -> dict[str, Any]:
    return {
        "orderId": order.order_id,
        "status": order.status.value,
        "ageMs": now - order.accepted_at,
        "attempt": order.attempt,
        "requeues": order.requeues,
        "lifeLeftMs": order.expires_at - now,
    }


def _orders_table(orders: Sequence[Mapping[str, Any]]) -> Lines:
    head = ("ORDER", "STATUS", "AGE", "ATTEMPT", "REQUEUES", "LIFE LEFT")
    rows = [
        (
            order["orderId"],
            order["status"],
            duration(order["ageMs"]),
            str(order["attempt"]),
            str(order["requeues"]),
            duration(order["lifeLeftMs"]),
        )
        for order in orders
    ]
    return table(head, rows)


def _trading_line(stands: Trading) -> str:
    turned = f" since {timestamp(stands.at)} by {stands.who}: {stands.why}" if stands.version else ""
    return f"Trading is {stands.state}{turned}"


def _depth_line(name: str, depth: Depth) -> str:
    queue = name.replace("_", " ")
    return f"Queue {queue}: {depth.waiting} waiting, {depth.handled} being handled, {depth.delayed} delayed"


def _trading_json(stands: Trading) -> dict[str, Any]:
    shown: dict[str, Any] = {**present_trading(stands)}
    del shown["success"]
    return shown
