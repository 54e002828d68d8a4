"""The composition root: the only place where adapters are made and wired."""

from chalicelib.bootstrap.engine import Engine

__all__ = ["Engine"]
