"""Watch prices while orders are armed, and fire those that are met. Any number of watchers may run.

No watcher leads, and none holds a lock: each firing is one write under a version condition, and each reading
only says who is to look again. What a watcher remembers is lost with it, which costs a look.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.firing import may_fire
from chalicelib.domain.firing_order import MetOrder
from chalicelib.domain.judging import Caution, Judgement, judge
from chalicelib.domain.looks import Look, PairLooks, Streak, looks_needed
from chalicelib.domain.order import Order
from chalicelib.domain.pairs import Pair, PairList
from chalicelib.domain.price_keys import Side
from chalicelib.domain.trading import TradingState
from chalicelib.domain.watching import Direction
from chalicelib.errors import Outage, PairNotTraded
from chalicelib.ports import (
    Clock,
    OrderRepository,
    Prices,
    Telemetry,
    TriggerIndex,
    WatchRegistry,
)
from chalicelib.services.fire_orders import FireOrders
from chalicelib.services.prove_offers import ProveOffers
from chalicelib.services.watch_trading import WatchTrading

BEAT_MS = 5_000
"""How often a watcher says that it looks, at least."""

SILENCE_MS = 10_000
"""Milliseconds without a look after which a firing tells for how long nobody could look."""

MOST_FOUND = 1_000
"""Most orders of one side and direction that a look finds."""

MOST_JUDGED = 100
"""Most of those that it judges: what was judged the longest ago first, so that none keeps others waiting."""

MOST_DUE = 100
"""Most orders whose time is over that a look closes."""

UNUSED_MS = 60_000
"""A direction is forgotten when it has no order, and none was armed for so long (ms)."""


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How often prices are looked at (ms), how old a look may be (ms), and in how many a stop must be met."""

    interval_ms: int
    max_age_ms: int
    confirm_looks: int
    caution: Caution


@dataclass(slots=True)
class _PairMemory:
    """The looks at a pair. `counted_at` is when the last one counted, `resumed_at` the first (ms)."""

    looks: PairLooks
    counted_at: int
    resumed_at: int = 0
    silent_for_ms: int | None = None

    def count(self, look: Look) -> None:
        """Take a look that counts; the silence that it ends is remembered for a while."""
        at = look.reading.read_at
        if at - self.counted_at > SILENCE_MS:
            self.silent_for_ms, self.resumed_at = at - self.counted_at, at
        elif at - self.resumed_at > SILENCE_MS:
            self.silent_for_ms = None
        self.counted_at = at


@dataclass(slots=True)
class _Memory:
    """What one watcher remembers of its looks."""

    pairs: dict[Pair, _PairMemory] = field(default_factory=dict)
    streaks: dict[str, Streak] = field(default_factory=dict)
    judged_at: dict[str, int] = field(default_factory=dict)
    unused: set[Direction] = field(default_factory=set)
    beat_at: int = 0


class WatchPrices:
    """Looks at prices again and again, and ends when nothing is armed."""

    def __init__(
        self,
        *,
        registry: WatchRegistry,
        index: TriggerIndex,
        orders: OrderRepository,
        prices: Prices,
        pairs: PairList,
        fire: FireOrders,
        prove: ProveOffers,
        trading: WatchTrading,
        clock: Clock,
        telemetry: Telemetry,
        policy: WatchPolicy,
    ) -> None:
        self._registry = registry
        self._index = index
        self._orders = orders
        self._prices = prices
        self._pairs = pairs
        self._fire = fire
        self._prove = prove
        self._trading = trading
        self._clock = clock
        self._telemetry = telemetry
        self._policy = policy

    def run(self, *, until: int) -> None:
        """Look each `interval_ms` until this time (ms), or until nothing is armed.

        A look that fails is told, and the next one is taken all the same.
        """
        memory = _Memory()
        while self._looked(memory):
            now = self._clock.now()
            following = now - now % self._policy.interval_ms + self._policy.interval_ms
            if following >= until:
                break
            self._clock.sleep(following - now)

    def _looked(self, memory: _Memory) -> bool:
        try:
            return self.look(memory)
        except Outage as error:
            self._telemetry.record_failed("look", error)
            return True

    def look(self, memory: _Memory) -> bool:
        """Look once, and return whether anything may be armed. Raises StorageUnavailable."""
        watching = self._registry.read()
        if not watching.directions:
            return False
        began = self._clock.now()
        self._close_due(began)
        looked_at = None
        if self._trading.state() is TradingState.ACTIVE:
            looked_at = self._look_at(watching.directions, memory, watching.looked_at or began)
            now = self._clock.now()
            self._telemetry.looked(now - began)
            self._telemetry.look_aged(now - looked_at)
        if began - memory.beat_at >= BEAT_MS:
            self._registry.beat(began, looked_at)
            self._forget_unused(watching.directions, began, memory)
            memory.beat_at = began
        return True

    def _look_at(self, directions: Mapping[Direction, int], memory: _Memory, looked_at: int) -> int:
        """Look at the prices of these directions; return until when (ms) all of them were looked at."""
        pairs = {direction: self._pair_of(direction) for direction in directions}
        readings = self._prices.look({pair for pair in pairs.values() if pair is not None})
        for pair, reading in readings.items():
            new = _PairMemory(PairLooks(self._policy.max_age_ms), looked_at)
            known = memory.pairs.setdefault(pair, new)
            look = known.looks.take(reading, self._clock.now())
            if look is not None:
                known.count(look)
                self._fire_met([each for each, of in pairs.items() if of == pair], look, known, memory)
        return min((memory.pairs[pair].counted_at for pair in readings), default=self._clock.now())

    def _fire_met(
        self, directions: Sequence[Direction], look: Look, known: _PairMemory, memory: _Memory
    ) -> None:
        met = [each for direction in directions for each in self._met(direction, look, memory)]
        if not met:
            return
        fired = self._fire.fire(met, read_at=look.reading.read_at, silent_for_ms=known.silent_for_ms)
        for order_id in fired:
            memory.streaks.pop(order_id, None)

    def _pair_of(self, direction: Direction) -> Pair | None:
        try:
            return self._pairs.require(direction.token_in, direction.token_out)
        except PairNotTraded as error:
            self._telemetry.record_failed("direction", error)
            return None

    def _met(self, direction: Direction, look: Look, memory: _Memory) -> list[MetOrder]:
        """Return the orders of a direction that this look, and enough looks before it, found to be met."""
        found = [order_id for side in Side for order_id in self._candidates(direction, look, memory, side)]
        stored = self._orders.read_all(found)
        for order_id, error in stored.unreadable.items():
            self._telemetry.record_failed(f"armed order {order_id}", error)
        met = list[MetOrder]()
        for order in stored.orders:
            memory.judged_at[order.order_id] = look.reading.read_at
            judgement = self._judged_apart(order, look)
            if judgement is None or not judgement.is_met:
                memory.streaks.pop(order.order_id, None)
                continue
            streak = memory.streaks.get(order.order_id, Streak()).met_in(look, judgement.vouching)
            memory.streaks[order.order_id] = streak
            if streak.confirms(_needed(order, self._policy.confirm_looks)):
                met.append(MetOrder(order, judgement, streak.looks))
        return met

    def _candidates(self, direction: Direction, look: Look, memory: _Memory, side: Side) -> Collection[str]:
        price = look.reading.extreme_spot(direction.token_in, side)
        if price is None:
            return ()
        found = self._index.past(direction, side, price, MOST_FOUND)
        waited = {
            order_id: 0 if order_id in memory.streaks else memory.judged_at.get(order_id, 0)
            for order_id in found
        }
        return sorted(found, key=waited.__getitem__)[:MOST_JUDGED]

    def _judged_apart(self, order: Order, look: Look) -> Judgement | None:
        try:
            return self._judged(order, look)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an order, the others are watched
            self._telemetry.record_failed(f"armed order {order.order_id}", error)
            return None

    def _judged(self, order: Order, look: Look) -> Judgement | None:
        if not may_fire(order, self._clock.now()):
            return None
        judgement = judge(order, look.reading, self._policy.caution, self._prove.left_out(order))
        if judgement is None or judgement.doubted is None:
            return judgement
        if not self._prove.disproves(order, judgement.doubted):
            return judgement
        return judge(order, look.reading, self._policy.caution, self._prove.left_out(order))

    def _close_due(self, now: int) -> None:
        due = self._index.due(now, MOST_DUE)
        if due:
            self._fire.expire(self._orders.read_all(due).orders)

    def _forget_unused(self, directions: Mapping[Direction, int], now: int, memory: _Memory) -> None:
        """Forget the directions that were found empty twice: the index lags while an order moves in it."""
        empty = {
            direction
            for direction, armed_at in directions.items()
            if now - armed_at > UNUSED_MS and not self._index.has_any(direction)
        }
        for direction in empty & memory.unused:
            self._registry.retire(direction, directions[direction])
        memory.unused = empty


def _needed(order: Order, confirm_looks: int) -> int:
    trigger = order.trigger
    return looks_needed(trigger.side, confirm_looks) if trigger is not None else 1
