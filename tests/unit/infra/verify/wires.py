"""The orders of the fake stack, and its sockets: an order goes a step on whenever a socket of it is heard."""

import json
import socket
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosedError

from tests.unit.infra.verify.flaws import Flaw

if TYPE_CHECKING:
    from tests.unit.infra.verify.stack import FakeStack

JOURNEY = ["pending", "routing", "building", "submitted", "confirmed"]
FINAL = {"confirmed", "failed", "cancelled"}
ACCOUNT = "*"


class FakeOrder:
    """An order and what it will do next."""

    def __init__(self, order_id: str, key: str, body: dict[str, Any], flaws: set[Flaw]):
        self.order_id, self.key, self.body, self.flaws = order_id, key, body, flaws
        journey = list(JOURNEY)
        if Flaw.ORDERS_FAIL in flaws:
            journey[-1] = "failed"
        if Flaw.A_MOVE_IS_ILLEGAL in flaws:
            journey.remove("building")
        self.coming = journey[1:]
        self.events = [self._event("pending", 1)]

    @property
    def status(self) -> str:
        return str(self.events[-1]["status"])

    def _event(self, status: str, sequence: int) -> dict[str, Any]:
        error = {"error": {"code": "ROUTE_NOT_FOUND", "detail": "No venue"}} if status == "failed" else {}
        return {"sequence": sequence, "status": status, "timestamp": "2026-11-28T12:00:00Z", **error}

    def step(self) -> None:
        """Take the next step."""
        if Flaw.ORDERS_NEVER_END in self.flaws and self.coming == ["confirmed"]:
            return
        if self.coming:
            self.events.append(self._event(self.coming.pop(0), len(self.events) + 1))

    def cancel(self) -> bool:
        if self.status == "cancelled":
            return True
        if self.status not in {"pending", "routing", "building"} or Flaw.ORDERS_NEVER_END in self.flaws:
            return False
        if Flaw.TOO_LATE_WITHOUT_STATUS in self.flaws:
            return False
        if Flaw.CANCELLED_ORDERS_GO_ON not in self.flaws:
            self.coming = ["cancelled"]
            self.step()
        return True

    def shown(self) -> dict[str, Any]:
        """It, as the API shows it."""
        events = self.events[:-1] if Flaw.HISTORY_IS_ANOTHER in self.flaws else self.events
        shown = {
            "orderId": self.order_id, "status": self.status, "sequence": len(events), "logs": events,
            "acceptedAt": f"2026-11-28T12:00:{int(self.order_id.rpartition('-')[2]):02}Z",
        }  # fmt: skip
        if self.status == "confirmed":
            got = "1.2" if Flaw.FILLED_BELOW_MINIMUM in self.flaws else "1.5"
            shown |= {"fill": {"amountOut": got}, "minimumAmountOut": "1.3"}
        return shown


class Cable:
    """The connection below a socket."""

    is_cut = False

    def shutdown(self, _how: int) -> None:
        self.is_cut = True


class FakeWire:
    """A socket of one order, or of all."""

    def __init__(self, stack: "FakeStack", follows: str, after: int):
        self._stack = stack
        self._follows = follows
        self._told = {follows: 0 if Flaw.AFTER_IS_IGNORED in stack.flaws else after}
        if after and stack.has(Flaw.AFTER_SKIPS_ONE):
            stack.sleep(2)
            stack.sleep(2)
            self._told[follows] += 1
        self._is_resumed = bool(after)
        self._answers: list[Any] = []
        self._greeted: set[str] = set()
        self.socket: socket.socket = Cable()  # type: ignore[assignment]

    def recv(self, timeout: float | None = None) -> str:
        """The next message; what there isn't takes the whole time."""
        if self._stack.has(Flaw.SOCKETS_BREAK):
            raise ConnectionClosedError(None, None)
        if self._stack.has(Flaw.MESSAGES_ARE_NO_JSON):
            return "Internal server error"
        self._stack.now += 0.1
        if self._stack.lost_words:
            self._stack.lost_words -= 1
            self._stack.now += timeout or 0
            raise TimeoutError
        message = self._answers.pop(0) if self._answers else self._next()
        if message is None or self._stack.has(Flaw.SOCKETS_FALL_SILENT):
            self._stack.now += timeout or 0
            raise TimeoutError
        return json.dumps({"v": 1, **message})

    def _next(self) -> dict[str, Any] | None:
        for order in self._stack.orders:
            if self._follows not in {order.order_id, ACCOUNT}:
                continue
            told = self._told.get(order.order_id, 0)
            if order.order_id in self._greeted and told == len(order.events):
                order.step()
            message = self._about(order, told)
            if message is not None:
                return message
        return None

    def _about(self, order: FakeOrder, told: int) -> dict[str, Any] | None:
        new = order.events[told:]
        if order.order_id not in self._greeted:
            self._greeted.add(order.order_id)
            if not self._stack.has(Flaw.NO_BACKFILL_COMES_FIRST):
                self._told[order.order_id] = len(order.events)
                return self._backfill(order, new)
        if not new:
            return None
        event = new[0]
        if event["sequence"] == 2 and self._stack.has(Flaw.AN_EVENT_IS_MISSING):
            order.step()
            event = order.events[2]
        self._told[order.order_id] = event["sequence"]
        named = "order-0" if self._stack.has(Flaw.ANOTHER_ORDER_IS_TOLD) else order.order_id
        if self._is_resumed and self._stack.has(Flaw.RESUMED_TELLS_THE_KNOWN):
            event = order.events[0]
        return {"type": "status_update", "orderId": named, **event}

    def _backfill(self, order: FakeOrder, events: list[dict[str, Any]]) -> dict[str, Any]:
        is_missing = self._follows == ACCOUNT and self._stack.has(Flaw.ACCOUNT_SOCKET_MISSES_ONE)
        return {"type": "backfill", "orderId": order.order_id, "logs": events[is_missing:]}

    def send(self, message: str) -> None:
        """Say something."""
        self._answers += self._replies(message)

    def _replies(self, message: str) -> list[dict[str, Any]]:
        refused = {"type": "error", "code": "REQUEST_INVALID", "detail": "Say subscribe or ping."}
        if len(message) > 4096:
            return [] if self._stack.has(Flaw.LONG_MESSAGES_ARE_READ) else [refused]
        try:
            wish = json.loads(message)
        except ValueError:
            return [refused]
        if wish["action"] not in {"ping", "subscribe"}:
            return [] if self._stack.has(Flaw.BAD_ACTIONS_ARE_NOT_ANSWERED) else [refused]
        order = self._stack.find(wish.get("orderId", self._follows))
        if order is None:
            return [{"type": "error", "code": "ORDER_NOT_FOUND", "detail": "No such order."}]
        if wish["action"] == "ping":
            behind = self._stack.has(Flaw.PONG_IS_BEHIND)
            sequence = len(order.events) - behind
            pong = {"type": "pong", "orderId": order.order_id, "sequence": sequence, "status": order.status}
            return [pong, *[self._backfill(order, order.events)] * self._stack.repeats]
        after = 0 if self._stack.has(Flaw.SUBSCRIBE_IGNORES_AFTER) else wish["after"]
        return [self._backfill(order, order.events[after:])]
