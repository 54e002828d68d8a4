"""What a golden case is to the replay, whichever the pool type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.pricing.swap import Swap


@dataclass(frozen=True)
class Case:
    """A case on our code: `swap` as the engine calls it, `outcome` the fields as the file names them."""

    swap: Callable[[], Swap[Any]]
    outcome: Callable[[], Mapping[str, Any]]


CaseReader = Callable[[Mapping[str, Any]], Case]
