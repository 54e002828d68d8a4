"""The stream's document: its messages are what the engine sends and takes."""

import json
import re

import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.api.pages import STATIC
from chalicelib.api.socket import parse_connect, parse_message
from chalicelib.domain.connection import Connection
from chalicelib.errors import InvalidRequest
from infra.documents import asyncapi, examples
from tests.integration.test_events import call, order_image, socket_event, stream_record

pytestmark = pytest.mark.promise("R14")

DOCUMENT = json.loads((STATIC / "asyncapi.json").read_text())
MESSAGES = DOCUMENT["components"]["messages"]
KINDS = {"backfill": "backfill", "status_update": "statusUpdate", "pong": "pong", "error": "error"}


def test_what_a_followed_order_sends_is_described_and_all_that_is_described_is_sent(desk):
    order_id = examples.history()[0].order_id
    desk.orders.orders[order_id] = examples.history()[0]
    desk.gateway.open("c")
    call(desk, "connect", socket_event("c", query={"orderId": order_id}))
    armed = {"order_id": {"S": order_id}, "connection_id": {"S": "c"}}
    call(desk, "backfill", {"Records": [stream_record(armed)]})
    for order in [*examples.history()[1:4], examples.retried()]:
        desk.orders.orders[order_id] = order
        call(desk, "broadcast", {"Records": [stream_record(order_image(order))]})
    call(desk, "message", socket_event("c", '{"action":"ping"}'))
    call(desk, "message", socket_event("c", "nonsense"))

    desk.connections.add(Connection("all", "open", desk.clock.now(), follows_all=True), 100)
    desk.gateway.open("all")
    call(desk, "message", socket_event("all", '{"action":"ping"}'))

    sent = [*desk.gateway.posted["c"], *desk.gateway.posted["all"]]
    for message in sent:
        TypeAdapter(asyncapi.sent()[kind_of(message)].kind).validate_json(message)
    assert {kind_of(message) for message in sent} == set(asyncapi.sent())


def kind_of(message):
    said = json.loads(message)
    return "accountPong" if said == {"v": 1, "type": "pong"} else KINDS[said["type"]]


@pytest.mark.parametrize(
    ("message", "understood"),
    [(example, True) for message in asyncapi.received().values() for example in message.examples.values()]
    + [
        ({"action": "subscribe", "orderId": examples.history()[0].order_id, "after": after}, after == 9_999)
        for after in (-1, 9_999, 10_000, "1", True)
    ]
    + [({"action": "stop"}, False)],
)
def test_the_engine_takes_what_the_document_allows(message, understood):
    kinds = {kind.__name__.lower(): kind for kind in (m.kind for m in asyncapi.received().values())}
    described = kinds.get(message["action"])
    try:
        TypeAdapter(described).validate_python(message) if described else None
        allowed = described is not None
    except ValidationError:
        allowed = False
    try:
        parse_message(json.dumps(message))
        taken = True
    except InvalidRequest:
        taken = False
    assert (allowed, taken) == (understood, understood)


@pytest.mark.parametrize("after", ["0", "9999", "10000", "-1"])
def test_a_handshake_takes_what_the_document_allows(after):
    query = DOCUMENT["channels"]["order"]["bindings"]["ws"]["query"]
    order_id = examples.history()[0].order_id
    allowed = jsonschema_rs.is_valid(query, {"orderId": order_id, "after": int(after)})
    try:
        parse_connect("c", {"orderId": order_id, "after": after}, None)
        taken = True
    except InvalidRequest:
        taken = False
    assert taken == allowed


def test_every_reference_leads_somewhere():
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))
    assert references
    for reference in references:
        part = DOCUMENT
        for name in reference.split("/"):
            part = part[name]


@pytest.mark.parametrize("name", MESSAGES)
def test_every_example_has_its_schema(name):
    schema = {**MESSAGES[name]["payload"], "components": DOCUMENT["components"]}
    for example in MESSAGES[name]["examples"]:
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(example["payload"])
