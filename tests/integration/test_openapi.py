"""The documents are those that the code makes, are valid, and their examples are what they say."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import app
from chalicelib.adapters.paper.tokens import PAPER_TOKENS
from chalicelib.api.pages import STATIC
from chalicelib.api.problems import catalogue, triggers
from chalicelib.api.requests import parse_order, parse_quote
from infra.documents import examples, openapi
from infra.documents.__main__ import DOCUMENTS, rendered
from infra.documents.operations import OPERATIONS
from tests.fakes.examples import EXPIRIES

pytestmark = pytest.mark.promise("R14")

DOCUMENT = json.loads((STATIC / "openapi.json").read_text())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_committed_document_is_what_the_code_makes(path: Path) -> None:
    assert path.read_text() == rendered(DOCUMENTS[path]()), "run python -m infra.documents"


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_of_the_api_is_described_and_nothing_else() -> None:
    views = {
        route.view_name
        for path, methods in app.routes.items()
        for method, route in methods.items()
        if path.startswith("/api/") and method not in openapi.UNDESCRIBED
    }
    assert set(OPERATIONS) == views


CATALOGUE = "".join(Path(str(part.__file__)).read_text() for part in (catalogue, triggers))


def test_every_problem_of_the_code_is_described() -> None:
    codes = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)",', CATALOGUE))
    described = set(DOCUMENT["components"]["examples"])

    assert described == set(DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
    assert codes
    assert codes <= described, "Give it an example in infra/documents and run `python -m infra.documents`"


def test_every_example_has_its_schema() -> None:
    found = list(media_types(DOCUMENT))
    assert len(found) > len(OPERATIONS)
    for media in found:
        schema = {**media["schema"], "components": DOCUMENT["components"]}
        for example in examples_of(media):
            jsonschema_rs.validator_for(schema, validate_formats=True).validate(example)


def media_types(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if "schema" in part and ("example" in part or "examples" in part):
            yield part
        for value in part.values():
            yield from media_types(value)
    elif isinstance(part, list):
        for value in part:
            yield from media_types(value)


def examples_of(media: dict[str, Any]) -> list[Any]:
    if "example" in media:
        return [media["example"]]
    named = [example["$ref"].rpartition("/")[2] for example in media["examples"].values()]
    return [DOCUMENT["components"]["examples"][name]["value"] for name in named]


def test_the_requests_of_the_examples_are_understood() -> None:
    assert (
        parse_order(json.dumps(examples.ORDER).encode(), "open", PAPER_TOKENS, EXPIRIES).valid_for_seconds
        == 120
    )
    assert (
        parse_quote(json.dumps(examples.SWAP).encode(), "open", PAPER_TOKENS, EXPIRIES).terms.slippage_bps
        == 100
    )


def test_links_lead_to_operations() -> None:
    operations = {
        operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()
    }
    links = re.findall(r'"operationId": "(\w+)", "parameters"', json.dumps(DOCUMENT))
    assert links
    assert set(links) <= operations


@pytest.mark.parametrize("name", ["backfill", "status_update", "pong", "error", "subscribe", "ping"])
def test_the_reference_tells_of_the_stream_too(name: str) -> None:
    assert f"**{name}**" in openapi.document()["info"]["description"]
