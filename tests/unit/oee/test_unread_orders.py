"""Orders that the engine can't read now are told of, and never left out in silence."""

import json

import pytest

from tests.unit.oee.answers import ORDER_ID, answer, order, problem

UNREAD = [ORDER_ID.replace("0001", "0002"), ORDER_ID.replace("0001", "0003")]
NOT_READ = f"The engine can't read these orders now: {', '.join(UNREAD)}."


@pytest.mark.parametrize(
    ("orders", "before"), [([], []), ([order("pending", "failed")], ["order", ORDER_ID])]
)
def test_a_list_tells_of_the_orders_that_could_not_be_read(run, orders, before):
    page = {"orders": orders, "nextCursor": None, "unreadable": UNREAD}
    code, out, _ = run("list", answers=[answer(page)])
    *rows, last = out.splitlines()
    assert (code, last) == (0, NOT_READ)
    assert [row.split()[0] for row in rows] == before
    assert json.loads(run("list", "--json", answers=[answer(page)])[1]) == page


@pytest.mark.parametrize(
    ("form", "told_by"),
    [
        ((), lambda _, err: [line for line in err.splitlines() if "can't read" in line]),
        (("--json",), lambda out, _: [json.loads(line) for line in out.splitlines() if "unread" in line]),
    ],
)
def test_who_watches_all_orders_is_told_once_of_those_that_can_not_be_read(run, form, told_by):
    page = {"orders": [], "nextCursor": None, "unreadable": UNREAD}
    answers = [answer(page)] * 2 + [problem(403, "SCOPE_MISSING")]
    code, out, err = run("watch", "--all", *form, answers=answers)
    assert code == 20
    in_words = [f"The engine can't read this order now: {order_id}." for order_id in UNREAD]
    in_json = [{"unreadable": [order_id]} for order_id in UNREAD]
    assert told_by(out, err) == (in_json if form else in_words)
