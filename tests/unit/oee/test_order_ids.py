import pytest

from tests.unit.oee.answers import ORDER_ID, Script, answer, order, problem

OTHER_ID = f"0b8f1c2f{ORDER_ID[8:]}"
LISTED = answer({"orders": [order("pending", "failed"), {**order("pending"), "orderId": OTHER_ID}]})


@pytest.mark.parametrize("beginning", [ORDER_ID[:8], ORDER_ID[:8].upper(), ORDER_ID[:-1]])
@pytest.mark.parametrize("verb", ["show", "watch", "cancel"])
def test_an_id_may_be_cut_short(run, verb, beginning):
    told = order("pending", "failed") if verb != "cancel" else {"orderId": ORDER_ID, "status": "cancelled"}
    script = Script(LISTED, answer(told))
    run(verb, beginning, answers=script)
    assert script.requests[1].url.path == f"/dev/api/orders/{ORDER_ID}"


@pytest.mark.parametrize(
    ("beginning", "sentence"),
    [("0b8f", f"The ids of 2 orders begin with 0b8f: {ORDER_ID}, {OTHER_ID}"), ("ff", "None of the newest")],
)
def test_a_beginning_of_no_order_or_of_several_is_told_and_nothing_is_done(run, beginning, sentence):
    script = Script(LISTED)
    code, out, err = run("cancel", beginning, answers=script)
    assert (code, out, len(script.requests)) == (2, "", 1)
    assert sentence in err


def test_an_order_that_the_list_can_not_read_is_found_by_its_beginning_too(run):
    script = Script(
        answer({"orders": [], "unreadable": [ORDER_ID]}), problem(503, "RECORD_NEWER_THAN_SERVER")
    )
    run("show", ORDER_ID[:8], "--patience", "0", answers=script)
    assert script.requests[1].url.path == f"/dev/api/orders/{ORDER_ID}"


def test_a_whole_id_is_asked_for_at_once_and_so_is_what_is_none(run):
    for given in (ORDER_ID, "nonsense"):
        script = Script(answer(order("pending", "failed")))
        run("show", given, answers=script)
        assert [request.url.path for request in script.requests] == [f"/dev/api/orders/{given}"]


def test_an_empty_id_is_the_command_given_wrongly(run, capsys):
    with pytest.raises(SystemExit) as end:
        run("show", " ", answers=[LISTED])
    assert end.value.code == 2
