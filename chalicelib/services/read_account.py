"""Tell a caller who it is: its limits, and how much of them is used."""

from dataclasses import dataclass, replace

from chalicelib.domain.access import Caller
from chalicelib.domain.limits import Limits, own_limits
from chalicelib.domain.risk import Exposure
from chalicelib.domain.tokens import TokenList
from chalicelib.domain.trading import TradingState
from chalicelib.ports import Clock, Exposures, OrderRepository
from chalicelib.services.find_open import closed_among
from chalicelib.services.watch_trading import WatchTrading


@dataclass(frozen=True, slots=True)
class CallerAccount:
    """A caller with the limits of its account, what counts against them at `now` (ms), and the switch.

    The exposure is without the orders that were closed and count until they are forgotten.
    """

    caller: Caller
    limits: Limits
    exposure: Exposure
    trading: TradingState
    now: int


class ReadAccount:
    """Read the caller's account, which of its orders are open, and the trading switch."""

    def __init__(
        self,
        *,
        exposures: Exposures,
        orders: OrderRepository,
        trading: WatchTrading,
        settings: Limits,
        tokens: TokenList,
        clock: Clock,
    ) -> None:
        self._exposures = exposures
        self._orders = orders
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
        closed = closed_among(self._orders, exposure.open_orders, now)
        exposure = replace(exposure, open_orders=exposure.open_orders - closed)
        return CallerAccount(caller, limits, exposure, self._trading.state(), now)
