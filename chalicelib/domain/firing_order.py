"""Which of the orders that are met fire first: a crash of the market meets more than can be executed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chalicelib.domain.judging import Judgement
from chalicelib.domain.order import Order
from chalicelib.domain.price_keys import Side


@dataclass(frozen=True, slots=True)
class MetOrder:
    """An order whose price was met, by this judgement, in so many looks."""

    order: Order
    judgement: Judgement
    looks: int


def first_to_fire(met: Iterable[MetOrder], budget: int) -> Sequence[MetOrder]:
    """Return at most `budget` of these: stops before all others, and those furthest past their trigger first.

    Accounts take turns, so that nobody's many orders keep another's waiting. Equals go by their age.
    """
    return list(islice(_in_turns(sorted(met, key=_rank)), max(0, budget)))


def _rank(each: MetOrder) -> tuple[bool, object, int, str]:
    order = each.order
    is_stop = order.trigger is not None and order.trigger.side is Side.BELOW
    return (not is_stop, -each.judgement.past, order.accepted_at, order.order_id)


def _in_turns(ranked: Iterable[MetOrder]) -> Iterator[MetOrder]:
    """Yield stops, then all others, each kind in rounds: of each account its next one."""
    rounds: dict[tuple[bool, int], list[MetOrder]] = defaultdict(list)
    taken: dict[tuple[bool, str], int] = defaultdict(int)
    for each in ranked:
        is_other = _rank(each)[0]
        account = (is_other, each.order.account)
        rounds[is_other, taken[account]].append(each)
        taken[account] += 1
    for key in sorted(rounds):
        yield from rounds[key]
