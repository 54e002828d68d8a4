"""Convert orders and idempotency records to stored items and back, field by field."""

import zlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pynamodb.attributes import MapAttribute

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.event_items import (
    event_item,
    fill_item,
    read_event,
    read_fill,
    read_reason,
    read_submission,
    reason_item,
    submission_item,
)
from chalicelib.adapters.dynamodb.route_items import read_route, route_item
from chalicelib.adapters.dynamodb.schema import SCHEMA_VERSION, WAITING_VERSION, IdempotencyItem, OrderItem
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import is_armed, is_final, is_landing
from chalicelib.domain.order import Order, Status
from chalicelib.domain.price_keys import exact_price, order_key
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import (
    IfRecovered,
    LimitTerms,
    MarketTerms,
    StopTerms,
    TakeProfitTerms,
    Terms,
    TimeInForce,
)
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token
from chalicelib.errors import UnsupportedSchemaVersion

TTL_SLACK = 3600
"""Seconds after the end of its window at which an idempotency record is deleted."""

EARLIER_TOKENS = {token.mint: token for token in (SOL, USDC, USDT, JUP, BONK)}
"""The tokens that existed when an order's item held only the mints of its tokens."""

MUTABLE = (
    "status",
    "version",
    "attempt",
    "minimum_amount_out",
    "route",
    "submission",
    "fill",
    "reason",
    "open",
)
"""Attributes that a save writes beside the new event; None removes the attribute.

`requeues` and `enqueued_at` are not among them: claim_next_message writes those, under its own condition.
Only the save that makes an order submitted writes `enqueued_at` too: its landing's message is due then.
"""

WAITING = (
    "slippage_bps",
    "limit_price",
    "trigger_price",
    "good_till",
    "expires_at",
    "enqueued_at",
    "requeues",
)
"""Attributes that a save writes beside those when an order is armed, or fires."""


def order_attributes(order: Order) -> dict[str, Any]:
    """Return all attributes of an order's item; None means that the item lacks the attribute."""
    return {
        "pk": schema.order_key(order.order_id),
        "v": SCHEMA_VERSION if order.good_till is None else WAITING_VERSION,
        "order_id": order.order_id,
        "account": order.account,
        "type": order.terms.TYPE,
        "token_in": order.token_in.mint,
        "symbol_in": order.token_in.symbol,
        "decimals_in": order.token_in.decimals,
        "token_out": order.token_out.mint,
        "symbol_out": order.token_out.symbol,
        "decimals_out": order.token_out.decimals,
        "amount_in": order.amount_in,
        **_terms_attributes(order.terms),
        "accepted_at": order.accepted_at,
        "expires_at": order.expires_at,
        "enqueued_at": order.enqueued_at,
        "status": order.status.value,
        "version": order.version,
        "attempt": order.attempt,
        "requeues": order.requeues,
        "events": [event_item(event) for event in order.events],
        "minimum_amount_out": order.minimum_amount_out,
        "route": route_item(order.route),
        "submission": submission_item(order.submission),
        "fill": fill_item(order.fill),
        "reason": reason_item(order.reason),
        "idempotency_key": order.idempotency_key,
        "good_till": order.good_till,
        "valid_for_seconds": order.valid_for_seconds,
        "open": _open_partition(order),
        **_watch_attributes(order),
    }


def changed_attributes(order: Order) -> tuple[str, ...]:
    """Return the names of the attributes that the save of an order's newest event writes beside it."""
    names = MUTABLE if order.good_till is None else (*MUTABLE, "watch", "watch_key")
    if is_landing(order):
        return (*names, "enqueued_at")
    return (*names, *WAITING) if order.events[-1].change is not None else names


def order_from_image(image: Mapping[str, Any]) -> Order:
    """Return the order in a stored item or in a stream record's NewImage, both in DynamoDB's JSON.

    Raises
    ------
    UnsupportedSchemaVersion
        A newer release wrote it, or it holds what this one doesn't know: a token, a status.
    """
    require_known_version(image, WAITING_VERSION)
    try:
        return _order(schema.read_image(OrderItem, image))
    except (KeyError, ValueError, TypeError, AttributeError, InvalidOperation, zlib.error) as error:
        name = image.get("pk", {}).get("S")
        raise UnsupportedSchemaVersion(f"{name} can't be read: {type(error).__name__}: {error}") from error


def idempotency_attributes(record: IdempotencyRecord) -> dict[str, Any]:
    """Return all attributes of an idempotency record's item."""
    return {
        "pk": schema.idempotency_key(record.account, record.key),
        "v": SCHEMA_VERSION,
        "account": record.account,
        "key": record.key,
        "fingerprint": record.fingerprint,
        "order_id": record.order_id,
        "expires_at": record.expires_at,
        "ttl": record.expires_at // 1000 + TTL_SLACK,
    }


def read_idempotency_record(image: Mapping[str, Any]) -> IdempotencyRecord:
    """Return the idempotency record in a stored item. Raises UnsupportedSchemaVersion."""
    require_known_version(image)
    item = IdempotencyItem.from_raw_data(dict(image))
    return IdempotencyRecord(item.account, item.key, item.fingerprint, item.order_id, item.expires_at)


def require_known_version(image: Mapping[str, Any], *versions: int) -> None:
    """Raise UnsupportedSchemaVersion unless this release knows the form of this item.

    It knows SCHEMA_VERSION, and of some items these other `versions`.
    """
    if not schema.is_known(image, *versions):
        name, version, newest = image.get("pk"), image.get("v"), max((SCHEMA_VERSION, *versions))
        raise UnsupportedSchemaVersion(f"{name} has schema version {version}, and {newest} is known")


def _order(item: OrderItem) -> Order:
    events = tuple(read_event(stored) for stored in item.events)
    if [event.sequence for event in events] != list(range(1, item.version + 1)):
        raise ValueError(f"its events are not gapless up to version {item.version}")
    token_in = _token(item.token_in, item.symbol_in, item.decimals_in)
    token_out = _token(item.token_out, item.symbol_out, item.decimals_out)
    return Order(
        order_id=item.order_id,
        account=item.account,
        token_in=token_in,
        token_out=token_out,
        amount_in=item.amount_in,
        terms=_read_terms(item, {token.mint: token for token in (token_in, token_out)}),
        accepted_at=item.accepted_at,
        expires_at=item.expires_at,
        enqueued_at=item.enqueued_at,
        status=Status(item.status),
        attempt=item.attempt,
        events=events,
        requeues=item.requeues,
        minimum_amount_out=item.minimum_amount_out,
        route=read_route(item.route),
        submission=read_submission(_plain(item.submission)),
        fill=read_fill(_plain(item.fill)),
        reason=read_reason(_plain(item.reason)),
        idempotency_key=item.idempotency_key,
        good_till=item.good_till,
        valid_for_seconds=item.valid_for_seconds,
    )


def _open_partition(order: Order) -> str | None:
    if is_final(order):
        return None
    kind = schema.LANDING if is_landing(order) else schema.ARMED if is_armed(order) else schema.WAITING
    return schema.open_partition(order.order_id, kind)


def _watch_attributes(order: Order) -> dict[str, Any]:
    trigger = order.trigger if not is_final(order) else None
    if trigger is None:
        return {"watch": None, "watch_key": None}
    price = exact_price(trigger.price, order.token_in, order.token_out)
    place = trigger.side if is_armed(order) else schema.FIRED
    partition = schema.watch_partition(order.token_in.mint, order.token_out.mint, place)
    return {"watch": partition, "watch_key": order_key(trigger.side, price)}


def _terms_attributes(terms: Terms) -> dict[str, Any]:
    known: dict[str, Any] = dict.fromkeys(
        ("limit_price", "trigger_price", "price_in", "time_in_force", "if_recovered")
    )
    known["slippage_bps"] = terms.slippage_bps
    if isinstance(terms, MarketTerms):
        return known
    known |= {"price_in": terms.price.unit.mint, "time_in_force": terms.time_in_force.value}
    match terms:
        case LimitTerms():
            known["limit_price"] = terms.price.text()
        case TakeProfitTerms():
            known["trigger_price"] = terms.price.text()
        case StopTerms():
            known |= {"trigger_price": terms.price.text(), "if_recovered": terms.if_recovered.value}
            known["limit_price"] = terms.limit.text() if terms.limit is not None else None
    return known


def _read_terms(item: OrderItem, tokens: Mapping[str, Token]) -> Terms:
    if item.type == MarketTerms.TYPE:
        return MarketTerms(item.slippage_bps)
    unit, in_force = tokens[item.price_in], TimeInForce(item.time_in_force)

    def price(text: str) -> NamedPrice:
        return NamedPrice(Decimal(text), unit)

    match item.type:
        case LimitTerms.TYPE:
            return LimitTerms(item.slippage_bps, price(item.limit_price), in_force)
        case TakeProfitTerms.TYPE:
            return TakeProfitTerms(item.slippage_bps, price(item.trigger_price), in_force)
        case StopTerms.TYPE:
            limit = price(item.limit_price) if item.limit_price is not None else None
            recovered = IfRecovered(item.if_recovered)
            return StopTerms(item.slippage_bps, price(item.trigger_price), in_force, recovered, limit)
        case _:
            raise ValueError(f"its type is {item.type}")


def _token(mint: str, symbol: str | None, decimals: int | None) -> Token:
    if symbol is None or decimals is None:
        return EARLIER_TOKENS[mint]
    return Token(symbol, mint, decimals)


def _plain(value: MapAttribute[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    plain: dict[str, Any] = value.as_dict()  # type: ignore[no-untyped-call]
    return plain
