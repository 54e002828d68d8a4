"""The simulation of a deployment gives what can be reckoned by hand, loses nothing, and keeps its limits."""

import json
from dataclasses import replace
from math import inf
from random import Random
from statistics import mean

import pytest

from bench.capacity.__main__ import MEASURED
from bench.capacity.agenda import Agenda, BusyTime, EventSource
from bench.capacity.assumptions import Even, Skewed, assume, read
from bench.capacity.deployment import Deployment, Shape
from bench.capacity.durations import works
from bench.stack.figures import percentile

ASSUMED = assume(read(), json.loads(MEASURED.read_text()))
NOTHING = Even(0, 0)
MANY = 5_000


def fixed(**times):
    """Assumptions in which everything takes no time but these (ms), and functions compute for nothing."""
    return replace(
        ASSUMED,
        times=dict.fromkeys(ASSUMED.times, NOTHING) | {name: Even(t, t) for name, t in times.items()},
        figures={**ASSUMED.figures, "call_processor": 0},
        processor=dict.fromkeys(ASSUMED.processor, 0.0),
    )


def changed(**figures):
    return replace(ASSUMED, figures={**ASSUMED.figures, **figures})


def deployed(assumed, shape, rate, *, warm_up=120, window=120, seed=1):
    deployment = Deployment(assumed, shape, rate=rate, warm_up=warm_up, window=window, seed=seed)
    return deployment, deployment.run()


def a_minute(seen, window=120):
    return len(seen.confirmed_after) / window * 60


def test_one_slot_of_half_a_second_takes_a_hundred_and_twenty_orders_a_minute():
    _, seen = deployed(fixed(quote=500), Shape("one", slots=1), 10)
    assert a_minute(seen) == pytest.approx(120, abs=0.5)


def test_the_time_between_two_invocations_counts_for_a_slot():
    _, seen = deployed(fixed(quote=500, poller_turnaround=100), Shape("one", slots=1), 10)
    assert a_minute(seen) == pytest.approx(100, abs=0.5)


def test_ten_slots_that_observe_for_themselves_take_two_hundred_and_two_orders_a_minute():
    # Quotes 0.27 s, calls 0.1 s, and a look each 0.2 s sees after 2.6 s what landed after 2.5 s.
    assumed = fixed(quote=270, queue_send=100, landing=2500)
    _, seen = deployed(assumed, Shape("before", observes_in_slot=True), 10, window=1200)
    assert a_minute(seen, window=1200) == pytest.approx(202, abs=1)


def test_without_a_queue_an_order_takes_the_sum_of_its_times():
    assumed = fixed(gateway=10, queue_delivery=20, quote=300, landing=2500)
    _, seen = deployed(assumed, Shape("quiet"), 0.1)
    # It is looked at each 200 ms from its arrival at Land on, 20 ms after it was sent, and seen at 2,620 ms.
    assert percentile(seen.confirmed_after, 50) == pytest.approx(10 + 20 + 300 + 20 + 2600)


@pytest.mark.parametrize("dropped", [0, 0.2])
@pytest.mark.parametrize("in_slot", [True, False])
def test_every_accepted_order_is_confirmed_in_the_end(dropped, in_slot):
    shape = Shape("any", observes_in_slot=in_slot)
    deployment, seen = deployed(changed(dropped=dropped), shape, 12)
    assert seen.open_at_the_end > 0
    deployment.agenda.run(inf)
    assert seen.confirmed_in_all == seen.accepted_in_all


@pytest.mark.parametrize("in_slot", [True, False])
def test_never_more_than_the_slots_are_at_work_nor_more_landings_than_are_allowed(in_slot):
    shape = Shape("any", slots=7, landings=3, observes_in_slot=in_slot)
    _, seen = deployed(changed(dropped=0.05), shape, 100)
    assert (seen.most_in_slots, seen.most_landings) == (7, 0 if in_slot else 3)


def test_calls_of_the_chain_are_bounded_however_many_orders_wait():
    _, seen = deployed(ASSUMED, Shape("deployed"), 200)
    looks_a_second = 1000 / ASSUMED.figures["poll_interval"]
    assert 0 < seen.looking_calls / 120 <= 5 * 2 * looks_a_second


def test_orders_are_refused_before_they_wait_for_longer_than_their_life_lets_them():
    _, seen = deployed(ASSUMED, Shape("deployed"), 100)
    assert seen.refused > 0
    assert percentile(seen.confirmed_after, 95) < ASSUMED.figures["life"] * 1000


def test_the_same_seed_gives_the_same_outcome_and_another_one_another():
    outcomes = [deployed(ASSUMED, Shape("deployed"), 5, seed=seed)[1] for seed in (1, 1, 2)]
    assert outcomes[0] == outcomes[1] != outcomes[2]


def test_a_skewed_time_has_its_median_its_percentile_and_its_mean():
    time, random = Skewed(50, 200), Random(1)  # noqa: S311 - drawn times are no secrets
    drawn = [time.draw(random) for _ in range(MANY)]
    assert percentile(drawn, 50) == pytest.approx(50, rel=0.05)
    assert percentile(drawn, 99) == pytest.approx(200, rel=0.1)
    assert mean(drawn) == pytest.approx(time.mean(), rel=0.05)


@pytest.mark.parametrize("function", ["api", "execute", "broadcast"])
def test_a_functions_mean_duration_is_that_of_its_draws(function):
    work, random = works(ASSUMED)[function], Random(1)  # noqa: S311 - drawn times are no secrets
    drawn = [work.draw(ASSUMED, random) for _ in range(MANY)]
    assert mean(drawn) == pytest.approx(work.mean(ASSUMED), rel=0.02)


def test_a_function_computes_at_the_share_of_a_core_that_its_memory_gives():
    assert ASSUMED.computing(10, 1769 / 2) == pytest.approx(20)
    assert ASSUMED.computing(10, 3000) == 10


def test_what_waits_is_taken_in_batches_and_in_order():
    agenda = Agenda()
    taken: list[tuple[float, list[int]]] = []
    source: EventSource[int] = EventSource(
        agenda, 1, 3, lambda: 0, lambda batch: taken.append((agenda.now, batch))
    )
    for message in range(5):
        source.send(message, 10)
        agenda.after(20, lambda: None)
    agenda.run(10)
    source.finish()
    agenda.run(100)
    assert taken == [(10, [0]), (10, [1, 2, 3])]


def test_busy_time_counts_only_what_falls_between_its_two_times():
    busy = BusyTime(100, 200)
    for began, ended in ((0, 110), (150, 160), (190, 300), (250, 300)):
        busy.add(began, ended)
    assert (busy.total, busy.invocations, busy.at_once()) == (30, 2, 0.3)
