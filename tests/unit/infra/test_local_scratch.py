import os
from pathlib import Path

import pytest

from infra.local import scratch

NAME = "here"


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in the place of the memory's file system."""
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(scratch, "MEMORY", memory)
    monkeypatch.setattr(scratch, "ROOM", 0)
    return memory


def test_an_emulator_unpacks_in_memory_and_each_checkout_apart(memory: Path, tmp_path: Path) -> None:
    here, there = (scratch.scratch_of(tmp_path / checkout, NAME) for checkout in ("a", "b"))
    assert here != there
    assert here.is_relative_to(memory)
    assert there.is_relative_to(memory)
    assert here == scratch.scratch_of(tmp_path / "a", NAME)


def test_what_is_left_of_a_checkout_is_removed_and_no_other_checkouts(memory: Path, tmp_path: Path) -> None:
    here, there = (scratch.scratch_of(tmp_path / checkout, NAME) for checkout in ("a", "b"))
    for left in (here, there):
        left.mkdir()
        (left / "lambda.zip").touch()
    scratch.remove_all(tmp_path / "a")
    assert list(memory.iterdir()) == [there]


def test_it_unpacks_on_the_disk_where_the_memory_is_small(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "ROOM", 2**80)
    assert scratch.scratch_of(tmp_path, NAME) == tmp_path / "stacks" / NAME


def test_it_unpacks_on_the_disk_where_there_is_no_such_memory(memory: Path, tmp_path: Path) -> None:
    memory.rmdir()
    assert scratch.scratch_of(tmp_path, NAME) == tmp_path / "stacks" / NAME


def test_it_unpacks_on_the_disk_where_nothing_in_memory_may_run(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs(memory)
    noexec = os.statvfs_result((*real[:8], real.f_flag | os.ST_NOEXEC, real.f_namemax))
    monkeypatch.setattr(os, "statvfs", lambda _path: noexec)
    assert scratch.scratch_of(tmp_path, NAME) == tmp_path / "stacks" / NAME


def test_it_unpacks_on_the_disk_where_somebody_else_was_first(
    memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    theirs = scratch.scratch_of(tmp_path, NAME)
    theirs.mkdir()  # by this user, under the other's name
    assert theirs.is_relative_to(memory)
    assert scratch.scratch_of(tmp_path, NAME) == tmp_path / "stacks" / NAME


def test_it_does_not_unpack_through_a_link_that_stands_in_its_place(memory: Path, tmp_path: Path) -> None:
    scratch.scratch_of(tmp_path, NAME).symlink_to(tmp_path)
    assert scratch.scratch_of(tmp_path, NAME) == tmp_path / "stacks" / NAME
