"""The ports: protocols of what the services need from outside, named for the need.

Each Protocol has a fake in tests/fakes and at least one adapter; both pass the same contract suite. An
adapter translates its library's errors: only the errors named here cross a port.
"""

from chalicelib.ports.accounts import (
    AccountLimits,
    ApiKeys,
)
from chalicelib.ports.admission import (
    Admission,
    ArmedExposures,
    Exposures,
    TradingSwitch,
)
from chalicelib.ports.markets import (
    STATUSES_AT_ONCE,
    Blockhash,
    Chain,
    MarketControls,
    SignedTransaction,
    Signer,
    SwapRequest,
    TradingDesk,
    Venue,
)
from chalicelib.ports.orders import (
    FoundOrders,
    HistoryPage,
    HistoryPosition,
    OpenOrder,
    OrderQueue,
    OrderRepository,
)
from chalicelib.ports.prices import Prices
from chalicelib.ports.streams import (
    Connections,
    MessageEncoder,
    PushGateway,
    SubscriptionRepository,
    Tickets,
)
from chalicelib.ports.watching import (
    TriggerIndex,
    Waker,
    WatchRegistry,
)
from chalicelib.ports.world import (
    Clock,
    Identifiers,
    Telemetry,
)

__all__ = [
    "STATUSES_AT_ONCE",
    "AccountLimits",
    "Admission",
    "ApiKeys",
    "ArmedExposures",
    "Blockhash",
    "Chain",
    "Clock",
    "Connections",
    "Exposures",
    "FoundOrders",
    "HistoryPage",
    "HistoryPosition",
    "Identifiers",
    "MarketControls",
    "MessageEncoder",
    "OpenOrder",
    "OrderQueue",
    "OrderRepository",
    "Prices",
    "PushGateway",
    "SignedTransaction",
    "Signer",
    "SubscriptionRepository",
    "SwapRequest",
    "Telemetry",
    "Tickets",
    "TradingDesk",
    "TradingSwitch",
    "TriggerIndex",
    "Venue",
    "Waker",
    "WatchRegistry",
]
