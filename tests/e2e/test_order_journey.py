"""From POST to confirmed on the socket, on the running stack."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from tests.e2e.trader import JOURNEY, Trader, events, follow, receive

pytestmark = pytest.mark.e2e


def answer(socket):
    """The next message that is no event: events may come twice, and late."""
    while (message := receive(socket))["type"] == "status_update":
        pass
    return message


@pytest.mark.promise("R1")
@pytest.mark.promise("R8")
@pytest.mark.promise("R9")
def test_thirty_orders_at_ten_at_once_are_each_seen_from_pending_to_confirmed(trader):
    def journey(_number):
        accepted = trader.place()
        assert accepted.status_code == 202
        return accepted.json()["orderId"], trader.follow(accepted.json()["streamUrl"])

    with ThreadPoolExecutor(10) as clients:
        journeys = list(clients.map(journey, range(30)))
    for order_id, seen in journeys:
        assert [event["status"] for event in seen] == JOURNEY
        assert [event["sequence"] for event in seen] == [1, 2, 3, 4, 5]
        assert seen == trader.read(order_id)["logs"]


@pytest.mark.promise("R10")
def test_no_more_than_ten_executions_overlap(trader):
    with ThreadPoolExecutor(25) as clients:
        accepted = list(clients.map(lambda _: trader.place().json(), range(25)))
        histories = list(clients.map(lambda answer: trader.follow(answer["streamUrl"]), accepted))
    begins = [history[JOURNEY.index("routing")]["timestamp"] for history in histories]
    ends = [history[JOURNEY.index("submitted")]["timestamp"] for history in histories]
    at_once = [sum(b <= moment < e for b, e in zip(begins, ends, strict=True)) for moment in begins]
    assert 1 < max(at_once) <= 10


@pytest.mark.promise("R2")
def test_fifty_posts_at_once_with_one_key_make_one_order(trader):
    key = str(uuid4())
    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(lambda _: trader.place(key), range(50)))
    assert len({answer.json()["orderId"] for answer in answers}) == 1
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [202]


@pytest.mark.promise("R3")
def test_the_key_with_another_payload_is_refused(trader):
    key = str(uuid4())
    trader.place(key)
    refused = trader.place(key, amount="0.2")
    assert (refused.status_code, refused.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.promise("R7")
def test_the_order_shows_its_route_with_every_venues_quote_and_its_fill(trader):
    accepted = trader.place(tokenIn="USDC", tokenOut="SOL", amount="25").json()
    trader.follow(accepted["streamUrl"])
    order = trader.read(accepted["orderId"])
    quotes = order["route"]["quotes"]
    assert {quote["dex"] for quote in quotes} == {"raydium", "meteora"}
    assert order["fill"]["dex"] == order["route"]["dex"] == quotes[0]["dex"]
    assert float(order["fill"]["amountOut"]) >= float(order["minimumAmountOut"])
    assert order["fill"]["amountIn"] == "25"


@pytest.mark.promise("R9")
def test_a_finished_orders_backfill_is_complete(trader):
    accepted = trader.place().json()
    first = trader.follow(accepted["streamUrl"])
    with follow(accepted["streamUrl"]) as socket:
        backfill = answer(socket)
    assert (backfill["type"], backfill["status"], backfill["sequence"]) == ("backfill", "confirmed", 5)
    assert backfill["logs"] == first


@pytest.mark.promise("R9")
def test_a_client_that_lost_its_socket_resumes_after_what_it_has(trader):
    accepted = trader.place().json()
    with follow(accepted["streamUrl"]) as socket:
        seen = [next(events(socket))]
    with follow(f"{accepted['streamUrl']}&after={seen[-1]['sequence']}") as socket:
        seen += list(events(socket, seen[-1]["sequence"]))
    assert [event["status"] for event in seen] == JOURNEY


def test_a_ping_says_where_the_order_stands_and_subscribe_sends_it_again(trader):
    accepted = trader.place().json()
    with follow(accepted["streamUrl"]) as socket:
        list(events(socket))
        socket.send('{"action":"ping"}')
        assert answer(socket) == {
            "v": 1, "type": "pong", "orderId": accepted["orderId"], "sequence": 5, "status": "confirmed",
        }  # fmt: skip
        socket.send(json.dumps({"action": "subscribe", "orderId": accepted["orderId"], "after": 3}))
        assert [log["sequence"] for log in answer(socket)["logs"]] == [4, 5]
        socket.send("nonsense")
        assert answer(socket)["code"] == "REQUEST_INVALID"


@pytest.mark.parametrize("query", ["", "?orderId=x", "?orderId=00000000-0000-4000-8000-000000000000"])
def test_an_unknown_order_is_refused_at_the_handshake(trader, stack, query):
    with pytest.raises(InvalidStatus), follow(f"{stack.stream_url}{query}"):
        pass


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/nothing"), ("PUT", "/api/orders/execute")])
def test_what_the_gateway_refuses_by_itself_is_a_problem_too(trader, method, path):
    refused = trader.request(method, path)
    assert (refused.status_code, refused.json()["code"]) == (404, "ROUTE_UNKNOWN")
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_bad_order_is_a_problem_on_the_wire(trader: Trader):
    refused = trader.place(amount=1.5)
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["errors"][0]["pointer"] == "/amount"
