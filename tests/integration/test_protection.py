"""What is kept is encrypted, can be restored, and is not deleted by mistake; queues speak TLS alone."""

from typing import Any

import pytest

from infra.deploy.__main__ import Deployment
from infra.stages import STAGES
from tests.integration.test_template import STATE

RESOURCES: dict[str, Any] = STATE["Resources"]


def of_type(kind: str) -> dict[str, Any]:
    found = {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == kind}
    assert found
    return found


TABLES = of_type("AWS::DynamoDB::Table")
QUEUES = of_type("AWS::SQS::Queue")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_encrypted_can_be_restored_and_is_protected(table):
    properties = TABLES[table]
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_and_each_of_its_indexes_have_a_most_that_they_may_cost(table):
    bounded = {"MaxReadRequestUnits": 10_000, "MaxWriteRequestUnits": 10_000}
    for each in (TABLES[table], *TABLES[table].get("GlobalSecondaryIndexes", [])):
        assert each["OnDemandThroughput"] == bounded


def test_a_stream_carries_the_new_image_alone_as_nobody_reads_the_old_one():
    streams = [table["StreamSpecification"] for table in TABLES.values() if "StreamSpecification" in table]

    assert streams == [{"StreamViewType": "NEW_IMAGE"}] * 2


def test_a_message_may_be_refused_by_a_throttled_function_before_it_is_given_up():
    """AWS advises at least five, because a throttled receive counts."""
    given_up = [queue["RedrivePolicy"] for queue in QUEUES.values() if "RedrivePolicy" in queue]
    assert len(given_up) == 3
    assert all(policy["maxReceiveCount"] >= 5 for policy in given_up)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_and_refuses_whoever_comes_without_tls(queue):
    assert QUEUES[queue]["SqsManagedSseEnabled"] is True
    [policy] = [
        each for each in of_type("AWS::SQS::QueuePolicy").values() if {"Ref": queue} in each["Queues"]
    ]
    assert policy["PolicyDocument"]["Statement"] == {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": {"Fn::GetAtt": [queue, "Arn"]},
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_who_says_nothing_protects_and_only_what_is_thrown_away_is_deployed_unprotected():
    assert STATE["Parameters"]["DeletionProtection"]["Default"] == "true"
    given = {stage: Deployment(stage, "x86_64", {}, ask=True).state_parameters for stage in STAGES}
    assert given == {"dev": {"DeletionProtection": "false"}, "prod": {"DeletionProtection": "true"}}
