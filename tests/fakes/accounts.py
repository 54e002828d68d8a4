"""API keys and accounts' limits in memory."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.api_keys import ApiKey, StoredKey
from chalicelib.errors import ApiKeyNotFound, VersionConflict
from tests.fakes.interruption import Interrupt, undisturbed


class InMemoryApiKeys:
    """`calls` lists the methods called; `interrupt` may be replaced to make calls fail."""

    def __init__(self) -> None:
        self._keys: dict[str, StoredKey] = {}
        self.calls: list[str] = []
        self.interrupt: Interrupt = undisturbed

    def find(self, key_id: str) -> StoredKey | None:
        self._enter("find")
        return self._keys.get(key_id)

    def create(self, kept: StoredKey) -> None:
        self._enter("create")
        if self._keys.setdefault(kept.key.key_id, kept) != kept:
            raise VersionConflict("Another key has this id")
        self.interrupt("create", "after")

    def revoke(self, key_id: str, at: int) -> ApiKey:
        self._enter("revoke")
        if key_id not in self._keys:
            raise ApiKeyNotFound(f"There is no key {key_id}")
        kept = self._keys[key_id]
        if kept.key.revoked_at is None:
            self._keys[key_id] = kept = replace(kept, key=replace(kept.key, revoked_at=at))
        self.interrupt("revoke", "after")
        return kept.key

    def made_for(self, account: str | None) -> Sequence[ApiKey]:
        self._enter("made_for")
        keys = (kept.key for kept in self._keys.values() if account in {None, kept.key.account})
        return sorted(keys, key=lambda key: (key.created_at, key.key_id))

    def _enter(self, method: str) -> None:
        self.calls.append(method)
        self.interrupt(method, "before")


class InMemoryAccountLimits:
    """`interrupt` may be replaced to make calls fail."""

    def __init__(self) -> None:
        self._limits: dict[str, str] = {}
        self._lock = threading.Lock()
        self.interrupt: Interrupt = undisturbed

    def read(self, account: str) -> str:
        self.interrupt("read", "before")
        return self._limits.get(account, "")

    def write(self, account: str, limits: str, *, seen: str) -> None:
        self.interrupt("write", "before")
        with self._lock:
            if self._limits.get(account, "") not in {seen, limits}:
                raise VersionConflict("Somebody else changed the account's limits")
            self._limits[account] = limits
        self.interrupt("write", "after")
