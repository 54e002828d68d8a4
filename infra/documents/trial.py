"""The documentation of the routes that move the market of a trial, by the names of their views."""

from collections.abc import Mapping

from chalicelib.api.problems import BY_ERROR
from chalicelib.api.steering import FeedRequest, MarketRequest
from chalicelib.api.wire import steering
from chalicelib.domain.access import Scope
from chalicelib.errors import MarketContended, PairNotTraded, RouteUnknown, StorageUnavailable
from infra.documents import examples
from infra.documents.operation import WITH_BODY, Answer, Operation

_ONLY_WITH_CONTROLS = (
    "Only where the setting PAPER_CONTROLS is `on`, which production refuses; elsewhere there is nothing at "
    "this address."
)
_STEERING_PROBLEMS = (
    *WITH_BODY,
    BY_ERROR[RouteUnknown],
    BY_ERROR[PairNotTraded],
    BY_ERROR[MarketContended],
    BY_ERROR[StorageUnavailable],
)

TRIAL: Mapping[str, Operation] = {
    "move_market": Operation(
        "Trial",
        "Moves the price of the pair's first token in the second one, evenly over `overMs`: for good, or "
        "with `forMs` for so long, after which it goes back the same way. The level is a multiple of what "
        "the price would be, so that 1 ends a move. Quotes and what lands follow it, in steps of a block. A "
        "move takes the place of one that is under way. Concentrated pools have liquidity between about "
        "a third and three times the price they began at; further away they fill nothing. "
        f"{_ONLY_WITH_CONTROLS}",
        {200: Answer("What the price does.", steering.MovedPrice, examples.moved())},
        _STEERING_PROBLEMS,
        (),
        (MarketRequest, examples.WICK),
        Scope.ADMIN,
    ),
    "set_feeds": Operation(
        "Trial",
        "Changes what quotes read: `stale`: the pools as they are at this moment; `down`: nothing, so that "
        "the venue gives no offer; `lying`: outputs that are `bps` basis points off; `ok`: the truth. What "
        "is simulated and what lands is true whatever quotes say. A state takes the place of the one before. "
        f"{_ONLY_WITH_CONTROLS}",
        {200: Answer("What quotes read.", steering.ChangedFeeds, examples.feeds())},
        _STEERING_PROBLEMS,
        (),
        (FeedRequest, examples.FEED),
        Scope.ADMIN,
    ),
}
