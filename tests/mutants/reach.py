"""Which tests reach a site: first the quick ones of its own module, then all others, the fastest first."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

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
        self._named = {
            path: set(_modules_named_in(root / path)) for path in {each.split("::")[0] for each in recorded}
        }
        for test, (name, record) in zip(self.tests, recorded.items(), strict=True):
            for file, lines in record["lines"].items():
                self._by_file[file].add(test)
                for line in lines:
                    self._by_line[file, line].add(test)
            for file in self._named[name.split("::")[0]]:
                self._by_file[file].add(test)

    @classmethod
    def read(cls, folder: Path, root: Path) -> Self:
        """Read what the recorder wrote."""
        files = (json.loads(file.read_text()) for file in folder.glob("*.json"))
        return cls({name: record for file in files for name, record in file.items()}, root)

    def of(self, site: Site) -> list[TimedTest]:
        """The tests that reach the site's line; of one that runs at the import, those that use its module.

        What a package passes on from a module that nobody names is used by those that name the package.
        """
        package = f"{Path(site.path).parent}/__init__.py"
        found = (
            self._by_line.get((site.path, site.line)) or self._by_file[site.path] or self._by_file[package]
        )
        return sorted(found, key=lambda test: (not self._is_likely(test, site), test.seconds, test.id))

    def _is_likely(self, test: TimedTest, site: Site) -> bool:
        """Whether the test is quick and its file names the site's module: the likeliest to notice soon."""
        return test.seconds < QUICK and site.path in self._named[test.file]


def fingerprint(root: Path) -> str:
    """What a record is good for: the same files, byte for byte."""
    digest = hashlib.sha256()
    for folder in ("chalicelib", "tests", "infra", "oee", "bench"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _modules_named_in(test_file: Path) -> Iterable[str]:
    """The files of the modules that a test's file imports from."""
    for line in test_file.read_text().splitlines():
        words = line.split()
        if words[:1] in (["from"], ["import"]) and len(words) > 1 and words[1].startswith("chalicelib."):
            yield words[1].replace(".", "/") + ".py"
            yield words[1].replace(".", "/") + "/__init__.py"
            if words[0] == "from":
                names = " ".join(words[3:]).strip("()").split(",")
                yield from (f"{words[1].replace('.', '/')}/{name.strip()}.py" for name in names)
