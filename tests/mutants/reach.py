"""Which tests reach a site: first the quick ones of its own module, then all others, the fastest first."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.mutants.imports import Imports
from tests.mutants.sites import Site

RUNGS = ("unit", "golden", "property", "simulation", "contract", "integration")
"""Where tests are taken from: all that need no stack."""

QUICK = 0.2
"""Seconds of a test that may be tried before others for the name of its file alone."""


@dataclass(frozen=True)
class TimedTest:
    """A test by its pytest id, and how long it takes."""

    id: str
    seconds: float

    @property
    def file(self) -> str:
        return self.id.split("::")[0]


class Reach:
    """The tests by the lines that they reach, and by the modules that their files name."""

    def __init__(self, recorded: Mapping[str, Mapping[str, Any]], root: Path) -> None:
        self._by_line: defaultdict[tuple[str, int], set[TimedTest]] = defaultdict(set)
        self._by_file: defaultdict[str, set[TimedTest]] = defaultdict(set)
        self.tests = [TimedTest(name, record["seconds"]) for name, record in recorded.items()]
        self._imports = Imports(root)
        for test, record in zip(self.tests, recorded.values(), strict=True):
            for file, lines in record["lines"].items():
                self._by_file[file].add(test)
                for line in lines:
                    self._by_line[file, line].add(test)
            for file in self._imports.direct(test.file):
                self._by_file[file].add(test)

    @classmethod
    def read(cls, folder: Path, root: Path) -> Self:
        """Read what the recorder wrote."""
        files = (json.loads(file.read_text()) for file in folder.glob("*.json"))
        return cls({name: record for file in files for name, record in file.items()}, root)

    def of(self, site: Site) -> list[TimedTest]:
        """The tests that reach the site's line; of one that runs at the import, those that use its module.

        If no test's file names the module, they are those that import it through others.
        """
        found = (
            self._by_line.get((site.path, site.line)) or self._by_file[site.path] or self._users_of(site.path)
        )
        return sorted(found, key=lambda test: (not self._is_likely(test, site), test.seconds, test.id))

    def _users_of(self, path: str) -> list[TimedTest]:
        files = {test.file for test in self.tests}
        users = {file for file in files if path in self._imports.all_of(file)}
        return [test for test in self.tests if test.file in users]

    def _is_likely(self, test: TimedTest, site: Site) -> bool:
        """Whether the test is quick and its file names the site's module: the likeliest to notice soon."""
        return test.seconds < QUICK and site.path in self._imports.direct(test.file)


def fingerprint(root: Path) -> str:
    """What a record is good for: the same files, byte for byte."""
    digest = hashlib.sha256()
    for folder in ("chalicelib", "tests", "infra", "oee", "bench"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
