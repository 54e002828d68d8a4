"""Writers of all kinds at one OrderRepository: current ones, stale ones, and those whose answers get lost.

A call whose answer is lost may say that nothing is known. What it says beyond that, now or when it is asked
again, must be true of what is stored.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order, Status
from chalicelib.domain.transitions import accept
from chalicelib.errors import OrderNotFound, StorageUnavailable, VersionConflict
from chalicelib.ports import HistoryPosition, OpenOrder
from tests.fakes.examples import a_new_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.property.repository_model import RepositoryModel, as_seen, moved
from tests.property.repository_stores import Loss, Store, losses

T = TypeVar("T")

ACCOUNTS = ["open", "other"]
WINDOW_MS = 300_000
MOST_OPEN = 2


moves = st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4])
picks = st.sampled_from([0, 0, 0, 1, 2, 3, 5])


@dataclass(frozen=True)
class Creation:
    """An order with the record of its key, as it is created and created again."""

    order: Order
    record: IdempotencyRecord | None


@dataclass(frozen=True)
class Write:
    """A save as its writer makes it, and makes again when the answer was lost."""

    order: Order
    expires_after: int | None


def itself(order: Order, _write_id: str) -> Order:
    return order


def another_writer(order: Order, write_id: str) -> Order:
    """Its status, its sequence and its time are the same, and it is another write all the same."""
    return replace(order, events=(*order.events[:-1], replace(order.events[-1], write_id=write_id)))


def another_signature(order: Order, write_id: str) -> Order:
    """Of a write-ahead: the same write id, and another transaction."""
    if order.status is not Status.SUBMITTED or order.submission is None:
        return order
    event = replace(order.events[-1], detail={"txHash": write_id})
    submission = replace(order.submission, signature=write_id)
    return replace(order, events=(*order.events[:-1], event), submission=submission)


class RepositoryMachine(RuleBasedStateMachine):
    """Whatever is called in whatever order, the store holds and answers what the model does."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.repository = store.repository
        self.model = RepositoryModel()
        self.numbers = itertools.count(1)
        self.identifiers = FakeIdentifiers()
        self.ids: list[str] = []
        self.creations: list[Creation] = []
        self.held: list[Order] = []
        self.writes: list[Write] = []
        self.seen: list[OpenOrder] = []

    @precondition(lambda self: len(self.model.open()) < MOST_OPEN)
    @rule(
        taken=st.sampled_from([None, None, None, 0, 1]),
        account=st.sampled_from(ACCOUNTS),
        key=st.sampled_from([None, "key-1", "key-2"]),
        at=st.sampled_from([1_000, 2_000, WINDOW_MS + 999, WINDOW_MS + 1_000, 2 * WINDOW_MS + 1_000]),
        losses=losses,
    )
    def create(self, taken, account, key, at, losses):
        """An order of its own, or one that takes an id that was given away."""
        number = next(self.numbers)
        if taken is None or not self.ids:
            self.ids.append(self.identifiers.order_id())
        order_id = recent(self.ids, taken or 0)
        order = accept(a_new_order(account=account), order_id, Stamp(at, f"create-{number}"))
        record = key and IdempotencyRecord(account, key, f"payload-{number}", order_id, at + WINDOW_MS)
        self.creations.append(Creation(order, record))
        self._create(self.creations[-1], losses)

    @precondition(lambda self: self.creations)
    @rule(pick=picks, losses=losses)
    def create_again(self, pick, losses):
        self._create(recent(self.creations, pick), losses)

    @rule(
        account=st.sampled_from(ACCOUNTS),
        key=st.sampled_from(["key-1", "key-2"]),
        now=st.sampled_from([1_000, WINDOW_MS + 999, WINDOW_MS + 1_000]),
        losses=losses,
    )
    def find_record(self, account, key, now, losses):
        self._ask(
            losses,
            lambda: self.repository.find_record(account, key, now),
            lambda model: model.binding(account, key, now),
        )

    @precondition(lambda self: self.ids)
    @rule(pick=picks, moves=st.lists(moves, max_size=3))
    def work(self, pick, moves):
        """A writer reads an order, takes it a few moves on if it likes, and then holds what it knows."""
        order = self._check(recent(self.ids, pick))
        if order is not None:
            self.held.append(order)
            for move in moves:
                self._save(Write(moved(self.held[-1], move, self._stamp()), None), ())

    @precondition(lambda self: self.held)
    @rule(pick=picks, move=moves, spare=st.sampled_from([None, 0, 1]), losses=losses)
    def save(self, pick, move, spare, losses):
        """A writer that may be behind makes a move; with `spare` it must find so much of the life left."""
        order = recent(self.held, pick)
        expires_after = None if spare is None else order.expires_at - spare
        self._save(Write(moved(order, move, self._stamp()), expires_after), losses)

    @precondition(lambda self: self.writes)
    @rule(pick=picks, losses=losses, by=st.sampled_from([itself, another_writer, another_signature]))
    def save_again(self, pick, losses, by):
        submissions = [write for write in self.writes if write.order.status is Status.SUBMITTED]
        write = recent(submissions if by is another_signature and submissions else self.writes, pick)
        self._save(replace(write, order=by(write.order, self._stamp().write_id)), losses)

    @rule(limit=st.integers(1, 4))
    def look_for_open_orders(self, limit):
        found = self.repository.open_orders(limit)
        expected = sorted(self.model.open(), key=lambda seen: seen.enqueued_at)
        assert len(found) == len(set(found))
        assert set(found) <= set(expected)
        assert [seen.enqueued_at for seen in found] == [seen.enqueued_at for seen in expected[:limit]]
        assert self.repository.count_landing() == sum(seen.is_landing for seen in expected)
        assert self.repository.count_waiting() == sum(not seen.is_landing for seen in expected)
        self.seen += found

    @precondition(lambda self: self.seen)
    @rule(pick=picks, later=st.sampled_from([0, 0, 1_000]), more=st.integers(0, 1), losses=losses)
    def claim_next_message(self, pick, later, more, losses):
        seen = recent(self.seen, pick)
        at, requeues = seen.enqueued_at + later, seen.requeues + more
        wanted = OpenOrder(seen.order_id, at, requeues)
        self._ask(
            losses,
            lambda: self.repository.claim_next_message(seen, at=at, requeues=requeues),
            lambda model: model.claim_next_message(seen, at, requeues),
            # Who asks for what stands already is told that it does: it may have been this very call.
            or_else={True} if as_seen(self.model.orders[seen.order_id]) == wanted else set(),
        )
        self._check(seen.order_id)

    @rule(account=st.sampled_from(ACCOUNTS), limit=st.integers(1, 4))
    def page_through_history(self, account, limit):
        orders: list[Order] = []
        after: HistoryPosition | None = None
        while not orders or after is not None:
            page = self.repository.history(account, limit=limit, after=after)
            assert len(page.orders) <= limit
            orders += page.orders
            after = page.following
            if after is None:
                break
        theirs = [o for o in self.model.orders.values() if o.account == account]
        assert [order.accepted_at for order in orders] == sorted(
            (o.accepted_at for o in theirs), reverse=True
        )
        assert {order.order_id: order for order in orders} == {order.order_id: order for order in theirs}
        assert len(orders) == len(theirs)

    def teardown(self) -> None:
        try:
            for order_id in self.ids:
                self._check(order_id)
            for account, key in self.model.records:
                found = self.repository.find_record(account, key, 0)
                assert found == self.model.records[account, key]
        finally:
            self.store.close()

    def _create(self, creation: Creation, losses: Sequence[Loss]) -> None:
        self._ask(
            losses,
            lambda: self.repository.create(creation.order, creation.record),
            lambda model: model.create(creation.order, creation.record),
        )
        self._check(creation.order.order_id)

    def _save(self, write: Write, losses: Sequence[Loss]) -> None:
        self._ask(
            losses,
            lambda: self.repository.save(write.order, expires_after=write.expires_after),
            lambda model: model.save(write.order, write.expires_after),
        )
        self.writes.append(write)
        stored = self._check(write.order.order_id)
        if stored is not None:
            self.held.append(stored)

    def _ask(
        self,
        losses: Sequence[Loss],
        call: Callable[[], object],
        modelled: Callable[[RepositoryModel], object],
        or_else: frozenset[object] | set[object] = frozenset(),
    ) -> None:
        """Make a call and judge its answer by the model, which changes as the store should have."""
        after = self.model.copy()
        answers = [answer_of(lambda: modelled(after)), *or_else]
        if losses[:1] == (Loss.UNREACHED,):
            if after != self.model:
                answers = []  # nothing definite may be said of what hasn't happened
            after = self.model
        if losses:
            answers.append(StorageUnavailable)
        self.model = after
        self.store.lose(losses)
        try:
            answer = answer_of(call)
        finally:
            self.store.lose(())
        assert answer in answers

    def _check(self, order_id: str) -> Order | None:
        """What is stored of an order is what the model holds, and its history has no gap."""
        expected = self.model.orders.get(order_id)
        try:
            stored = self.repository.get(order_id)
        except OrderNotFound:
            assert expected is None
            return None
        assert stored == expected
        assert [event.sequence for event in stored.events] == list(range(1, len(stored.events) + 1))
        return stored

    def _stamp(self) -> Stamp:
        number = next(self.numbers)
        return Stamp(3 * WINDOW_MS + number, f"write-{number}")


def recent(things: Sequence[T], pick: int) -> T:
    """The newest for 0, and so on: what was long ago is final and tells nothing new."""
    return things[-1 - pick % len(things)]


def answer_of(call: Callable[[], object]) -> object:
    """What a call returns, or the kind of its refusal."""
    try:
        return call()
    except VersionConflict:
        return VersionConflict
    except StorageUnavailable:
        return StorageUnavailable
