"""The orders of a run: placed under keys of their own, followed by their events, and none left open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from infra.verify.conversation import Answer, Conversation, Line
from infra.verify.outcome import NoAnswer, NotChecked, PromiseBroken, require
from oee.records import FINAL

PLACING = "/api/orders/execute"
LIFE_SECONDS = 60
END_SECONDS = 150.0
"""Within this an order is final: its life, and until what was sent is proven dead."""

FIRST_WORD_SECONDS = 10.0
PING_SECONDS = 30.0
"""Silence after which a client pings: on a new socket, whose backfill may be lost, and later."""

LOOK_SECONDS = 1.0

MOVES: Mapping[str, frozenset[str]] = {
    "": frozenset({"pending", "armed"}),
    "armed": frozenset({"armed", "pending", "failed", "expired", "cancelled"}),
    "pending": frozenset({"routing", "armed", "failed", "expired", "cancelled"}),
    "routing": frozenset({"building", "routing", "armed", "failed", "expired", "cancelled"}),
    "building": frozenset({"submitted", "routing", "armed", "failed", "expired", "cancelled"}),
    "submitted": frozenset({"confirmed", "failed", "routing", "armed", "expired"}),
}
"""The moves that docs/lifecycle.md promises, written down again: what is judged must not be the judge."""

Event = Mapping[str, Any]

ENVELOPE = {"v", "type", "orderId"}
"""What a status_update has beside its event."""

_IN_THE_WAY = {
    "RATE_LIMIT_EXCEEDED", "BACKLOG_TOO_LONG", "TRADING_HALTED", "TRADING_REDUCING", "TOKEN_NOT_ALLOWED",
    "ORDER_AMOUNT_ABOVE_LIMIT", "DAILY_AMOUNT_ABOVE_LIMIT", "OPEN_ORDERS_AT_LIMIT",
}  # fmt: skip
"""Codes of refusals that the account or an operator wants."""


@dataclass
class Placed:
    """An order of this run, as far as it is known."""

    key: str
    body: Mapping[str, Any]
    order_id: str = ""
    stream_url: str = ""
    answer: Answer | None = None
    sent_at: float = 0.0
    events: list[Event] = field(default_factory=list)
    status: str = "pending"
    pings: int = 0

    @property
    def is_final(self) -> bool:
        """Whether its end was seen."""
        return self.status in FINAL


@dataclass
class Orders:
    """Places the run's orders, all of one swap, and ends what is open."""

    talk: Conversation
    swap: Mapping[str, str]
    market: str
    placed: list[Placed] = field(default_factory=list)
    stopped: str = ""
    """Why no more orders are placed; empty while they are."""

    def place(self) -> Placed:
        """Place an order.

        Raises
        ------
        NotChecked
            The account or an operator lets no order be placed now.
        PromiseBroken
            It was refused otherwise.
        """
        if self.stopped:
            raise NotChecked(self.stopped)
        body = {"type": "market", **self.swap, "validForSeconds": LIFE_SECONDS}
        order = Placed(f"verify-{uuid4()}", body, sent_at=self.talk.clock())
        self.placed.append(order)
        answer = self.send(order)
        if answer.code in _IN_THE_WAY:
            self.placed.remove(order)
            raise NotChecked(f"No order may be placed now: {answer.code}. {answer.document.get('detail')}")
        # What was refused with a 503 may have taken effect: sent again, it is a replay.
        taken = {HTTPStatus.ACCEPTED, HTTPStatus.OK} if answer.sent > 1 else {HTTPStatus.ACCEPTED}
        require(
            answer.status in taken,
            "a new order is accepted with 202",
            f"{answer.shown} after {answer.seconds:.2f} s",
        )
        document = answer.document
        order.order_id, order.stream_url = (
            str(document.get("orderId", "")),
            str(document.get("streamUrl", "")),
        )
        require(
            order.order_id and order.stream_url.startswith("ws") and document.get("status"),
            "the 202 names orderId, streamUrl and status",
            f"{sorted(document)}",
        )
        order.answer = answer
        traded_on = document.get("market")
        if traded_on != self.market:
            self.stopped = f"An order said that it trades on {traded_on}, so no other was placed"
        require(not self.stopped, f"orders trade on {self.market}, as health says", f"one on {traded_on}")
        return order

    def send(self, order: Placed, **changes: Any) -> Answer:
        """Send an order under its key, perhaps once more, perhaps changed."""
        headers = {"Idempotency-Key": order.key}
        return self.talk.ask("POST", PLACING, json={**order.body, **changes}, headers=headers)

    def cancel(self, order: Placed) -> Answer:
        """Ask for an order to be cancelled."""
        return self.talk.ask("DELETE", f"/api/orders/{order.order_id}")

    def read(self, order: Placed) -> Mapping[str, Any]:
        """Return an order as the API shows it."""
        answer = self.talk.ask("GET", f"/api/orders/{order.order_id}")
        require(
            answer.status == HTTPStatus.OK, "an order that was accepted can be read with 200", answer.shown
        )
        document = answer.document
        if document.get("status") in FINAL:
            order.status = str(document["status"])
        return document

    def await_end(self, order: Placed, seconds: float = END_SECONDS) -> None:
        """Look at an order until it is final.

        Raises
        ------
        PromiseBroken
            It wasn't in time.
        """
        until = self.talk.clock() + seconds
        while not order.is_final and (status := self.read(order).get("status")) not in FINAL:
            require(
                self.talk.clock() < until,
                f"an order reaches a final status ({seconds:.0f} s would be enough)",
                f"it is {status} after {seconds:.0f} s",
            )
            self.talk.sleep(LOOK_SECONDS)

    def settle(self, seconds: float = END_SECONDS) -> list[str]:
        """Cancel what is open and await the rest; return what is said of each order whose end isn't known."""
        left = []
        for order in self.placed:
            if order.is_final:
                continue
            try:
                if not order.order_id and not self._find(order):
                    continue
                self.cancel(order)
                self.await_end(order, seconds)
            except NoAnswer:
                left.append(f"{order.order_id or 'the one of the key ' + order.key}: it can't be asked for")
            except PromiseBroken as broken:
                left.append(f"{order.order_id}: {broken}")
        return left

    def _find(self, order: Placed) -> bool:
        """Look whether an order exists whose 202 never came; forget it if it doesn't."""
        listed = self.talk.ask("GET", "/api/orders", params={"idempotencyKey": order.key})
        found = listed.document.get("orders")
        if listed.status == HTTPStatus.OK and not found:
            self.placed.remove(order)
            return False
        if not found:
            raise PromiseBroken("an order is found by its Idempotency-Key", listed.shown)
        order.order_id = str(found[0]["orderId"])
        return True


@dataclass
class Told:
    """What one socket tells of an order after `seen` and `status`.

    `again` counts events that it told more than once, which it may: clients drop them by their sequence.
    `pings` counts how often it had to be asked.
    """

    line: Line
    talk: Conversation
    order_id: str
    seen: int = 0
    status: str = ""
    again: int = 0
    pings: int = 0
    first_at: float = 0.0
    is_begun: bool = False

    def events(self, seconds: float = END_SECONDS) -> Iterator[Event]:
        """Yield each new event until one is final.

        Raises
        ------
        PromiseBroken
            An event was missing or illegal, the socket said something else, or fell silent.
        """
        after, until = self.seen, self.talk.clock() + seconds
        while self.status not in FINAL:
            silence = PING_SECONDS if self.is_begun else FIRST_WORD_SECONDS
            message = self.line.hear(min(silence, max(0.0, until - self.talk.clock())))
            if message is not None:
                yield from self._new(message, after)
                continue
            require(
                self.talk.clock() < until,
                f"an order's socket tells its end ({seconds:.0f} s would be enough)",
                f"after {seconds:.0f} s the last word is {self.status or 'none'} (sequence {self.seen})",
            )
            self.pings += 1
            self.line.say({"action": "ping"})

    def _new(self, message: Mapping[str, Any], after: int) -> Iterator[Event]:
        kind = message["type"]
        require(
            message.get("orderId") == self.order_id,
            "the socket of one order tells of that order only",
            f"a {kind} of {message.get('orderId')}",
        )
        if kind == "pong":
            return
        require(kind in {"backfill", "status_update"}, "a socket tells events", f"the message {kind}")
        require(self.is_begun or kind == "backfill", "a socket's first message is a backfill", f"a {kind}")
        logs = list(message.get("logs", ())) if kind == "backfill" else [message]
        if not self.is_begun:
            self.is_begun, self.first_at = True, self.talk.clock()
            first = logs[0]["sequence"] if logs else after + 1
            require(
                first == after + 1,
                f"a socket that is opened after sequence {after} begins with {after + 1}",
                f"it begins with {first}",
            )
        for event in logs:
            require(
                event["sequence"] > after,
                f"a socket that is opened after sequence {after} tells only what comes after it",
                f"{event['sequence']} came again",
            )
            if event["sequence"] <= self.seen:
                self.again += 1
            else:
                self._check_next(event)
                self.seen, self.status = event["sequence"], event["status"]
                yield event

    def _check_next(self, event: Event) -> None:
        require(
            event["sequence"] == self.seen + 1,
            "the events of an order come in order and none is missing",
            f"after sequence {self.seen} came {event['sequence']}",
        )
        require(
            event["status"] in MOVES.get(self.status, ()),
            "every move of an order is one of docs/lifecycle.md",
            f"{self.status or 'nothing'} became {event['status']} at sequence {event['sequence']}",
        )
