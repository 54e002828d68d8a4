"""An account's armed exposure: what counts against its limits on armed orders, and whether one more fits.

An armed order counts from before it is stored until it is found to be final, also while it is executed: its
firing may be given back, and then it waits again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from chalicelib.domain.amounts import format_amount
from chalicelib.domain.limits import Amounts, Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import OpenEntry
from chalicelib.errors import ArmedAmountAboveLimit, ArmedOrdersAtLimit


@dataclass(frozen=True, slots=True)
class ArmedEntry(OpenEntry):
    """An order that counts as armed, and the amount (base units) of its tokenIn that is reserved for it."""

    mint: str
    amount: int


@dataclass(frozen=True, slots=True)
class ArmedExposure:
    """The armed exposure of an account. `reserved` is the sum of its orders' amounts, by mint.

    `open_orders` may hold orders that were closed since, and such as were never stored.
    """

    open_orders: frozenset[ArmedEntry] = frozenset()
    reserved: Amounts = field(default_factory=dict)

    def counts(self, order_id: str) -> bool:
        """Return whether this order is counted."""
        return any(entry.order_id == order_id for entry in self.open_orders)

    def without(self, entries: Collection[OpenEntry]) -> "ArmedExposure":
        """Return the exposure without the orders of these entries, and without what was reserved for them.

        An order that isn't counted takes nothing away.
        """
        ended = {entry.order_id for entry in entries}
        removed = [entry for entry in self.open_orders if entry.order_id in ended]
        reserved = dict(self.reserved)
        for entry in removed:
            reserved[entry.mint] -= entry.amount
        left = {mint: amount for mint, amount in reserved.items() if amount}
        return ArmedExposure(self.open_orders.difference(removed), left)


def armed_entry_of(order: Order) -> ArmedEntry:
    """Return the entry that counts the order as armed."""
    return ArmedEntry(order.order_id, order.accepted_at, order.token_in.mint, order.amount_in)


def count(exposure: ArmedExposure, order: Order, limits: Limits) -> ArmedExposure:
    """Return the exposure with this order in it; the same one if it is counted already.

    Raises
    ------
    ArmedOrdersAtLimit, ArmedAmountAboveLimit
        The order does not fit.
    """
    if exposure.counts(order.order_id):
        return exposure
    counted, mint = len(exposure.open_orders), order.token_in.mint
    if counted >= limits.armed_orders:
        raise ArmedOrdersAtLimit(limit=str(limits.armed_orders), used=str(counted))
    used = exposure.reserved.get(mint, 0)
    limit = limits.armed_amounts.get(mint)
    if limit is not None and used + order.amount_in > limit:
        raise ArmedAmountAboveLimit(
            token=order.token_in.symbol,
            limit=format_amount(limit, order.token_in),
            used=format_amount(used, order.token_in),
            requested=format_amount(order.amount_in, order.token_in),
        )
    return replace(
        exposure,
        open_orders=exposure.open_orders | {armed_entry_of(order)},
        reserved={**exposure.reserved, mint: used + order.amount_in},
    )
