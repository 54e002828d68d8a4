"""Workers of which one at a time goes on, up to its next call: a test decides the order of all calls."""

import threading
from collections.abc import Callable


class Worker(threading.Thread):
    """Runs its acts, and stands before each call that stops it until it is given its next turn."""

    def __init__(self, acts: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._acts = acts
        self._go, self._stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.done = False
        self.failure: BaseException | None = None
        self.start()

    def run(self) -> None:
        self._go.acquire()
        try:
            self._acts()
        except BaseException as failure:  # noqa: BLE001 - it is raised again by the test's own thread
            self.failure = failure
        self.done = True
        self._stopped.release()

    def step(self) -> None:
        """Let it run up to its next call, or to its end."""
        self._go.release()
        self._stopped.acquire()

    def stop(self) -> None:
        """Called in the worker: wait for the next turn."""
        self._stopped.release()
        self._go.acquire()
