"""The trading switch, by which an operator stops the engine, and what each of its states allows."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.order import Status


class TradingState(StrEnum):
    """The states of the trading switch; their values are those of the wire.

    REDUCING: nothing new is accepted, built or first sent; what was sent is resolved, and not replaced when
    it is dead. HALTED: executions leave the chain and the venues alone altogether.
    """

    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class Trading:
    """The switch as stored: its state, and who turned it, why, and when (ms). `version` counts the turns."""

    state: TradingState = TradingState.ACTIVE
    version: int = 0
    who: str = ""
    why: str = ""
    at: int = 0


NEVER_TURNED = Trading()
"""The switch before anybody has turned it."""


def may_execute(state: TradingState, status: Status) -> bool:
    """Return whether an execution may go on with an open order of this status."""
    if state is TradingState.REDUCING:
        return status is Status.SUBMITTED
    return state is TradingState.ACTIVE
