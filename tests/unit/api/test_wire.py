"""The wire's types are for mypy and for the documents: at run time nothing pays for pydantic to present."""

import subprocess
import sys

PRESENTING = ("events", "responses", "stream_messages")
UNWANTED = ("pydantic", "chalicelib.api.wire")


def test_presenting_an_answer_imports_neither_the_wire_s_types_nor_pydantic():
    asked = "; ".join(f"import chalicelib.api.{name}" for name in PRESENTING)
    told = f"import sys; print([name for name in sys.modules if name.startswith({UNWANTED})])"
    loaded = subprocess.run(  # noqa: S603 - this interpreter, over names written above
        [sys.executable, "-c", f"{asked}; {told}"], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.strip() == "[]"
