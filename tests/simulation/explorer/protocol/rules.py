"""The rules that the model's workers keep, each of which a control breaks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chalicelib.domain.submission import Verdict, decide
from tests.simulation.explorer.protocol.states import Height

HEIGHT, STATUS, EITHER = "height", "status", "either"


def _as_told(height: Height, _tip: int) -> Iterable[Height]:
    return (height,)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the workers act. A control has one of these otherwise.

    `first_reading` is what a look begins with, `told_height` what is made of a height at a tip. Without
    `nodes_lag` every answer is the newest one.
    """

    name: str = "the protocol"
    decide: Callable[..., Verdict] = decide
    persists_first: bool = True
    execution_believes_its_look: bool = False
    first_reading: str = HEIGHT
    told_height: Callable[[Height, int], Iterable[Height]] = _as_told
    nodes_lag: bool = True
    saves_on_condition: bool = True
    judges_by_write_id: bool = True


PROTOCOL = Rules()
