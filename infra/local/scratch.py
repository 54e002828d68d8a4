"""The scratch directory of an emulator, for files that it unpacks and deletes."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it is ours alone
ROOM = 4 * 2**30
"""Smallest size in bytes of a memory file system that is used: each worker unpacks about 15 MB."""


def scratch_of(local: Path, name: str) -> Path:
    """Return the scratch directory of the emulator `name`, always the same one; it may not exist.

    Each cold start unpacks a function's files: in memory that takes 0.2 s, on a disk up to 1.4 s
    (docs/performance.md). Where there is no such memory it is in `local`, the directory of what is made here.
    """
    in_memory = MEMORY / f"{_checkout(local)}-{name}"
    return in_memory if _serves(MEMORY) and _is_ours(in_memory) else local / "stacks" / name


def remove_all(local: Path) -> None:
    """Remove the directories in memory that killed emulators of this checkout left behind."""
    for left in MEMORY.glob(f"{_checkout(local)}-*"):
        shutil.rmtree(left, ignore_errors=True)


def _checkout(local: Path) -> str:
    digest = hashlib.sha256(os.fsencode(local)).hexdigest()
    return f"order-execution-engine-{os.getuid()}-{digest[:16]}"


def _serves(memory: Path) -> bool:
    """Return whether functions can be unpacked and run there. Free space is not checked: it changes."""
    return (
        os.access(memory, os.W_OK | os.X_OK)
        and shutil.disk_usage(memory).total >= ROOM
        and not os.statvfs(memory).f_flag & os.ST_NOEXEC
    )


def _is_ours(directory: Path) -> bool:
    """Return whether the directory is absent or the user's own, and not a link."""
    try:
        found = directory.lstat()
    except FileNotFoundError:
        return True
    return found.st_uid == os.getuid() and stat.S_ISDIR(found.st_mode)
