"""The log queries ask for fields that lines have, and the order's query for every field that may name it."""

import re
from pathlib import Path

import pytest

from tests.integration.emitted import emitted, log_fields

QUERIES = Path(__file__).resolve().parents[2] / "infra" / "log-queries"
FILES = sorted(QUERIES.glob("*.txt"))

DISCOVERED = {"@timestamp", "@log"}
"""What Logs Insights finds by itself in every line."""

REPORTED = {
    "type",
    "record.requestId",
    *(f"record.metrics.{name}" for name in ("durationMs", "initDurationMs", "maxMemoryUsedMB")),
}
"""Fields of Lambda's own reports, in JSON (its guide, the schema of the Telemetry API)."""

WORDS = {
    "fields", "filter", "stats", "sort", "limit", "by", "as", "like", "in", "and", "or", "asc", "desc",
    "count", "sum", "max", "latest", "coalesce", "ispresent",
}  # fmt: skip
"""Words of the query language that the queries use."""


def asked(query: str) -> set[str]:
    """The fields that a query names: not its comments, texts, numbers, nor the names that it gives itself."""
    query = re.sub(r'(?m)^#.*$|"[^"]*"', "", query)
    given = set(re.findall(r"\bas (\w+)", query))
    return {word for word in re.findall(r"@?[a-zA-Z_][\w.]*", query) if word not in WORDS} - given


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_log_query_names_fields_that_lines_have(path):
    query = path.read_text()
    assert query.startswith("# ")
    assert asked(query) <= log_fields() | DISCOVERED | REPORTED


def test_the_readme_of_the_log_queries_names_each():
    named = re.findall(r"\]\((\S+\.txt)\)", (QUERIES / "README.md").read_text())
    assert sorted(named) == [path.name for path in FILES]


def test_every_field_that_may_hold_an_order_s_id_is_asked_for_its_lines():
    ids = {name for name in log_fields() if name.endswith("order_id")}
    assert ids <= asked((QUERIES / "order.txt").read_text())


def test_the_words_that_the_queries_look_for_are_logged():
    texts = {line.get("message") for line in emitted()}
    for path in FILES:
        assert set(re.findall(r'message = "([^"]+)"', path.read_text())) <= texts
