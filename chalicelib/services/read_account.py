"""Tell a caller who it is: its limits, and how much of them is used."""

from dataclasses import dataclass

from chalicelib.domain.access import Caller
from chalicelib.domain.limits import Limits, own_limits
from chalicelib.domain.risk import Exposure
from chalicelib.domain.tokens import TokenList
from chalicelib.domain.trading import TradingState
from chalicelib.ports import Clock, Exposures
from chalicelib.services.watch_trading import WatchTrading


@dataclass(frozen=True, slots=True)
class CallerAccount:
    """A caller with the limits of its account, what counts against them at `now` (ms), and the switch."""

    caller: Caller
    limits: Limits
    exposure: Exposure
    trading: TradingState
    now: int


class ReadAccount:
    """Read the caller's account: one read, and another one when the switch was read over a second ago."""

    def __init__(
        self, exposures: Exposures, trading: WatchTrading, settings: Limits, tokens: TokenList, clock: Clock
    ) -> None:
        self._exposures = exposures
        self._trading = trading
        self._settings = settings
        self._tokens = tokens
        self._clock = clock

    def read(self, caller: Caller) -> CallerAccount:
        """Read what counts against the limits of the caller's account.

        Raises
        ------
        UnsupportedSchemaVersion
            A newer release gave the account limits that this one doesn't know.
        StorageUnavailable
            The table did not answer.
        """
        limits = own_limits(caller.limits, self._settings, self._tokens)
        now = self._clock.now()
        exposure = self._exposures.read(caller.account).at(now)
        return CallerAccount(caller, limits, exposure, self._trading.state(), now)
