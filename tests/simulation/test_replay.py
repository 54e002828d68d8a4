"""Stormy runs: paper trading's faults, kills, lost requests and answers, cut sockets, all at once."""

import pytest

from tests.simulation.replay import replay


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R8")
@pytest.mark.promise("R9")
@pytest.mark.promise("R17")
@pytest.mark.parametrize("seed", [f"storm-{n}" for n in range(15)])
def test_in_any_storm_each_order_ends_truly_and_its_client_knows_all_of_it(seed):
    assert "its client knew after" in replay(seed)  # every run is checked as it ends


def test_the_same_seed_tells_the_same_story_and_another_one_another():
    assert replay("one") == replay("one")
    assert replay("one") != replay("two")


def test_the_storms_hold_every_kind_of_fault():
    stories = "\n".join(replay(f"storm-{n}") for n in range(6))
    for what in ("KILLED before", "KILLED after", "LOST REQUEST of", "LOST ANSWER of", "CUT socket-"):
        assert what in stories
