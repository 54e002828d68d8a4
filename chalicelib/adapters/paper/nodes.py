"""The nodes in front of the paper chain, with faults drawn for each call: busy, slow, lagging or garbled.

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
"""Delay of a delayed call in milliseconds; even with it, a slot's last calls end in its function's time."""


@dataclass(frozen=True, slots=True)
class Node:
    """The node that took a call: its time and newest block, which may lag, and how it garbles its reply."""

    now: int
    height: int
    garble: int | None

    def says(self, reply: Reply) -> object:
        """Return the reply as it arrives, garbled or not."""
        return reply if self.garble is None else corrupt(reply, self.garble)


class Nodes:
    """All nodes of the chain; a call reaches one of them, or none."""

    def __init__(self, clock: Clock, blocks: Blocks, settings: PaperSettings) -> None:
        self._clock = clock
        self._blocks = blocks
        self._settings = settings
        self._chance = Chance(settings.seed)

    def reach(self, call: str, swap: PaperSwap | None = None, *, may_lag: bool = True) -> Node:
        """Return the node that a call reaches. Raises ChainUnavailable if it is refused or lost."""
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
        """Return whether the step meets a fault of this rate."""
        return self._chance.strikes(rate, *_whose(swap), step)

    def _draw(self, step: str, swap: PaperSwap | None) -> int:
        return self._chance.draw(*_whose(swap), step)

    @property
    def _longest_lag(self) -> int:
        """Longest lag (ms), four times that of finality: some lags are harmless, some prevent a proof."""
        return 4 * self._blocks.finality_blocks * self._blocks.block_ms


def _whose(swap: PaperSwap | None) -> tuple[str, int]:
    return (swap.order_id, swap.attempt) if swap is not None else ("", 0)
