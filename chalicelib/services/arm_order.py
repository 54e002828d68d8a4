"""Arm a new order that waits: judged first, and made known to the watchers before it is stored."""

from dataclasses import replace

from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from chalicelib.domain.watching import Direction, Watching
from chalicelib.ports import Clock, Waker, WatchRegistry
from chalicelib.services.judge_trigger import JudgeTrigger

WATCHED_MS = 10_000
"""A watcher that was there within so many milliseconds is taken to be there still: it looks each second."""

DAY_MS = 86_400_000


class ArmOrder:
    """What arming takes beside storing the order: a look at its price, and somebody who watches it."""

    def __init__(
        self, judge: JudgeTrigger, registry: WatchRegistry, waker: Waker, clock: Clock, *, most_days: int
    ) -> None:
        self._judge = judge
        self._registry = registry
        self._waker = waker
        self._clock = clock
        self._most_days = most_days

    def bounded(self, new: NewOrder, now: int) -> NewOrder:
        """Return the order with the time until which it waits, if it waits and named none."""
        if new.waiting is None or new.waiting.until is not None:
            return new
        return replace(new, waiting=replace(new.waiting, until=now + self._most_days * DAY_MS))

    def check(self, new: NewOrder, order: Order) -> None:
        """Check what the order waits for. Raises as `JudgeTrigger.check`."""
        if new.waiting is not None:
            self._judge.check(order, new.waiting.if_met, may_be_far=new.waiting.may_be_far)

    def announce(self, order: Order) -> bool:
        """Tell the watchers that the order is about to be stored; return whether one has to be woken then.

        Raises StorageUnavailable.
        """
        now = self._clock.now()
        watching = self._registry.arm(Direction(order.token_in, order.token_out), now)
        return not _is_watched(watching, now)

    def wake(self) -> None:
        """Start a watcher. Never raises."""
        self._waker.wake()


def _is_watched(watching: Watching, now: int) -> bool:
    return bool(watching.beat_at) and now - (watching.beat_at or 0) < WATCHED_MS
