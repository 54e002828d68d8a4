"""A simulation of the deployed engine: requests, queues, slots, landings, streams and sockets.

No clock and no chance but one seed: the same shape, rate and seed give the same outcome.
"""

from dataclasses import dataclass, field
from functools import partial
from math import inf
from random import Random

from bench.capacity.agenda import Agenda, BusyTime, EventSource
from bench.capacity.assumptions import Assumptions
from bench.capacity.durations import EVENTS, works
from bench.capacity.observer import Observer, Transaction

PUSHING = ("broadcast", "connect", "backfill", "disconnect")
"""Functions that serve an order's socket. Their concurrency is counted, but no order waits for them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The parameters of a deployment. With `observes_in_slot` each execution watches its own transaction.

    `delay` is for how many seconds the message that asks for a landing is held back, `chain_waits` how often
    a slot waits for the chain alone: for the simulation and the send, and for a blockhash if it is not asked
    for beside the quotes.
    """

    name: str
    slots: int = 10
    landings: int = 5
    batch: int = 10
    delay: float = 0
    shards: int = 1
    execute_mb: int = 512
    land_mb: int = 256
    chain_waits: int = 2
    observes_in_slot: bool = False


@dataclass(slots=True)
class Outcome:
    """The results between the warm-up and the end; times are in milliseconds."""

    asked: int = 0
    refused: int = 0
    confirmed_after: list[float] = field(default_factory=list)
    told_after: list[float] = field(default_factory=list)
    looking_calls: int = 0
    other_chain_calls: int = 0
    accepted_in_all: int = 0
    confirmed_in_all: int = 0
    open_at_the_end: int = 0
    most_in_slots: int = 0
    most_landings: int = 0


class Deployment:
    """One deployment under one load."""

    def __init__(
        self, assumed: Assumptions, shape: Shape, *, rate: float, warm_up: float, window: float, seed: int
    ) -> None:
        self._assumed, self._shape, self._rate = assumed, shape, rate
        self._since, self._until = warm_up * 1000, (warm_up + window) * 1000
        self._random = Random(seed)  # noqa: S311 - a simulation is to be repeated, not to be unforeseen
        self._agenda = Agenda()
        self._works = works(assumed, execute_mb=shape.execute_mb, chain_waits=shape.chain_waits)
        self._means = {name: work.mean(assumed) for name, work in self._works.items()}
        self._waiting_for_a_slot = 0
        self.seen = Outcome()
        self.busy = {name: BusyTime(self._since, self._until) for name in (*self._works, "land")}
        self.places = BusyTime(self._since, self._until)
        turnaround = partial(assumed.time("poller_turnaround").draw, self._random)
        self._orders: EventSource[Transaction] = EventSource(
            self._agenda, shape.slots, 1, turnaround, self._execute
        )
        self._landings: EventSource[Transaction] = EventSource(
            self._agenda, shape.landings, shape.batch, turnaround, self._land
        )
        self._observer = Observer(self, shape.execute_mb if shape.observes_in_slot else shape.land_mb)

    def run(self) -> Outcome:
        """Simulate the load and return the outcome."""
        self._agenda.after(self._next_arrival(), self._ask)
        self._agenda.run(self._until)
        self.seen.open_at_the_end = self.seen.accepted_in_all - self.seen.confirmed_in_all
        self.seen.most_in_slots = self._orders.most_running
        self.seen.most_landings = self._landings.most_running
        return self.seen

    @property
    def agenda(self) -> Agenda:
        """The simulated clock."""
        return self._agenda

    @property
    def assumed(self) -> Assumptions:
        """The assumptions of the simulation."""
        return self._assumed

    def draw(self, name: str) -> float:
        """Return a random time (ms) of the kind with this name."""
        return self._assumed.time(name).draw(self._random)

    def is_counted(self) -> bool:
        """Return whether the warm-up is over."""
        return self._agenda.now >= self._since

    def confirm(self, transaction: Transaction, at: float) -> None:
        """Plan the confirmation of an order at this time, and the message to its socket."""
        self._agenda.after(at - self._agenda.now, partial(self._confirmed, transaction))

    def route_again(self, transaction: Transaction, delay: float) -> None:
        """Send an order to the slots again, because its transaction was proven dead."""
        self._waiting_for_a_slot += 1
        self._orders.send(transaction, delay)

    def land_later(self, transaction: Transaction, delay: float) -> None:
        """Send a transaction to be looked at after `delay` milliseconds."""
        if self._shape.observes_in_slot:
            self._orders.send(transaction, delay)
        else:
            self._landings.send(transaction, delay)

    def count_calls(self, *, looking: int = 0, other: int = 0) -> None:
        """Count calls of the chain."""
        if self.is_counted():
            self.seen.looking_calls += looking
            self.seen.other_chain_calls += other

    def _next_arrival(self) -> float:
        return self._random.expovariate(self._rate) * 1000

    def _ask(self) -> None:
        asked_at = self._agenda.now
        if asked_at < self._until:
            self._agenda.after(self._next_arrival(), self._ask)
        took = self._works["api"].draw(self._assumed, self._random)
        self.busy["api"].add(asked_at, asked_at + took)
        self.seen.asked += self.is_counted()
        if self._waits_too_long():
            self.seen.refused += self.is_counted()
            return
        self.seen.accepted_in_all += 1
        self._waiting_for_a_slot += 1
        delay = self.draw("gateway") + took + self.draw("queue_delivery")
        self._orders.send(Transaction(asked_at), delay)

    def _waits_too_long(self) -> bool:
        """Return whether the wait for a slot leaves an order too little of its life, by admission's rule."""
        figures = self._assumed.figures
        slot = self._means["execute"] / 1000
        if self._shape.observes_in_slot:
            slot += self._assumed.mean("landing") / 1000
        wait = self._waiting_for_a_slot * slot / self._shape.slots
        return wait > figures["life"] - figures["reserve"]

    def _execute(self, batch: list[Transaction]) -> None:
        (transaction,) = batch
        began = self._agenda.now
        if transaction.is_sent:  # observed in its slot, and not for the first time
            self._end_execution(began, self._observer.watch(transaction, began))
            return
        sent_at = began + self._works["execute"].draw(self._assumed, self._random)
        self.count_calls(other=3)
        figures = self._assumed.figures
        is_dropped = self._random.random() < figures["dropped"]
        transaction.sent(sent_at, inf if is_dropped else self.draw("landing"), figures)
        if self._shape.observes_in_slot:
            self._end_execution(began, self._observer.watch(transaction, sent_at))
        else:
            self._end_execution(began, sent_at)
            delay = self._shape.delay * 1000 + sent_at - began + self.draw("queue_delivery")
            self._landings.send(transaction, delay)

    def _end_execution(self, began: float, ends: float) -> None:
        self.busy["execute"].add(began, ends)
        self._agenda.after(ends - began, self._leave_slot)

    def _leave_slot(self) -> None:
        self._waiting_for_a_slot -= 1
        self._orders.finish()

    def _land(self, batch: list[Transaction]) -> None:
        self._observer.land(batch)

    def end_landing(self, began: float, ends: float, orders: int) -> None:
        """Count an invocation of Land that began with so many orders, and free its place when it ends."""
        self.busy["land"].add(began, ends)
        for _ in range(orders):
            self.places.add(began, ends)
        self._agenda.after(ends - self._agenda.now, self._landings.finish)

    def _confirmed(self, transaction: Transaction) -> None:
        self.seen.confirmed_in_all += 1
        now = self._agenda.now
        for name in PUSHING:
            for _ in range(EVENTS if name == "broadcast" else 1):
                self.busy[name].add(now, now + self._means[name])
        if self.is_counted():
            push = self._works["broadcast"].draw(self._assumed, self._random)
            told = now + self.draw("stream_delivery") + push
            self.seen.confirmed_after.append(now - transaction.asked_at)
            self.seen.told_after.append(told - transaction.asked_at)
