"""What strangers may send: documents that are nearly right, far off, or as bad as their size allows."""

import json
from typing import Any

from hypothesis import strategies as st

from chalicelib.api.bodies import MAX_BODY_BYTES
from tests.fakes.examples import ORDER_ID

LONGEST = MAX_BODY_BYTES + 1
"""Bytes: one more than the longest that is read."""

ANY_TEXT = st.text(st.characters(), max_size=300)
"""Text with everything in it that JSON can carry: NUL, lone surrogates, other scripts' digits."""

ORDER = {
    "type": "market",
    "tokenIn": "SOL",
    "tokenOut": "USDC",
    "amount": "1.5",
    "slippage": "0.01",
    "validForSeconds": 60,
}
MESSAGE = {"action": "subscribe", "orderId": ORDER_ID, "after": 3}

HOSTILE = st.sampled_from(
    [
        "1e999999999",
        "-1e999999999",
        "1e-999999999",
        "60.0",
        "6e1",
        "-0",
        "-0.0",
        "NaN",
        "Infinity",
        "-Infinity",
        "18446744073709551616",
        "true",
        "null",
        "[]",
        "{}",
        '""',
        r'"\u0000"',
        r'"\ud800"',
        r'"\udfff\ud800"',
        '"١٢"',
        '"1.5\\n"',
        '"1e9"',
        '"+1"',
        '" 1"',
        '"\ud800"',
        '"\x00"',
    ]
) | st.builds(
    str.__mul__,
    st.sampled_from(["9", "[", '{"a":', r"\u0041", "0.", " ", "=", "A"]),
    st.sampled_from([64, 65, 1_000, 4_300, 4_301, 100_000]),
)
"""Values as they stand in a document, legal and not."""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=8,
)


def documents(example: dict[str, Any]) -> st.SearchStrategy[str]:
    """JSON like the example, with fields left out, added, given twice, replaced; cut, glued, or not JSON."""
    names = st.sampled_from([*example, "", "__proto__", "orderId\x00"]) | ANY_TEXT
    kept = st.sampled_from([_field((name, json.dumps(value))) for name, value in example.items()])
    changed = st.tuples(names, VALUES.map(json.dumps) | HOSTILE).map(_field)
    fields = st.lists(kept | changed, max_size=9)
    whole = fields.map(lambda each: "{" + ",".join(each) + "}")
    cut = st.builds(lambda text, at: text[: at % (len(text) + 1)], whole, st.integers(0, 10_000))
    glued = st.builds(str.__add__, whole, HOSTILE | ANY_TEXT)
    complete = st.just(json.dumps(example))
    return complete | whole | cut | glued | HOSTILE | VALUES.map(json.dumps) | ANY_TEXT


def as_bytes(documents_: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """The documents as bytes, also such as no UTF-8 decoder takes, up to just over what is read."""
    encoded = documents_.map(lambda text: text.encode(errors="surrogatepass"))
    padded = st.builds(bytes.ljust, encoded, st.sampled_from([0, LONGEST - 1, LONGEST]))
    return encoded | padded | st.binary(max_size=LONGEST)


def queries(*names: str) -> st.SearchStrategy[dict[str, str] | None]:
    """A query string's parameters as API Gateway gives them, under these names and others."""
    value = st.sampled_from([ORDER_ID, "0", "3", "-1", "٣", "pending", "100"]) | ANY_TEXT | HOSTILE
    return st.none() | st.dictionaries(st.sampled_from(names) | ANY_TEXT, value, max_size=4)


def _field(field: tuple[str, str]) -> str:
    name, value = field
    return f"{json.dumps(name)}:{value}"
