"""`python -m tests.golden DIR`: replay every golden file of DIR; exit 1 on any mismatch."""

import sys
from pathlib import Path

from infra.output import run
from tests.golden.replay import replay_file

SHOWN = 5


def main(arguments: list[str]) -> int:
    """Print a line a file; return the exit status."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m tests.golden DIR\n")
        return 2
    files = sorted(Path(arguments[0]).glob("*.json"))
    replays = [replay_file(path) for path in files]
    for replay in replays:
        sys.stdout.write(f"{replay.name}: {replay.cases} cases, {len(replay.mismatches)} mismatches\n")
        for text in replay.mismatches[:SHOWN]:
            sys.stdout.write(f"  {text}\n")
    return 0 if replays and not any(replay.mismatches for replay in replays) else 1


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
