"""The terms that bind an order's execution, by the order's type."""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """Swap at once, at the best offer; the output may fall `slippage_bps` basis points below its quote."""

    TYPE: ClassVar[Literal["market"]] = "market"

    slippage_bps: int

    def canonical(self) -> tuple[tuple[str, str], ...]:
        """Return the terms as an order's fingerprint holds them."""
        return (("slippageBps", str(self.slippage_bps)),)


Terms = MarketTerms
"""The terms that an order can have; a type of order that waits for a price adds its own here."""
