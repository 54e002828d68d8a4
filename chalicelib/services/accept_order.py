"""Accept a swap order: durable first, then queued; the same key and payload give the same order."""

from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib.domain.access import Caller
from chalicelib.domain.idempotency import IdempotencyRecord, claim_of, fingerprint, window_ms
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order
from chalicelib.domain.transitions import NewOrder, accept
from chalicelib.errors import EngineError, IdempotencyKeyReused, QueueUnavailable, StorageUnavailable
from chalicelib.ports import Admission, Clock, Exposures, Identifiers, OrderQueue, OrderRepository, Telemetry
from chalicelib.services.admit_order import AdmitOrder


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order that answers a request; `replayed` when an earlier request made it.

    `admission` is what is left of the account's rate; a replay isn't counted in it.
    """

    order: Order
    replayed: bool
    admission: Admission | None = None


class AcceptOrder:
    """Take an order once, with three AWS calls.

    When what is known of the trading switch or the backlog is too old it takes one more for each, so does the
    first order of an account's minute, and one that meets the limit of open orders takes four or five.

    Whether a key is known already is not asked but found out: by the transaction that stores the order, or
    when the order is refused. So a new order doesn't pay for it, and a replay is answered whatever stands
    against a new one. What the replay counted for is taken back.
    """

    def __init__(
        self,
        *,
        admit_order: AdmitOrder,
        exposures: Exposures,
        orders: OrderRepository,
        queue: OrderQueue,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
    ) -> None:
        self._admit = admit_order.admit
        self._exposures = exposures
        self._orders = orders
        self._queue = queue
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def accept(self, new: NewOrder, key: str | None, caller: Caller) -> Accepted:
        """Store the order and ask for its execution, or answer with the order that `key` already made.

        `caller` is the account that `new` is of, with the limits that are its own.

        Raises
        ------
        IdempotencyKeyReused
            The key was used within its window with another payload; nothing was created.
        TradingReducing, TradingHalted, Overloaded, RateLimited
            Not now, and no earlier request made the order; nothing was created or counted.
        TokenNotAllowed, OrderAmountAboveLimit, DailyAmountAboveLimit, OpenOrdersAtLimit
            A limit of the account stands against it, and likewise.
        StorageUnavailable
            Whether the order was stored is unknown; asking again with the same key is safe.
        """
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        order = accept(new, self._identifiers.order_id(), stamp)
        if key is None:
            admission = self._admit(order, caller.limits)
            self._orders.create(order, None)
            return self._begin(order, admission)
        return self._accept_once(order, self._record(new, key, order), caller)

    def _accept_once(self, order: Order, record: IdempotencyRecord, caller: Caller) -> Accepted:
        # The same request may be under way twice: neither is refused because the other one was counted.
        claim = claim_of(record.key, record.fingerprint)
        try:
            admission = self._admit(order, caller.limits, claim)
        except EngineError:
            held = self._orders.find_record(record.account, record.key, order.accepted_at)
            if held is None:
                raise
            return self._replay(record, held)
        holder = self._orders.create(order, replace(record, counted=admission.counted))
        if holder is None or holder.order_id == order.order_id:
            return self._begin(order, admission)
        if admission.counted and not holder.may_bear(record, order.accepted_at):
            with suppress(StorageUnavailable):  # the limits are a little narrower then
                self._exposures.take_back(order, claim)
        return self._replay(record, holder)

    def _begin(self, order: Order, admission: Admission) -> Accepted:
        self._telemetry.order_accepted(order)
        self._enqueue(order)
        return Accepted(order, replayed=False, admission=admission)

    def _record(self, new: NewOrder, key: str, order: Order) -> IdempotencyRecord:
        return IdempotencyRecord(
            account=new.account,
            key=key,
            fingerprint=fingerprint(new.canonical()),
            order_id=order.order_id,
            expires_at=order.accepted_at + window_ms(new.valid_for_seconds),
        )

    def _replay(self, asked: IdempotencyRecord, held: IdempotencyRecord) -> Accepted:
        if held.fingerprint != asked.fingerprint:
            raise IdempotencyKeyReused("The Idempotency-Key was already used with another payload")
        self._telemetry.order_replayed(held.order_id)
        return Accepted(self._orders.get(held.order_id), replayed=True)

    def _enqueue(self, order: Order) -> None:
        try:
            self._queue.send(order.order_id)
        except QueueUnavailable as error:
            self._telemetry.message_unsent(order.order_id, error.code)
