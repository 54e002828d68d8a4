"""Accounts' exposures in DynamoDB: one item per account, usually one conditional update per order."""

from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import ConditionFailed, call, read_item
from chalicelib.adapters.dynamodb.exposure_items import (
    ExposureItem,
    claim_bytes,
    entry_bytes,
    exposure_from_image,
    exposure_key,
    is_earlier_form,
    rewriting,
)
from chalicelib.domain import risk
from chalicelib.domain.idempotency import Claim
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Admission

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TRIES = 3
"""Updates per order at most: the usual one, one that begins a minute or day, one after another began it."""


class DynamoExposures:
    """Exposures on DynamoDB: a refused order fails the condition, so that it isn't counted.

    The first update supposes that the account has ordered in this minute already. When its condition fails
    the stored item tells why: the order is refused, or the next update begins a new minute or day.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._item = schema.bound(ExposureItem, table)

    def count(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        """Count an order that is about to be stored; see the port.

        Raises
        ------
        IdempotencyKeyReused
            A request with another payload uses the key.
        RateLimited, DailyAmountAboveLimit, OpenOrdersAtLimit
            It doesn't fit and wasn't counted.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        return self._count(order, limits, claim, opens=True)

    def count_request(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        """Count the request for an order that is about to be stored armed; see the port.

        Raises
        ------
        IdempotencyKeyReused
            A request with another payload uses the key.
        RateLimited
            The account asked too often, and it wasn't counted.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        return self._count(order, limits, claim, opens=False)

    def read(self, account: str) -> Exposure:
        """Read consistently what counts against an account's limits."""
        image = read_item(self._client, self._table, {"pk": {"S": exposure_key(account)}})
        return Exposure() if image is None else exposure_from_image(image)

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        """Count these orders as open no more."""
        item = self._item
        update = item(exposure_key(account)).get_update_kwargs_from_instance(
            [item.open_entries.delete({entry_bytes(entry) for entry in entries})],
            condition=self._same_form(),
        )
        with suppress(ConditionFailed):  # nothing is counted there
            call(self._client.update_item, **update)

    def _count(self, order: Order, limits: Limits, claim: Claim | None, *, opens: bool) -> Admission:
        """Count the request, and with `opens` the order as one that is open too."""
        seen = risk.beginning(order.accepted_at)
        for _ in range(TRIES):
            changes = self._changes(seen, order, claim, opens=opens)
            stands, fits = self._stands(seen), self._fits(seen, order, limits, claim, opens=opens)
            try:
                counted = self._update(order.account, changes, stands if fits is None else stands & fits)
            except ConditionFailed as failed:
                seen = self._seen(failed)
            else:
                return _admission(order, order.order_id, limits, counted)
            earlier = seen.counted_as(order, claim)
            if earlier is not None:  # the client sent its request twice, or botocore made the call twice
                return _admission(order, earlier, limits, seen)
            (risk.count if opens else risk.count_request)(seen, order, limits)
        raise StorageUnavailable(f"The account's other orders were first {TRIES} times")

    def _update(self, account: str, changes: list[Action], condition: Condition) -> Exposure:
        """Make these changes under this condition, and return the new exposure."""
        update = self._item(exposure_key(account)).get_update_kwargs_from_instance(
            changes, condition=condition, return_values_on_condition_failure=schema.ALL_OLD
        )
        answer = call(self._client.update_item, ReturnValues="ALL_NEW", **update)
        return exposure_from_image(answer["Attributes"])

    def _seen(self, failed: ConditionFailed) -> Exposure:
        image = failed.stored[0]
        if image is None:
            return Exposure()
        if is_earlier_form(image):
            with suppress(ConditionFailed):  # it changed meanwhile, or somebody else has rewritten it
                call(self._client.update_item, **rewriting(self._item, image))
        return exposure_from_image(image)

    def _changes(self, seen: Exposure, order: Order, claim: Claim | None, *, opens: bool) -> list[Action]:
        item, stands = self._item, seen.at(order.accepted_at)
        changes: list[Action] = []
        if opens:
            changes.append(item.open_entries.add({entry_bytes(risk.entry_of(order))}))
        if stands.minute == seen.minute:
            changes.append(item.requests.add(1))
            changes += [item.claimed.add(claim_bytes(claim))] if claim else []
        else:
            changes += [item.minute.set(stands.minute), item.requests.set(1)]
            changes.append(item.claimed.set(claim_bytes(claim)) if claim else item.claimed.remove())
            changes.append(item.v.set(schema.SCHEMA_VERSION))
        mint, amount_in = order.token_in.mint, order.amount_in if opens else 0
        if stands.day != seen.day:
            changes += [item.day.set(stands.day), item.amounts.set({mint: amount_in} if opens else {})]
        elif opens:
            ordered = _amount(mint)
            changes.append(ordered.set((ordered | 0) + amount_in))
        return changes

    def _same_form(self) -> Condition:
        condition: Condition = (self._item.v == schema.SCHEMA_VERSION) & self._item.amounts.exists()
        return condition

    def _stands(self, seen: Exposure) -> Condition:
        """Return the condition that the item has the form, the minute and the day in which it was seen."""
        item = self._item
        never_ordered: Condition = item.pk.does_not_exist()
        same_windows: Condition = (item.minute == seen.minute) & (item.day == seen.day)
        return never_ordered if seen.minute == risk.NEVER else self._same_form() & same_windows

    def _fits(
        self, seen: Exposure, order: Order, limits: Limits, claim: Claim | None, *, opens: bool
    ) -> Condition | None:
        """Return the condition that the order fits the account's limits and was not counted already.

        It is the rule of `risk.count`, or of `risk.count_request`, which asks for the minute alone. A minute
        or day that begins with this order has counted nothing: the account's item holds the counts of the
        last one, which are not checked.

            minute:       requests of the minute
            day:          amounts of the day
            at any time:  open orders
        """
        item, stands = self._item, seen.at(order.accepted_at)
        fits: Condition | None = None
        if opens:
            none_open: Condition = item.open_entries.does_not_exist()
            within_open: Condition = size(item.open_entries) < limits.open_orders  # type: ignore[no-untyped-call]
            not_this_order: Condition = ~item.open_entries.contains(entry_bytes(risk.entry_of(order)))
            fits = none_open | (within_open & not_this_order)
        if stands.minute == seen.minute:
            within_minute: Condition = item.requests < limits.orders_per_minute
            fits &= within_minute
            if claim is not None:
                key_not_claimed: Condition = ~item.claimed.contains(claim.key)
                fits &= key_not_claimed
        limit = limits.daily_amounts.get(order.token_in.mint)
        if opens and limit is not None and stands.day == seen.day:
            fits &= _within_day(order, limit)
        return fits


def _within_day(order: Order, limit: int) -> Condition:
    ordered = _amount(order.token_in.mint)
    none_ordered: Condition = ordered.does_not_exist()
    within_day: Condition = ordered <= limit - order.amount_in
    return none_ordered | within_day if order.amount_in <= limit else within_day


def _amount(mint: str) -> Path:
    """Return the path of the day's amount of a token."""
    return Path(["amounts", mint])


def _admission(order: Order, order_id: str, limits: Limits, counted: Exposure) -> Admission:
    now, stands = order.accepted_at, counted.at(order.accepted_at)
    return Admission(
        limit=limits.orders_per_minute,
        remaining=max(0, limits.orders_per_minute - stands.requests),
        reset_after=risk.seconds_left(stands.minute, now),
        open_orders=len(stands.open_orders),
        order_id=order_id,
    )
