"""Every venue, by the name that it has on the wire: one line each."""

from collections.abc import Callable, Mapping

from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.venues import meteora, raydium
from chalicelib.config import Settings
from chalicelib.ports import Clock, Venue

MakeVenue = Callable[[Ledger, Clock, Settings], Venue]

PAPER_VENUES: Mapping[str, MakeVenue] = {
    raydium.NAME: raydium.on_paper,
    meteora.NAME: meteora.on_paper,
}
