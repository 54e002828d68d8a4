"""`python -m infra.documents` writes both documents anew; a test fails while they differ from the code."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalicelib.api.pages import STATIC
from infra.documents import asyncapi, openapi

DOCUMENTS: Mapping[Path, Callable[[], dict[str, Any]]] = {
    STATIC / "openapi.json": openapi.document,
    STATIC / "asyncapi.json": asyncapi.document,
}


def rendered(document: dict[str, Any]) -> str:
    """Return a document as its file holds it."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, make in DOCUMENTS.items():
        path.write_text(rendered(make()), encoding="utf-8")
