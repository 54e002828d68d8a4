"""Decide the outcome of a paper transaction, once: it lands, lands with an error, or never lands."""

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.ledger import Ending, Ledger, Outcome, Sent
from chalicelib.adapters.paper.prices import SwapPrices
from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.domain.submission import LandingError
from chalicelib.errors import ChainUnavailable, PoolError

LANDING_TRIES = 4
"""Tries in all to apply a landing whose pool other landings move meanwhile."""


class Landings:
    """Decides outcomes. The first worker decides; all others get the stored outcome."""

    def __init__(self, ledger: Ledger, blocks: Blocks, prices: SwapPrices) -> None:
        self._ledger = ledger
        self._blocks = blocks
        self._prices = prices

    def land(self, signature: str, swap: PaperSwap, sent: Sent, landed_at: int, now: int) -> Outcome:
        """Apply a landing that was due at `landed_at`, on the pool as it is when it is applied.

        Raises
        ------
        ChainUnavailable
            Other landings moved the pool each time that this one was computed, or it can't be priced now.
        StorageUnavailable
            The ledger did not answer; the outcome may or may not have been written.
        """
        height = self._blocks.height_at(landed_at)
        for _ in range(LANDING_TRIES):
            if sent.reverts:
                return self._fail(signature, swap, height, now, LandingError.OTHER)
            outcome = self._apply(signature, swap, sent, height, now)
            if outcome is not None:
                return outcome
        raise ChainUnavailable(f"The pool {swap.pool} was moved by others {LANDING_TRIES} times")

    def expire(self, signature: str, swap: PaperSwap, height: int, now: int) -> Outcome:
        """Store that the transaction expired, unless it has another outcome. Return the stored outcome."""
        tombstone = Outcome(Ending.EXPIRED, swap.order_id, swap.attempt, height, now)
        return self._ledger.close(signature, tombstone)

    def _apply(self, signature: str, swap: PaperSwap, sent: Sent, height: int, now: int) -> Outcome | None:
        try:
            priced = self._prices.price(swap, height, sent.slot)
        except PoolError:
            priced = None
        if priced is None:
            return self._fail(signature, swap, height, now, LandingError.OTHER)
        if priced.amount_out < swap.minimum_amount_out:
            return self._fail(signature, swap, height, now, LandingError.SLIPPAGE)
        outcome = Outcome(
            Ending.LANDED,
            swap.order_id,
            swap.attempt,
            height,
            now,
            pool=swap.pool,
            amount_in=priced.amount_in,
            amount_out=priced.amount_out,
        )
        if priced.settle is None:
            return self._ledger.close(signature, outcome)
        return self._ledger.land(signature, outcome, priced.settle())

    def _fail(self, signature: str, swap: PaperSwap, height: int, now: int, error: LandingError) -> Outcome:
        failed = Outcome(Ending.FAILED, swap.order_id, swap.attempt, height, now, pool=swap.pool, error=error)
        return self._ledger.close(signature, failed)
