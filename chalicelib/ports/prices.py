"""The prices of a market, as one look reads them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.pairs import Pair

if TYPE_CHECKING:
    from chalicelib.domain.readings import PairReading


class Prices(Protocol):
    """What a market shows of its pools to whoever looks at many pairs at once."""

    def look(self, pairs: Collection[Pair]) -> Mapping[Pair, "PairReading"]:
        """Read these pairs, and return a reading of each, with a reply of each venue that has a pool of it.

        A venue that can't be read has the reason in its place: for that nothing is raised.
        """
