"""A paper venue: it prices the swap on all of its pools of the pair and offers the best."""

from chalicelib.adapters.chance import Chance
from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.feeds import Feeds
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.paper.replies import corrupt, lie, read_reply, write_reply
from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.config import PaperSettings
from chalicelib.domain.pool_offers import Offer, best_offer, venue_quote
from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.errors import Rejected, VenueUnavailable
from chalicelib.ports import Clock, SwapRequest

OVERDUE_MS = 500
"""Milliseconds after the deadline at which a slow venue answers."""


class PaperVenue:
    """`Venue` over the pools of a ledger, of whatever types they are.

    A venue that is slow on purpose answers after `deadline_ms`, within which the engine wants a quote.
    """

    def __init__(
        self, name: str, ledger: Ledger, clock: Clock, settings: PaperSettings, deadline_ms: int
    ) -> None:
        self._name = name
        self._ledger = ledger
        self._clock = clock
        self._settings = settings
        self._deadline_ms = deadline_ms
        self._blocks = Blocks.of(settings)
        self._feeds = Feeds(settings)
        self._chance = Chance(settings.seed)

    @property
    def name(self) -> str:
        """The venue's name on the wire."""
        return self._name

    def quote(self, request: VenueRequest) -> VenueQuote:
        """Return the best offer of the pair's pools. Raises VenueUnavailable, or Rejected for good."""
        self._take_time(request)
        now = self._clock.now()
        tokens = request.token_in, request.token_out
        glimpse = self._feeds.read(self._ledger, self._name, tokens, self._blocks.height_at(now))
        answers = [pool.ask(request.amount_in, request.token_in) for pool in glimpse.shown(self._blocks)]
        best = best_offer(answers, request.amount_in, request.token_in)
        offer = read_reply(self._reply(best, request))
        return venue_quote(self._name, offer, answers, now)

    def build_swap(self, request: SwapRequest) -> bytes:
        """Build the unsigned message of the swap. Raises Rejected for a quote of another venue."""
        if request.quote.venue != self._name:
            raise Rejected(f"The quote was {request.quote.venue}'s, not {self._name}'s")
        return PaperSwap.of(request).message()

    def _take_time(self, request: VenueRequest) -> None:
        settings = self._settings
        if self._strikes("down", request):
            raise VenueUnavailable("It is down")
        if self._strikes("slow", request):
            self._clock.sleep(self._deadline_ms + OVERDUE_MS)
        step = f"{self._name}: quote"
        self._clock.sleep(
            self._chance.delay(settings.quote_delay_ms, request.order_id, request.attempt, step)
        )

    def _reply(self, offer: Offer, request: VenueRequest) -> object:
        if not self._strikes("garbage", request):
            return write_reply(offer)
        draw = self._chance.draw(request.order_id, request.attempt, f"{self._name}: kind of garbage")
        kind, way = draw % 2, draw // 2
        return corrupt(write_reply(offer), way) if kind == 0 else write_reply(lie(offer))

    def _strikes(self, fault: str, request: VenueRequest) -> bool:
        rates = {
            "down": self._settings.fault_venue_down,
            "slow": self._settings.fault_venue_slow,
            "garbage": self._settings.fault_venue_garbage,
        }
        step = f"{self._name}: {fault}"
        return self._chance.strikes(rates[fault], request.order_id, request.attempt, step)
