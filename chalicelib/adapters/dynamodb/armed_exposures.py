"""Accounts' armed exposures in DynamoDB: one item per account, usually one conditional update per order."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import MapAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import ConditionFailed, Item, call, read_item
from chalicelib.domain import armed_risk
from chalicelib.domain.armed_risk import ArmedEntry, ArmedExposure
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import OpenEntry
from chalicelib.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TRIES = 3
"""Updates per call at most: others of the account may be first."""


class ArmedExposureItem(Model):
    """An account's armed exposure; it has no ttl, for it is the account's only one.

    `entries` are by order id: when the order was accepted (ms), its amount (base units) and the mint of its
    tokenIn, with a space between. `orders` is their number, and `reserved` the sum of their amounts by mint.
    Each write raises `version`.
    """

    pk = UnicodeAttribute(hash_key=True)
    v = schema.WholeAttribute()
    version = schema.WholeAttribute()
    orders = schema.WholeAttribute()
    entries: MapAttribute[str, str] = MapAttribute()  # type: ignore[no-untyped-call]
    reserved: MapAttribute[str, int] = MapAttribute()  # type: ignore[no-untyped-call]


class DynamoArmedExposures:
    """ArmedExposures on DynamoDB: an order that is refused fails the condition, so that it isn't counted.

    The first update supposes that the account has armed orders before. When its condition fails the stored
    item tells why: the order is refused, or counted already, or the account's first.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._item = schema.bound(ArmedExposureItem, table)

    def count(self, order: Order, limits: Limits) -> int:
        """Count an order that is about to be stored armed; see the port.

        Raises
        ------
        ArmedOrdersAtLimit, ArmedAmountAboveLimit
            It doesn't fit and wasn't counted.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        is_first = False
        for _ in range(TRIES):
            changes, condition = self._beginning(order) if is_first else self._one_more(order, limits)
            try:
                image = self._update(order.account, changes, condition)
            except ConditionFailed as failed:
                stored = failed.stored[0]
            else:
                return int(image["orders"]["N"])
            seen, is_first = _exposure(stored), stored is None
            if seen.counts(order.order_id):  # botocore made the call twice, or the client asked twice
                return len(seen.open_orders)
            armed_risk.count(seen, order, limits)
        raise StorageUnavailable(f"The account's other armed orders were first {TRIES} times")

    def read(self, account: str) -> ArmedExposure:
        """Read consistently what counts against an account's limits on armed orders."""
        return _exposure(self._read(account))

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        """Count these orders no more; see the port.

        Raises
        ------
        StorageUnavailable
            Whether they are forgotten is unknown, or others of the account were first each time.
        """
        stored = self._read(account)
        for _ in range(TRIES):
            seen = _exposure(stored)
            left = seen.without(entries)
            if stored is None or left == seen:
                return
            try:
                self._update(account, *self._replacing(stored, left))
            except ConditionFailed as failed:
                stored = failed.stored[0]
            else:
                return
        raise StorageUnavailable(f"The account's armed orders were counted meanwhile, {TRIES} times")

    def _beginning(self, order: Order) -> tuple[list[Action], Condition]:
        """Return the update that counts an account's first armed order."""
        item = self._item
        exposure = armed_risk.ArmedExposure(
            frozenset({armed_risk.armed_entry_of(order)}), {order.token_in.mint: order.amount_in}
        )
        changes: list[Action] = [item.v.set(schema.SCHEMA_VERSION), *self._whole(exposure)]
        return changes, item.pk.does_not_exist()

    def _one_more(self, order: Order, limits: Limits) -> tuple[list[Action], Condition]:
        """Return the update that counts one more order, if it fits by the rule of `armed_risk.count`."""
        item = self._item
        entry, reserved = Path(["entries", order.order_id]), Path(["reserved", order.token_in.mint])
        changes: list[Action] = [
            entry.set(_text(armed_risk.armed_entry_of(order))),
            reserved.set((reserved | 0) + order.amount_in),
            item.orders.add(1),
            item.version.add(1),
        ]
        fits: Condition = (item.v == schema.SCHEMA_VERSION) & (item.orders < limits.armed_orders)
        fits &= entry.does_not_exist()
        limit = limits.armed_amounts.get(order.token_in.mint)
        if limit is not None:
            within: Condition = reserved <= limit - order.amount_in
            fits &= (reserved.does_not_exist() | within) if order.amount_in <= limit else within
        return changes, fits

    def _replacing(self, stored: Item, left: ArmedExposure) -> tuple[list[Action], Condition]:
        """Return the update that puts `left` in place of what is stored, if that is still as it was read."""
        item = self._item
        unchanged: Condition = item.version == int(stored["version"]["N"])
        return self._whole(left), (item.v == schema.SCHEMA_VERSION) & unchanged

    def _whole(self, exposure: ArmedExposure) -> list[Action]:
        item = self._item
        entries = {entry.order_id: _text(entry) for entry in exposure.open_orders}
        return [
            item.orders.set(len(entries)),
            item.entries.set(entries),
            item.reserved.set(dict(exposure.reserved)),
            item.version.add(1),
        ]

    def _update(self, account: str, changes: list[Action], condition: Condition) -> Mapping[str, Any]:
        update = self._item(_key(account)).get_update_kwargs_from_instance(
            changes, condition=condition, return_values_on_condition_failure=schema.ALL_OLD
        )
        return call(self._client.update_item, ReturnValues="UPDATED_NEW", **update)["Attributes"]

    def _read(self, account: str) -> Item | None:
        return read_item(self._client, self._table, {"pk": {"S": _key(account)}})


def _key(account: str) -> str:
    return f"ARMED#{account}"


def _text(entry: ArmedEntry) -> str:
    return f"{entry.accepted_at} {entry.amount} {entry.mint}"


def _exposure(image: Item | None) -> ArmedExposure:
    """Read an armed exposure. Raises StorageUnavailable: a newer release wrote it, or it is damaged."""
    if image is None:
        return ArmedExposure()
    if not schema.is_known(image):
        raise StorageUnavailable("The account's armed exposure was written by a newer release")
    try:
        entries = (_entry(order_id, stored["S"]) for order_id, stored in image["entries"]["M"].items())
        reserved = {mint: int(amount["N"]) for mint, amount in image["reserved"]["M"].items()}
        return ArmedExposure(frozenset(entries), reserved)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise StorageUnavailable(f"The account's armed exposure can't be read: {error}") from error


def _entry(order_id: str, text: str) -> ArmedEntry:
    accepted_at, amount, mint = text.split(" ")
    return ArmedEntry(order_id, int(accepted_at), mint, int(amount))
