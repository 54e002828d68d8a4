"""The API is what its document says: Schemathesis makes requests of the one and judges them by the other."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
import schemathesis
from chalice.config import Config
from chalice.local import LocalGateway
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth

import app as entry
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.pages import STATIC
from chalicelib.domain.access import Scope
from chalicelib.domain.amounts import parse_decimal, to_base_units
from chalicelib.domain.api_keys import ApiKey, StoredKey, format_key
from chalicelib.domain.prices import parse_price
from chalicelib.domain.secrets import digest_of
from infra.documents.openapi import API_KEY
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import FakeIdentifiers
from tests.integration.conftest import fresh_desk
from tests.integration.gatekeeper import Gatekeeper
from tests.integration.wsgi import application

pytestmark = [pytest.mark.promise("R14"), pytest.mark.timeout(300), pytest.mark.usefixtures("desk")]

IDENTIFIERS = FakeIdentifiers()
KEY_ID, SECRET = IDENTIFIERS.key_id(), IDENTIFIERS.secret()

CONFIG = {
    "seed": 1,
    "auth": {"openapi": {API_KEY: {"bearer": format_key(KEY_ID, SECRET)}}},
    "output": {"sanitization": {"enabled": False}},
    "base-url": "http://localhost",  # the document's own is relative
    "checks": {
        # A key may be used already, an order be of another sequence, and no pool may be able to fill the
        # swap: a schema can't know.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "412", "422"]},
        # A cancelled order isn't freed: it stays readable, because its history is append-only.
        "use_after_free": {"enabled": False},
    },
}


TOMORROW = f"{datetime.fromtimestamp(FakeClock().now() / 1000 + 86_400, UTC):%Y-%m-%dT%H:%M:%SZ}"
SMALLEST = Decimal("0.00001")
"""The smallest amount of the token that is least divisible, in wholes."""


document = schemathesis.openapi.from_path(
    STATIC / "openapi.json", config=SchemathesisConfig.from_dict(CONFIG)
)
gateway = LocalGateway(entry.app, Config.create())
gateway._authorizer = Gatekeeper()  # noqa: SLF001 - Chalice's own refuses in its own words
document.app = application(gateway)


def open_busy_desk(auth_mode: str = "keys") -> None:
    """There is one key, which may do everything; every second order is executed at once, the others wait."""
    desk = fresh_desk(rate=1_000_000, AUTH_MODE=auth_mode)
    desk.keys.create(StoredKey(ApiKey(KEY_ID, "alice", "a key", frozenset(Scope), 0), digest_of(SECRET)))

    def execute(method: str, moment: str) -> None:
        if (method, moment) == ("send", "after") and len(desk.queue.sent) % 2:
            body = json.dumps({"v": 1, "orderId": desk.queue.receive()})
            record = {"messageId": "m", "receiptHandle": "r", "body": body}
            desk.client.lambda_.invoke("execute", {"Records": [record]})

    desk.queue.interrupt = execute


def mend(case: Any) -> None:
    """Mend what a schema can't say of good requests.

    The tokens differ, each can have the amount that is said of it, a price is in one of them and asks for an
    amount that there can be, a cursor is one that the API gave, and a key stands alone.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    case.query.pop("cursor", None)
    if "idempotencyKey" in case.query:
        case.query = {"idempotencyKey": case.query["idempotencyKey"]}
    if case.method == "PATCH":
        mend_amendment(case)
    if isinstance(case.body, dict) and "tokenIn" in case.body:
        token_in, token_out = (PAPER_TOKENS.find(case.body[name]) for name in ("tokenIn", "tokenOut"))
        assert token_in is not None
        if token_in == token_out:
            case.body["tokenOut"] = "USDC" if token_in.symbol == "SOL" else "SOL"
        for name, token in (("amount", "tokenIn"), ("minimumAmountOut", "tokenOut")):
            if case.body.get(name) is not None:
                case.body[name] = possible(case.body[name], case.body[token])
        if case.body.get("priceIn") is not None:
            mend_price(case.body)


def mend_amendment(case: Any) -> None:
    """Mend an amendment: it changes something, to a price and an end that there can be, of any sequence."""
    case.headers.pop("If-Match", None)
    if not isinstance(case.body, dict) or all(value is None for value in case.body.values()):
        case.body = {"slippage": "0.02"}
    for name, good in (("trigger", {"price": "1"}), ("limitPrice", "1"), ("expiresAt", TOMORROW)):
        if case.body.get(name) is not None:
            case.body[name] = good


def mend_price(order: dict[str, Any]) -> None:
    """Mend what a schema can't say of good orders with a price.

    The price is in one of the tokens, and one whole of the other is worth an amount that there can be. An end
    lies ahead, and only an order that waits until then has one, or anything else of waiting.
    """
    order["priceIn"], order["amount"] = order["tokenOut"], "1"
    if order.get("limitPrice") is not None:
        order["limitPrice"] = affordable(order["limitPrice"])
    if "trigger" in order:
        order["trigger"]["price"] = affordable(order["trigger"]["price"])
    order.pop("when", None)
    in_force = order.get("timeInForce", "GTC")
    if in_force == "GTD":
        order["expiresAt"] = TOMORROW
    else:
        order.pop("expiresAt", None)
    if in_force in {"FOK", "IOC"}:
        order.pop("ifMet", None)
        order.pop("ifFar", None)


def possible(amount: str, name: str) -> str:
    """The amount if there can be so much of the token of this name, else one whole token."""
    token = PAPER_TOKENS.find(name)
    assert token is not None
    try:
        to_base_units(parse_decimal(amount), token)
    except ValueError:
        return "1"
    return amount


def affordable(price: str) -> str:
    """The price if one whole of any token can have it, else 1."""
    try:
        return price if SMALLEST <= parse_price(price) < 1 else "1"
    except ValueError:
        return "1"


@document.parametrize()
@hypothesis.settings(max_examples=50, deadline=None, derandomize=True, database=None)
def test_every_request_is_answered_as_the_document_says(case: Any) -> None:
    open_busy_desk()
    mend(case)
    case.call_and_validate()


@pytest.mark.promise("R12")
def test_a_route_that_ignores_its_key_would_be_found_out() -> None:
    case = document["/api/orders"]["GET"].Case()
    open_busy_desk()
    case.call_and_validate(checks=[ignored_auth])
    open_busy_desk(auth_mode="open")
    with pytest.raises(FailureGroup, match="without authentication"):
        case.call_and_validate(checks=[ignored_auth])


def test_every_walk_along_the_links_is_answered_as_the_document_says():
    settings = hypothesis.settings(
        max_examples=30, stateful_step_count=8, deadline=None, derandomize=True, database=None
    )

    class Walk(document.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            open_busy_desk()

        def before_call(self, case: Any) -> None:
            mend(case)

    run_state_machine_as_test(Walk, settings=settings)
