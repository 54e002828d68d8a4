"""Workers that a test holds still, lets go on, or breaks, before and after each call that they make.

Each acts in a thread of its own, but one at a time: a run is a pure function of what the test does with them.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from chalicelib.errors import (
    ChainUnavailable,
    EngineError,
    PushUnavailable,
    QueueUnavailable,
    StorageUnavailable,
    VenueUnavailable,
)
from tests.fakes.taps import PortCall
from tests.simulation.world import Crash

BREAKDOWNS: Mapping[str, type[EngineError]] = {
    "OrderRepository": StorageUnavailable,
    "SubscriptionRepository": StorageUnavailable,
    "Connections": StorageUnavailable,
    "Ledger": StorageUnavailable,
    "OrderQueue": QueueUnavailable,
    "Venue": VenueUnavailable,
    "Chain": ChainUnavailable,
    "PushGateway": PushUnavailable,
}
"""The ports at whose calls a worker can stand still, and how they fail."""

Limit = int | str | None
"""How far a worker goes: so many moments, before or after a call; up to a call of this name; to its end."""

_here = threading.local()


class Worker:
    """Does one thing after the other; `stands_at` is the call before or after which it stands still."""

    def __init__(self) -> None:
        self.stands_at: PortCall | None = None
        self.failure: BaseException | None = None
        self._limit: Limit = 0
        self._blow: BaseException | None = None
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)

    def begin(self, act: Callable[[], object], limit: Limit) -> None:
        """Start to act."""
        threading.Thread(target=self._run, args=(act,), daemon=True).start()
        self.go_on(limit)

    def go_on(self, limit: Limit) -> None:
        """Act on from where it stands."""
        self._limit = limit
        self._step()

    def lose(self) -> None:
        """The call that it stands at fails: unmade, or made and not heard of. It goes on from that."""
        if self.stands_at is not None:
            self._limit = 0
            self._blow = BREAKDOWNS[self.stands_at.port]("lost")
            self._step()

    def kill(self) -> None:
        """End it where it stands."""
        if self.stands_at is not None:
            self._blow = Crash()
            self._step()

    def _step(self) -> None:
        self._go.release()
        self._stopped.acquire()
        if isinstance(self.failure, Exception) and not isinstance(self.failure, EngineError):
            raise self.failure

    def _run(self, act: Callable[[], object]) -> None:
        _here.worker = self
        self._go.acquire()
        self.failure = None
        try:
            act()
        except BaseException as failure:  # noqa: BLE001 - the test's own thread judges it
            self.failure = failure
        self.stands_at = None
        self._stopped.release()

    def pass_moment(self, call: PortCall) -> None:
        """Called on its own thread: stand still when it has come as far as it may."""
        if isinstance(self._limit, int) and self._limit > 0:
            self._limit -= 1
            return
        if self._limit is None or (isinstance(self._limit, str) and self._limit != name_of(call)):
            return
        self.stands_at = call
        self._stopped.release()
        self._go.acquire()
        blow, self._blow = self._blow, None
        if blow is not None:
            raise blow


def name_of(call: PortCall) -> str:
    """A call goes by its method; a save by the status that it stores."""
    return str(call.arguments[0].status) if call.method == "save" else call.method


def hold_up(call: PortCall, proceed: Callable[[], Any]) -> Any:
    """`Around` every call: a worker that makes it may stand still on both sides of it."""
    worker: Worker | None = getattr(_here, "worker", None)
    if worker is None or call.port not in BREAKDOWNS:
        return proceed()
    worker.pass_moment(call)
    answer = proceed()
    worker.pass_moment(call)
    return answer


blows = st.sampled_from([None, None, Worker.lose, Worker.kill])
"""What befalls a worker where it stands: mostly nothing, and it goes on."""
