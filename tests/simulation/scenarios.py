"""The lives of orders in which each step is killed at each of its calls."""

from chalicelib.config import DelayRange
from chalicelib.domain.order import Order, Status
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.errors import ChainUnavailable, OpenOrdersAtLimit, PushUnavailable, VenueUnavailable
from chalicelib.services.find_open import STORED_WITHIN_MS
from tests.fakes.examples import a_new_order
from tests.fakes.taps import PortCall
from tests.simulation.crashes import Scenario
from tests.simulation.world import Crash, World

NEW = a_new_order(valid_for_seconds=180)
SHORT = a_new_order(valid_for_seconds=5)

PENDING, ROUTING, BUILDING, SUBMITTED = Status.PENDING, Status.ROUTING, Status.BUILDING, Status.SUBMITTED
TRADED = (PENDING, ROUTING, BUILDING, SUBMITTED, Status.CONFIRMED)

SLOW_LANDING = {"paper_landing_delay_ms": DelayRange(9_000, 9_000), "poll_interval_ms": 2_000}
SHORT_BLOCKHASH = {"paper_blockhash_blocks": 10, "poll_interval_ms": 2_000}
REVERTED = {"paper_fault_reverted": 1, "poll_interval_ms": 2_000}


def placed(world: World) -> None:
    world.place(NEW)


def asked_twice(world: World) -> None:
    """The client asks again with its key when it got no answer, and once more when it had one."""
    answers = 0
    while answers < 2:
        try:
            world.place(NEW, "key")
            answers += 1
        except Crash:
            world.recover("the client asks again")


def asked_at_the_limit(world: World) -> None:
    """Two orders count as open that were never stored: what accepted them died in between.

    A worker looks for such once a second, so the client may have to ask again then.
    """
    long_ago = world.clock.now() - STORED_WITHIN_MS
    lost = frozenset(OpenEntry(f"lost-{number}", long_ago) for number in range(2))
    world.exposures.stored[NEW.account] = Exposure(open_orders=lost)
    while True:
        try:
            asked_twice(world)
        except OpenOrdersAtLimit:
            world.clock.advance(1_000)
        else:
            return


def followed(world: World) -> None:
    """The client's socket opens a moment late, as sockets do."""
    world.follow(world.place(NEW).order_id, after_refusals=2)


def followed_with_all_others(world: World) -> None:
    """The client's socket, which follows all orders, is open before the order is placed."""
    client = world.follow_all()
    client.order_id = world.place(NEW).order_id


def followed_from_a_dead_socket(world: World) -> None:
    """The client's socket dies before the order moves, and nobody tells the engine."""
    client = world.follow(world.place(NEW).order_id)
    world.publish()
    world.clock.advance(6_000)
    world.cut(client)


def unqueued(world: World) -> None:
    """The order's message is lost."""
    world.place(NEW)
    world.queue.waiting.clear()


def unwatched(world: World) -> None:
    """The message is lost that asks for the order's landing."""
    send = world.landings.send

    def lose(_order_id: str, *, delay_seconds: int = 0) -> None:
        world.landings.send = send  # type: ignore[method-assign] # once

    world.landings.send = lose  # type: ignore[assignment, method-assign]
    world.place(NEW)


def unqueued_and_late(world: World) -> None:
    """The order's message is lost, and its life is short."""
    world.place(SHORT)
    world.queue.waiting.clear()


def delayed(world: World) -> None:
    """The order's message comes when too little of its life is left."""
    world.place(SHORT)
    world.clock.advance(3_000)


def no_quotes_at_first(world: World, call: PortCall) -> None:
    if call.method == "quote" and call.arguments[0].attempt == 1:
        raise VenueUnavailable("The venue is down")


def first_transaction_lost(world: World, call: PortCall) -> None:
    if call.port == "Chain" and call.method == "send" and _order(world).attempt == 1:
        raise ChainUnavailable("The node did not answer")


def crashing(world: World, call: PortCall) -> None:
    if world.step == "execute" and call.method == "quote":
        raise Crash


def crashing_once_sent(world: World, call: PortCall) -> None:
    handled = world.telemetry.named("order_stuck")
    if world.step == "land" and call.method == "finalized_height" and not handled:
        raise Crash


def last_message_lost(world: World, call: PortCall) -> None:
    pinged = any(how == "the client pings" for _, how in world.recoveries)
    if call.method == "post" and b"confirmed" in call.arguments[1] and not pinged:
        raise PushUnavailable("The gateway did not answer")


def _order(world: World) -> Order:
    [order] = world.orders.orders.values()
    return order


SCENARIOS = (
    Scenario("accept", "An order is placed, and the same request comes again", TRADED, asked_twice),
    Scenario(
        "accept",
        "An order is placed while the account seems to have too many open ones",
        TRADED,
        asked_at_the_limit,
        {"max_open_orders": 2},
    ),
    Scenario("execute", "The swap lands at once", TRADED, placed),
    Scenario(
        "execute",
        "No venue answers at the first attempt",
        (PENDING, ROUTING, *TRADED[1:]),
        placed,
        weather=no_quotes_at_first,
    ),
    Scenario(
        "execute",
        "The first transaction never reaches the chain",
        (*TRADED[:4], *TRADED[1:]),
        placed,
        SHORT_BLOCKHASH,
        first_transaction_lost,
    ),
    Scenario("land", "The swap lands at once", TRADED, placed),
    Scenario("land", "The swap lands after it was asked for again", TRADED, placed, SLOW_LANDING),
    Scenario(
        "land",
        "The first transaction never reaches the chain",
        (*TRADED[:4], *TRADED[1:]),
        placed,
        SHORT_BLOCKHASH,
        first_transaction_lost,
    ),
    Scenario("land", "The swap lands with an error", (*TRADED[:4], Status.FAILED), placed, REVERTED),
    Scenario("execute", "The order is too late to trade", (PENDING, ROUTING, Status.EXPIRED), delayed),
    Scenario("connect", "A client opens a socket with a ticket", TRADED, followed),
    Scenario("publish", "A client follows over a socket that opens late", TRADED, followed),
    Scenario("publish", "A client follows all orders over one socket", TRADED, followed_with_all_others),
    Scenario("publish", "A client's socket dies, and it connects again", TRADED, followed_from_a_dead_socket),
    Scenario("publish", "The last message is lost on its way", TRADED, followed, weather=last_message_lost),
    Scenario("reconcile", "The order's message was lost", TRADED, unqueued),
    Scenario("reconcile", "The landing's message was lost", TRADED, unwatched),
    Scenario(
        "reconcile",
        "The message was lost and the order is late",
        (PENDING, Status.EXPIRED),
        unqueued_and_late,
    ),
    Scenario(
        "dead-letter",
        "Every execution crashes before anything is signed",
        (PENDING, ROUTING, Status.EXPIRED),
        placed,
        weather=crashing,
    ),
    Scenario(
        "dead-letter",
        "Three landings crash",
        TRADED,
        placed,
        weather=crashing_once_sent,
    ),
)
