"""Cancelling: what wasn't sent, what ended, and one socket that tells all orders of the account."""

from http import HTTPStatus

from infra.verify.checks.placing import first
from infra.verify.checks.sockets import ticket
from infra.verify.conversation import Line
from infra.verify.orders import END_SECONDS, MOVES, PING_SECONDS, Placed
from infra.verify.outcome import require
from infra.verify.visit import Visit
from oee.records import FINAL


def cancel(visit: Visit) -> str:
    """An order is cancelled while nothing was sent, and a socket of the whole account tells it to its end."""
    with visit.talk.listen(ticket(visit)) as line:
        order = visit.orders.place()
        answer = visit.orders.cancel(order)
        told = _told(visit, line, order)
    if answer.status == HTTPStatus.OK:
        said = _check_cancelled(visit, order, answer.document.get("status"))
    else:
        require(
            (answer.status, answer.code) == (HTTPStatus.CONFLICT, "ORDER_NOT_CANCELLABLE")
            and answer.document.get("orderStatus"),
            "a cancel is answered with 200, or with 409 ORDER_NOT_CANCELLABLE and the order's status",
            answer.shown,
        )
        visit.orders.await_end(order)
        said = f"The cancel came too late: 409, the order was {answer.document['orderStatus']} already."
    require(
        told[-1] == order.status,
        "a socket of the whole account tells an order's last event",
        f"{told[-1]}, while the order is {order.status}",
    )
    return f"{said} A socket of the whole account told it: {' → '.join(told)}."


def cancel_final(visit: Visit) -> str:
    """An order that ended can't be cancelled."""
    answer = visit.orders.cancel(first(visit))
    require(
        (answer.status, answer.code) == (HTTPStatus.CONFLICT, "ORDER_NOT_CANCELLABLE")
        and answer.document.get("orderStatus") == "confirmed",
        "to cancel a confirmed order is answered with 409 ORDER_NOT_CANCELLABLE and its status",
        answer.shown,
    )
    return "To cancel the confirmed order: 409 ORDER_NOT_CANCELLABLE, orderStatus confirmed."


def _check_cancelled(visit: Visit, order: Placed, status: object) -> str:
    require(status == "cancelled", "a cancel that is answered with 200 has cancelled", f"{status}")
    shown = visit.orders.read(order)
    require(
        shown["status"] == "cancelled" and "fill" not in shown,
        "a cancelled order is final and traded nothing",
        f"it is {shown['status']}",
    )
    again = visit.orders.cancel(order)
    require(again.status == HTTPStatus.OK, "to cancel twice is fine (200)", again.shown)
    return "Cancelled with 200 while nothing was sent; a second cancel is fine."


def _told(visit: Visit, line: Line, order: Placed) -> list[str]:
    """Return the statuses of an order as a socket of all orders tells them, to its last."""
    until = visit.talk.clock() + END_SECONDS
    told: list[str] = []
    while not told or told[-1] not in FINAL:
        message = line.hear(PING_SECONDS)
        require(
            visit.talk.clock() < until,
            "a socket of the whole account tells each order from its first event to its last",
            f"after {END_SECONDS:.0f} s it told {told or 'nothing'}",
        )
        if message is None:
            line.say({"action": "ping"})
            continue
        if message.get("orderId") != order.order_id or message["type"] == "pong":
            continue
        for event in message["logs"] if message["type"] == "backfill" else [message]:
            if event["sequence"] <= len(told):
                continue
            before = told[-1] if told else ""
            require(
                event["sequence"] == len(told) + 1 and event["status"] in MOVES.get(before, ()),
                "a socket of the whole account tells each event, in order",
                f"after {told or 'nothing'} came {event['status']} with sequence {event['sequence']}",
            )
            told.append(str(event["status"]))
    return told
