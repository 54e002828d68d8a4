"""Examples of an order and its messages, made by the engine's own transitions and presenters."""

from dataclasses import replace
from decimal import Decimal
from functools import cache

from chalicelib.api import responses
from chalicelib.api.account import account_json
from chalicelib.api.steering import present_feeds, present_moved
from chalicelib.api.trading import present_trading
from chalicelib.api.wire import account, answers, engine, listings, messages, quotes, steering
from chalicelib.bootstrap.paper import paper_pairs, paper_tokens
from chalicelib.config import Market
from chalicelib.domain import firing, transitions
from chalicelib.domain.access import Caller, Scope
from chalicelib.domain.backlog import Backlog, Slots
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.limits import Limits
from chalicelib.domain.new_order import IfMet, NewOrder, Waiting
from chalicelib.domain.order import Fill, Order, Status
from chalicelib.domain.pairs import PairList
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import PoolQuote, Reason, VenueQuote
from chalicelib.domain.risk import OpenEntry, beginning
from chalicelib.domain.routing import Route, choose_route
from chalicelib.domain.steering import (
    ChangedFeeds,
    Course,
    FeedChange,
    FeedState,
    MovedPrice,
    Place,
)
from chalicelib.domain.submission import Submission
from chalicelib.domain.terms import IfRecovered, MarketTerms, StopTerms, TimeInForce
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.trading import Trading, TradingState
from chalicelib.domain.watching import WatchState
from chalicelib.errors import PoolDisabled, TransactionExpired, TriggerDisproved
from chalicelib.ports import HistoryPage
from chalicelib.services.cancel_order import CancelledOrders
from chalicelib.services.issue_ticket import IssuedTicket
from chalicelib.services.measure_load import Load
from chalicelib.services.quote_swap import SwapQuote
from chalicelib.services.read_account import CallerAccount

STREAM_URL = "wss://stream.example.com/dev"
MARKET = Market.PAPER.value
NOON = 1_795_348_800_000
"""2026-11-22T12:00:00Z."""

SWAP = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "slippage": "0.01"}
TRADING = {"state": "reducing", "why": "A venue lies."}
WICK = {"pair": ["SOL", "USDC"], "level": "0.95", "overMs": 4_000, "forMs": 1_600, "venue": "raydium"}
FEED = {"state": "lying", "bps": -2_000, "venue": "raydium", "pair": ["SOL", "USDC"], "forMs": 60_000}
ORDER = {"type": "market", **SWAP, "validForSeconds": 120, "minimumAmountOut": "222.15"}

AMENDMENT = {"trigger": {"price": "131"}}

_GOOD_TILL = 1_798_070_400_000
"""2026-12-24T00:00:00Z."""
_STOP = StopTerms(
    100, NamedPrice(Decimal(130), USDC), TimeInForce.GTD, IfRecovered.HOLD, NamedPrice(Decimal(126), USDC)
)
_NEW_STOP = NewOrder("open", SOL, USDC, 1_500_000_000, _STOP, 60, waiting=Waiting(_GOOD_TILL, IfMet.REFUSE))
_NEW = NewOrder("open", SOL, USDC, 1_500_000_000, MarketTerms(100), 120)
_OPEN = OpenEntry("0b8f6a52-1f0c-4c6b-9d0e-7a3c5b1d2e4f", NOON)
_UNLIMITED = Limits(orders_per_minute=120, open_orders=100)
_SIGNATURE = "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW"

_TICKET = IssuedTicket(
    "pGDYQvGZhvBBfsl2cfQP3bRzJQ2u3yqQ0cAmcjYSbkU", "0b8f6a52-1f0c-4c6b-9d0e-7a3c5b1d2e4f", NOON + 60_000
)


@cache
def history() -> tuple[Order, ...]:
    """Return one order after each of its transitions, from pending to confirmed."""
    pending = transitions.accept(_NEW, "0b8f6a52-1f0c-4c6b-9d0e-7a3c5b1d2e4f", _at(0), "my-order-1")
    routing = transitions.start_routing(pending, _at(40))
    building = transitions.take_route(routing, _route(), _at(330))
    submission = Submission(_SIGNATURE, "AQ==", 298_000_150, NOON + 350)
    submitted = transitions.submit(building, submission, _at(350))
    confirmed = transitions.confirm(submitted, Fill(1_500_000_000, 224_385_120), _at(2_610))
    return pending, routing, building, submitted, confirmed


@cache
def retried() -> Order:
    """Return the same order, tried again because its transaction is proven to have expired."""
    reason = Reason.of(TransactionExpired("The chain finalized its last valid block without it"))
    return transitions.retry(history()[3], reason, _at(75_000))


@cache
def waiting() -> tuple[Order, ...]:
    """Return one stop after each change: placed, amended, fired, and returned."""
    placed = transitions.accept(_NEW_STOP, "5d1c7a0e-5a5c-4f7e-8a55-1d8c1e0f6b21", _at(0))
    higher = replace(_STOP, price=NamedPrice(Decimal(131), USDC))
    amended = firing.amend(placed, higher, _GOOD_TILL, _at(60_000))
    fired = firing.fire(amended, firing.Sighting(195_900_000, 2), _at(3_600_000))
    routing = transitions.start_routing(fired, _at(3_600_450))
    recovered = Reason.of(
        TriggerDisproved("The best offer was 198.3 USDC, and at the trigger it would be 196.5 USDC")
    )
    returned = firing.end_unfilled(routing, Status.FAILED, recovered, _at(3_600_700))
    return placed, amended, fired, returned


def amended() -> answers.Order:
    """Return an order after an amendment."""
    return responses.order_json(waiting()[1], STREAM_URL, MARKET)


def accepted() -> answers.AcceptedOrder:
    """Return the answer to a new order."""
    return responses.accepted_json(history()[0], STREAM_URL, MARKET, _TICKET)


def ticket() -> messages.StreamTicket:
    """Return a ticket for all orders of an account."""
    return responses.ticket_json(replace(_TICKET, order_id=""), STREAM_URL)


def order() -> answers.Order:
    """Return a confirmed order."""
    return responses.order_json(history()[-1], STREAM_URL, MARKET)


def cancelled() -> answers.CancelledOrder:
    """Return the answer to a cancel."""
    return responses.cancelled_json(transitions.cancel(history()[0], _at(100)))


def cancelled_all() -> answers.CancelledOrders:
    """Return the answer to a cancel of all open orders, one of which was sent already."""
    sent = replace(history()[3], order_id="7d1b0c9a-3a55-4b0e-8f2b-1f6f0e1a9c33")
    done = CancelledOrders(None, (), [transitions.cancel(history()[0], _at(100))], [sent])
    return responses.cancelled_orders_json(done)


def page() -> answers.OrderPage:
    """Return the last page of a history."""
    return responses.history_json(HistoryPage((history()[-1],)), STREAM_URL, MARKET)


def quote() -> quotes.Quote:
    """Return a quote for the order's swap."""
    return responses.quote_json(SwapQuote(_NEW, _route(), 222_150_000))


def tokens() -> listings.TokenList:
    """Return the list of tokens."""
    return responses.tokens_json(paper_tokens(), _UNLIMITED)


def pairs() -> listings.PairList:
    """Return a list with the first of the pairs."""
    first = next(iter(paper_pairs()))
    return responses.pairs_json(PairList([first]), _UNLIMITED)


def health() -> engine.Health:
    """Return the health of a busy engine."""
    backlog = Backlog(24, Slots(10, 2_750))
    load = Load(TradingState.ACTIVE, backlog, 0, 10, WatchState.WATCHING, 640)
    return responses.health_json(load, MARKET)


def me() -> account.Account:
    """Return the account of a caller who has ordered today."""
    limits = replace(_UNLIMITED, tokens=frozenset({SOL, USDC}), order_amounts={SOL.mint: 10**10})
    limits = replace(limits, daily_amounts={SOL.mint: 5 * 10**10}, armed_amounts={SOL.mint: 25 * 10**9})
    limits = replace(limits, least_amounts={SOL.mint: 10**7})
    caller = Caller("alice", frozenset({Scope.TRADE, Scope.READ}), "4f1d0c9be2a7")
    exposure = replace(
        beginning(NOON), requests=3, amounts={SOL.mint: 4_500_000_000}, open_orders=frozenset({_OPEN})
    )
    told = CallerAccount(caller, limits, exposure, TradingState.ACTIVE, NOON)
    return account_json(told, MARKET, paper_tokens())


def moved() -> steering.MovedPrice:
    """Return a wick of one venue's price."""
    course = Course("raydium", 1_000_000, NOON + 4_000, NOON + 5_600, NOON + 9_600, 1_000_000)
    return present_moved(MovedPrice((SOL, USDC), 950_000, [course]))


def feeds() -> steering.ChangedFeeds:
    """Return a feed that lies."""
    change = FeedChange(FeedState.LYING, 60_000, -2_000)
    return present_feeds(ChangedFeeds([Place("raydium", (SOL, USDC))], change, NOON + 60_000))


def trading() -> engine.TradingSwitch:
    """Return a trading switch that was turned."""
    state, why = TradingState(TRADING["state"]), TRADING["why"]
    return present_trading(Trading(state, 1, "key 4f1d0c9be2a7", why, NOON))


def _at(milliseconds: int) -> Stamp:
    return Stamp(NOON + milliseconds, f"write-{milliseconds}")


def _route() -> Route:
    disabled = Reason.of(PoolDisabled("The pool's status does not allow swaps"))
    raydium = VenueQuote(
        "raydium",
        "raydium-cpmm-sol-usdc",
        224_393_939,
        225_000_000,
        2,
        NOON + 320,
        (
            PoolQuote("raydium-cpmm-sol-usdc", "raydium_cpmm", 224_393_939, 3_750_000, 0, 2),
            PoolQuote("raydium-clmm-sol-usdc", "raydium_clmm", reason=disabled),
        ),
    )
    meteora = VenueQuote(
        "meteora",
        "meteora-dlmm-sol-usdc",
        223_870_500,
        224_700_000,
        6,
        NOON + 300,
        (PoolQuote("meteora-dlmm-sol-usdc", "meteora_dlmm", 223_870_500, 3_000_000, 0, 6),),
    )
    return choose_route([raydium, meteora], decided_at=NOON + 325)
