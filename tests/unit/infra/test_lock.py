"""The lock holds what the requirements ask for, at their versions, each with its hashes, and no address."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LOCK = (ROOT / "requirements-dev.lock").read_text()
ENTRY = re.compile(r"^(\S+==.+?)((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE)
RENEW = "Run `make lock`"


def pinned(text):
    """Each requirement of a file that pins them, by name."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(each.name): each for each in found}


ENTRIES = [(Requirement(name), hashes) for name, hashes in ENTRY.findall(LOCK)]


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-dev.txt", "infra/lambda-requirements.txt"]
)
def test_every_pin_is_in_the_lock_at_its_version(file):
    locked = {(canonicalize_name(entry.name), str(entry.specifier)) for entry, _ in ENTRIES}
    for name, requirement in pinned((ROOT / file).read_text()).items():
        assert (name, str(requirement.specifier)) in locked, RENEW


def test_everything_that_is_locked_has_its_hashes():
    assert len(ENTRIES) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))
    assert [entry.name for entry, hashes in ENTRIES if not hashes] == [], RENEW


def test_the_lock_says_nothing_of_where_it_was_made():
    assert "://" not in LOCK, RENEW
    assert not re.search(r"^-", LOCK, re.MULTILINE), RENEW
