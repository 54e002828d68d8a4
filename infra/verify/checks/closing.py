"""The end of a run: no refusal was badly formed, and no order is left open."""

from infra.verify.conversation import REFUSALS
from infra.verify.outcome import require
from infra.verify.visit import Visit


def refusals(visit: Visit) -> str:
    """Every refusal of the whole run was a problem with a code; one for now told when to come again."""
    bad = visit.talk.bad_refusals
    require(not bad, REFUSALS, f"{len(bad)} of {visit.talk.refusals} weren't: {'; '.join(bad[:3])}")
    again = f" Waited as told: {', '.join(visit.talk.waited)}." if visit.talk.waited else ""
    return f"All {visit.talk.refusals} refusals were problems with a code and a sentence.{again}"


def nothing_open(visit: Visit) -> str:
    """Every order of the run is final."""
    left = visit.orders.settle()
    require(not left, "every accepted order reaches a final status", "; ".join(left))
    return f"All {len(visit.orders.placed)} orders of this run are final."
