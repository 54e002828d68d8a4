"""One socket for all orders as a state machine; the controls lack one thing that keeps it whole."""

import pytest

from chalicelib.services import publish_updates
from tests.property.account_stream_machine import AccountStreamMachine
from tests.property.machines import assert_caught, run_machine

STEPS = 40


@pytest.mark.promise("R9")
@pytest.mark.promise("R12")
@pytest.mark.promise("R17")
def test_whatever_befalls_it_one_socket_tells_all_orders_of_its_account_and_nobody_elses() -> None:
    run_machine(AccountStreamMachine, examples=150, steps=STEPS)


def test_an_account_whose_sockets_are_read_only_when_an_order_begins_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publish_updates, "_begins_or_ends", lambda image: image.version == 1)
    assert_caught(AccountStreamMachine, steps=STEPS)
