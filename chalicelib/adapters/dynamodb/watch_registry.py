"""The registry of armed orders in DynamoDB: one small item of the orders table.

Each direction is an attribute of its own, so that one update notes it, whatever is noted already.
"""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import AnswerLost, ConditionFailed, Item, call, read_item
from chalicelib.domain.tokens import Token
from chalicelib.domain.watching import Direction, Watching
from chalicelib.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class WatchItem(Model):
    """The registry; times in milliseconds. Beside these it has an attribute for each direction."""

    pk = UnicodeAttribute(hash_key=True)
    v = schema.WholeAttribute()
    beat_at = schema.WholeAttribute(null=True)
    looked_at = schema.WholeAttribute(null=True)


class DynamoWatchRegistry:
    """WatchRegistry on DynamoDB: one call per method, and one more after a lost answer."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._item = schema.bound(WatchItem, table)

    def arm(self, direction: Direction, at: int) -> Watching:
        """Note that an order is about to be armed in this direction; see the port.

        Raises
        ------
        StorageUnavailable
            Whether it was noted is unknown.
        """
        name, item = _name(direction), self._item
        earlier: Condition = Path([name]).does_not_exist() | (Path([name, "at"]) <= at)
        actions: list[Action] = [item.v.set(schema.SCHEMA_VERSION), Path([name]).set(_noted(direction, at))]
        try:
            return _watching(self._update(actions, self._is_known() & earlier))
        except ConditionFailed as failed:
            image = failed.stored[0] or {}
            if _armed_at(image, name) < at:
                raise StorageUnavailable("The registry of armed orders can't be written") from failed
        except AnswerLost:
            image = self._read()
            if _armed_at(image, name) < at:
                raise
        return _watching(image)

    def read(self) -> Watching:
        """Read it consistently. Raises StorageUnavailable, also if a newer release wrote it."""
        return _watching(self._read())

    def beat(self, at: int, looked_at: int | None) -> None:
        """Leave a sign of life; see the port. A second call is made when another watcher has seen more."""
        item = self._item
        younger: Condition = item.beat_at.does_not_exist() | (item.beat_at < at)
        actions: list[Action] = [item.v.set(schema.SCHEMA_VERSION), item.beat_at.set(at)]
        if looked_at is not None:
            younger &= item.looked_at.does_not_exist() | (item.looked_at <= looked_at)
            actions.append(item.looked_at.set(looked_at))
        try:
            self._update(actions, self._is_known() & younger)
        except ConditionFailed as failed:
            stands = _watching(failed.stored[0] or {})
            if looked_at is not None and (stands.beat_at or 0) < at:
                self.beat(at, None)

    def retire(self, direction: Direction, seen_at: int) -> bool:
        """Forget a direction if it was last armed at `seen_at`; see the port.

        Raises
        ------
        StorageUnavailable
            Whether it was forgotten is unknown.
        """
        name, item = _name(direction), self._item
        unchanged: Condition = (item.v == schema.SCHEMA_VERSION) & (Path([name, "at"]) == seen_at)
        try:
            self._update([Path([name]).remove()], unchanged)
        except ConditionFailed as failed:
            image = failed.stored[0] or {}
            _watching(image)
            return name not in image
        except AnswerLost:
            image = self._read()
            if _armed_at(image, name) == seen_at:
                raise
            return name not in image
        return True

    def _update(self, actions: list[Action], condition: Condition) -> Item:
        update = self._item(schema.WATCH).get_update_kwargs_from_instance(
            actions, condition=condition, return_values_on_condition_failure=schema.ALL_OLD
        )
        return call(self._client.update_item, ReturnValues="ALL_NEW", **update)["Attributes"]

    def _is_known(self) -> Condition:
        item = self._item
        known: Condition = item.pk.does_not_exist() | (item.v == schema.SCHEMA_VERSION)
        return known

    def _read(self) -> Item:
        return read_item(self._client, self._table, {"pk": {"S": schema.WATCH}}) or {}


def _name(direction: Direction) -> str:
    return schema.direction(direction.token_in.mint, direction.token_out.mint)


def _noted(direction: Direction, at: int) -> dict[str, Any]:
    sold, bought = direction.token_in, direction.token_out
    return {
        "at": at,
        "symbol_in": sold.symbol,
        "decimals_in": sold.decimals,
        "symbol_out": bought.symbol,
        "decimals_out": bought.decimals,
    }


def _armed_at(image: Item, name: str) -> int:
    """Return when this direction was last armed; -1 when it is not in an item of a form that is known."""
    return int(image[name]["M"]["at"]["N"]) if schema.is_known(image) and name in image else -1


def _watching(image: Item) -> Watching:
    """Read the registry; an item without attributes is one that doesn't exist. Raises StorageUnavailable."""
    if not image:
        return Watching()
    if not schema.is_known(image):
        raise StorageUnavailable("The registry of armed orders was written by a newer release")
    try:
        directions = dict(_direction(name, value["M"]) for name, value in image.items() if ">" in name)
        return Watching(directions, _time(image, "beat_at"), _time(image, "looked_at"))
    except (KeyError, ValueError, TypeError) as error:
        raise StorageUnavailable(f"The registry of armed orders can't be read: {error}") from error


def _direction(name: str, noted: Item) -> tuple[Direction, int]:
    mint_in, mint_out = name.split(">")
    sold = Token(noted["symbol_in"]["S"], mint_in, int(noted["decimals_in"]["N"]))
    bought = Token(noted["symbol_out"]["S"], mint_out, int(noted["decimals_out"]["N"]))
    return Direction(sold, bought), int(noted["at"]["N"])


def _time(image: Item, name: str) -> int | None:
    return int(image[name]["N"]) if name in image else None
