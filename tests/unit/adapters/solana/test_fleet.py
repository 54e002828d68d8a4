"""Which node is asked, and what is told when none answers."""

from dataclasses import replace

import pytest

from chalicelib.adapters.solana.rpc.failures import CallRejected, NodeBehind, NodeFailed, NodeRefused
from chalicelib.adapters.solana.rpc.fleet import GENESIS, Fleet, FleetPolicy
from chalicelib.config import Cluster as Name
from chalicelib.errors import ChainStale, ChainUnavailable, ChainWrong
from tests.fakes.clock import FakeClock
from tests.fakes.solana import Cluster, ScriptedNode

POLICY = FleetPolicy(Name.MAINNET, cooldown_ms=2_000, max_slot_lag=25)
DOWN = NodeFailed("did not answer")


class Nodes:
    """Two nodes of a cluster, the second of which is asked when the first fails."""

    def __init__(self, policy: FleetPolicy = POLICY) -> None:
        self.clock = FakeClock()
        self.cluster = Cluster({}, self.clock)
        self.first, self.second = (ScriptedNode(self.cluster, f"rpc-{place}") for place in (1, 2))
        self.fleet = Fleet([self.first, self.second], self.clock, policy)

    def slot(self, within: int = 1_200) -> int:
        return self.fleet.slot(ends=self.clock.now() + within)

    def asked(self) -> tuple[int, int]:
        """How many times each was asked for the slot since the last look."""
        counts = self.first.calls.count("getSlot"), self.second.calls.count("getSlot")
        self.first.calls.clear()
        self.second.calls.clear()
        return counts


@pytest.fixture
def nodes() -> Nodes:
    return Nodes()


def test_the_preferred_node_is_asked_and_the_others_are_left_alone(nodes: Nodes) -> None:
    assert nodes.slot() == nodes.slot() == nodes.cluster.slot()
    assert nodes.first.calls == ["getGenesisHash", "getSlot", "getSlot"]
    assert nodes.second.calls == []


@pytest.mark.parametrize(
    "mood", [DOWN, NodeRefused("refused us"), CallRejected("refused"), NodeBehind("behind")]
)
def test_another_node_stands_in_for_one_that_fails(nodes: Nodes, mood: NodeFailed) -> None:
    nodes.first.mood = mood
    assert nodes.slot() == nodes.cluster.slot()


@pytest.mark.parametrize(
    ("mood", "rest_ms"),
    [
        (DOWN, 2_000),
        (NodeFailed("answered 429", 1_000), 2_000),
        (NodeFailed("answered 429", 7_000), 7_000),
        (NodeRefused("refused us (401)", 60_000), 60_000),
    ],
)
def test_a_node_that_failed_is_not_asked_while_it_rests(nodes: Nodes, mood: NodeFailed, rest_ms: int) -> None:
    nodes.slot()
    nodes.first.mood = mood
    nodes.slot()
    nodes.first.mood = None
    nodes.asked()
    nodes.clock.advance(rest_ms - 1)
    nodes.slot()
    assert nodes.asked() == (0, 1)
    nodes.clock.advance(1)
    nodes.slot()
    assert nodes.asked() == (1, 0)


@pytest.mark.parametrize("mood", [CallRejected("refused the call"), NodeBehind("is behind")])
def test_a_node_that_is_not_down_is_asked_again_at_once(nodes: Nodes, mood: NodeFailed) -> None:
    nodes.first.mood = mood
    nodes.slot()
    nodes.first.mood = None
    nodes.asked()
    nodes.slot()
    assert nodes.asked() == (1, 0)


def test_when_no_node_answers_each_is_told_with_its_reason(nodes: Nodes) -> None:
    nodes.first.mood, nodes.second.mood = DOWN, NodeFailed("answered 503")
    with pytest.raises(ChainUnavailable, match=r"rpc-1 did not answer; rpc-2 answered 503") as refused:
        nodes.slot()
    assert type(refused.value) is ChainUnavailable
    nodes.asked()
    with pytest.raises(ChainUnavailable, match=r"rpc-1 did not answer; rpc-2 answered 503"):
        nodes.slot()
    assert nodes.asked() == (0, 0)


def test_a_node_that_hangs_leaves_the_next_its_share_of_the_time(nodes: Nodes) -> None:
    nodes.slot()
    nodes.first.takes_ms = 10_000
    began = nodes.clock.now()
    assert nodes.slot(within=1_200) == nodes.cluster.slot()
    assert nodes.clock.now() - began == 600


def test_nobody_is_asked_when_the_time_is_over(nodes: Nodes) -> None:
    with pytest.raises(ChainUnavailable, match="want of time"):
        nodes.slot(within=0)
    assert nodes.asked() == (0, 0)
    nodes.slot()
    assert nodes.asked() == (1, 0)


def test_a_node_of_another_cluster_is_never_believed_nor_asked_again(nodes: Nodes) -> None:
    nodes.first.cluster = Cluster({}, nodes.clock)
    nodes.first.cluster.genesis = GENESIS[Name.DEVNET]
    nodes.slot()
    assert nodes.first.calls == ["getGenesisHash"]
    nodes.clock.advance(10**9)
    nodes.slot()
    assert nodes.first.calls == ["getGenesisHash"]


def test_when_every_node_is_of_another_cluster_that_is_told(nodes: Nodes) -> None:
    nodes.cluster.genesis = GENESIS[Name.DEVNET]
    for _ in range(2):
        with pytest.raises(ChainWrong, match="rpc-1 is not of mainnet-beta; rpc-2 is not of mainnet-beta"):
            nodes.slot()


def test_a_local_cluster_may_have_any_genesis() -> None:
    nodes = Nodes(replace(POLICY, cluster=Name.LOCAL))
    nodes.cluster.genesis = "unknown"
    assert nodes.slot() == nodes.cluster.slot()
    assert nodes.first.calls == ["getSlot"]


def test_a_node_whose_genesis_can_not_be_read_is_asked_for_it_again(nodes: Nodes) -> None:
    nodes.first.mood = DOWN
    nodes.slot()
    nodes.first.mood = None
    nodes.clock.advance(POLICY.cooldown_ms)
    nodes.slot()
    assert nodes.first.calls == ["getGenesisHash", "getGenesisHash", "getSlot"]


@pytest.mark.parametrize(("lag", "is_believed"), [(25, True), (26, False)])
def test_an_answer_that_lags_too_far_behind_what_was_seen_is_stale(
    nodes: Nodes, lag: int, is_believed: bool
) -> None:
    nodes.fleet.saw(nodes.cluster.slot())
    nodes.first.lag = nodes.second.lag = lag
    if is_believed:
        assert nodes.slot() == nodes.cluster.slot(lag)
        return
    with pytest.raises(ChainStale, match="rpc-1 is 1 slots too far behind"):
        nodes.slot()


def test_what_was_seen_never_gets_older(nodes: Nodes) -> None:
    nodes.fleet.saw(nodes.cluster.slot())
    nodes.fleet.saw(1)
    nodes.first.lag = 26
    assert nodes.slot() == nodes.cluster.slot()
    assert nodes.asked() == (1, 1)


def test_accounts_are_as_new_as_they_were_asked_for(nodes: Nodes) -> None:
    nodes.first.lag = 3
    least, ends = nodes.cluster.slot(2), nodes.clock.now() + 1_200
    assert nodes.fleet.accounts([], least_slot=least, ends=ends).slot == nodes.cluster.slot()
    nodes.second.lag = 3
    with pytest.raises(ChainStale):
        nodes.fleet.accounts([], least_slot=least, ends=ends)
