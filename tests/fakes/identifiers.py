"""Identifiers that are the same in every run."""

import itertools


class FakeIdentifiers:
    """Counts: order ids are valid UUIDs in lower case, write ids are write-1, write-2, …

    Two engines that share a store need different `series` (0 to 9999), as their real ids would differ.
    """

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._orders = itertools.count(1)
        self._writes = itertools.count(1)
        self._keys = itertools.count(1)
        self._secrets = itertools.count(1)

    def order_id(self) -> str:
        return f"00000000-{self._series:04d}-4000-8000-{next(self._orders):012d}"

    def write_id(self) -> str:
        prefix = f"{self._series}-" if self._series else ""
        return f"write-{prefix}{next(self._writes)}"

    def key_id(self) -> str:
        return f"{self._series:04d}{next(self._keys):08d}"

    def secret(self) -> str:
        return f"secret-{self._series:04d}-{next(self._secrets):031d}"
