"""A crowd that comes at once, and does not ask twice."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

pytestmark = pytest.mark.e2e

CLIENTS = 30
ORDERS = 300
LIFE = 900
"""Long enough for the last order of the crowd, so that no backlog refuses it."""


@pytest.mark.timeout(600)
@pytest.mark.promise("R1")
def test_three_hundred_orders_of_thirty_clients_at_once_are_all_accepted_and_finished(trader):
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda _: trader.place(str(uuid4()), validForSeconds=LIFE), range(ORDERS)))
        refused = [answer.text for answer in answers if answer.status_code != 202]
        assert refused == []
        accepted = [answer.json() for answer in answers]
        assert len({answer["orderId"] for answer in accepted}) == ORDERS
        last = clients.map(lambda answer: trader.follow(answer["streamUrl"])[-1]["status"], accepted)
        assert set(last) == {"confirmed"}
