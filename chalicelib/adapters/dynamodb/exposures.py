"""Accounts' exposures in DynamoDB: an item an account; in the usual case one conditional update an order."""

from collections.abc import Collection
from typing import Any

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import ConditionFailed, Item, call, read_item
from chalicelib.domain import risk
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.domain.tokens import TOKENS
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Admission

TRIES = 3
"""The usual one, one that begins a new minute or day, and one after somebody else has begun it."""

_SPENT = {token.symbol: f"spent_{token.symbol}" for token in TOKENS}
"""The attribute that holds what was ordered of a token in the day."""


class _ExposureItem(Model):
    """An account's exposure; beside these it has `spent_SOL` and the like, in base units.

    `open_orders` holds texts of the form <order id>@<ms>, `claims` those of the minute. It has no ttl: it is
    the account's only one.
    """

    pk = UnicodeAttribute(hash_key=True)
    v = schema.WholeAttribute()
    minute = schema.WholeAttribute()
    requests = schema.WholeAttribute()
    day = schema.WholeAttribute()
    open_orders = UnicodeSetAttribute(null=True)
    claims = UnicodeSetAttribute(null=True)


class DynamoExposures:
    """Exposures on DynamoDB: a refused order fails the condition, so that it isn't counted.

    The first update supposes that the account has ordered in this minute already. When its condition fails
    the stored item tells why: the order is refused, or the next update begins a new minute or day.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        spent = {name: schema.WholeAttribute(null=True) for name in _SPENT.values()}
        self._item: Any = schema.bound(type("ExposureItem", (_ExposureItem,), dict(spent)), table)

    def count(self, order: Order, limits: Limits, claim: str = "") -> Admission:
        """Count an order; see the port.

        Raises
        ------
        RateLimited, DailyAmountAboveLimit, OpenOrdersAtLimit
            It doesn't fit and wasn't counted.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        seen = risk.beginning(order.accepted_at)
        for _ in range(TRIES):
            try:
                requests = self._update(seen, order, limits, claim)
            except ConditionFailed as failed:
                seen = _exposure(failed.stored[0])
            else:
                return _admission(order, limits, seen, requests)
            if seen.has(order, claim):  # the client sent its request twice, or botocore made the call twice
                return _admission(order, limits, seen, seen.requests)
            risk.count(seen, order, limits)
        raise StorageUnavailable(f"The account's other orders were first {TRIES} times")

    def read(self, account: str) -> Exposure:
        """Read consistently what counts against an account's limits."""
        return _exposure(read_item(self._client, self._table, {"pk": {"S": _key(account)}}))

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        """Count these orders as open no more."""
        item = self._item
        update = item(_key(account)).get_update_kwargs_from_instance(
            [item.open_orders.delete({_written(entry) for entry in entries})],
            condition=item.v == schema.SCHEMA_VERSION,
        )
        try:
            call(self._client.update_item, **update)
        except ConditionFailed:
            return  # nothing is counted there

    def _update(self, seen: Exposure, order: Order, limits: Limits, claim: str) -> int:
        """Count the order if the account stands as it was seen; returns how many the minute has now."""
        update = self._item(_key(order.account)).get_update_kwargs_from_instance(
            self._changes(seen, order, claim),
            condition=self._stands(seen) & self._fits(seen, order, limits, claim),
            return_values_on_condition_failure="ALL_OLD",
        )
        answer = call(self._client.update_item, ReturnValues="UPDATED_NEW", **update)
        is_first = seen.at(order.accepted_at).minute != seen.minute
        return 1 if is_first else int(answer["Attributes"]["requests"]["N"])

    def _changes(self, seen: Exposure, order: Order, claim: str) -> list[Action]:
        item, symbol, stands = self._item, order.token_in.symbol, seen.at(order.accepted_at)
        spent = getattr(item, _SPENT[symbol])
        changes = [item.open_orders.add({_written(risk.entry_of(order))})]
        if stands.minute == seen.minute:
            changes.append(item.requests.add(1))
            changes += [item.claims.add({claim})] if claim else []
        else:
            changes += [item.minute.set(stands.minute), item.requests.set(1)]
            changes.append(item.claims.set({claim}) if claim else item.claims.remove())
            changes.append(item.v.set(schema.SCHEMA_VERSION))
        if stands.day == seen.day:
            changes.append(spent.add(order.amount_in))
        else:
            changes += [item.day.set(stands.day), spent.set(order.amount_in)]
            changes += [getattr(item, name).remove() for of, name in _SPENT.items() if of != symbol]
        return changes

    def _stands(self, seen: Exposure) -> Condition:
        """Whether the account's item is in the form, the minute and the day that it was seen in."""
        item = self._item
        never_ordered: Condition = item.pk.does_not_exist()
        same_form: Condition = item.v == schema.SCHEMA_VERSION
        same_windows: Condition = (item.minute == seen.minute) & (item.day == seen.day)
        return never_ordered if seen.minute == risk.NEVER else same_form & same_windows

    def _fits(self, seen: Exposure, order: Order, limits: Limits, claim: str) -> Condition:
        """Whether the account's limits leave room for the order, and nothing counted it already.

        As `risk.count` has it. A minute or day that begins with this order has counted nothing: the account's
        item holds the last one's, which isn't asked.

            minute:       requests of the minute
            day:          amounts of the day
            at any time:  open orders
        """
        item, stands = self._item, seen.at(order.accepted_at)
        none_open: Condition = item.open_orders.does_not_exist()
        within_open: Condition = size(item.open_orders) < limits.open_orders  # type: ignore[no-untyped-call]
        not_this_order: Condition = ~item.open_orders.contains(_written(risk.entry_of(order)))
        fits: Condition = none_open | (within_open & not_this_order)
        if stands.minute == seen.minute:
            within_minute: Condition = item.requests < limits.orders_per_minute
            not_this_request: Condition = ~item.claims.contains(claim)
            fits &= within_minute & not_this_request if claim else within_minute
        if order.token_in.symbol in limits.daily_amounts and stands.day == seen.day:
            fits &= self._within_day(order, limits.daily_amounts[order.token_in.symbol])
        return fits

    def _within_day(self, order: Order, limit: int) -> Condition:
        ordered = getattr(self._item, _SPENT[order.token_in.symbol])
        none_ordered: Condition = ordered.does_not_exist()
        within_day: Condition = ordered <= limit - order.amount_in
        return none_ordered | within_day if order.amount_in <= limit else within_day


def _admission(order: Order, limits: Limits, seen: Exposure, requests: int) -> Admission:
    most, now = limits.orders_per_minute, order.accepted_at
    return Admission(most, max(0, most - requests), risk.seconds_left(seen.at(now).minute, now))


def _exposure(image: Item | None) -> Exposure:
    if image is None:
        return Exposure()
    if not schema.is_known(image):
        raise StorageUnavailable("The account's exposure was written by a newer release")
    try:
        return Exposure(
            minute=int(image["minute"]["N"]),
            requests=int(image["requests"]["N"]),
            day=int(image["day"]["N"]),
            amounts={symbol: int(image[name]["N"]) for symbol, name in _SPENT.items() if name in image},
            open_orders=frozenset(map(_read, image.get("open_orders", {"SS": ()})["SS"])),
            claims=frozenset(image.get("claims", {"SS": ()})["SS"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise StorageUnavailable(f"The account's exposure can't be read: {error}") from error


def _written(entry: OpenEntry) -> str:
    return f"{entry.order_id}@{entry.accepted_at}"


def _read(text: str) -> OpenEntry:
    order_id, _, accepted_at = text.rpartition("@")
    return OpenEntry(order_id, int(accepted_at))


def _key(account: str) -> str:
    return f"EXPOSURE#{account}"
