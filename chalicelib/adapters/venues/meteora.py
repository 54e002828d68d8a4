"""Meteora."""

from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.paper.venue import PaperVenue
from chalicelib.config import Settings
from chalicelib.ports import Clock

NAME = "meteora"


def on_paper(ledger: Ledger, clock: Clock, settings: Settings) -> PaperVenue:
    """Meteora's paper pools."""
    return PaperVenue(NAME, ledger, clock, settings)
