"""Sockets: tickets, a cut in mid-order, and what a socket refuses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from infra.verify.checks.placing import first
from infra.verify.conversation import Line
from infra.verify.orders import ENVELOPE, Placed, Told
from infra.verify.outcome import NotPromisedHere, PromiseBroken, require
from infra.verify.visit import Visit

MAX_MESSAGE_BYTES = 4096
REPLY_SECONDS = 20.0
UNKNOWN_ORDER = "00000000-0000-4000-8000-000000000000"
REFUSED = (
    ("a message over 4096 bytes", " " * (MAX_MESSAGE_BYTES + 1), "REQUEST_INVALID"),
    ("an action that there isn't", '{"action":"dance"}', "REQUEST_INVALID"),
    ("no JSON", "nonsense", "REQUEST_INVALID"),
    (
        "an order that doesn't exist",
        f'{{"action":"subscribe","orderId":"{UNKNOWN_ORDER}"}}',
        "ORDER_NOT_FOUND",
    ),
)
"""What is said over a socket, and the code of the error that answers it."""


def ticket(visit: Visit, order_id: str = "") -> str:
    """Return the address that a new ticket opens: for one order, or for all of the account."""
    answer = visit.talk.ask("POST", "/api/stream-tickets", json={"orderId": order_id} if order_id else {})
    require(answer.status == HTTPStatus.CREATED, "a ticket is made with 201", answer.shown)
    told = answer.document
    require(
        "ticket=" in str(told.get("streamUrl")) and _is_future(told.get("expiresAt")),
        "a ticket is an address with an expiresAt to come",
        f"an expiresAt of {told.get('expiresAt')}, fields {sorted(told)}",
    )
    return str(told["streamUrl"])


def tickets(visit: Visit) -> str:
    """A ticket opens one socket, once, for its order only, and that socket tells the whole order."""
    order = first(visit)
    address = ticket(visit, order.order_id)
    with visit.talk.listen(address) as line:
        told = list(Told(line, visit.talk, order.order_id).events())
    require(
        [event["sequence"] for event in told] == [event["sequence"] for event in order.events],
        "a socket that is opened late tells every event of its order",
        f"{len(told)} of {len(order.events)}",
    )
    require(visit.talk.refused(address), "a ticket opens one socket", "it opened a second one")
    others = [each.order_id for each in visit.orders.placed if each.order_id not in {"", order.order_id}]
    other = _with(ticket(visit, order.order_id), orderId=next(iter(others), UNKNOWN_ORDER))
    require(visit.talk.refused(other), "an order's ticket opens no socket of another order", "it opened one")
    return "A ticket opens one socket, which tells all of its order; none a second time or for another order."


def handshakes(visit: Visit) -> str:
    """A handshake for an order that doesn't exist, or that shows nothing, is refused."""
    bare = _bare(ticket(visit))
    statuses = []
    for what, address in {
        "without anything": bare,
        "with a ticket that nobody made": _with(bare, ticket="A" * 43),
        "for an order that doesn't exist": _with(bare, orderId=UNKNOWN_ORDER),
    }.items():
        status = visit.talk.refused(address)
        require(
            status is not None,
            f"a handshake {what} is refused",
            "it opened a socket",
        )
        statuses.append(str(status))
    return f"Without anything, with a false ticket, for an order that doesn't exist: {', '.join(statuses)}."


def no_key_no_socket(visit: Visit) -> str:
    """Where keys are asked for, an order's id alone opens no socket, and a key does."""
    if not visit.asks_for_keys:
        raise NotPromisedHere("Here an order's id opens its socket (AUTH_MODE=open).")
    order = first(visit)
    address = _with(_bare(order.stream_url), orderId=order.order_id)
    require(visit.talk.refused(address), "an order's id alone opens no socket", "it opened one")
    with visit.talk.listen(address, key=visit.talk.api_key) as line:
        told = list(Told(line, visit.talk, order.order_id).events())
    return f"An order's id alone opens no socket; with the key it does, and all {len(told)} events came."


def resume(visit: Visit) -> str:
    """A socket is cut in mid-order; another, after the last sequence, tells the rest, and nothing twice."""
    order = visit.orders.place()
    with visit.talk.listen(order.stream_url) as line:
        before = Told(line, visit.talk, order.order_id)
        for event in before.events():
            order.events.append(event)
            break
        line.cut()
    cut_at = order.events[-1]["sequence"]
    with visit.talk.listen(_with(ticket(visit, order.order_id), after=str(cut_at))) as line:
        rest = Told(line, visit.talk, order.order_id, seen=cut_at, status=before.status)
        order.events += rest.events()
    order.status = rest.status
    shown = [event["sequence"] for event in visit.orders.read(order)["logs"]]
    told = [event["sequence"] for event in order.events]
    require(told == shown, "after a reconnect every event was told once", f"{told} of {shown}")
    again = f"{rest.again} came twice, as they may" if rest.again else "nothing came twice"
    return (
        f"Cut after sequence {cut_at}, opened again with after={cut_at}: {cut_at + 1} to {told[-1]} came, "
        f"nothing was missing and {again} ({order.status})."
    )


def messages(visit: Visit) -> str:
    """A ping and a subscribe are answered, and what can't be read is refused by a message."""
    order = first(visit)
    end = order.events[-1]["sequence"]
    with visit.talk.listen(ticket(visit, order.order_id)) as line:
        list(Told(line, visit.talk, order.order_id).events())
        stands = {"type": "pong", "orderId": order.order_id, "sequence": end, "status": "confirmed"}
        promised = f"a ping is answered by a pong that says where the order stands ({end}, confirmed)"
        _expect(visit, line, {"action": "ping"}, stands, promised)
        wish = {"action": "subscribe", "orderId": order.order_id, "after": end - 2}
        rest = {"type": "backfill", "orderId": order.order_id, "logs": _events_after(order, end - 2)}
        _expect(visit, line, wish, rest, f"a subscribe after {end - 2} is answered by {end - 1} and {end}")
        for what, message, code in REFUSED:
            promised = f"{what} is answered over the socket with the error {code}"
            _expect(visit, line, message, {"type": "error", "code": code}, promised)
    return (
        "ping: a pong with sequence and status; subscribe: what comes after; too long a message, an unknown "
        "action or order, no JSON: an error each, and the socket stays."
    )


def _expect(
    visit: Visit, line: Line, message: str | Mapping[str, Any], reply: Mapping[str, Any], promised: str
) -> None:
    """Send a message and wait for the reply with these fields. Events may be told again meanwhile."""
    until = visit.talk.clock() + REPLY_SECONDS
    line.say(message)
    seen: list[str] = []
    while (left := until - visit.talk.clock()) > 0 and (heard := line.hear(left)) is not None:
        if reply.items() <= heard.items():
            return
        shown = heard.get("code") or heard.get("sequence")
        sequences = [event["sequence"] for event in heard.get("logs", ())]
        seen.append(f"{heard['type']} {sequences or shown}")
    raise PromiseBroken(promised, ", ".join(seen) or f"nothing within {REPLY_SECONDS:.0f} s")


def _events_after(order: Placed, after: int) -> list[Mapping[str, Any]]:
    """Return the events of an order as a backfill has them."""
    return [
        {name: value for name, value in event.items() if name not in ENVELOPE}
        for event in order.events
        if event["sequence"] > after
    ]


def _with(address: str, **query: str) -> str:
    """Return the address with these fields of its query set."""
    url = urlsplit(address)
    return url._replace(query=urlencode({**dict(parse_qsl(url.query)), **query})).geturl()


def _bare(address: str) -> str:
    return urlsplit(address)._replace(query="").geturl()


def _is_future(time: object) -> bool:
    try:
        return datetime.fromisoformat(str(time)) > datetime.now(UTC)
    except ValueError:
        return False
