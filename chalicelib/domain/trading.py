"""Whether the engine trades: what an operator's switch allows."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.order import Status


class TradingState(StrEnum):
    """How far trading may go; the value is what goes over the wire.

    REDUCING: nothing new is accepted, built or first sent; what was sent is resolved, and not replaced when
    it is dead. HALTED: executions leave the chain and the venues alone altogether.
    """

    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class Trading:
    """How the switch stands: who turned it, why, and when (ms). `version` counts the turns."""

    state: TradingState = TradingState.ACTIVE
    version: int = 0
    who: str = ""
    why: str = ""
    at: int = 0


NEVER_TURNED = Trading()
"""How the switch stands until somebody turns it."""


def may_execute(state: TradingState, status: Status) -> bool:
    """Whether an execution may go on with an open order of this status."""
    if state is TradingState.REDUCING:
        return status is Status.SUBMITTED
    return state is TradingState.ACTIVE
