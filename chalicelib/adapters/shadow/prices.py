"""What a paper swap would pay on the real pools, which it doesn't move."""

from chalicelib.adapters.paper.prices import PricedSwap
from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.adapters.solana.snapshots import Snapshots

SLOTS_TO_LAND = 2
"""Slots from the first send to the reading that a landing is priced by: no transaction lands sooner."""


class LivePrices:
    """`SwapPrices` of the listed pools, as a node has them when they are asked for."""

    are_kept = False

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    def slot(self) -> int:
        """Return Solana's newest slot. Raises ChainUnavailable."""
        return self._snapshots.newest_slot()

    def price(
        self,
        swap: PaperSwap,
        height: int,  # noqa: ARG002 - the paper chain's height says nothing of these pools
        sent_slot: int | None = None,
    ) -> PricedSwap | None:
        """Price the swap on its pool in a reading that is new enough."""
        least_slot = 0 if sent_slot is None else sent_slot + SLOTS_TO_LAND
        snapshot = self._snapshots.of(swap.token_in, swap.token_out, least_slot=least_slot)
        pool = snapshot.pool(swap.venue, swap.pool)
        if pool is None:
            return None
        swapped = pool.swap(swap.amount_in, swap.token_in, snapshot.clock)
        return PricedSwap(swapped.amount_in, swapped.amount_out)
