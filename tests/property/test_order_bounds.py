"""No order grows without bound: whatever happens to it, its events are few and its item is small."""

import random
import string
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bench.stack.sizes import size_of
from chalicelib.adapters.dynamodb.order_items import order_attributes, order_from_image
from chalicelib.adapters.dynamodb.schema import OrderItem
from chalicelib.domain import firing, transitions
from chalicelib.domain.amounts import U64_MAX
from chalicelib.domain.lifecycle import Stamp, is_final, moves_of
from chalicelib.domain.order import Fill, Order, Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import PoolQuote, Reason, VenueFailure, VenueQuote, VenueReply
from chalicelib.domain.routing import choose_route
from chalicelib.domain.submission import Submission
from chalicelib.domain.terms import MAX_ATTEMPTS, IfRecovered, StopTerms, TimeInForce
from chalicelib.domain.tokens import BONK, JUP
from chalicelib.errors import RouteBelowMinimum, SlippageExceeded, VenueUnavailable
from tests.fakes.examples import a_waiting_order, an_order

MOST_EVENTS = 2 + 3 * MAX_ATTEMPTS
"""Accepted; in each attempt routed, built and submitted; and one that is final."""

MOST_BYTES = 60_000
"""An item may have 400 KB."""

MOST_BYTES_OF_ONE_THAT_WAITS = 300_000
"""Twenty firings of four attempts each, all with the longest reasons that there are."""

VENUES, POOLS = 4, 12
"""More venues, and more pools a venue, than there are."""

LONGEST_REASON = 5_000
"""Characters that a venue or a node could tell as the reason of a refusal."""

TRANSACTION = "A" * 1_644
"""The greatest that Solana takes, 1,232 bytes, in base 64."""


@cache
def text(seed: int, length: int) -> str:
    """A text that compresses as little as texts do."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))  # noqa: S311 - the same text each time


def longest_life(choose: Callable[[list[Status]], Status]) -> Order:
    """Drive an order along the table's moves, each as large as it can be, until it is final."""
    order, number = an_order(token_in=BONK, token_out=JUP, amount_in=U64_MAX, account="a" * 64), 1
    while not is_final(order):
        number += 1
        order = move(order, choose(sorted(moves_of(order))), Stamp(10**13 + number, f"{number:036d}"))
    return order


def move(order: Order, to: Status, stamp: Stamp) -> Order:
    """Make a move by its name, as large as it can be."""
    reason = Reason.of(SlippageExceeded(text(order.version, LONGEST_REASON)))
    if to is Status.ROUTING and order.status is Status.PENDING:
        return transitions.start_routing(order, stamp)
    closing = {Status.FAILED: transitions.fail, Status.EXPIRED: transitions.expire}
    if to in closing:
        return closing[to](order, reason, stamp)
    moves: dict[Status, Callable[[], Order]] = {
        Status.ROUTING: lambda: transitions.retry(order, reason, stamp),
        Status.BUILDING: lambda: transitions.take_route(order, _route(stamp.at), stamp),
        Status.SUBMITTED: lambda: transitions.submit(
            order, Submission("5" * 88, TRANSACTION, 10**12, stamp.at), stamp
        ),
        Status.CONFIRMED: lambda: transitions.confirm(order, Fill(U64_MAX, U64_MAX), stamp),
        Status.CANCELLED: lambda: transitions.cancel(order, stamp),
    }
    return moves[to]()


def _route(at: int) -> Any:
    offers: list[VenueReply] = [
        VenueQuote(text(venue, 32), text(venue, 44), U64_MAX, U64_MAX, 10_000, at, _pools(venue))
        for venue in range(VENUES)
    ]
    failed = VenueFailure("v" * 32, Reason.of(VenueUnavailable(text(1_000, LONGEST_REASON))))
    return choose_route([*offers, failed], decided_at=at)


def _pools(venue: int) -> tuple[PoolQuote, ...]:
    return tuple(
        PoolQuote(
            text(seed, 44),
            "meteora_damm_v2",
            U64_MAX - seed,
            U64_MAX - seed,
            U64_MAX,
            10_000,
            Reason.of(RouteBelowMinimum(text(seed, LONGEST_REASON))),
        )
        for seed in range(100 + venue * POOLS, 100 + (venue + 1) * POOLS)
    )


def size(order: Order) -> int:
    """The size of an order's item, in bytes."""
    image: dict[str, Any] = OrderItem(**order_attributes(order)).serialize()
    assert order_from_image(image) == order
    return size_of(image)


@given(st.data())
def test_every_legal_life_of_an_order_is_short_and_its_item_small(data):
    order = longest_life(lambda moves: data.draw(st.sampled_from(moves)))
    assert order.version <= MOST_EVENTS
    assert size(order) <= MOST_BYTES


def test_the_bound_is_that_of_the_longest_life_and_no_looser():
    wanted = (Status.ROUTING, Status.BUILDING, Status.SUBMITTED)

    def linger(moves: list[Status]) -> Status:
        ahead = [to for to in wanted if to in moves]
        return ahead[-1] if ahead else Status.FAILED

    order = longest_life(linger)
    assert order.version == MOST_EVENTS
    assert size(order) > MOST_BYTES // 2


def test_an_order_that_waits_fires_and_is_amended_as_often_as_it_may_has_a_bounded_item_too():
    limit = NamedPrice(Decimal("0.000000000000000123"), JUP)
    terms = StopTerms(100, limit, TimeInForce.GTC, IfRecovered.TRADE)
    order = a_waiting_order(
        terms=terms, until=10**14, token_in=BONK, token_out=JUP, amount_in=U64_MAX, account="a" * 64
    )

    def stamp() -> Stamp:
        return Stamp(10**13 + order.version, f"{order.version:036d}")

    for _ in range(firing.MOST_AMENDMENTS):
        order = firing.amend(order, terms, 10**14, stamp())
    while order.status is Status.ARMED:
        order = firing.fire(order, firing.Sighting(U64_MAX, 3, 10**9), stamp())
        order = transitions.start_routing(order, stamp())
        while Status.ROUTING in moves_of(order):
            order = move(order, Status.BUILDING, stamp())
            order = move(order, Status.SUBMITTED, stamp())
            order = move(order, Status.ROUTING, stamp())
        reason = Reason.of(SlippageExceeded(text(order.version, LONGEST_REASON)))
        order = firing.end_unfilled(order, Status.FAILED, reason, stamp())
    assert order.firings == firing.MOST_FIRINGS
    assert size(order) <= MOST_BYTES_OF_ONE_THAT_WAITS
