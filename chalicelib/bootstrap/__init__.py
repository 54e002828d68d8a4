"""The composition root: the only place where adapters are made and use cases are wired."""

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.aws import AwsAdapters
from chalicelib.bootstrap.engine import Engine
from chalicelib.bootstrap.init_phase import make_parts

__all__ = ["Adapters", "AwsAdapters", "Engine", "make_parts"]
