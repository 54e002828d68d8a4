"""What every OrderRepository promises about one order."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest

from chalicelib.domain import transitions
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order
from chalicelib.errors import OrderNotFound, StorageUnavailable, VersionConflict
from chalicelib.ports import OrderRepository
from tests.contract.conftest import Store
from tests.fakes.examples import A_LIMIT, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.lives import STALE, a_life, a_submission

Orders = Store[OrderRepository]

IDS = [FakeIdentifiers(series).order_id() for series in range(60)]


def a_record(order: Order, key: str = "key-1", expires_at: int = 301_000) -> IdempotencyRecord:
    return IdempotencyRecord(order.account, key, f"payload of {order.order_id}", order.order_id, expires_at)


def stored(orders: Orders, life: list[Order]) -> Order:
    """Store an order with all of its moves."""
    orders.repository.create(life[0], None)
    for order in life[1:]:
        orders.repository.save(order)
    return life[-1]


@pytest.mark.promise("R8")
def test_every_version_is_read_back_as_it_was_stored_and_only_adds_to_the_history(orders: Orders) -> None:
    life = a_life()
    assert orders.repository.create(life[0], None) is None
    for before, after in pairwise(life):
        orders.repository.save(after)
        read = orders.repository.get(after.order_id)
        assert read == after
        assert read.events[:-1] == before.events


def test_an_order_keeps_the_key_that_it_was_placed_with(orders: Orders) -> None:
    placed = replace(an_order(), idempotency_key="client-order-1")
    orders.repository.create(placed, None)
    assert orders.repository.get(placed.order_id).idempotency_key == "client-order-1"


def test_an_order_keeps_its_limit_price(orders: Orders) -> None:
    placed = an_order(terms=A_LIMIT)
    orders.repository.create(placed, None)
    assert orders.repository.get(placed.order_id) == placed


def test_a_retry_clears_the_route_and_the_submission(orders: Orders) -> None:
    assert stored(orders, a_life()[:4]).submission is not None
    orders.repository.save(a_life()[4])
    read = orders.repository.get(IDS[0])
    assert (read.route, read.submission) == (None, None)
    assert read.minimum_amount_out is not None


def test_many_orders_are_read_as_they_stand_and_in_the_order_asked_for(orders: Orders) -> None:
    life = a_life()
    stored(orders, life)
    others = [an_order(order_id) for order_id in IDS[1:3]]
    for order in others:
        orders.repository.create(order, None)
    read = orders.repository.read_all([IDS[2], IDS[50], IDS[0], IDS[1]])
    assert list(read.orders) == [others[1], life[-1], others[0]]
    assert list(orders.repository.read_all([]).orders) == []


def test_an_unknown_order_is_not_found(orders: Orders) -> None:
    with pytest.raises(OrderNotFound):
        orders.repository.get(IDS[0])


def test_an_order_that_is_created_again_by_the_same_write_is_created_once(orders: Orders) -> None:
    orders.repository.create(an_order(), None)
    assert orders.repository.create(an_order(), None) is None


def test_another_order_never_takes_an_order_id(orders: Orders) -> None:
    orders.repository.create(an_order(), None)
    events = (replace(an_order().events[0], write_id="another"),)
    with pytest.raises(VersionConflict):
        orders.repository.create(replace(an_order(), events=events, account="other"), None)
    assert orders.repository.get(IDS[0]).account == "open"


def test_a_key_gives_its_record_until_it_expires(orders: Orders) -> None:
    order = an_order()
    record = a_record(order, expires_at=5_000)
    assert orders.repository.find_record("open", "key-1", 1_000) is None
    assert orders.repository.create(order, record) is None
    assert orders.repository.find_record("open", "key-1", 4_999) == record
    assert orders.repository.find_record("open", "key-1", 5_000) is None
    assert orders.repository.get(order.order_id) == order


def test_a_key_that_binds_stores_nothing_and_gives_the_first_order(orders: Orders) -> None:
    first, second = an_order(IDS[0]), an_order(IDS[1], at=300_999)
    orders.repository.create(first, a_record(first))
    assert orders.repository.create(second, a_record(second)) == a_record(first)
    with pytest.raises(OrderNotFound):
        orders.repository.get(IDS[1])


def test_an_expired_key_is_bound_anew(orders: Orders) -> None:
    first, second = an_order(IDS[0]), an_order(IDS[1], at=301_000)
    orders.repository.create(first, a_record(first))
    anew = a_record(second, expires_at=601_000)
    assert orders.repository.create(second, anew) is None
    assert orders.repository.find_record("open", "key-1", 301_000) == anew
    assert orders.repository.get(IDS[1]) == second


@pytest.mark.promise("R12")
@pytest.mark.parametrize(("account", "key"), [("other", "key"), ("open#key", "1"), ("open", "#key")])
def test_accounts_and_keys_are_kept_apart(orders: Orders, account: str, key: str) -> None:
    first, second = an_order(IDS[0], account="open"), an_order(IDS[1], account=account)
    orders.repository.create(first, a_record(first, "key#1" if key == "1" else "key"))
    assert orders.repository.create(second, a_record(second, key)) is None
    assert orders.repository.get(IDS[1]) == second
    assert orders.repository.find_record("nobody", "key", 1_000) is None


def test_a_creation_with_a_key_that_is_made_again_counts_as_made(orders: Orders) -> None:
    order = an_order()
    orders.repository.create(order, a_record(order))
    assert orders.repository.create(order, a_record(order)) is None


@pytest.mark.promise("R2")
@pytest.mark.parametrize("later", [0, 5])
def test_of_two_copies_of_a_request_under_one_order_id_one_is_told_that_it_made_the_order(
    orders: Orders, later: int
) -> None:
    first = an_order()
    copy = an_order(at=first.accepted_at + later)
    copy = replace(copy, events=(replace(copy.events[0], write_id="of the copy"),))
    orders.repository.create(first, a_record(first))
    assert orders.repository.create(copy, a_record(copy, expires_at=301_000 + later)) == a_record(first)
    assert orders.repository.get(first.order_id) == first


def test_a_creation_never_overwrites_an_order_whose_key_expired(orders: Orders) -> None:
    stored(orders, a_life()[:3])
    other = replace(an_order(), events=(replace(an_order().events[0], write_id="another"),))
    with pytest.raises(VersionConflict):
        orders.repository.create(other, a_record(other))
    assert orders.repository.find_record("open", "key-1", 1_000) is None
    assert orders.repository.get(IDS[0]) == a_life()[2]


@pytest.mark.promise("R2")
def test_fifty_requests_at_once_with_one_key_make_one_order(orders: Orders) -> None:
    candidates = [an_order(order_id) for order_id in IDS[:50]]

    def create(order: Order) -> IdempotencyRecord | None:
        return orders.repository.create(order, a_record(order))

    with ThreadPoolExecutor(50) as pool:
        held = [record.order_id for record in pool.map(create, candidates) if record is not None]
    made = []
    for order in candidates:
        with suppress(OrderNotFound):
            made.append(orders.repository.get(order.order_id).order_id)
    assert len(made) == 1
    assert held == made * 49


@pytest.mark.promise("R2")
def test_of_fifty_copies_at_once_under_one_order_id_one_made_it(orders: Orders) -> None:
    events = [replace(an_order().events[0], write_id=f"copy-{number}") for number in range(50)]
    copies = [replace(an_order(), events=(event,)) for event in events]
    with ThreadPoolExecutor(50) as pool:
        held = list(pool.map(lambda copy: orders.repository.create(copy, a_record(copy)), copies))
    stored = orders.repository.get(an_order().order_id)
    assert [copy for copy, record in zip(copies, held, strict=True) if record is None] == [stored]


@pytest.mark.parametrize("keyed", [False, True])
def test_a_creation_whose_answer_was_lost_is_made_once(orders: Orders, keyed: bool) -> None:
    order = an_order()
    record = a_record(order) if keyed else None
    orders.lose_next_answer("create")
    with suppress(StorageUnavailable):
        orders.repository.create(order, record)
    assert orders.repository.create(order, record) is None
    assert orders.repository.get(order.order_id) == order


def test_a_save_whose_answer_was_lost_is_made_once(orders: Orders) -> None:
    life = a_life()
    stored(orders, life[:3])
    orders.lose_next_answer("save")
    with suppress(StorageUnavailable):
        orders.repository.save(life[3])
    orders.repository.save(life[3])
    assert orders.repository.get(IDS[0]) == life[3]


def test_a_write_counts_as_made_also_when_others_went_on_from_it(orders: Orders) -> None:
    life = a_life()
    stored(orders, life[:3])
    orders.repository.save(life[1])
    assert orders.repository.get(IDS[0]) == life[2]


def test_the_same_move_by_another_write_is_a_conflict(orders: Orders) -> None:
    pending = stored(orders, a_life()[:1])
    orders.repository.save(transitions.start_routing(pending, Stamp(1_001, "mine")))
    with pytest.raises(VersionConflict):
        orders.repository.save(transitions.start_routing(pending, Stamp(1_001, "theirs")))
    assert orders.repository.get(IDS[0]).last_write_id == "mine"


@pytest.mark.promise("R4")
def test_another_signature_is_a_conflict_even_under_the_same_write_id(orders: Orders) -> None:
    building = stored(orders, a_life()[:3])
    stamp = Stamp(2_000, "same")
    orders.repository.save(transitions.submit(building, a_submission(2_000, "first"), stamp))
    with pytest.raises(VersionConflict):
        orders.repository.save(transitions.submit(building, a_submission(2_000, "second"), stamp))
    submission = orders.repository.get(IDS[0]).submission
    assert submission is not None
    assert submission.signature == "first"


def test_a_stale_writer_changes_nothing(orders: Orders) -> None:
    life = a_life()
    stored(orders, life[:3])
    with pytest.raises(VersionConflict):
        orders.repository.save(transitions.fail(life[0], STALE, Stamp(9, "stale")))
    assert orders.repository.get(IDS[0]) == life[2]


def test_a_version_is_never_skipped(orders: Orders) -> None:
    life = a_life()
    stored(orders, life[:1])
    with pytest.raises(VersionConflict):
        orders.repository.save(life[2])
    assert orders.repository.get(IDS[0]) == life[0]


def test_an_order_that_was_never_created_is_not_saved(orders: Orders) -> None:
    with pytest.raises(VersionConflict):
        orders.repository.save(a_life()[1])
    with pytest.raises(OrderNotFound):
        orders.repository.get(IDS[0])


@pytest.mark.promise("R15")
def test_a_write_ahead_is_stored_only_while_enough_of_the_life_is_left(orders: Orders) -> None:
    life = a_life()
    building = stored(orders, life[:3])
    with pytest.raises(VersionConflict):
        orders.repository.save(life[3], expires_after=building.expires_at)
    assert orders.repository.get(IDS[0]) == building
    orders.repository.save(life[3], expires_after=building.expires_at - 1)
    orders.repository.save(life[3], expires_after=building.expires_at)
    assert orders.repository.get(IDS[0]) == life[3]


@pytest.mark.promise("R8")
def test_of_writers_at_the_same_version_one_wins_and_the_history_stays_gapless(orders: Orders) -> None:
    stored(orders, a_life()[:2])

    def race(writer: int) -> int:
        won = 0
        for _ in range(3):
            order = orders.repository.get(IDS[0])
            write_id = f"{writer} at {order.version}"
            event = replace(order.events[-1], sequence=order.version + 1, write_id=write_id)
            with suppress(VersionConflict):
                orders.repository.save(replace(order, events=(*order.events, event)))
                won += 1
        return won

    with ThreadPoolExecutor(8) as pool:
        wins = sum(pool.map(race, range(8)))
    events = orders.repository.get(IDS[0]).events
    assert [event.sequence for event in events] == list(range(1, wins + 3))
    assert len({event.write_id for event in events}) == len(events)
