"""An account's history over HTTP: pages, statuses, and the order of a key."""

from tests.integration.test_api import place


def test_history_is_paged_newest_first(desk):
    placed = []
    for _ in range(5):
        placed.append(place(desk).json_body["orderId"])
        desk.clock.advance(1)
    page = desk.request("GET", "/api/orders?limit=3").json_body
    rest = desk.request("GET", f"/api/orders?limit=3&cursor={page['nextCursor']}").json_body
    listed = [order["orderId"] for order in page["orders"] + rest["orders"]]
    assert listed == placed[::-1]
    assert rest["nextCursor"] is None


def test_an_order_is_found_by_its_idempotency_key(desk):
    order_id = place(desk, Idempotency_Key="my-order-1").json_body["orderId"]
    place(desk)
    found = desk.request("GET", "/api/orders?idempotencyKey=my-order-1").json_body
    assert [order["orderId"] for order in found["orders"]] == [order_id]
    assert found["nextCursor"] is None
    assert desk.request("GET", "/api/orders?idempotencyKey=another").json_body["orders"] == []


def test_several_statuses_and_all_open_ones_are_asked_for(desk):
    cancelled, pending = (place(desk).json_body["orderId"] for _ in range(2))
    desk.request("DELETE", f"/api/orders/{cancelled}")
    for query, expected in (
        ("status=open", {pending}),
        ("status=open&status=cancelled", {pending, cancelled}),
        ("status=pending,cancelled", {pending, cancelled}),
    ):
        listed = desk.request("GET", f"/api/orders?{query}").json_body["orders"]
        assert {order["orderId"] for order in listed} == expected


def test_history_is_filtered_by_status(desk):
    place(desk)
    desk.request("DELETE", f"/api/orders/{place(desk).json_body['orderId']}")
    page = desk.request("GET", "/api/orders?status=cancelled").json_body
    assert [order["status"] for order in page["orders"]] == ["cancelled"]
