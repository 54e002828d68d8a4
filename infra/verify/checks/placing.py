"""Orders: to confirmed, and what becomes of a key that is used again and of a request that is wrong."""

from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from infra.verify.figures import Measure
from infra.verify.orders import ENVELOPE, PLACING, Placed, Told
from infra.verify.outcome import NotChecked, NotPromisedHere, require
from infra.verify.visit import Visit

MAX_BODY_BYTES = 8192
_OTHERWISE = "an order on paper is confirmed"


def first_order(visit: Visit) -> str:
    """The first order goes from its 202 to confirmed over its socket, and is shown as it was told."""
    before = _last_order(visit)
    order = _confirm(visit, Measure.FIRST_ACCEPTED, Measure.FIRST_STATUS, Measure.FIRST_CONFIRMED)
    visit.confirmed = order
    cold = (
        f"The account's order before it was accepted at {before}"
        if before
        else "The account had no order before"
    )
    return f"{_journey(order)} {cold}; whether functions had to start can't be seen from here."


def second_order(visit: Visit) -> str:
    """The second order does the same with functions that run."""
    return _journey(_confirm(visit, Measure.ACCEPTED, Measure.STATUS, Measure.CONFIRMED))


def first(visit: Visit) -> Placed:
    """Return the first order. Raises NotChecked if it wasn't confirmed."""
    if visit.confirmed is None:
        raise NotChecked("It needs an order that was confirmed, and the first one wasn't.")
    return visit.confirmed


def replay(visit: Visit) -> str:
    """The same order under the same key is the same order."""
    order = first(visit)
    answer = visit.orders.send(order)
    again = answer.document.get("orderId")
    require(
        answer.status == HTTPStatus.OK and again == order.order_id,
        "the same order under the same Idempotency-Key is answered with 200 and the same orderId",
        f"{answer.shown} and {'the same' if again == order.order_id else 'another'} orderId",
    )
    require(
        answer.headers.get("Idempotent-Replayed") == "true",
        "a replay says Idempotent-Replayed: true",
        f"{answer.headers.get('Idempotent-Replayed')}",
    )
    return "The same order under the same Idempotency-Key: 200, the same orderId, Idempotent-Replayed."


def other_payload(visit: Visit) -> str:
    """Another order under a used key is refused."""
    answer = visit.orders.send(first(visit), amount="0.02")
    require(
        (answer.status, answer.code) == (422, "IDEMPOTENCY_KEY_REUSED"),
        "another order under the same Idempotency-Key is answered with 422 IDEMPOTENCY_KEY_REUSED",
        answer.shown,
    )
    return "Another order under the same Idempotency-Key: 422 IDEMPOTENCY_KEY_REUSED."


def bad_requests(visit: Visit) -> str:
    """What is wrong in a request is refused, and the field is named."""
    swap = {"type": "market", **visit.orders.swap}
    wrong: Mapping[str, Mapping[str, Any]] = {
        "/amount": {**swap, "amount": 0.01},
        "/slippage": {**swap, "slippage": "0.51"},
        "/validForSeconds": {**swap, "validForSeconds": 3601},
        "/tokenIn": {**swap, "tokenIn": "NOSUCHTOKEN"},
        "/account": {**swap, "account": "somebody"},
    }
    for pointer, body in wrong.items():
        answer = visit.talk.ask("POST", PLACING, json=body)
        named = [error.get("pointer") for error in answer.document.get("errors", [])]
        require(
            (answer.status, answer.code) == (400, "REQUEST_INVALID") and pointer in named,
            f"an order whose {pointer[1:]} is wrong is answered with 400 REQUEST_INVALID, which points at it",
            f"{answer.shown}, pointing at {named}",
        )
    kinds = {"Content-Type": "application/json"}
    long = visit.talk.ask("POST", PLACING, content=" " * (MAX_BODY_BYTES + 1), headers=kinds)
    require(
        (long.status, long.code) == (413, "BODY_TOO_LARGE"),
        f"a body of more than {MAX_BODY_BYTES} bytes is answered with 413 BODY_TOO_LARGE",
        long.shown,
    )
    plain = visit.talk.ask("POST", PLACING, content="amount=1", headers={"Content-Type": "text/plain"})
    require(
        (plain.status, plain.code) == (415, "MEDIA_TYPE_UNSUPPORTED"),
        "a body that isn't JSON is answered with 415 MEDIA_TYPE_UNSUPPORTED",
        plain.shown,
    )
    return f"{len(wrong)} wrong fields are each named by a 400; too long a body is a 413, no JSON a 415."


def untraded_pair(visit: Visit) -> str:
    """An order of a pair that nobody trades is refused."""
    tokens = [token["symbol"] for token in visit.talk.ask("GET", "/api/tokens", key=None).document["tokens"]]
    pairs = {frozenset(p["tokens"]) for p in visit.talk.ask("GET", "/api/pairs", key=None).document["pairs"]}
    for one in tokens:
        for other in tokens:
            if one != other and frozenset({one, other}) not in pairs:
                body = {"type": "market", "tokenIn": one, "tokenOut": other, "amount": "1"}
                answer = visit.talk.ask("POST", PLACING, json=body)
                require(
                    (answer.status, answer.code) == (422, "PAIR_NOT_TRADED"),
                    "an order of a pair that /api/pairs doesn't list is answered with 422 PAIR_NOT_TRADED",
                    f"{answer.shown} for {one} and {other}",
                )
                return f"{one} for {other}, which /api/pairs doesn't list: 422 PAIR_NOT_TRADED."
    raise NotPromisedHere("Every two tokens are traded for each other here.")


def quotes(visit: Visit) -> str:
    """A quote shows every venue, the best first, and the least that an order would give."""
    answer = visit.talk.ask("POST", "/api/quotes", json=visit.orders.swap)
    require(answer.status == HTTPStatus.OK, "a quote is answered with 200", answer.shown)
    told = answer.document
    offers = [each for each in told["route"]["quotes"] if "amountOut" in each]
    best, least = Decimal(told["amountOut"]), Decimal(told["minimumAmountOut"])
    require(
        0 < least <= best and best == max(Decimal(each["amountOut"]) for each in offers),
        "a quote is the best of all venues' offers, and its minimum is at most that",
        f"{best} with a minimum of {least}, of {len(offers)} offers",
    )
    return f"{len(told['route']['quotes'])} venues were asked, {told['route']['dex']} gives most."


def _confirm(visit: Visit, accepted: Measure, status: Measure, confirmed: Measure) -> Placed:
    order = visit.orders.place()
    visit.note(accepted, order.answer.seconds if order.answer else 0.0)
    with visit.talk.listen(order.stream_url) as line:
        told = Told(line, visit.talk, order.order_id)
        for event in told.events():
            if not order.events:
                visit.note(status, told.first_at - order.sent_at)
            order.events.append(event)
        order.status, order.pings = told.status, told.pings
        took = visit.talk.clock() - order.sent_at
    require(order.status == "confirmed", _OTHERWISE, _why(order))
    visit.note(confirmed, took)
    _check_shown(visit, order)
    return order


def _check_shown(visit: Visit, order: Placed) -> None:
    """See that the API shows the order as its socket told it, and filled by at least its minimum."""
    shown = visit.orders.read(order)
    told = [{name: value for name, value in event.items() if name not in ENVELOPE} for event in order.events]
    require(
        shown.get("logs") == told and shown.get("sequence") == len(told),
        "the history of an order is what its socket told",
        f"{len(shown.get('logs', ()))} events of which the socket told {len(told)}, or other ones",
    )
    got, least = Decimal(shown["fill"]["amountOut"]), Decimal(shown["minimumAmountOut"])
    require(got >= least, f"an order never gives less than its minimum ({least})", f"{got}")


def _why(order: Placed) -> str:
    error = order.events[-1].get("error") or order.events[-1].get("reason") or {}
    return (
        f"{order.order_id} ended {order.status} {error.get('code', '')}: {error.get('detail', 'no reason')}"
    )


def _journey(order: Placed) -> str:
    asked = f" Its socket was silent for long: pings sent: {order.pings}." if order.pings else ""
    return (
        f"{' → '.join(event['status'] for event in order.events)}, sequence 1 to {len(order.events)}.{asked}"
    )


def _last_order(visit: Visit) -> str:
    listed = visit.talk.ask("GET", "/api/orders?limit=1").document.get("orders") or [{}]
    return str(listed[0].get("acceptedAt", ""))
