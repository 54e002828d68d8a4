"""More load than a stack of two slots can take, for a while, however fast the machine is."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.e2e.conftest import CROWDED, PREFIX, UNLIMITED, running_stack
from tests.e2e.ledger import landings
from tests.e2e.trader import Trader

pytestmark = pytest.mark.e2e

ORDERS_A_SECOND = 11
"""Two slots take fewer than ten a second: asking for quotes alone holds a slot for 0.2 s and more."""

SECONDS = 12
LIFE = 20


@pytest.fixture(scope="module")
def two_slots():
    """A stack with the default delays and as few slots as there can be."""
    name = f"{PREFIX}{os.getpid()}-two-slots"
    with running_stack(name, [*UNLIMITED, *CROWDED, "EXECUTIONS_AT_ONCE=2"]) as stack:
        yield stack


def offer(trader, number, began):
    """Place the order whose turn it is; a second place of its key asks again for the same order."""
    time.sleep(max(0.0, began + number / ORDERS_A_SECOND - time.monotonic()))
    return trader.place(str(uuid4()), validForSeconds=LIFE)


@pytest.mark.timeout(300)
@pytest.mark.promise("R16")
@pytest.mark.promise("R1")
def test_what_is_accepted_is_finished_and_the_rest_is_refused_with_a_true_retry_after(two_slots):
    trader = Trader(two_slots.rest_url)
    began = time.monotonic()
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda n: offer(trader, n, began), range(ORDERS_A_SECOND * SECONDS)))
        accepted = [answer.json() for answer in answers if answer.status_code == 202]
        refused = [answer for answer in answers if answer.status_code != 202]
        assert refused
        assert [answer.text for answer in refused if answer.status_code not in {429, 503}] == []
        assert [answer.text for answer in refused if "Retry-After" not in answer.headers] == []
        accepted += [answer.json() for answer in obey_one_refusal(trader)]
        last = list(clients.map(lambda answer: trader.follow(answer["streamUrl"])[-1]["status"], accepted))
    assert set(last) <= {"confirmed", "expired"}
    landed = landings(two_slots)
    for answer, status in zip(accepted, last, strict=True):
        assert len(landed.get(answer["orderId"], [])) == (1 if status == "confirmed" else 0)


def obey_one_refusal(trader):
    """Place orders, alone, until one is refused: a client that waits as long as it was told is served."""
    served = []
    for _ in range(ORDERS_A_SECOND * SECONDS):
        answer = trader.place(str(uuid4()), validForSeconds=LIFE)
        if answer.status_code == 202:
            served.append(answer)
            continue
        time.sleep(int(answer.headers["Retry-After"]))
        again = trader.place(str(uuid4()), validForSeconds=LIFE)
        assert again.status_code == 202, again.text
        return [*served, again]
    raise AssertionError("Nothing was refused")
