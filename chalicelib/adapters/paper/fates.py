"""The fate of a paper transaction, which is drawn at its first send."""

from decimal import Decimal

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.ledger import Sent
from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.config import PaperSettings

FORK_BLOCKS = 4
"""Blocks for which a fork is visible, before it is dropped with all transactions that landed on it."""


class Fates:
    """Draws when a transaction lands, if ever, and how."""

    def __init__(self, blocks: Blocks, settings: PaperSettings) -> None:
        self._blocks = blocks
        self._settings = settings
        self._chance = Chance(settings.seed)

    def of(self, swap: PaperSwap, now: int) -> Sent:
        """Return the fate of a transaction that is first sent now."""
        settings = self._settings
        lands_at = self._in_time(self._arrival(swap, now), swap)
        forked_at = lands_at if self._strikes(settings.fault_forked, "forked", swap) else None
        if forked_at is not None:
            lands_at = self._in_time(self._landing_after(forked_at, swap), swap)
        if self._strikes(settings.fault_dropped, "dropped", swap):
            lands_at = None
        return Sent(
            swap.order_id,
            swap.attempt,
            sent_at=now,
            lands_at=lands_at,
            reverts=self._strikes(settings.fault_reverted, "reverted", swap),
            forked_at=forked_at,
        )

    def _arrival(self, swap: PaperSwap, now: int) -> int:
        if not self._strikes(self._settings.fault_late, "late", swap):
            return now + self._delay(swap, "landing")
        blocks_left = 1 - self._draw(swap, "how late") % 3
        return max(now, self._blocks.begins_at(swap.last_valid_block_height - blocks_left))

    def _landing_after(self, forked_at: int, swap: PaperSwap) -> int | None:
        """Return when a transaction that a fork dropped lands again; None for one in two, which never do."""
        if self._draw(swap, "lost in the fork") % 2:
            return None
        return forked_at + FORK_BLOCKS * self._blocks.block_ms + self._delay(swap, "landing again")

    def _in_time(self, lands_at: int | None, swap: PaperSwap) -> int | None:
        late = lands_at is None or self._blocks.height_at(lands_at) > swap.last_valid_block_height
        return None if late else lands_at

    def _delay(self, swap: PaperSwap, step: str) -> int:
        return self._chance.delay(self._settings.landing_delay_ms, swap.order_id, swap.attempt, step)

    def _draw(self, swap: PaperSwap, step: str) -> int:
        return self._chance.draw(swap.order_id, swap.attempt, step)

    def _strikes(self, rate: Decimal, step: str, swap: PaperSwap) -> bool:
        return self._chance.strikes(rate, swap.order_id, swap.attempt, step)
