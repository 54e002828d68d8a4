"""Bugs that the state machines must catch, each with the steps that show it.

`python -m tests.property` tells after how many examples the search finds each by itself.
"""

import pytest

from chalicelib.domain.order import Order, OrderEvent
from chalicelib.services import publish_updates
from chalicelib.services.subscribe import Subscribe
from tests.fakes.orders import InMemoryOrderRepository
from tests.property.account_stream_machine import AccountStreamMachine
from tests.property.controls import (
    JudgesByStatus,
    RaisesWithoutCondition,
    SavesLate,
    SavesWithoutCondition,
    StoresBesideABoundKey,
    TakesGoneForDone,
)
from tests.property.machines import Control, Factory, Step, step
from tests.property.repository_machine import RepositoryMachine, another_writer
from tests.property.repository_stores import MemoryStore
from tests.property.stream_machine import StreamMachine

MOVES, BACKFILLS = 0, 1
"""The streams of a new stream machine: both have a record."""


def read(stream: int, limit: str | None = None) -> Step:
    return step("read_a_stream", pick=stream, size=6, again=False, limit=limit)


def single_events(patch: pytest.MonkeyPatch) -> Factory:
    def newest_only(order: Order, _after: int) -> tuple[OrderEvent, ...]:
        return order.events[-1:]

    patch.setattr(Order, "events_above", newest_only)
    return StreamMachine


def ping_without_effect(patch: pytest.MonkeyPatch) -> Factory:
    patch.setattr(Subscribe, "ping", lambda *_: [])
    return StreamMachine


def sockets_read_at_the_beginning_only(patch: pytest.MonkeyPatch) -> Factory:
    patch.setattr(publish_updates, "_begins_or_ends", lambda image: image.version == 1)
    return AccountStreamMachine


STREAM = [
    Control(
        "a publisher that sends single events",
        StreamMachine,
        single_events,
        [read(BACKFILLS), step("move_an_order", pick=0, moves=2), read(MOVES)],
    ),
    Control(
        "a delivery that is recorded without condition",
        StreamMachine,
        lambda _: lambda: StreamMachine(RaisesWithoutCondition()),
        [
            read(BACKFILLS, limit="raise_delivered"),
            step("subscribe_again", pick=0, back=1, limit=None),
            step("go_on", who=0, limit=None, blow=None),
        ],
    ),
    Control(
        "a socket that is not open and counts as served",
        StreamMachine,
        lambda _: lambda: StreamMachine(gateway=TakesGoneForDone()),
        [
            step("connect", pick=0, limit=None),
            read(BACKFILLS),
            step("open_a_socket", pick=0, refusals=0),
        ],
    ),
    Control(
        "a ping that brings nothing again",
        StreamMachine,
        ping_without_effect,
        [
            read(BACKFILLS),
            read(MOVES),
            step("move_an_order", pick=0, moves=1),
            step("give_up_a_record", pick=MOVES),
        ],
    ),
]

ACCOUNT_STREAM = [
    Control(
        "an account whose sockets are read only when an order begins",
        AccountStreamMachine,
        sockets_read_at_the_beginning_only,
        [step("connect")],
    )
]


def over(control: type[InMemoryOrderRepository], *trace: Step) -> Control:
    """A repository that lacks a condition, after an order was created."""
    return Control(
        control.__name__,
        lambda: RepositoryMachine(MemoryStore()),
        lambda _: lambda: RepositoryMachine(MemoryStore(control())),
        [step("create", taken=None, account="open", key="key-1", at=1_000, losses=()), *trace],
    )


REPOSITORY = [
    over(
        JudgesByStatus,
        step("work", pick=0, moves=[0]),
        step("save", pick=1, move=0, spare=None, losses=()),
    ),
    over(
        SavesWithoutCondition,
        step("work", pick=0, moves=[0]),
        step("save_again", pick=0, losses=(), by=another_writer),
    ),
    over(
        SavesLate,
        step("work", pick=0, moves=[]),
        step("save", pick=0, move=0, spare=0, losses=()),
    ),
    over(
        StoresBesideABoundKey,
        step("create", taken=None, account="open", key="key-1", at=1_000, losses=()),
    ),
]
