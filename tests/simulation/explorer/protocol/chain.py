"""What the model's chain may do: make blocks, take transactions in, and replace blocks not yet confirmed.

A node may lag as far as it likes, and its newest blocks may be of a fork that loses, also when the others
have finalized theirs. All that is asked of it is that what lies two blocks below its newest one is for good.
"""

from collections.abc import Iterable, Iterator

from tests.simulation.explorer.protocol.states import Height, Move, Sent, Sight, State, Transaction

VALID_BLOCKS = 0
"""A transaction lands in the block in which it was signed, or with a fork in another one of that height."""

CONFIRMED_DEPTH = 2
FINALIZED_DEPTH = 3
LAST_TIP = 6
"""Room for one transaction to be proven expired, and for another one to become confirmed."""


def chain_moves(state: State) -> Iterator[Move]:
    """What the chain can do next."""
    if state.tip < LAST_TIP:
        yield f"block {state.tip + 1} is made", state._replace(tip=state.tip + 1)
    for sent in state.sent:
        name = f"the transaction of delivery {sent.transaction.delivery}"
        if sent.height is None:
            for height in _open_blocks(state, sent.transaction):
                faults = state.faults - (height < state.tip)
                yield f"{name} lands in block {height}", _put(state, sent, height, faults)
                yield f"{name} slips in block {height}", _put(state, sent, height, faults, slipped=True)
        elif state.faults and not _is_settled(sent, state.tip):
            yield f"{name} is forked away", _put(state, sent, None, state.faults - 1)


def take(state: State, transaction: Transaction) -> State:
    """The network takes a transaction, but for one that it has or that is too old."""
    is_known = any(sent.transaction == transaction for sent in state.sent)
    if is_known or transaction.last_valid < state.tip:
        return state
    return state._replace(sent=tuple(sorted((*state.sent, Sent(transaction)))))


def finalized(tip: int) -> int:
    """The newest finalized height by a node at this tip."""
    return tip - FINALIZED_DEPTH


def sent_of(state: State, transaction: Transaction) -> Sent:
    """How the transaction stands, also when nobody sent it."""
    return next((sent for sent in state.sent if sent.transaction == transaction), Sent(transaction))


def heights(tip: int, oldest: int) -> Iterator[Height]:
    """What nodes may tell of the height, those that lag too: as far back as slot `oldest`, or the newest."""
    return (Height(finalized(slot), slot) for slot in range(min(tip, oldest), tip + 1))


def sights(sent: Sent, slots: Iterable[int], tip: int) -> Iterator[Sight]:
    """Everything that a node at one of these slots may answer."""
    for slot in slots:
        depth = None if sent.height is None else slot - sent.height
        if depth is None or depth < 0:
            yield Sight(slot)
            continue
        yield Sight(slot, depth, sent.slipped)
        if depth < CONFIRMED_DEPTH and slot != tip:
            yield Sight(slot)


def may_swap(sent: Sent, tip: int) -> bool:
    """Whether it swaps or still can, by the rules of the chain."""
    if sent.height is not None and not sent.slipped:
        return True
    return not _is_settled(sent, tip) and sent.transaction.last_valid > tip - CONFIRMED_DEPTH


def _is_settled(sent: Sent, tip: int) -> bool:
    """Whether it is in a block that is confirmed, and so for good."""
    return sent.height is not None and tip - sent.height >= CONFIRMED_DEPTH


def _open_blocks(state: State, transaction: Transaction) -> range:
    """Where it can land: in the newest block, or by a fork in any that isn't confirmed."""
    oldest = state.tip - CONFIRMED_DEPTH + 1 if state.faults else state.tip
    oldest = max(oldest, transaction.last_valid - VALID_BLOCKS)
    return range(oldest, min(state.tip, transaction.last_valid) + 1)


def _put(state: State, sent: Sent, height: int | None, faults: int, *, slipped: bool = False) -> State:
    moved = Sent(sent.transaction, height, slipped)
    return state._replace(
        sent=tuple(moved if other is sent else other for other in state.sent), faults=faults
    )
