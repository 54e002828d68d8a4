"""The engine with one rule broken at a time: known-bad variants that the exploration has to catch."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalicelib.domain.order import Order, Status
from chalicelib.domain.quotes import Reason
from chalicelib.domain.submission import Commitment, HeightReading, StatusReading, Submission, Verdict
from chalicelib.errors import ChainUnavailable, TransactionExpired, VersionConflict
from chalicelib.ports import Chain
from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.land_transaction import NOTHING_PROVED, Landing, LandTransaction
from tests.fakes.orders import InMemoryOrderRepository
from tests.simulation.explorer.engine.chain import FINALIZED_DEPTH, FOR_GOOD
from tests.simulation.explorer.engine.life import Variant


class _SendsBeforeItPersists(ExecuteOrder):
    def _save(self, order: Order, *, expires_after: int | None = None) -> Order:
        if order.status is Status.SUBMITTED and order.submission is not None:
            with suppress(ChainUnavailable):
                self._chain.send(order.submission)
        return super()._save(order, expires_after=expires_after)


class _FailsWhatTimesOut(LandTransaction):
    def land(self, order: Order, submission: Submission, *, until: int, fresh: bool) -> Landing:
        landing = super().land(order, submission, until=until, fresh=fresh)
        if landing is not NOTHING_PROVED:
            return landing
        return Landing(Verdict.FAIL, reason=Reason.of(TransactionExpired("It took too long")))


class _Misread:
    """The chain as a landing misreads it; what isn't overridden is read as it is."""

    def __init__(self, chain: Chain, submission: Submission) -> None:
        self.chain = chain
        self.submission = submission

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chain, name)


class _StatusFirst(_Misread):
    def finalized_height(self) -> HeightReading:
        self.status = self.chain.signature_status(self.submission)
        return self.chain.finalized_height()

    def signature_status(self, _submission: Submission) -> StatusReading:
        return self.status


class _AnySlot(_Misread):
    def signature_status(self, submission: Submission) -> StatusReading:
        return replace(self.chain.signature_status(submission), slot=FOR_GOOD)


class _AnyError(_Misread):
    def signature_status(self, submission: Submission) -> StatusReading:
        reading = self.chain.signature_status(submission)
        if reading.status is None or reading.status.error is None:
            return reading
        return replace(reading, status=replace(reading.status, commitment=Commitment.FINALIZED))


class _AnyLanding(_Misread):
    def signature_status(self, submission: Submission) -> StatusReading:
        reading = self.chain.signature_status(submission)
        if reading.status is None or reading.status.error is not None:
            return reading
        return replace(reading, status=replace(reading.status, commitment=Commitment.CONFIRMED))


class _NewestHeight(_Misread):
    def finalized_height(self) -> HeightReading:
        reading = self.chain.finalized_height()
        return HeightReading(reading.block_height + FINALIZED_DEPTH, reading.slot + FINALIZED_DEPTH)


class _LandsByMisreading(LandTransaction):
    """Observes through a `_Misread` view."""

    view: type[_Misread]

    def _look(self, order: Order, submission: Submission, **named: Any) -> Landing:
        chain = self._chain
        self._chain = self.view(chain, submission)
        try:
            return super()._look(order, submission, **named)
        finally:
            self._chain = chain


def _misreading(view: type[_Misread]) -> type[LandTransaction]:
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
    Variant("time-out means failed", landing=_FailsWhatTimesOut),
    Variant("status read before height", landing=_misreading(_StatusFirst)),
    Variant("lagging node believed", landing=_misreading(_AnySlot)),
    Variant("error below finalized believed", landing=_misreading(_AnyError)),
    Variant("landing below confirmed believed", landing=_misreading(_AnyLanding)),
    Variant("re-sign before proven expiry", landing=_misreading(_NewestHeight)),
    Variant("unconditional save", repository=_SavesUnconditionally),
    Variant("lost condition judged by status instead of write id", repository=_JudgesByStatus),
)
