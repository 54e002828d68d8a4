"""The JSON Schemas of the wire's types, in the form that both documents hold."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from chalicelib.api.order_forms import NAMES_A_TOKEN
from chalicelib.bootstrap.paper import paper_tokens

AT = "#/components/schemas/{model}"


def schemas_of(requests: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemas of all named types, and of the types within them, by name."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        (name, "validation", TypeAdapter(kind)) for name, kind in requests.items()
    ]
    outputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        (name, "serialization", TypeAdapter(kind)) for name, kind in answers.items()
    ]
    _, found = TypeAdapter.json_schemas([*inputs, *outputs], ref_template=AT)
    schemas: dict[str, Any] = _with_tokens_listed(_untitled(found["$defs"]))
    sent = set(requests)
    for _, _, kind in inputs:
        sent |= kind.json_schema().get("$defs", {}).keys()
    for name, schema in schemas.items():
        if name not in sent:
            _open(schema)
    return dict(sorted(schemas.items()))


def reference(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": AT.format(model=name)}


def _untitled(schema: Any) -> Any:
    """Return the schema without titles: pydantic's only repeat the names."""
    if isinstance(schema, list):
        return [_untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {key: _untitled(value) for key, value in part.items()}
        if name in {"properties", "$defs"}
        else _untitled(part)
        for name, part in schema.items()
        if name != "title" or not isinstance(part, str)
    }


def _open(schema: dict[str, Any]) -> None:
    """Allow further fields in an answer: clients have to ignore those that they don't know."""
    schema.pop("additionalProperties", None)


def _with_tokens_listed(schema: Any) -> Any:
    """Return the schema with an enum of the paper market's tokens for each field that names a token."""
    if isinstance(schema, list):
        return [_with_tokens_listed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == NAMES_A_TOKEN:
        names = [name for token in paper_tokens() for name in (token.symbol, token.mint)]
        return {
            "enum" if key == "format" else key: names if key == "format" else part
            for key, part in schema.items()
        }
    return {key: _with_tokens_listed(part) for key, part in schema.items()}
