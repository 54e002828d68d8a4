"""Replay one stormy run: python -m tests.simulation SEED."""

import sys

from infra.output import run
from tests.simulation.replay import replay


def main() -> None:
    """Print the run of the seed that was given, or of 1."""
    sys.stdout.write(replay(sys.argv[1] if len(sys.argv) > 1 else "1"))


if __name__ == "__main__":
    run(main)
