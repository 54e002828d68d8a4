"""`python -m tests.golden DIR`: replay every golden file of DIR; exit 1 on any mismatch, 2 without a file."""

import sys
from pathlib import Path

from infra.output import run
from tests.golden.replay import replay_file

SHOWN = 5


def main(arguments: list[str]) -> int:
    """Print a line a file; return the exit status."""
    if len(arguments) != 1:
        return _refuse("Usage: python -m tests.golden DIR, a folder with files of golden cases (*.json)")
    folder = Path(arguments[0])
    if not folder.is_dir():
        return _refuse(f"{folder} is no folder")
    files = sorted(folder.glob("*.json"))
    if not files:
        return _refuse(f"{folder} has no file of golden cases (*.json)")
    replays = [replay_file(path) for path in files]
    for replay in replays:
        sys.stdout.write(f"{replay.name}: {replay.cases} cases, {len(replay.mismatches)} mismatches\n")
        for text in replay.mismatches[:SHOWN]:
            sys.stdout.write(f"  {text}\n")
    return 1 if any(replay.mismatches for replay in replays) else 0


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
