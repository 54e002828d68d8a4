"""Turn the trading switch."""

from chalicelib.domain.trading import Trading, TradingState
from chalicelib.ports import Clock, TradingSwitch


class SwitchTrading:
    """Read and turn the trading switch. Every worker obeys it within seconds, without a deployment."""

    def __init__(self, switch: TradingSwitch, clock: Clock) -> None:
        self._switch = switch
        self._clock = clock

    def read(self) -> Trading:
        """Read the switch. Raises StorageUnavailable."""
        return self._switch.read()

    def turn(self, to: TradingState, *, who: str, why: str) -> Trading:
        """Turn the switch, unless it has this state already, and return it.

        Raises
        ------
        TradingContended
            Somebody else turned it at the same moment: read it before turning it again.
        StorageUnavailable
            Whether it was turned is unknown; turning it again is safe.
        """
        stands = self._switch.read()
        if stands.state is to:
            return stands
        turned = Trading(to, stands.version + 1, who, why, self._clock.now())
        self._switch.turn(turned)
        return turned
