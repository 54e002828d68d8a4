"""Mutants that change nothing, or nothing that a rule is about: each with the reason, in equivalent.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.sites import Site

LISTED = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Equivalents:
    """What is listed, by its texts: it holds wherever in its function the change stands."""

    reasons: Mapping[tuple[str, str, str, str], str]

    def __contains__(self, site: Site) -> bool:
        return key_of(site) in self.reasons


def key_of(site: Site) -> tuple[str, str, str, str]:
    """A mutant by what it changes, not by its line."""
    before, after = (" ".join(text.split()) for text in (site.before, site.after))
    return site.path, site.within, before, after


def known_equivalents() -> Equivalents:
    """Read the list."""
    listed = tomllib.loads(LISTED.read_text())["mutant"]
    return Equivalents({(e["path"], e["in"], e["before"], e["after"]): e["why"] for e in listed})
