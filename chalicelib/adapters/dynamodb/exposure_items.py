"""The item of an account's exposure, in its present form and in the one that it replaced."""

from typing import Any
from uuid import UUID

from pynamodb.attributes import MapAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import Item
from chalicelib.adapters.dynamodb.order_items import EARLIER_TOKENS
from chalicelib.domain.idempotency import DIGEST_BYTES, Claim
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.errors import StorageUnavailable

UUID_BYTES, TIME_BYTES = 16, 6
CLAIM_BYTES = DIGEST_BYTES + DIGEST_BYTES + UUID_BYTES

EARLIER_AMOUNTS = {f"spent_{token.symbol}": token for token in EARLIER_TOKENS.values()}
"""Attributes of the earlier form that hold the day's amounts, one per token, instead of a map by mint."""

EARLIER = ("open_orders", "claims", *EARLIER_AMOUNTS)
"""Attributes that only the earlier form has. Its sets hold `<order id>@<ms>`, and claims in hexadecimal."""


class ExposureItem(Model):
    """An account's exposure; it has no ttl, for it is the account's only one.

    `amounts` are base units by mint. `open_entries` are an order's UUID and when it was accepted (ms),
    22 bytes. `claimed` are the claims of the minute: of each its key, 8 bytes, which no other may claim, and
    key, payload and the order's UUID, 32 bytes. Claims of earlier releases are of 12 bytes, and hold no more.
    """

    pk = UnicodeAttribute(hash_key=True)
    v = schema.WholeAttribute()
    minute = schema.WholeAttribute()
    requests = schema.WholeAttribute()
    day = schema.WholeAttribute()
    amounts: MapAttribute[str, int] = MapAttribute()  # type: ignore[no-untyped-call]
    open_entries = schema.BinariesAttribute()
    claimed = schema.BinariesAttribute()


def exposure_key(account: str) -> str:
    """Return the partition key of an account's exposure."""
    return f"EXPOSURE#{account}"


def entry_bytes(entry: OpenEntry) -> bytes:
    """Return an entry as it is stored."""
    return UUID(entry.order_id).bytes + entry.accepted_at.to_bytes(TIME_BYTES)


def claim_bytes(claim: Claim) -> set[bytes]:
    """A claim as it is stored: its key alone, so that a condition can look for it, and the whole."""
    return {claim.key, claim.key + claim.payload + UUID(claim.order_id).bytes}


def exposure_from_image(image: Item) -> Exposure:
    """Read an exposure in either form.

    Raises
    ------
    StorageUnavailable
        A newer release wrote it, or it is damaged.
    """
    if not schema.is_known(image):
        raise StorageUnavailable("The account's exposure was written by a newer release")
    earlier = is_earlier_form(image)
    try:
        return Exposure(
            minute=int(image["minute"]["N"]),
            requests=int(image["requests"]["N"]),
            day=int(image["day"]["N"]),
            amounts=_earlier_amounts(image) if earlier else _amounts(image),
            open_orders=_earlier_entries(image) if earlier else _entries(image),
            claims=_claims(image),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise StorageUnavailable(f"The account's exposure can't be read: {error}") from error


def is_earlier_form(image: Item) -> bool:
    """Return whether an exposure is stored in the earlier form, without a map of amounts."""
    return "amounts" not in image


def rewriting(item: type[ExposureItem], image: Item) -> dict[str, Any]:
    """Return the update that rewrites an exposure of the earlier form, if it is still as it was read."""
    seen = exposure_from_image(image)
    changes: list[Action] = [item.amounts.set(dict(seen.amounts))]
    if seen.open_orders:
        changes.append(item.open_entries.set({entry_bytes(entry) for entry in seen.open_orders}))
    changes += [Path([name]).remove() for name in EARLIER if name in image]
    condition: Condition = item.amounts.does_not_exist() & (item.v == schema.SCHEMA_VERSION)
    condition &= (item.minute == seen.minute) & (item.requests == seen.requests)
    open_orders = Path(["open_orders"])
    texts = set(image.get("open_orders", {}).get("SS", ()))
    condition &= open_orders == texts if texts else open_orders.does_not_exist()
    update: dict[str, Any] = item(image["pk"]["S"]).get_update_kwargs_from_instance(
        changes, condition=condition
    )
    return update


def _amounts(image: Item) -> dict[str, int]:
    return {mint: int(amount["N"]) for mint, amount in image["amounts"]["M"].items()}


def _entries(image: Item) -> frozenset[OpenEntry]:
    return frozenset(map(_entry, _binaries(image, "open_entries")))


def _entry(stored: bytes) -> OpenEntry:
    order_id, accepted_at = stored[:UUID_BYTES], stored[UUID_BYTES:]
    if len(accepted_at) != TIME_BYTES:
        raise ValueError(f"an open entry has {len(stored)} bytes")
    return OpenEntry(str(UUID(bytes=order_id)), int.from_bytes(accepted_at))


def _claims(image: Item) -> frozenset[Claim]:
    return frozenset(_claim(stored) for stored in _binaries(image, "claimed") if len(stored) == CLAIM_BYTES)


def _claim(stored: bytes) -> Claim:
    key, payload = stored[:DIGEST_BYTES], stored[DIGEST_BYTES : 2 * DIGEST_BYTES]
    return Claim(key, payload, str(UUID(bytes=stored[-UUID_BYTES:])))


def _binaries(image: Item, name: str) -> list[bytes]:
    return list(image[name]["BS"]) if name in image else []


def _earlier_amounts(image: Item) -> dict[str, int]:
    return {token.mint: int(image[name]["N"]) for name, token in EARLIER_AMOUNTS.items() if name in image}


def _earlier_entries(image: Item) -> frozenset[OpenEntry]:
    parts = [text.rpartition("@") for text in image.get("open_orders", {"SS": ()})["SS"]]
    return frozenset(OpenEntry(str(UUID(order_id)), int(at)) for order_id, _, at in parts)
