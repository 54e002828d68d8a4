"""What an account may read: its list, page by page, and how much of its rate is left."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from infra.verify.checks.placing import first
from infra.verify.outcome import NotChecked, PromiseBroken, require
from infra.verify.visit import Visit

LISTED_SECONDS = 60.0
"""An order that was accepted a moment ago may be missing still: for so long at most."""

PAGE = 2
MOST_PAGES = 25

_POLICY = re.compile(r'"account";q=(\d+);w=60')
_LEFT = re.compile(r'"account";r=(\d+);t=(\d+)')


def pages(visit: Visit) -> str:
    """The account's orders are listed newest first, page by page: none twice, none of the run's missing."""
    wanted = {order.order_id for order in visit.orders.placed if order.order_id}
    if not wanted:
        raise NotChecked("No order was placed that could be listed.")
    until = visit.talk.clock() + LISTED_SECONDS
    while True:
        listed = list(_walk(visit, wanted))
        missing = wanted - {order["orderId"] for order in listed}
        if not missing or visit.talk.clock() > until:
            break
        visit.talk.sleep(2)
    require(
        not missing,
        f"an accepted order is listed (within {LISTED_SECONDS:.0f} s)",
        f"{len(missing)} of {len(wanted)} are not among the newest {len(listed)}",
    )
    ids = [order["orderId"] for order in listed]
    require(len(ids) == len(set(ids)), "no order is on two pages", f"{len(ids) - len(set(ids))} are")
    times = [order["acceptedAt"] for order in listed]
    require(times == sorted(times, reverse=True), "orders are listed newest first", f"{times}")
    return (
        f"{len(listed)} orders on pages of {PAGE}, newest first, none twice; all {len(wanted)} of this run."
    )


def filters(visit: Visit) -> str:
    """The list is narrowed by status and by key, and a query that is wrong is refused."""
    order = first(visit)
    by_key = _listed(visit, {"idempotencyKey": order.key})
    require(
        [each["orderId"] for each in by_key["orders"]] == [order.order_id],
        "an Idempotency-Key finds its order and no other",
        f"{len(by_key['orders'])} orders",
    )
    still_open = _listed(visit, {"status": "open", "limit": "100"})
    require(
        order.order_id not in {each["orderId"] for each in still_open["orders"]},
        "an order that ended isn't listed as open",
        "the first order of the run is",
    )
    for query in ({"limit": "101"}, {"cursor": "none"}, {"status": "lost"}):
        answer = visit.talk.ask("GET", "/api/orders", params=query)
        require(
            (answer.status, answer.code) == (400, "REQUEST_INVALID"),
            f"a list with the wrong query {query} is answered with 400 REQUEST_INVALID",
            answer.shown,
        )
    return "Found by its key, not among the open ones; three wrong queries (a limit of 101) are a 400 each."


def rate(visit: Visit) -> str:
    """A new order tells the account's rate, and how much of it is left."""
    answers = [order.answer for order in visit.orders.placed if order.answer is not None]
    accepted = [answer for answer in answers if answer.status == HTTPStatus.ACCEPTED]
    if not accepted:
        raise NotChecked("No order was accepted that could tell it.")
    left = most = 0
    for answer in accepted:
        policy = _POLICY.fullmatch(answer.headers.get("RateLimit-Policy", ""))
        state = _LEFT.fullmatch(answer.headers.get("RateLimit", ""))
        if policy is None or state is None:
            raise PromiseBroken(
                "a 202 tells the account's rate in RateLimit-Policy and what is left of it in RateLimit",
                f"{answer.headers.get('RateLimit-Policy')} and {answer.headers.get('RateLimit')}",
            )
        most, left = int(policy[1]), int(state[1])
        require(0 <= left < most, f"an order counts in its account's rate ({most} a minute)", f"{left} left")
    return f"{most} orders a minute, of which {left} were left after the last one."


def _walk(visit: Visit, wanted: set[str]) -> Iterator[Mapping[str, Any]]:
    query = {"limit": str(PAGE)}
    found: set[str] = set()
    for _ in range(MOST_PAGES):
        page = _listed(visit, query)
        require(
            len(page["orders"]) <= PAGE,
            f"a page has at most as many orders as were asked for ({PAGE})",
            f"{len(page['orders'])}",
        )
        yield from page["orders"]
        found |= {order["orderId"] for order in page["orders"]}
        if page["nextCursor"] is None or wanted <= found:
            return
        query = {"limit": str(PAGE), "cursor": page["nextCursor"]}


def _listed(visit: Visit, query: Mapping[str, str]) -> Mapping[str, Any]:
    answer = visit.talk.ask("GET", "/api/orders", params=query)
    require(answer.status == HTTPStatus.OK, "an account's orders are listed with 200", answer.shown)
    return answer.document
