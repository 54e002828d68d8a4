"""What a paper swap pays: the prices behind simulations and landings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.paper.transactions import PaperSwap


@dataclass(frozen=True, slots=True)
class PricedSwap:
    """The amounts of a swap in base units.

    `settle` computes the pool as the swap leaves it in the ledger; None if the ledger doesn't hold the pool.
    """

    amount_in: int
    amount_out: int
    settle: Callable[[], StoredPool] | None = None


class SwapPrices(Protocol):
    """The prices of a market's pools."""

    @property
    def are_kept(self) -> bool:
        """Whether a landing can be priced however late somebody looks, or only while it may still land."""

    def slot(self) -> int | None:
        """Return the newest slot of the chain whose pools these are; None if the paper chain's is meant.

        Raises ChainUnavailable.
        """

    def price(self, swap: PaperSwap, height: int, sent_slot: int | None = None) -> PricedSwap | None:
        """Price a swap that lands in the paper block at `height`; None if its pool is gone.

        `sent_slot` is what `slot` returned at the first send, None for a swap that is only simulated. Raises
        the pool's errors, StorageUnavailable and ChainUnavailable.
        """


class LedgerPrices:
    """`SwapPrices` of the pools that the ledger holds, which drift and are moved by each landing."""

    are_kept = True

    def __init__(self, ledger: Ledger, blocks: Blocks, drift: Drift) -> None:
        self._ledger = ledger
        self._blocks = blocks
        self._drift = drift

    def slot(self) -> None:
        """Return None: these pools are the paper chain's own."""

    def price(self, swap: PaperSwap, height: int, sent_slot: int | None = None) -> PricedSwap | None:  # noqa: ARG002
        """Price the swap on the stored pool, moved to its level at this height."""
        stored = self._ledger.pool(swap.venue, swap.pair, swap.pool)
        if stored is None:
            return None
        pool = self._drift.moved(stored, height)
        swapped = pool.swap(swap.amount_in, swap.token_in, self._blocks.pool_clock(pool.height))
        return PricedSwap(swapped.amount_in, swapped.amount_out, lambda: pool.after(swapped.pool))
