"""What the services need from the world, named for the need.

Each Protocol has a fake in tests/fakes and at least one adapter; both pass the same contract suite. An
adapter translates its library's errors: only the errors named here cross a port.
"""

from chalicelib.ports.admission import (
    Admission,
    RateLimiter,
    TradingSwitch,
)
from chalicelib.ports.markets import (
    Blockhash,
    Chain,
    SignedTransaction,
    Signer,
    SwapRequest,
    Venue,
)
from chalicelib.ports.orders import (
    HistoryPage,
    HistoryPosition,
    OpenOrder,
    OrderQueue,
    OrderRepository,
)
from chalicelib.ports.streams import (
    PushGateway,
    SubscriptionRepository,
)
from chalicelib.ports.world import (
    Clock,
    Identifiers,
    Telemetry,
)

__all__ = [
    "Admission",
    "Blockhash",
    "Chain",
    "Clock",
    "HistoryPage",
    "HistoryPosition",
    "Identifiers",
    "OpenOrder",
    "OrderQueue",
    "OrderRepository",
    "PushGateway",
    "RateLimiter",
    "SignedTransaction",
    "Signer",
    "SubscriptionRepository",
    "SwapRequest",
    "Telemetry",
    "TradingSwitch",
    "Venue",
]
