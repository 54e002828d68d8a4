"""Explain an order to an operator: what happened, what happens next, and what can be done."""

from collections.abc import Mapping
from typing import Any

from chalicelib.api.events import event_json, timestamp
from chalicelib.api.responses import order_json
from chalicelib.domain.lifecycle import is_final, is_landing
from chalicelib.domain.order import Order, Status
from chalicelib.domain.trading import TradingState
from chalicelib.services.inspect_orders import Inspected
from chalicelib.services.reconcile_orders import STUCK_REQUEUES
from infra.operations.wording import duration, table

_STEPS: Mapping[Status, str] = {
    Status.PENDING: "The next execution quotes the venues.",
    Status.ROUTING: "The next execution quotes the venues.",
    Status.BUILDING: "The next execution builds the swap on its route, or quotes anew if that went stale.",
}


def explain(
    inspected: Inspected, trading: TradingState, now: int, stream_url: str, market: str
) -> dict[str, Any]:
    """Return all about one order, for a script; fields that end in `Ms` are durations in milliseconds."""
    order = inspected.order
    shown: dict[str, Any] = {**order_json(order, stream_url, market)}
    del shown["logs"]
    ends = [event.at for event in order.events[1:]] + ([] if is_final(order) else [now])
    timeline: list[dict[str, Any]] = [{**event_json(event)} for event in order.events]
    for entry, event, end in zip(timeline, order.events, ends, strict=False):
        entry["lastedMs"] = end - event.at
    shown |= {
        "account": order.account,
        "attempts": order.terms.most_attempts,
        "requeues": order.requeues,
        "timeline": timeline,
        "trading": trading.value,
        "next": _following(inspected, trading, now),
        "operator": _advice(inspected, trading, now),
    }
    if not is_final(order):
        shown |= {
            "lifeLeftMs": order.expires_at - now,
            "messageDueAt": timestamp(order.enqueued_at),
            "takenUpAt": timestamp(inspected.taken_up_at),
        }
    return shown


def _following(inspected: Inspected, trading: TradingState, now: int) -> list[str]:
    order = inspected.order
    if is_final(order):
        return ["Nothing: it is final."]
    return [*_messages(inspected, now), *_steps(order, trading, now)]


def _messages(inspected: Inspected, now: int) -> list[str]:
    due_in, taken_up_in = inspected.order.enqueued_at - now, inspected.taken_up_at - now
    if due_in > 0:
        return [f"Its message is due in {duration(due_in)}."]
    again = f"in {duration(taken_up_in)}" if taken_up_in > 0 else "at its next sweep"
    was_due = f"Its message was due {duration(-due_in)} ago"
    worker = "a landing" if is_landing(inspected.order) else "an execution"
    return [f"{was_due}; unless {worker} has it, Reconcile sends another {again}."]


def _steps(order: Order, trading: TradingState, now: int) -> list[str]:
    life = order.expires_at - now
    if order.submission is not None:
        return [
            *_landing(order, trading),
            *([] if life > 0 else ["Its time is over: it is not sent any more."]),
        ]
    if life <= 0:
        return ["Its time is over and nothing was sent: the next execution or sweep closes it as expired."]
    if trading is not TradingState.ACTIVE:
        return [f"Trading is {trading}: it waits, and expires in {duration(life)} unless trading goes on."]
    return [_STEPS[order.status], f"It expires in {duration(life)} if nothing is sent until then."]


def _landing(order: Order, trading: TradingState) -> list[str]:
    last = order.submission.last_valid_block_height if order.submission is not None else 0
    if trading is TradingState.HALTED:
        return ["Trading is halted: the chain is not asked what became of its transaction."]
    dead = "closed" if trading is TradingState.REDUCING else "closed, or tried again while attempts are left"
    return [
        f"Land asks the chain until its transaction landed, or block {last} is finalized without it.",
        f"In that case the order is {dead}.",
    ]


def _advice(inspected: Inspected, trading: TradingState, now: int) -> list[str]:
    order = inspected.order
    if is_final(order):
        return []
    advice = []
    if trading is not TradingState.ACTIVE:
        advice.append("`trading active --why …` lets it go on.")
    if trading is not TradingState.ACTIVE and order.submission is None:
        advice.append("`expire-open` closes it now, with all others that were not sent.")
    if order.enqueued_at < now:
        advice.append(f"`reconcile {order.order_id}` sends its message at once.")
    if order.requeues >= STUCK_REQUEUES:
        log = "Land's" if is_landing(order) else "Execute's"
        advice.append(
            f"Its messages don't help: look in {log} log for this id, and for parked messages in `list`."
        )
    if order.submission is not None:
        advice.append("Never edit or delete it: only the chain's proof may close it.")
    return advice


def as_text(shown: Mapping[str, Any]) -> list[str]:
    """Return the lines that show an explained order to a person."""
    minimum = shown.get("minimumAmountOut", "not fixed yet")
    lines = [
        f"Order {shown['orderId']} of account {shown['account']}: {shown['status']}",
        f"{shown['amount']} {shown['tokenIn']} into {shown['tokenOut']}, minimum {minimum}",
        f"accepted {shown['acceptedAt']}, expires {shown['expiresAt']}",
        f"attempt {shown['attempt']} of {shown['attempts']}, {shown['requeues']} requeues",
        "",
        *_timeline(shown["timeline"]),
    ]
    if "route" in shown:
        lines += ["", *_route(shown["route"])]
    if "txHash" in shown:
        lines += ["", f"Submitted as {shown['txHash']}, valid up to block {shown['lastValidBlockHeight']}"]
    lines += ["", "What happens next:", *(f"  {line}" for line in shown["next"])]
    if shown["operator"]:
        lines += ["", "What you can do:", *(f"  {line}" for line in shown["operator"])]
    return lines


def _timeline(timeline: list[dict[str, Any]]) -> list[str]:
    head = ("AT", "STATUS", "LASTED", "ATTEMPT", "REASON")
    return table(head, [_event(entry) for entry in timeline])


def _event(entry: Mapping[str, Any]) -> tuple[str, ...]:
    reason = entry.get("reason") or entry.get("error")
    why = f"{reason['code']}: {reason['detail']}" if reason else ""
    lasted = duration(entry["lastedMs"]) if "lastedMs" in entry else ""
    return entry["timestamp"], entry["status"], lasted, str(entry["attempt"]), why


def _route(route: Mapping[str, Any]) -> list[str]:
    rows = [
        (quote["dex"], quote["outcome"], quote.get("amountOut", ""), quote.get("error", {}).get("code", ""))
        for quote in route["quotes"]
    ]
    return table(("VENUE", "OUTCOME", "AMOUNT OUT", "REASON"), rows)
