"""The items of the orders and accounts tables; those of exposures and sockets have modules of their own.

pynamodb declares them, turns them into DynamoDB's types and writes the expressions; the botocore client sends
them, because pynamodb's own calls drop the stored item from a failed condition and would need a second client
beside the one of the other tables.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from zlib import crc32

from pynamodb.attributes import (
    Attribute,
    BinarySetAttribute,
    ListAttribute,
    MapAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.constants import BINARY, MAP, NUMBER
from pynamodb.models import Model

SCHEMA_VERSION = 1
"""The version of the items that this release writes, and the newest that it reads."""

WAITING_VERSION = 2
"""The version of the items of orders that wait for a price, which no earlier release may take up."""

SHARDS = 4
"""Index partitions over which each kind of open order is spread: one takes 1,000 writes a second."""

UNSHARDED = "open"
"""The value of `open` before there were shards. Such an item gets a shard at its next save."""

WAITING = (UNSHARDED, *(f"waiting#{shard}" for shard in range(SHARDS)))
LANDING = tuple(f"landing#{shard}" for shard in range(SHARDS))
ARMED = tuple(f"armed#{shard}" for shard in range(SHARDS))
"""Values of `open` for orders that wait for a slot or hold one, for those that are submitted, and for those
that wait for their price: the partitions of the sparse index `open-orders`. A final order has no `open`."""

ORDER = "ORDER#"
"""The prefix of an order's partition key."""

TRADING = "TRADING"
"""The partition key of the trading switch. It is in no index, and the stream's filter excludes it."""

WATCH = "WATCH"
"""The partition key of the registry of armed orders. It is in no index, and the stream doesn't tell of it."""

ALL_OLD = "ALL_OLD"
"""Asks DynamoDB to return the stored item when a condition fails."""

AnyModel = TypeVar("AnyModel", bound=Model)


class WholeAttribute(Attribute[int]):
    """A whole number of any size; pynamodb's own attribute would read a long one as a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Return all digits of the number."""
        return str(value)

    def deserialize(self, value: str) -> int:
        """Parse all digits of the number."""
        return int(value)


class TextsAttribute(UnicodeSetAttribute):
    """A set of texts, written in sorted order, so that equal sets make equal requests."""

    null = True

    def serialize(self, value: set[str]) -> list[str] | None:
        """List them in order; an empty set is no attribute."""
        return sorted(value) or None


class BinariesAttribute(BinarySetAttribute):
    """A set of binaries, written in sorted order, so that equal sets make equal requests."""

    null = True

    def __init__(self, **given: Any) -> None:
        super().__init__(legacy_encoding=False, **given)

    def serialize(self, value: set[bytes]) -> list[bytes] | None:
        """List them in order; an empty set is no attribute."""
        return sorted(value) or None


class PackedAttribute(Attribute[Mapping[str, Any]]):
    """A map as compressed JSON. The plain map that earlier releases stored is read as well."""

    attr_type = BINARY

    def serialize(self, value: Mapping[str, Any]) -> bytes:
        """Return the map as compressed JSON."""
        return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)

    def get_value(self, value: Mapping[str, Any]) -> Any:
        """Return the value in DynamoDB's JSON, in either form."""
        return value if MAP in value else super().get_value(dict(value))

    def deserialize(self, value: Any) -> Mapping[str, Any]:
        """Return the map from either form."""
        if isinstance(value, Mapping):
            stored: Mapping[str, Any] = MapAttribute().deserialize(value[MAP])  # type: ignore[no-untyped-call]
            return stored
        packed: Mapping[str, Any] = json.loads(zlib.decompress(as_bytes(value)))
        return packed


def as_bytes(value: bytes | str) -> bytes:
    """Return a binary value, which is bytes in the table's answers and base64 in stream records."""
    return base64.b64decode(value) if isinstance(value, str) else value


def _optional_map() -> MapAttribute[str, Any]:
    return MapAttribute(null=True)  # type: ignore[no-untyped-call]


class OrderItem(Model):
    """An order: amounts in base units, times in milliseconds, `events` append-only."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    order_id = UnicodeAttribute()
    account = UnicodeAttribute()
    type = UnicodeAttribute()
    token_in = UnicodeAttribute()
    token_out = UnicodeAttribute()
    symbol_in = UnicodeAttribute(null=True)
    symbol_out = UnicodeAttribute(null=True)
    decimals_in = WholeAttribute(null=True)
    decimals_out = WholeAttribute(null=True)
    amount_in = WholeAttribute()
    slippage_bps = WholeAttribute()
    limit_price = UnicodeAttribute(null=True)
    price_in = UnicodeAttribute(null=True)
    trigger_price = UnicodeAttribute(null=True)
    time_in_force = UnicodeAttribute(null=True)
    if_recovered = UnicodeAttribute(null=True)
    good_till = WholeAttribute(null=True)
    valid_for_seconds = WholeAttribute(null=True)
    accepted_at = WholeAttribute()
    expires_at = WholeAttribute()
    enqueued_at = WholeAttribute()
    status = UnicodeAttribute()
    version = WholeAttribute()
    attempt = WholeAttribute()
    requeues = WholeAttribute()
    events: ListAttribute[Any] = ListAttribute()
    minimum_amount_out = WholeAttribute(null=True)
    route = PackedAttribute(null=True)
    submission = _optional_map()
    fill = _optional_map()
    reason = _optional_map()
    idempotency_key = UnicodeAttribute(null=True)
    open = UnicodeAttribute(null=True)
    watch = UnicodeAttribute(null=True)
    watch_key = UnicodeAttribute(null=True)


class IdempotencyItem(Model):
    """An idempotency record. `expires_at` (ms) ends its validity; `ttl` (seconds) only cleans up."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    account = UnicodeAttribute()
    key = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    order_id = UnicodeAttribute()
    expires_at = WholeAttribute()
    ttl = WholeAttribute()


class TradingItem(Model):
    """The trading switch; `at` in milliseconds."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    state = UnicodeAttribute()
    version = WholeAttribute()
    who = UnicodeAttribute()
    why = UnicodeAttribute()
    at = WholeAttribute()


class KeyItem(Model):
    """An API key. The index `keys` finds it by its account, and doesn't hold its digest."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    digest = UnicodeAttribute(null=True)
    key_account = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = TextsAttribute(null=False)
    created_at = WholeAttribute()
    revoked_at = WholeAttribute(null=True)


class LimitsItem(Model):
    """An account's own limits, as JSON text."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    limits = UnicodeAttribute()


class TicketItem(Model):
    """A ticket. `expires_at` (ms) ends its validity; `ttl` (seconds) only cleans up."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    account = UnicodeAttribute()
    order_id = UnicodeAttribute()
    host = UnicodeAttribute()
    expires_at = WholeAttribute()
    ttl = WholeAttribute()


def read_image(model: type[AnyModel], image: Mapping[str, Any]) -> AnyModel:
    """Read an item in DynamoDB's JSON. Attributes that this release doesn't know are ignored.

    Raises
    ------
    ValueError
        It lacks an attribute that such an item always has, or one is not of its form.
    """
    try:
        item = model.from_raw_data(dict(image))
    except (TypeError, AttributeError) as error:
        raise ValueError(f"it can't be read: {error}") from error
    missing = [
        name
        for name, attribute in model.get_attributes().items()
        if not attribute.null and name not in item.attribute_values
    ]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    return item


def bound(model: type[AnyModel], table: str) -> type[AnyModel]:
    """Return the model bound to the table of this name."""
    return type(model.__name__, (model,), {"Meta": type("Meta", (), {"table_name": table})})


def is_known(image: Mapping[str, Any], *versions: int) -> bool:
    """Return whether an item in DynamoDB's JSON is of one of these versions, or of SCHEMA_VERSION."""
    return image.get("v", {}).get("N") in map(str, (SCHEMA_VERSION, *versions))


def order_key(order_id: str) -> str:
    """Return the partition key of an order."""
    return f"{ORDER}{order_id}"


def open_partition(order_id: str, partitions: Sequence[str]) -> str:
    """Return the partition of an order in the index of open orders: a shard of WAITING, LANDING or ARMED."""
    return partitions[-SHARDS:][crc32(order_id.encode()) % SHARDS]


def direction(mint_in: str, mint_out: str) -> str:
    """Return the name of the direction of swaps from one token to another, by their mints."""
    return f"{mint_in}>{mint_out}"


FIRED = "fired"
"""The place in the index of watched orders of those that have fired: they may come back and wait again."""


def watch_partition(mint_in: str, mint_out: str, place: str) -> str:
    """Return a partition of the index of watched orders: a direction, and a side of its market or FIRED."""
    return f"{direction(mint_in, mint_out)}#{place}"


def order_id(pk: str) -> str:
    """Return the order id in a partition key."""
    return pk.removeprefix(ORDER)


def idempotency_key(account: str, key: str) -> str:
    """Return the partition key of an account's Idempotency-Key. No two accounts can share one."""
    return f"IDEMPOTENCY#{account.replace('%', '%25').replace('#', '%23')}#{key}"
