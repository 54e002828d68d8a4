"""Orders and idempotency records keep everything through the table and its stream."""

import base64
import copy
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.order_items import (
    idempotency_attributes,
    order_attributes,
    order_from_image,
    read_idempotency_record,
)
from chalicelib.adapters.dynamodb.schema import IdempotencyItem, OrderItem, idempotency_key
from chalicelib.domain import transitions
from chalicelib.domain.amounts import U64_MAX
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import Stamp, is_final
from chalicelib.domain.order import Order
from chalicelib.domain.tokens import Token
from chalicelib.errors import UnsupportedSchemaVersion
from tests.fakes.examples import A_LIMIT, an_order
from tests.fakes.lives import STALE, a_life

LIFE = a_life()
CLOSED = [
    transitions.fail(LIFE[1], STALE, Stamp(9, "w")),
    transitions.expire(LIFE[2], STALE, Stamp(9, "w")),
    transitions.cancel(LIFE[0], Stamp(9, "w")),
]


def image_of(order: Order) -> dict[str, Any]:
    image: dict[str, Any] = OrderItem(**order_attributes(order)).serialize()
    return image


def as_streamed(image: dict[str, Any]) -> dict[str, Any]:
    """The image in a stream record that Lambda hands over: JSON, with binaries in base64."""
    streamed: dict[str, Any] = json.loads(
        json.dumps(image, default=lambda binary: base64.b64encode(binary).decode())
    )
    return streamed


@pytest.mark.parametrize("order", [*LIFE, *CLOSED], ids=lambda o: f"{o.version}-{o.status}")
def test_an_order_is_read_back_as_it_was_stored(order: Order) -> None:
    assert order_from_image(image_of(order)) == order
    assert order_from_image(as_streamed(image_of(order))) == order


def test_a_limit_order_is_read_back_with_its_price() -> None:
    order = an_order(terms=A_LIMIT)
    assert order.minimum_amount_out == 224_250_000
    assert order_from_image(as_streamed(image_of(order))) == order


@pytest.mark.parametrize(
    "damage", [{"limit_price": {"S": "much"}}, {"price_in": {"S": "else"}}, {"time_in_force": {"S": "DAY"}}]
)
def test_a_limit_order_whose_price_is_damaged_is_not_read_as_something_else(damage: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedSchemaVersion):
        order_from_image(image_of(an_order(terms=A_LIMIT)) | damage)


def test_amounts_keep_all_their_digits() -> None:
    order = an_order(amount_in=U64_MAX)
    assert image_of(order)["amount_in"] == {"N": str(U64_MAX)}
    assert order_from_image(image_of(order)).amount_in == U64_MAX


@pytest.mark.parametrize("order", [*LIFE, *CLOSED], ids=lambda o: f"{o.version}-{o.status}")
def test_only_open_orders_are_in_the_open_index_and_no_order_is_cleaned_up(order: Order) -> None:
    image = image_of(order)
    assert ("open" in image) is not is_final(order)
    assert "ttl" not in image


def test_reading_an_image_leaves_it_alone() -> None:
    image = image_of(LIFE[-1])
    before = copy.deepcopy(image)
    order_from_image(image)
    assert image == before


def test_attributes_that_a_later_release_added_are_ignored() -> None:
    image = image_of(LIFE[-1])
    image["note"] = {"S": "new"}
    image["fill"]["M"]["tip"] = {"N": "5"}
    assert order_from_image(image) == LIFE[-1]


@pytest.mark.parametrize("version", [{"N": "3"}, {"N": "0"}, {"S": "1"}, None])
def test_an_unknown_schema_version_is_refused(version: dict[str, str] | None) -> None:
    image = image_of(LIFE[0])
    del image["v"]
    if version is not None:
        image["v"] = version
    with pytest.raises(UnsupportedSchemaVersion, match="schema version"):
        order_from_image(image)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("decimals_out", {"S": "six"}),
        ("status", {"S": "paused"}),
        ("type", {"S": "limit"}),
        ("account", None),
        ("amount_in", {"S": "many"}),
        ("amount_in", {"N": "1.5"}),
        ("version", {"N": "9"}),
        ("events", {"L": []}),
        ("events", {"L": [{"M": {"sequence": {"N": "1"}}}]}),
        ("submission", {"M": {}}),
        ("route", {"M": {"best": {"NULL": True}}}),
        ("route", {"B": b"not compressed"}),
        ("route", {"B": zlib.compress(b"no JSON")}),
        ("route", {"B": zlib.compress(b"{}")}),
        ("route", {"S": "a text"}),
    ],
)
def test_what_this_release_does_not_understand_is_refused_by_name(
    name: str, value: dict[str, Any] | None
) -> None:
    image = image_of(LIFE[3])
    del image[name]
    if value is not None:
        image[name] = value
    with pytest.raises(UnsupportedSchemaVersion, match=LIFE[3].order_id):
        order_from_image(image)


def of_before(image: dict[str, Any]) -> dict[str, Any]:
    """The item as it was when it held nothing but the mints of its tokens."""
    for side in ("in", "out"):
        del image[f"symbol_{side}"], image[f"decimals_{side}"]
    return image


def test_an_order_is_read_whatever_tokens_there_are_today() -> None:
    order = replace(LIFE[0], token_out=Token("NEWCOIN", "a mint of tomorrow", 3))
    assert order_from_image(image_of(order)) == order


@pytest.mark.parametrize("order", LIFE, ids=lambda order: order.status)
def test_an_order_that_holds_its_tokens_mints_only_is_read_with_the_tokens_of_then(order: Order) -> None:
    assert order_from_image(of_before(image_of(order))) == order


def test_a_mint_that_nobody_knew_then_is_refused() -> None:
    image = of_before(image_of(LIFE[0]))
    image["token_out"] = {"S": "a mint of tomorrow"}
    with pytest.raises(UnsupportedSchemaVersion, match=LIFE[0].order_id):
        order_from_image(image)


def test_a_record_is_read_back_as_it_was_stored() -> None:
    record = IdempotencyRecord("open", "key-1", "f" * 64, LIFE[0].order_id, 1_700_000_300_500)
    image = IdempotencyItem(**idempotency_attributes(record)).serialize()
    assert read_idempotency_record(image) == record
    assert int(image["ttl"]["N"]) > record.expires_at / 1000


def test_no_two_accounts_share_a_record() -> None:
    keys = {
        idempotency_key(account, key)
        for account, key in [("a", "b#c"), ("a#b", "c"), ("a%23b", "c"), ("a%23b", "#c"), ("a", "#b#c")]
    }
    assert len(keys) == 5
