"""Which node is asked: the first that is not resting, then the next, within the time that a reading has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar

from chalicelib.adapters.solana.rpc.answers import AccountsRead, read_accounts, read_genesis, read_slot
from chalicelib.adapters.solana.rpc.client import Node
from chalicelib.adapters.solana.rpc.failures import (
    NodeBehind,
    NodeFailed,
    NodeRefused,
    NotAsked,
    WrongChain,
)
from chalicelib.config import Cluster
from chalicelib.errors import ChainStale, ChainUnavailable, ChainWrong
from chalicelib.ports import Clock

GENESIS = {
    Cluster.MAINNET: "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d",
    Cluster.DEVNET: "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG",
}
"""The hash of each cluster's first block, which tells it from all others."""

COMMITMENT = "confirmed"
LEAST_MS = 50
"""Milliseconds without which a call isn't begun: no node answers sooner."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class FleetPolicy:
    """The cluster that nodes must be of, how long a failed one rests, and how many slots one may lag."""

    cluster: Cluster
    cooldown_ms: int
    max_slot_lag: int


@dataclass(slots=True)
class _Standing:
    """A node, until when (ms) it rests, why, and whether it is known to be of the right cluster."""

    node: Node
    rests_until: int = 0
    why: str = ""
    is_known: bool = False
    is_foreign: bool = field(default=False)


class Fleet:
    """All nodes, as one worker knows them. Threads share it."""

    def __init__(self, nodes: Sequence[Node], clock: Clock, policy: FleetPolicy) -> None:
        self._standings = [_Standing(node) for node in nodes]
        self._clock = clock
        self._policy = policy
        self._newest = 0
        self._lock = Lock()

    def accounts(self, addresses: Sequence[str], *, least_slot: int, ends: int) -> AccountsRead:
        """Read accounts (100 at most) as they were at `least_slot` or later.

        Raises
        ------
        ChainStale
            No node answered, and one that did was too far behind.
        ChainWrong
            Every node is of another cluster.
        ChainUnavailable
            No node gave an answer that can be used before `ends` (ms).
        """
        config = {"commitment": COMMITMENT, "encoding": "base64"}
        asked = config | ({"minContextSlot": least_slot} if least_slot else {})

        def ask(node: Node, timeout_ms: int) -> AccountsRead:
            result = node.call("getMultipleAccounts", [list(addresses), asked], timeout_ms)
            read = read_accounts(result, addresses)
            self._check_slot(read.slot, least_slot)
            return read

        return self._ask(ask, ends)

    def slot(self, *, ends: int) -> int:
        """Return the newest slot. Raises what `accounts` raises."""

        def ask(node: Node, timeout_ms: int) -> int:
            slot = read_slot(node.call("getSlot", [{"commitment": COMMITMENT}], timeout_ms))
            self._check_slot(slot, 0)
            return slot

        return self._ask(ask, ends)

    def saw(self, slot: int) -> None:
        """Take note of a slot that is believed: what is much older is stale from now on."""
        with self._lock:
            self._newest = max(self._newest, slot)

    def _ask(self, ask: Callable[[Node, int], Answer], ends: int) -> Answer:
        now = self._clock.now()
        candidates = [one for one in self._standings if not one.is_foreign and one.rests_until <= now]
        failures: list[NodeFailed] = []
        for place, one in enumerate(candidates):
            left = len(candidates) - place
            try:
                self._verify(one, self._share(ends, left))
                answer = ask(one.node, self._share(ends, left))
            except NodeFailed as failure:
                failures.append(failure)
                self._note(one, failure)
            else:
                one.why = ""
                return answer
        raise self._no_answer(failures)

    def _share(self, ends: int, left: int) -> int:
        """Return how long (ms) the next node may take: the nodes `left` share what is left of the time."""
        share = (ends - self._clock.now()) // left
        if share < LEAST_MS:
            raise NotAsked("was not asked, for want of time")
        return share

    def _verify(self, one: _Standing, timeout_ms: int) -> None:
        """Ask a node once for its cluster, before it is believed anything."""
        right = GENESIS.get(self._policy.cluster)
        if one.is_known or right is None:
            return
        if read_genesis(one.node.call("getGenesisHash", [], timeout_ms)) != right:
            raise WrongChain(f"is not of {self._policy.cluster}")
        one.is_known = True

    def _check_slot(self, slot: int, least: int) -> None:
        behind = max(self._newest - self._policy.max_slot_lag, least) - slot
        if behind > 0:
            raise NodeBehind(f"is {behind} slots too far behind")

    def _note(self, one: _Standing, failure: NodeFailed) -> None:
        one.why = str(failure)
        one.is_foreign = isinstance(failure, WrongChain)
        if failure.rests:
            rest = failure.rest_ms or 0
            least = 0 if isinstance(failure, NodeRefused) else self._policy.cooldown_ms
            one.rests_until = self._clock.now() + max(rest, least)

    def _no_answer(self, failures: Sequence[NodeFailed]) -> ChainUnavailable:
        told = "; ".join(f"{one.node.name} {one.why}" for one in self._standings)
        if all(one.is_foreign for one in self._standings):
            return ChainWrong(f"Every node is of another chain: {told}")
        if any(isinstance(failure, NodeBehind) for failure in failures):
            return ChainStale(f"No node is up to date: {told}")
        return ChainUnavailable(f"No node answered: {told}")
