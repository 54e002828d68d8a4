"""A lock holds what the requirements ask for, at their versions, each with its hashes, and no address."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LOCKS = {
    "requirements.txt": "requirements-dev.lock",
    "requirements-dev.txt": "requirements-dev.lock",
    "infra/lambda-requirements.txt": "requirements-dev.lock",
    "infra/deploy/sam-requirements.txt": "infra/deploy/sam.lock",
    "infra/local/emulator-requirements.txt": "infra/local/emulator.lock",
    "infra/scan/checkov-requirements.txt": "infra/scan/checkov.lock",
}
"""The requirements, and the lock in which each is resolved."""
ENTRY = re.compile(r"^(\S+==.+?)((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE)
RENEW = "Run `make lock`"


def pinned(text):
    """Each requirement of a file that pins them, by name."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(each.name): each for each in found}


def entries(lock):
    """What a lock holds, each with its hashes."""
    return [(Requirement(name), hashes) for name, hashes in ENTRY.findall(lock)]


@pytest.fixture(params=sorted(set(LOCKS.values())))
def lock(request):
    return (ROOT / request.param).read_text()


@pytest.mark.parametrize("file", sorted(LOCKS))
def test_every_pin_is_in_the_lock_at_its_version(file):
    held = entries((ROOT / LOCKS[file]).read_text())
    locked = {(canonicalize_name(entry.name), str(entry.specifier)) for entry, _ in held}
    for name, requirement in pinned((ROOT / file).read_text()).items():
        assert (name, str(requirement.specifier)) in locked, RENEW


def test_everything_that_is_locked_has_its_hashes(lock):
    held = entries(lock)
    assert len(held) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
    assert [entry.name for entry, hashes in held if not hashes] == [], RENEW


def test_a_lock_says_nothing_of_where_it_was_made(lock):
    assert "://" not in lock, RENEW
    assert not re.search(r"^-", lock, re.MULTILINE), RENEW
