"""The engine with one rule broken at a time: known-bad variants that the exploration has to catch."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from chalicelib.domain.lifecycle import may_retry
from chalicelib.domain.order import Order, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.submission import Commitment, HeightReading, StatusReading, Submission, Verdict
from chalicelib.errors import ChainUnavailable, TransactionExpired, VersionConflict
from chalicelib.ports import Chain
from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.land_orders import LandOrders, Watched
from chalicelib.services.resolve_landing import Landing
from tests.fakes.orders import InMemoryOrderRepository
from tests.simulation.explorer.engine.chain import FINALIZED_DEPTH, FOR_GOOD
from tests.simulation.explorer.engine.faults import Fault
from tests.simulation.explorer.engine.life import Variant

LAGS = frozenset({Fault.NODE_BEHIND, Fault.NODE_FAR_BEHIND})
A_LATE_LOOK = Variant(
    "a late look", faults=frozenset({Fault.UNSEEN, Fault.PAUSED, Fault.NODE_BEHIND}), most_faults=3
)
"""What it takes to look just as a height proves something, at a node that is still on the fork that lost."""

LOST = Reason.of(TransactionExpired("It was not seen"))

Statuses = Mapping[str, StatusReading]


class _SendsBeforeItPersists(ExecuteOrder):
    def _save(self, order: Order, *, expires_after: int | None = None) -> Order:
        if order.status is Status.SUBMITTED and order.submission is not None:
            with suppress(ChainUnavailable):
                self._chain.send(order.submission)
        return super()._save(order, expires_after=expires_after)


class _SignsAnewWhatItDoesNotSee(ExecuteOrder):
    """Looks at the chain too, and takes what isn't there for what was never sent."""

    def _run(self, order: Order) -> None:
        if order.submission is not None and order.status is Status.SUBMITTED and may_retry(order):
            reading = self._chain.signature_statuses([order.submission])[order.submission.signature]
            if reading.status is None:
                self._retry_later(order, LOST)
                return
        super()._run(order)


class _FailsWhatTimesOut(LandOrders):
    def _defer(self, watched: Iterable[Watched], failed: set[str]) -> None:
        def fail(one: Watched) -> bool:
            self._resolve.resolve(one.order, Landing(Verdict.FAIL, None))
            return False

        for one in watched:
            self._apart(one, failed, fail)


class _Misread:
    """The chain as a landing misreads it, look after look; what isn't overridden is read as it is."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.submissions: Sequence[Submission] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chain, name)


class _StatusFirstAnySlot(_Misread):
    def finalized_height(self) -> HeightReading:
        self.statuses = self.chain.signature_statuses(self.submissions)
        return replace(self.chain.finalized_height(), slot=0)

    def signature_statuses(self, _submissions: Sequence[Submission]) -> Statuses:
        return self.statuses


class _MisreadStatus(_Misread):
    def signature_statuses(self, submissions: Sequence[Submission]) -> Statuses:
        readings = self.chain.signature_statuses(submissions)
        return {signature: self.misread(reading) for signature, reading in readings.items()}

    def misread(self, reading: StatusReading) -> StatusReading:
        raise NotImplementedError


class _AnySlot(_MisreadStatus):
    def misread(self, reading: StatusReading) -> StatusReading:
        return replace(reading, slot=FOR_GOOD)


class _AnyError(_MisreadStatus):
    def misread(self, reading: StatusReading) -> StatusReading:
        if reading.status is None or reading.status.error is None:
            return reading
        return replace(reading, status=replace(reading.status, commitment=Commitment.FINALIZED))


class _AnyLanding(_MisreadStatus):
    def misread(self, reading: StatusReading) -> StatusReading:
        if reading.status is None or reading.status.error is not None:
            return reading
        return replace(reading, status=replace(reading.status, commitment=Commitment.CONFIRMED))


class _NewestHeight(_Misread):
    def finalized_height(self) -> HeightReading:
        reading = self.chain.finalized_height()
        return HeightReading(reading.block_height + FINALIZED_DEPTH, reading.slot)


class _FinalizedSlot(_Misread):
    def finalized_height(self) -> HeightReading:
        reading = self.chain.finalized_height()
        return replace(reading, slot=reading.block_height)


class _SlotOfAnotherLook(_Misread):
    slot: int | None = None

    def finalized_height(self) -> HeightReading:
        reading = self.chain.finalized_height()
        before, self.slot = self.slot, reading.slot
        return reading if before is None else replace(reading, slot=before)


class _LandsByMisreading(LandOrders):
    """Observes through a `_Misread` view."""

    view: type[_Misread]

    def _look(self, watched: list[Watched], failed: set[str]) -> list[Watched]:
        if not isinstance(self._chain, _Misread):
            self._chain = cast("Chain", self.view(self._chain))
        cast("_Misread", self._chain).submissions = [one.submission for one in watched]
        return super()._look(watched, failed)


def _misreading(view: type[_Misread]) -> type[LandOrders]:
    return type(view.__name__, (_LandsByMisreading,), {"view": view})


class _SavesUnconditionally(InMemoryOrderRepository):
    def _save(self, order: Order, _expires_after: int | None) -> None:
        self._store(order)


class _JudgesByStatus(InMemoryOrderRepository):
    def _save(self, order: Order, expires_after: int | None) -> None:
        try:
            super()._save(order, expires_after)
        except VersionConflict:
            stored = self.orders[order.order_id]
            if (stored.version, stored.status) != (order.version, order.status):
                raise


CONTROLS = (
    Variant("send before persist", execution=_SendsBeforeItPersists),
    Variant("Execute signs anew what it doesn't see", execution=_SignsAnewWhatItDoesNotSee),
    Variant("time-out means failed", landing=_FailsWhatTimesOut),
    Variant(
        "status read before height, slots not compared, and no node ever lags",
        landing=_misreading(_StatusFirstAnySlot),
        faults=frozenset(Fault) - LAGS,
    ),
    replace(
        A_LATE_LOOK,
        name="status compared with the finalized block's slot",
        landing=_misreading(_FinalizedSlot),
    ),
    replace(
        A_LATE_LOOK,
        name="one look's height with another look's slot",
        landing=_misreading(_SlotOfAnotherLook),
    ),
    Variant("lagging node believed", landing=_misreading(_AnySlot)),
    Variant("error below finalized believed", landing=_misreading(_AnyError)),
    Variant("landing below confirmed believed", landing=_misreading(_AnyLanding)),
    Variant("re-sign before proven expiry", landing=_misreading(_NewestHeight)),
    Variant("unconditional save", repository=_SavesUnconditionally),
    Variant("lost condition judged by status instead of write id", repository=_JudgesByStatus),
)
