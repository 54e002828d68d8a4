"""The items of the orders and subscriptions tables.

pynamodb declares them, turns them into DynamoDB's types and writes the expressions; the botocore client sends
them, because pynamodb's own calls drop the stored item from a failed condition and would need a second client
beside the one of the other tables.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar
from zlib import crc32

from pynamodb.attributes import Attribute, BooleanAttribute, ListAttribute, MapAttribute, UnicodeAttribute
from pynamodb.constants import BINARY, MAP, NUMBER
from pynamodb.models import Model

SCHEMA_VERSION = 1
"""The newest form of an item that this release reads, and the one that it writes."""

SHARDS = 4
"""Partitions, of each kind, that open orders are spread over: one takes 1,000 writes a second at most."""

UNSHARDED = "open"
"""What `open` held of every open order before there were shards; such an item moves at its next save."""

WAITING = (UNSHARDED, *(f"waiting#{shard}" for shard in range(SHARDS)))
LANDING = tuple(f"landing#{shard}" for shard in range(SHARDS))
"""What `open` holds of an order that waits for a slot or has one, and of one that is submitted: the
partitions of the sparse index `open-orders`. A final order has no `open`."""

ORDER = "ORDER#"
"""What an order's partition key begins with."""

TRADING = "TRADING"
"""The partition key of the trading switch. It is no order: neither index nor the stream's filter knows it."""

AnyModel = TypeVar("AnyModel", bound=Model)


class WholeAttribute(Attribute[int]):
    """A whole number of any size; pynamodb's own attribute would read a long one as a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Write all digits."""
        return str(value)

    def deserialize(self, value: str) -> int:
        """Read all digits."""
        return int(value)


class PackedAttribute(Attribute[Mapping[str, Any]]):
    """A map as JSON, compressed. One that was stored as a map, before there was this form, is read too."""

    attr_type = BINARY

    def serialize(self, value: Mapping[str, Any]) -> bytes:
        """Compress it."""
        return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)

    def get_value(self, value: Mapping[str, Any]) -> Any:
        """Take either form as it stands in DynamoDB's JSON."""
        return value if MAP in value else super().get_value(dict(value))

    def deserialize(self, value: Any) -> Mapping[str, Any]:
        """Read either form."""
        if isinstance(value, Mapping):
            stored: Mapping[str, Any] = MapAttribute().deserialize(value[MAP])  # type: ignore[no-untyped-call]
            return stored
        packed: Mapping[str, Any] = json.loads(zlib.decompress(as_bytes(value)))
        return packed


def as_bytes(value: bytes | str) -> bytes:
    """A binary value: bytes in the table's answers, base64 in the stream's records."""
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
    amount_in = WholeAttribute()
    slippage_bps = WholeAttribute()
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
    open = UnicodeAttribute(null=True)


class IdempotencyItem(Model):
    """What a key stands for. `expires_at` (ms) is what counts; `ttl` (seconds) only cleans up."""

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


class SubscriptionItem(Model):
    """A socket that follows an order.

    `armed` holds a subscription's `backfill_due`; `arms` counts the requests for a backfill, so that each one
    is a change that the stream tells.
    """

    order_id = UnicodeAttribute(hash_key=True)
    connection_id = UnicodeAttribute(range_key=True)
    v = WholeAttribute()
    delivered = WholeAttribute()
    armed = BooleanAttribute()
    arms = WholeAttribute()
    connected_at = WholeAttribute()
    account_wide = BooleanAttribute(null=True)
    ttl = WholeAttribute()


def bound(model: type[AnyModel], table: str) -> type[AnyModel]:
    """The model for the table of this name."""
    return type(model.__name__, (model,), {"Meta": type("Meta", (), {"table_name": table})})


def is_known(image: Mapping[str, Any]) -> bool:
    """Whether an item in DynamoDB's JSON has a form that this release reads."""
    return bool(image.get("v", {}).get("N") == str(SCHEMA_VERSION))


def order_key(order_id: str) -> str:
    """The partition key of an order."""
    return f"{ORDER}{order_id}"


def open_partition(order_id: str, *, is_landing: bool) -> str:
    """The partition of an order in the index of open orders."""
    return f"{'landing' if is_landing else 'waiting'}#{crc32(order_id.encode()) % SHARDS}"


def order_id(pk: str) -> str:
    """The order of a partition key."""
    return pk.removeprefix(ORDER)


def idempotency_key(account: str, key: str) -> str:
    """The partition key of an account's Idempotency-Key; no two accounts share one, whatever they hold."""
    return f"IDEMPOTENCY#{account.replace('%', '%25').replace('#', '%23')}#{key}"
