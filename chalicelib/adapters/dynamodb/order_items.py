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
from chalicelib.adapters.dynamodb.schema import SCHEMA_VERSION, IdempotencyItem, OrderItem
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import is_final, is_landing
from chalicelib.domain.order import Order, Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import LimitTerms, MarketTerms, Terms, TimeInForce
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


def order_attributes(order: Order) -> dict[str, Any]:
    """Return all attributes of an order's item; None means that the item lacks the attribute."""
    return {
        "pk": schema.order_key(order.order_id),
        "v": SCHEMA_VERSION,
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
        "open": None
        if is_final(order)
        else schema.open_partition(order.order_id, is_landing=is_landing(order)),
    }


def order_from_image(image: Mapping[str, Any]) -> Order:
    """Return the order in a stored item or in a stream record's NewImage, both in DynamoDB's JSON.

    Raises
    ------
    UnsupportedSchemaVersion
        A newer release wrote it, or it holds what this one doesn't know: a token, a status.
    """
    require_known_version(image)
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


def require_known_version(image: Mapping[str, Any]) -> None:
    """Raise UnsupportedSchemaVersion unless this release knows the form of this item."""
    if not schema.is_known(image):
        name, version = image.get("pk"), image.get("v")
        raise UnsupportedSchemaVersion(f"{name} has schema version {version}, and {SCHEMA_VERSION} is known")


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
    )


def _terms_attributes(terms: Terms) -> dict[str, Any]:
    limit = terms if isinstance(terms, LimitTerms) else None
    return {
        "slippage_bps": terms.slippage_bps,
        "limit_price": limit.price.text() if limit is not None else None,
        "price_in": limit.price.unit.mint if limit is not None else None,
        "time_in_force": limit.time_in_force.value if limit is not None else None,
    }


def _read_terms(item: OrderItem, tokens: Mapping[str, Token]) -> Terms:
    match item.type:
        case MarketTerms.TYPE:
            return MarketTerms(item.slippage_bps)
        case LimitTerms.TYPE:
            price = NamedPrice(Decimal(item.limit_price), tokens[item.price_in])
            return LimitTerms(item.slippage_bps, price, TimeInForce(item.time_in_force))
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
