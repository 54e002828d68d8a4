"""The nodes that stand before the paper chain: busy, slow, behind, or talking nonsense, as it is drawn.

The height is part of each draw: what befalls a call now doesn't befall it for ever.
"""

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.node_replies import Reply, corrupt
from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.config import PaperSettings
from chalicelib.errors import ChainUnavailable
from chalicelib.ports import Clock

DELAY_MS = 500
"""How late a delayed call arrives: short enough for a slot's last calls to end within its function's time."""


@dataclass(frozen=True, slots=True)
class Node:
    """The node that took a call: its time and newest block, which may lie behind, and how it garbles."""

    now: int
    height: int
    garble: int | None

    def says(self, reply: Reply) -> object:
        """The reply as it arrives."""
        return reply if self.garble is None else corrupt(reply, self.garble)


class Nodes:
    """All nodes; each call reaches one of them, or none."""

    def __init__(self, clock: Clock, blocks: Blocks, settings: PaperSettings) -> None:
        self._clock = clock
        self._blocks = blocks
        self._settings = settings
        self._chance = Chance(settings.seed)

    def reach(self, call: str, swap: PaperSwap | None = None, *, may_lag: bool = True) -> Node:
        """Make a call. Raises ChainUnavailable when it was refused or never arrived."""
        settings, height = self._settings, self._blocks.height_at(self._clock.now())
        if self.strikes(settings.fault_rate_limited, f"{call}:{height}", swap):
            raise ChainUnavailable("The node answered 429: too many requests")
        if self.strikes(settings.fault_lost_request, f"{call} lost:{height}", swap):
            raise ChainUnavailable("The node did not answer")
        if self.strikes(settings.fault_delayed, f"{call} delayed:{height}", swap):
            self._clock.sleep(DELAY_MS)
        now = self._clock.now()
        if may_lag and self.strikes(settings.fault_lagging, f"{call} lagging:{height}", swap):
            now -= self._draw(f"{call} lag:{height}", swap) % self._longest_lag + 1
        garbled = self.strikes(settings.fault_garbage, f"{call} garbled:{height}", swap)
        garble = self._draw(f"{call} garble:{height}", swap) if garbled else None
        return Node(now, self._blocks.height_at(now), garble)

    def strikes(self, rate: Decimal, step: str, swap: PaperSwap | None) -> bool:
        """Whether a fault of this rate befalls the step."""
        return self._chance.strikes(rate, *_whose(swap), step)

    def _draw(self, step: str, swap: PaperSwap | None) -> int:
        return self._chance.draw(*_whose(swap), step)

    @property
    def _longest_lag(self) -> int:
        """Four times the time to finality: some lag too little to be noticed and some too much to prove."""
        return 4 * self._blocks.finality_blocks * self._blocks.block_ms


def _whose(swap: PaperSwap | None) -> tuple[str, int]:
    return (swap.order_id, swap.attempt) if swap is not None else ("", 0)
