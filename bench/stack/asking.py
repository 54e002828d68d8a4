"""Measure how often the chain is asked while fifty orders are in flight.

The bench stands in for Lambda's pollers: ten executions and five landings at once, of the deployed code, from
the stack's own queues. All run in one process, and are slowed by each other more than functions are.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from io import StringIO

from bench.stack.calls import environment_of, sources_switched_off
from bench.stack.clients import client_of, place
from bench.stack.figures import Figure
from chalicelib.adapters.sqs import parse_message
from chalicelib.bootstrap import AwsAdapters, Engine
from chalicelib.domain.order import Fill
from chalicelib.domain.pairs import PairList
from chalicelib.domain.submission import HeightReading, StatusReading, Submission
from chalicelib.domain.tokens import TokenList
from chalicelib.ports import Blockhash, Chain, MarketControls, Prices, Signer, TradingDesk, Venue
from infra.local.clients import Clients
from infra.local.stack import Stack

ORDERS = 50
SLOTS, LANDINGS, BATCH = 10, 5, 10
PATIENCE = 60
LIFE = 600
LOOKING = ("finalized_height", "signature_statuses")

Handle = Callable[[Engine, Sequence[str]], object]


def measure(stack: Stack) -> Iterator[Figure]:
    """Calls of the chain a second, from the first execution until the last order is confirmed."""
    asked = Counter[str]()
    with sources_switched_off(stack), environment_of(stack), redirect_stdout(StringIO()):  # our own logs
        with client_of(stack.rest_url) as client:
            orders = [place(client, validForSeconds=LIFE)["orderId"] for _ in range(ORDERS)]
        began = time.perf_counter()
        _drive(stack, orders, asked)
        seconds = time.perf_counter() - began
    looks = sum(asked[call] for call in LOOKING)
    yield Figure("50 orders in flight", "looks at the chain", looks / seconds, "calls a second", "<= 25")
    yield Figure("50 orders in flight", "all chain calls", asked.total() / seconds, "calls a second")
    yield Figure("50 orders in flight", "chain calls", asked.total() / ORDERS, "an order")


def _drive(stack: Stack, orders: Sequence[str], asked: Counter[str]) -> None:
    watching = Engine(AwsAdapters())
    with ThreadPoolExecutor(SLOTS + LANDINGS) as pollers:
        polling = _Polling(stack.clients(), asked)
        settings = watching.settings
        executions = (settings.orders_queue_url, 1, _execute)
        landings = (settings.landings_queue_url, BATCH, _land)
        at_work = [
            pollers.submit(polling.poll, *source)
            for source in (*SLOTS * [executions], *LANDINGS * [landings])
        ]
        try:
            _wait_for(watching, orders)
        finally:
            polling.is_over = True
        for poller in at_work:
            poller.result()


def _wait_for(engine: Engine, orders: Sequence[str]) -> None:
    give_up_at = time.monotonic() + PATIENCE
    for order_id in orders:
        while not engine.ports.orders.get(order_id).fill:
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"{order_id} was not confirmed within {PATIENCE} s")
            time.sleep(0.05)


def _execute(engine: Engine, order_ids: Sequence[str]) -> None:
    for order_id in order_ids:
        engine.execute_order.execute(order_id)


def _land(engine: Engine, order_ids: Sequence[str]) -> None:
    engine.land_orders.land(order_ids)


@dataclass
class _Polling:
    """Takes messages and handles them, each thread with an engine of its own, until it is over."""

    clients: Clients
    asked: Counter[str]
    is_over: bool = False

    def poll(self, queue: str, most: int, handle: Handle) -> None:
        engine = Engine(_CountedAdapters(self.asked))
        while not self.is_over:
            answer = self.clients.sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=most, WaitTimeSeconds=1
            )
            messages = answer.get("Messages", [])
            if messages:
                handle(engine, [parse_message(message["Body"]) for message in messages])
            for message in messages:
                self.clients.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


class _CountedAdapters(AwsAdapters):
    """The adapters of a deployment, whose chain is counted."""

    def __init__(self, asked: Counter[str]) -> None:
        super().__init__()
        self._asked = asked

    @cached_property
    def desk(self) -> TradingDesk:
        desk = super().desk
        chain = _CountedChain(desk.chain, self._asked)
        return _CountedDesk(
            desk.tokens, desk.pairs, desk.venues, desk.prices, chain, desk.signer, desk.controls
        )


@dataclass(frozen=True)
class _CountedDesk:
    tokens: TokenList
    pairs: PairList
    venues: Mapping[str, Venue]
    prices: Prices
    chain: Chain
    signer: Signer
    controls: MarketControls | None


@dataclass(frozen=True)
class _CountedChain:
    chain: Chain
    asked: Counter[str]

    def latest_blockhash(self) -> Blockhash:
        self.asked["latest_blockhash"] += 1
        return self.chain.latest_blockhash()

    def simulate(self, message: bytes) -> None:
        self.asked["simulate"] += 1
        self.chain.simulate(message)

    def send(self, submission: Submission) -> None:
        self.asked["send"] += 1
        self.chain.send(submission)

    def finalized_height(self) -> HeightReading:
        self.asked["finalized_height"] += 1
        return self.chain.finalized_height()

    def signature_statuses(self, submissions: Sequence[Submission]) -> Mapping[str, StatusReading]:
        self.asked["signature_statuses"] += 1
        return self.chain.signature_statuses(submissions)

    def fill(self, submission: Submission) -> Fill:
        self.asked["fill"] += 1
        return self.chain.fill(submission)
