"""What is armed, and who watches it, in memory; and a waker that keeps count."""

from fractions import Fraction

from chalicelib.domain.lifecycle import is_armed, is_final
from chalicelib.domain.order import Order
from chalicelib.domain.price_keys import Side, exact_price, market_key, order_key
from chalicelib.domain.tokens import Token
from chalicelib.domain.watching import Direction, Watching
from tests.fakes.interruption import Interrupt, undisturbed
from tests.fakes.orders import InMemoryOrderRepository


class InMemoryTriggerIndex:
    """Finds what is stored, by the same keys as the table's indexes."""

    def __init__(self, orders: InMemoryOrderRepository) -> None:
        self._orders = orders
        self.interrupt: Interrupt = undisturbed

    def past(self, direction: Direction, side: Side, price: Fraction, limit: int) -> list[str]:
        self.interrupt("past", "before")
        key = market_key(side, price)
        found = self._watched(direction, side)
        if side is Side.ABOVE:
            return [order_id for at, order_id in sorted(found) if at <= key][:limit]
        return [order_id for at, order_id in sorted(found, reverse=True) if at >= key][:limit]

    def has_any(self, direction: Direction) -> bool:
        self.interrupt("has_any", "before")
        mints = (direction.token_in.mint, direction.token_out.mint)
        return any(
            (order.token_in.mint, order.token_out.mint) == mints
            for order in self._orders.orders.values()
            if order.trigger is not None and not is_final(order)
        )

    def due(self, now: int, limit: int) -> list[str]:
        self.interrupt("due", "before")
        armed = sorted(self._armed(), key=lambda order: order.enqueued_at)
        return [order.order_id for order in armed if order.enqueued_at <= now][:limit]

    def _armed(self) -> list[Order]:
        return [order for order in self._orders.orders.values() if is_armed(order)]

    def _watched(self, direction: Direction, side: Side) -> list[tuple[str, str]]:
        return [
            (order_key(side, exact_price(order.trigger.price, *_tokens(order))), order.order_id)
            for order in self._armed()
            if order.trigger is not None
            and order.trigger.side is side
            and _mints(Direction(*_tokens(order))) == _mints(direction)
        ]


class InMemoryWatchRegistry:
    """`armed` has each direction, and when it was last armed (ms); the others are watchers' signs of life."""

    def __init__(self) -> None:
        self.armed: dict[Direction, int] = {}
        self.beat_at: int | None = None
        self.looked_at: int | None = None
        self.interrupt: Interrupt = undisturbed

    def arm(self, direction: Direction, at: int) -> Watching:
        self.interrupt("arm", "before")
        known = self._known_as(direction)
        if known is None or self.armed[known] <= at:
            self.armed.pop(known or direction, None)
            self.armed[direction] = at
        noted = self._watching()
        self.interrupt("arm", "after")
        return noted

    def read(self) -> Watching:
        self.interrupt("read", "before")
        return self._watching()

    def beat(self, at: int, looked_at: int | None) -> None:
        self.interrupt("beat", "before")
        if self.beat_at is None or self.beat_at < at:
            self.beat_at = at
            if looked_at is not None:
                self.looked_at = max(looked_at, self.looked_at or looked_at)
        self.interrupt("beat", "after")

    def retire(self, direction: Direction, seen_at: int) -> bool:
        self.interrupt("retire", "before")
        known = self._known_as(direction)
        if known is not None and self.armed[known] == seen_at:
            del self.armed[known]
        gone = self._known_as(direction) is None
        self.interrupt("retire", "after")
        return gone

    def _known_as(self, direction: Direction) -> Direction | None:
        return next((known for known in self.armed if _mints(known) == _mints(direction)), None)

    def _watching(self) -> Watching:
        return Watching(dict(self.armed), self.beat_at, self.looked_at)


class CountingWaker:
    """`wakes` counts the watchers that were asked for."""

    def __init__(self) -> None:
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1


def _tokens(order: Order) -> tuple[Token, Token]:
    return order.token_in, order.token_out


def _mints(direction: Direction) -> tuple[str, str]:
    return direction.token_in.mint, direction.token_out.mint
