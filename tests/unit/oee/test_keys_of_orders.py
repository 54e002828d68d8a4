"""An order may be named by the Idempotency-Key that it was placed with."""

import json

import pytest

from oee.errors import Ambiguous
from tests.unit.oee.answers import ORDER_ID, Script, answer, client, order

PAGE = answer({"orders": [order("pending", "failed")], "nextCursor": None})
NONE = answer({"orders": [], "nextCursor": None})


def test_an_order_is_found_by_its_key():
    script = Script(PAGE)
    found = client(script).placed_with("my key/1")
    assert found is not None
    assert found.order_id == ORDER_ID
    assert dict(script.requests[0].url.params) == {"idempotencyKey": "my key/1"}
    assert client(Script(NONE)).placed_with("other") is None


@pytest.mark.parametrize("verb", ["show", "watch", "cancel"])
def test_a_command_takes_the_key_for_the_id(run, verb):
    told = order("pending", "failed") if verb != "cancel" else {"orderId": ORDER_ID, "status": "cancelled"}
    script = Script(PAGE, answer(told))
    run(verb, "--key", "mine", answers=script)
    assert script.requests[0].url.params["idempotencyKey"] == "mine"
    assert script.requests[1].url.path == f"/dev/api/orders/{ORDER_ID}"
    assert script.requests[1].method == ("DELETE" if verb == "cancel" else "GET")


def test_a_key_that_no_order_is_known_by_is_told_and_nothing_is_done(run):
    script = Script(NONE)
    code, out, _ = run("cancel", "--key", "mine", "--json", answers=script)
    assert (code, len(script.requests)) == (2, 1)
    assert json.loads(out)["code"] == Ambiguous.code
    assert "key mine" in json.loads(out)["detail"]


@pytest.mark.parametrize(
    "given", [("show",), ("show", ORDER_ID, "--key", "mine"), ("watch", "--all", "--key", "k")]
)
def test_an_order_is_named_in_one_way(run, given):
    with pytest.raises(SystemExit) as end:
        run(*given, answers=[NONE])
    assert end.value.code == 2
