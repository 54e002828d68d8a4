"""The paper chain's store: the pools with the conditions of their markets, and one trace per signature.

A signature's outcome is written once, whatever it is: landing and expiry exclude each other by that one
write, and a landing moves its pool in the same transaction. So no observer can call a transaction expired
that another one lands, however late or slow either of them is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.adapters.paper.conditions import Conditions, PairMarket
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.domain.submission import LandingError


class Ending(StrEnum):
    """The ending of a transaction: landed, landed with an error, or proven never to land."""

    LANDED = "landed"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Sent:
    """The first send of a transaction, which fixes its fate; times are milliseconds.

    `lands_at` falls into the block that it lands in; None when it never will. From `forked_at` on it is seen
    for a while in a block that is then forked away; None when it isn't. `slot` was the newest one of the
    chain whose pools price the landing, None where they are the ledger's own.
    """

    order_id: str
    attempt: int
    sent_at: int
    lands_at: int | None
    reverts: bool = False
    forked_at: int | None = None
    slot: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a transaction: `height` is where it landed, or the height that proved it expired."""

    ending: Ending
    order_id: str
    attempt: int
    height: int
    decided_at: int
    pool: str = ""
    amount_in: int = 0
    amount_out: int = 0
    error: LandingError | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """The first send and the outcome of a signature, as far as they are known."""

    sent: Sent | None = None
    outcome: Outcome | None = None

    @property
    def newest(self) -> "Sent | Outcome | None":
        """The outcome if there is one, else the first send."""
        return self.outcome or self.sent


class Ledger(Protocol):
    """The store behind paper venues and the paper chain. Every method may raise StorageUnavailable."""

    def market(self, venue: str, pair: str, *, consistently: bool = False) -> PairMarket:
        """Read a venue's pools of a pair and their conditions in one read.

        It may lag behind by a moment, unless it is asked for `consistently`.
        """

    def pool(self, venue: str, pair: str, address: str) -> StoredPool | None:
        """Read one pool consistently, with the path of its price."""

    def steer(self, changes: Mapping[tuple[str, str], Conditions]) -> bool:
        """Store the conditions of these venues' markets of these pairs, all or none of them.

        Returns whether they were stored: each must be the change after the one that is stored.
        """

    def traces(self, signatures: Sequence[str]) -> Mapping[str, Trace]:
        """Read the traces of these signatures consistently, in one batch."""

    def record_sent(self, signature: str, sent: Sent) -> Sent:
        """Store the first send; a later one changes nothing. Return the stored one."""

    def close(self, signature: str, outcome: Outcome) -> Outcome:
        """Store an outcome that moves no pool, unless there is one already. Return the stored one."""

    def land(self, signature: str, outcome: Outcome, pool: StoredPool) -> Outcome | None:
        """Store an outcome and the pool that it leaves behind, both or neither.

        Returns the outcome that stands; None when there is none and nothing was stored, because the stored
        pool was not one version behind.
        """
