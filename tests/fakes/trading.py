"""The trading switch in memory."""

from chalicelib.domain.trading import NEVER_TURNED, Trading, TradingState
from chalicelib.errors import TradingContended
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryTradingSwitch:
    """`stands` is how it stands; `interrupt` may be replaced to make calls fail."""

    def __init__(self) -> None:
        self.stands = NEVER_TURNED
        self.interrupt: Interrupt = undisturbed

    def set(self, state: TradingState) -> None:
        """Turn it without further ado."""
        self.stands = Trading(state, self.stands.version + 1, "a test", "it says so", 0)

    def read(self) -> Trading:
        self.interrupt("read", "before")
        return self.stands

    def turn(self, to: Trading) -> None:
        self.interrupt("turn", "before")
        if to != self.stands:
            if to.version != self.stands.version + 1:
                raise TradingContended("Somebody else turned the trading switch")
            self.stands = to
        self.interrupt("turn", "after")
