"""Accept a swap order: durable first, then queued; the same key and payload give the same order."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.access import Caller
from chalicelib.domain.idempotency import IdempotencyRecord, bound_until, claim_of, fingerprint
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from chalicelib.domain.transitions import accept
from chalicelib.errors import IdempotencyKeyReused, QueueUnavailable
from chalicelib.ports import Admission, Clock, Identifiers, OrderQueue, OrderRepository, Telemetry
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.arm_order import ArmOrder


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The order that answers a request; `replayed` when an earlier request made it.

    `admission` is what is left of the account's rate; a replay isn't counted in it.
    """

    order: Order
    replayed: bool
    admission: Admission | None = None


class AcceptOrder:
    """Accept an order once: three AWS calls without a key, four with one.

    `arming` makes what an order takes that waits for its price; one that doesn't needs nothing of it.

    When what is known of the trading switch or the backlog is too old it takes one more for each, so does the
    first order of an account's minute; and one that finds many open orders looks which of them are closed.
    """

    def __init__(
        self,
        *,
        admit_order: AdmitOrder,
        arming: Callable[[], ArmOrder],
        orders: OrderRepository,
        queue: OrderQueue,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
    ) -> None:
        self._admit = admit_order.admit
        self._arming = arming
        self._orders = orders
        self._queue = queue
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def accept(self, new: NewOrder, key: str | None, caller: Caller) -> Acceptance:
        """Store the order and ask for its execution, or answer with the order that `key` already made.

        `caller` is the account of `new`, with its own limits.

        Raises
        ------
        IdempotencyKeyReused
            The key was used within its window with another payload; nothing was created.
        PairNotTraded
            There is no pool of its tokens; nothing was created or counted.
        TradingReducing, TradingHalted, Overloaded, RateLimited
            Not now; nothing was created or counted.
        TokenNotAllowed, OrderAmountAboveLimit, DailyAmountAboveLimit, OpenOrdersAtLimit
            A limit of the account forbids the order; nothing was created or counted.
        OrderAmountBelowMinimum
            It is less than an order must be; nothing was created or counted.
        ArmedOrdersAtLimit, ArmedAmountAboveLimit
            A limit forbids one more order that waits; nothing was created, but the request was counted.
        TriggerAlreadyMet, TriggerImplausible, TriggerBelowFloor, PriceUnavailable
            What it waits for makes no sense, or not now; nothing was created or counted.
        StorageUnavailable
            Whether the order was stored is unknown; asking again with the same key is safe.
        """
        if key is not None and (held := self._orders.find_record(new.account, key, self._clock.now())):
            return self._replay(new, held)
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        arming = self._arming() if new.waiting is not None else None
        bounded = arming.bounded(new, stamp.at) if arming is not None else new
        order = accept(bounded, self._identifiers.order_id(), stamp, key)
        if arming is not None:
            arming.check(new, order)
        record = _record(new, key, order) if key is not None else None
        claim = claim_of(record.key, record.fingerprint, order.order_id) if record is not None else None
        admission = self._admit(order, caller.limits, claim)
        # Of a request that is under way twice one copy was counted. Whichever is stored is that order.
        order = replace(order, order_id=admission.order_id)
        if record is not None:
            record = replace(record, order_id=admission.order_id)
        needs_watcher = arming is not None and arming.announce(order)
        holder = self._orders.create(order, record)
        if holder is not None:
            return self._replay(new, holder)
        self._telemetry.order_accepted(order)
        if arming is None:
            self._enqueue(order)
        elif needs_watcher:
            arming.wake()
        return Acceptance(order, replayed=False, admission=admission)

    def _replay(self, new: NewOrder, held: IdempotencyRecord) -> Acceptance:
        if held.fingerprint != fingerprint(new.canonical()):
            raise IdempotencyKeyReused("The Idempotency-Key was already used with another payload")
        self._telemetry.order_replayed(held.order_id)
        return Acceptance(self._orders.get(held.order_id), replayed=True)

    def _enqueue(self, order: Order) -> None:
        try:
            self._queue.send(order.order_id)
        except QueueUnavailable as error:
            self._telemetry.message_unsent(order.order_id, error.code)


def _record(new: NewOrder, key: str, order: Order) -> IdempotencyRecord:
    return IdempotencyRecord(
        account=new.account,
        key=key,
        fingerprint=fingerprint(new.canonical()),
        order_id=order.order_id,
        expires_at=bound_until(order.accepted_at, new.valid_for_seconds, order.good_till),
    )
