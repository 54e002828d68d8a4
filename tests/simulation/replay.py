"""One stormy run in memory, told event by event: the same seed tells the same story."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.domain.amounts import format_amount
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from chalicelib.domain.submission import StatusReading, Submission
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT
from chalicelib.errors import ConnectionGone, EngineError
from tests.fakes.examples import a_new_order
from tests.fakes.paper import paper_settings
from tests.fakes.taps import PortCall
from tests.simulation.checks import check, landings
from tests.simulation.faults import FAULTS, Storm
from tests.simulation.world import Crash, World

SWAPS = (
    (SOL, USDC, 2),
    (USDC, SOL, 250),
    (SOL, USDT, 3),
    (JUP, USDC, 120),
    (BONK, SOL, 200_000),
    (SOL, BONK, 1),
)
PAUSE_MS = 400


def replay(seed: str) -> str:
    """Place orders into a storm, let it blow over, and tell what happened."""
    world = _ToldWorld(seed)
    for number, (token_in, token_out, amount) in enumerate(SWAPS, start=1):
        new = a_new_order(
            token_in=token_in,
            token_out=token_out,
            amount_in=amount * 10**token_in.decimals,
            valid_for_seconds=180,
        )
        world.place_until_answered(new, f"key-{number}")
    world.run()
    check(world)
    endings = [_ending(world, order) for order in world.orders.orders.values()]
    return "\n".join([*world.lines, "", *endings, ""])


class _ToldWorld(World):
    def __init__(self, seed: str) -> None:
        super().__init__(paper_settings(paper_seed=seed, poll_interval_ms=1_000, **FAULTS))
        self.lines: list[str] = []
        self._storm = Storm(self, seed, self.tell)
        self.around = self._watch

    def tell(self, what: str) -> None:
        """When it is, who acts, what happens."""
        seconds = (self.clock.now() - self._began_at) / 1000
        self.lines.append(f"{seconds:8.3f}  {self.step:<11}  {what}")

    def recover(self, how: str) -> None:
        super().recover(how)
        self.tell(how)

    def place_until_answered(self, new: NewOrder, key: str) -> None:
        """Ask again with the same key after every failure; then follow the order."""
        while True:
            self.clock.sleep(PAUSE_MS)
            try:
                order = self.place(new, key)
            except (Crash, EngineError):
                self.recover("the client asks again")
            else:
                self.follow(order.order_id, after_refusals=1)
                return

    def _watch(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        return self._storm.around(call, lambda: self._told(call, proceed))

    def _told(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        try:
            answer = proceed()
        except ConnectionGone:
            raise  # telemetry tells it, once
        except EngineError as error:
            self.tell(f"{call.port}.{call.method}: {type(error).__name__}: {error}")
            raise
        describe = TOLD.get((call.port, call.method))
        if describe is not None and (what := describe(answer, *call.arguments)):
            self.tell(what)
        return answer


def _accepted(_answer: object, order: Order, *_: object) -> str:
    token_in, token_out = order.token_in, order.token_out
    swap = f"{format_amount(order.amount_in, token_in)} {token_in.symbol} for {token_out.symbol}"
    return f"{_short(order.order_id)} is {order.status}: {swap}"


def _moved(_answer: object, order: Order, *_: object) -> str:
    event = order.events[-1]
    why = f", {event.reason.code}" if event.reason is not None else ""
    detail = "".join(f", {name} {value[:12]}" for name, value in event.detail.items() if name in DETAILS)
    return (
        f"{_short(order.order_id)} is {order.status} ({event.sequence}), attempt {event.attempt}{detail}{why}"
    )


def _asked_for(_answer: object, order_id: str, delay_seconds: int = 0) -> str:
    when = f" in {delay_seconds} s" if delay_seconds else ""
    return f"asks for an execution of {_short(order_id)}{when}"


def _armed(_answer: object, subscription: Subscription) -> str:
    return (
        f"{subscription.connection_id} follows {_short(subscription.order_id)} above {subscription.delivered}"
    )


def _posted(_answer: object, connection_id: str, message: bytes) -> str:
    body = json.loads(message)
    what = body.get("code") or f"{_short(body['orderId'])} is {body['status']} ({body['sequence']})"
    return f"{connection_id} <- {body['type']}: {what}"


def _seen(readings: Mapping[str, StatusReading], _submissions: Sequence[Submission]) -> str:
    return ", ".join(
        f"sees {signature[:12]} {reading.status.commitment.name.lower()}"
        + (f" with an error ({reading.status.error.value})" if reading.status.error else "")
        for signature, reading in readings.items()
        if reading.status is not None
    )


def _handed_over(_answer: object, order_id: str, delay_seconds: int = 0) -> str:
    return f"hands {_short(order_id)} over to the landings" + (
        f", in {delay_seconds} s" if delay_seconds else ""
    )


def _short(order_id: str) -> str:
    return f"order {int(order_id[-12:])}"


def _ending(world: World, order: Order) -> str:
    swaps = len(landings(world, order))
    told = max(client.told_at for client in world.clients if client.order_id == order.order_id)
    seconds = (told - order.accepted_at) / 1000
    reason = f" ({order.reason.code})" if order.reason is not None else ""
    return (
        f"{_short(order.order_id)}: {order.status}{reason}, {order.attempt} attempts, {swaps} swaps landed, "
        f"its client knew after {seconds:.1f} s"
    )


DETAILS = ("dex", "quotedAmountOut", "minimumAmountOut", "txHash", "amountOut", "executedPrice")

TOLD: Mapping[tuple[str, str], Callable[..., str]] = {
    ("OrderRepository", "create"): _accepted,
    ("OrderRepository", "save"): _moved,
    ("OrderQueue", "send"): _asked_for,
    ("LandingQueue", "send"): _handed_over,
    ("SubscriptionRepository", "request_backfill"): _armed,
    ("PushGateway", "post"): _posted,
    ("Chain", "signature_statuses"): _seen,
    ("Chain", "send"): lambda _, submission: f"sends {submission.signature[:12]}",
    ("Telemetry", "venue_failed"): lambda _, venue, code: f"no offer of {venue}: {code}",
    ("Telemetry", "order_requeued"): lambda _, order_id: f"{_short(order_id)} has a new message",
    ("Telemetry", "order_stuck"): lambda _, order_id: f"{_short(order_id)} needs an operator",
    ("Telemetry", "message_unsent"): lambda _, order_id, code: f"{_short(order_id)} has no message: {code}",
    ("Telemetry", "subscription_skipped"): lambda _, connection_id, why: (
        f"{connection_id} is left out: {why}"
    ),
}
