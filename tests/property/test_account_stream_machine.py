"""One socket for all orders as a state machine; the controls lack one thing that keeps it whole."""

import pytest

from tests.property.account_stream_machine import AccountStreamMachine
from tests.property.machines import Control, assert_caught, run_machine
from tests.property.planted_bugs import ACCOUNT_STREAM

STEPS = 40


@pytest.mark.promise("R9")
@pytest.mark.promise("R12")
@pytest.mark.promise("R17")
def test_whatever_befalls_it_one_socket_tells_all_orders_of_its_account_and_nobody_elses() -> None:
    run_machine(AccountStreamMachine, examples=150, steps=STEPS)


@pytest.mark.parametrize("control", ACCOUNT_STREAM, ids=lambda control: control.name)
def test_an_account_s_stream_that_lacks_what_keeps_it_whole_is_caught(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_caught(control, monkeypatch)
