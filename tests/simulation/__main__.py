"""Replay one stormy run: python -m tests.simulation SEED."""

import sys

from tests.simulation.replay import replay

if __name__ == "__main__":
    sys.stdout.write(replay(sys.argv[1] if len(sys.argv) > 1 else "1"))
