"""The paper ledger in memory, with the same conditions as the table's."""

import threading
from collections.abc import Sequence

from chalicelib.adapters.paper.ledger import Outcome, Sent, Trace
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryLedger:
    """Holds the seeded pools, or those given; `stored` by address, `sent` and `outcomes` by signature.

    `calls` names every call; `interrupt` may be replaced to make calls fail or wait.
    """

    def __init__(self, pools: Sequence[StoredPool] | None = None) -> None:
        self.stored = {pool.address: pool for pool in (seeded_pools() if pools is None else pools)}
        self.sent: dict[str, Sent] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.calls: list[str] = []
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def pools(self, venue: str, pair: str) -> Sequence[StoredPool]:
        self._enter("pools")
        return [pool for pool in self.stored.values() if (pool.venue, pool.pair) == (venue, pair)]

    def pool(self, venue: str, pair: str, address: str) -> StoredPool | None:
        self._enter("pool")
        pool = self.stored.get(address)
        return pool if pool is not None and (pool.venue, pool.pair) == (venue, pair) else None

    def trace(self, signature: str) -> Trace:
        self._enter("trace")
        with self._lock:
            return Trace(self.sent.get(signature), self.outcomes.get(signature))

    def record_sent(self, signature: str, sent: Sent) -> Sent:
        self._enter("record_sent")
        with self._lock:
            stands = self.sent.setdefault(signature, sent)
        self.interrupt("record_sent", "after")
        return stands

    def close(self, signature: str, outcome: Outcome) -> Outcome:
        self._enter("close")
        with self._lock:
            stands = self.outcomes.setdefault(signature, outcome)
        self.interrupt("close", "after")
        return stands

    def land(self, signature: str, outcome: Outcome, pool: StoredPool) -> Outcome | None:
        self._enter("land")
        with self._lock:
            stands = self.outcomes.get(signature)
            if stands is None and self.stored[pool.address].version == pool.version - 1:
                self.stored[pool.address] = pool
                stands = self.outcomes[signature] = outcome
        self.interrupt("land", "after")
        return stands

    def _enter(self, method: str) -> None:
        self.calls.append(method)
        self.interrupt(method, "before")
