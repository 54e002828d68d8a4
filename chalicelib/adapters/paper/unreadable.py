"""Pools whose stored records can't be read or priced: each refuses its swaps, with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NoReturn, Self

from chalicelib.errors import StorageUnavailable, UnsupportedPool
from chalicelib.pricing.plausible import told
from chalicelib.pricing.records import Record
from chalicelib.pricing.swap import Direction, PoolClock, Swap


@dataclass(frozen=True, slots=True)
class UnreadablePool:
    """The state of a pool whose record could not be read: every use of it raises the same refusal.

    That is `StorageUnavailable` where a newer release can read it, so that nobody takes it for a fact.
    """

    KIND: ClassVar[str] = "unreadable"

    refusal: type[UnsupportedPool | StorageUnavailable]
    detail: str

    @classmethod
    def because_of(cls, error: Exception) -> Self:
        """Return the state of a pool that could not be read because of this error."""
        if isinstance(error, UnsupportedPool | StorageUnavailable):
            return cls(type(error), str(error))
        return cls(UnsupportedPool, f"what is stored of the pool makes no sense: {told(error)}")

    def swap(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:  # noqa: ARG002
        """Raise the refusal."""
        self._refuse()

    def exchange(self, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Self]:  # noqa: ARG002
        """Raise the refusal."""
        self._refuse()

    def spot_price(self, direction: Direction) -> Fraction:  # noqa: ARG002
        """Raise the refusal."""
        self._refuse()

    def with_price_moved(self, numerator: int, denominator: int) -> Self:  # noqa: ARG002
        """Return the same state: it has no price that could move."""
        return self

    def to_record(self) -> Record:
        """Raise the refusal, so that the stored record stays as it is."""
        self._refuse()

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the state of an unreadable pool, whatever the record."""
        return cls(UnsupportedPool, f"the record's kind was {record.get('kind')!r}")

    def _refuse(self) -> NoReturn:
        raise self.refusal(self.detail)
