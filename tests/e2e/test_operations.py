"""An operator's ways out, walked on the running stack: infra/runbooks with `python -m infra.operations`."""

import json
import os
import time

import pytest

from chalicelib.services.watch_trading import TRUSTED_MS
from infra.local.waiting import wait_until
from tests.e2e.conftest import PREFIX, UNLIMITED, running_stack
from tests.e2e.ledger import landings
from tests.e2e.operating import operate
from tests.e2e.trader import FINAL, PATIENCE, Trader

pytestmark = pytest.mark.e2e

LANDING = "PAPER_LANDING_DELAY_MS=30000-30000"
"""Long enough for an operator to act on an order in flight, also on a busy machine."""

MOST_COPIES = 10

SHORT_CHAIN = [
    "PAPER_BLOCK_MS=100",
    "PAPER_BLOCKHASH_BLOCKS=40",
    "PAPER_FINALITY_BLOCKS=5",
    "PAPER_FAULT_DROPPED=0.5",
    "PAPER_QUOTE_DELAY_MS=400-600",
    "PAPER_LANDING_DELAY_MS=1500-2500",
]


@pytest.fixture
def patient_stack():
    with running_stack(f"{PREFIX}{os.getpid()}-operated", [*UNLIMITED, LANDING]) as stack:
        yield stack


@pytest.fixture
def forgetful_stack():
    with running_stack(f"{PREFIX}{os.getpid()}-restored", [*UNLIMITED, *SHORT_CHAIN]) as stack:
        yield stack


def turn(stack, trader, state):
    """Turn the trading switch and wait until every worker obeys it, not only the one that is asked."""
    operate(stack, "trading", state, "--why", "a drill")
    turned = time.monotonic()
    eventually(lambda: trader.request("GET", "/api/health").json().get("trading") == state)
    time.sleep(max(0.0, turned + TRUSTED_MS / 1000 - time.monotonic()))


def eventually(holds):
    assert wait_until(lambda: holds() or None, 2 * PATIENCE)


def listed(stack):
    return json.loads(operate(stack, "list", "--json"))


def refusal(trader):
    answer = trader.place()
    return answer.status_code, answer.json()["code"]


def set_version(stack, order_id, version):
    """Let an order's item be of a newer release, which this one refuses, or of this one again."""
    stack.clients().dynamodb.update_item(
        TableName=stack.outputs["OrdersTable"],
        Key={"pk": {"S": f"ORDER#{order_id}"}},
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"N": version}},
    )


def come_again_after(stack, seconds):
    """How soon a failed message comes again: of an execution, of a landing, among the dead letters."""
    sqs = stack.clients().sqs
    for arn in ("OrdersQueueArn", "LandingsQueueArn", "DeadLetterQueueArn"):
        url = sqs.get_queue_url(QueueName=stack.outputs[arn].rpartition(":")[2])["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})


@pytest.mark.timeout(600)
@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R11")
def test_halt_resolve_redrive_resume(patient_stack):
    stack, trader = patient_stack, Trader(patient_stack.rest_url)
    resolved, poisoned = (trader.place(validForSeconds=600).json()["orderId"] for _ in range(2))

    def status(order_id):
        return trader.read(order_id)["status"]

    eventually(lambda: {status(resolved), status(poisoned)} == {"submitted"})
    turn(stack, trader, "halted")
    assert refusal(trader) == (503, "TRADING_HALTED")
    assert {order["status"] for order in listed(stack)["orders"]} == {"submitted"}

    set_version(stack, poisoned, "3")
    assert listed(stack)["unreadable"] == [poisoned]
    come_again_after(stack, 1)
    eventually(lambda: listed(stack)["queues"]["parked"]["waiting"] == 1)
    come_again_after(stack, 20)
    set_version(stack, poisoned, "1")

    turn(stack, trader, "reducing")
    assert refusal(trader) == (503, "TRADING_REDUCING")
    eventually(lambda: status(resolved) == "confirmed")

    moved = operate(stack, "redrive")
    assert poisoned in moved
    assert listed(stack)["queues"]["parked"] == {"waiting": 0, "handled": 0, "delayed": 0}
    turn(stack, trader, "active")
    eventually(lambda: status(poisoned) == "confirmed")
    assert "final" in operate(stack, "explain", poisoned)
    assert listed(stack)["orders"] == []
    landed = landings(stack)
    assert [len(landed[order_id]) for order_id in (resolved, poisoned)] == [1, 1]


def restored_copy(stack, number):
    """Restore the orders table into a new one, and return its name. The emulator knows but one point: now."""
    dynamodb, table = stack.clients().dynamodb, stack.outputs["OrdersTable"]
    name = f"{table}-restored-{number}"
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=name, UseLatestRestorableTime=True
    )
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    return name


def use_table(stack, restored):
    """Give the functions the restored items in place of theirs: it spares the emulator a deployment."""
    dynamodb, table = stack.clients().dynamodb, stack.outputs["OrdersTable"]
    for item in dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"pk": item["pk"]})
    for item in dynamodb.scan(TableName=restored, ConsistentRead=True)["Items"]:
        dynamodb.put_item(TableName=table, Item=item)


def unsent_and_sent(stack, table):
    """The orders that a table takes for not sent yet, and those that it takes for sent and not final."""
    found = stack.clients().dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]
    unsent, sent = set[str](), set[str]()
    for item in found:
        if item["pk"]["S"].startswith("ORDER#") and "open" in item:
            (sent if "submission" in item else unsent).add(item["order_id"]["S"])
    return unsent, sent


def copy_of_a_busy_moment(stack, trader, placed):
    """Place orders and restore copies until one holds both sent orders and unsent ones; returns its name.

    Only a copy stands still: what the table holds when it is looked at, it need not hold when it is copied.
    """
    for number in range(MOST_COPIES):
        placed += [trader.place(validForSeconds=600).json()["orderId"] for _ in range(12)]
        restored = restored_copy(stack, number)
        if all(unsent_and_sent(stack, restored)):
            return restored
    raise AssertionError(f"None of {MOST_COPIES} copies held orders that were sent and such as weren't")


@pytest.mark.timeout(600)
@pytest.mark.promise("R4")
def test_restore(forgetful_stack):
    stack, trader = forgetful_stack, Trader(forgetful_stack.rest_url)
    placed: list[str] = []
    restored = copy_of_a_busy_moment(stack, trader, placed)
    looks_unsent, _ = unsent_and_sent(stack, restored)
    eventually(lambda: not any(unsent_and_sent(stack, stack.outputs["OrdersTable"])))
    traded_before = landings(stack)
    assert looks_unsent & traded_before.keys()

    turn(stack, trader, "halted")
    operate(stack, "--table", restored, "trading", "halted", "--why", "a drill")
    use_table(stack, restored)
    assert refusal(trader) == (503, "TRADING_HALTED")
    closed = operate(stack, "expire-open")
    assert all(order_id in closed for order_id in looks_unsent)
    turn(stack, trader, "reducing")
    operate(stack, "reconcile")
    eventually(lambda: listed(stack)["openOrders"] == 0)
    turn(stack, trader, "active")

    fresh = trader.place(validForSeconds=120).json()["orderId"]
    eventually(lambda: trader.read(fresh)["status"] in FINAL)
    landed = landings(stack)
    assert all(len(landed.get(order_id, [])) <= 1 for order_id in [*placed, fresh])
    assert {order_id: landed[order_id] for order_id in traded_before} == traded_before
