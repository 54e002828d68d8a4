"""Deploy a CloudFormation stack by a change set."""

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from infra.local.failure import LocalFailure
from infra.local.waiting import wait_until

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.literals import CapabilityType
    from types_boto3_cloudformation.type_defs import DescribeChangeSetOutputTypeDef

DEPLOY_SECONDS = 120
CAPABILITIES: Sequence["CapabilityType"] = [
    "CAPABILITY_IAM",
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
]


def deploy_stack(
    client: "CloudFormationClient", stack: str, template: str, parameters: Mapping[str, str]
) -> dict[str, str]:
    """Create or update a stack from the template at this address in S3, and return its outputs.

    Raises
    ------
    LocalFailure
        CloudFormation refused or failed; the first failing resource and its reason are named.
    """
    change_set = f"deploy-{uuid.uuid4().hex[:12]}"
    client.create_change_set(
        StackName=stack,
        ChangeSetName=change_set,
        ChangeSetType="UPDATE" if _exists(client, stack) else "CREATE",
        TemplateURL=template,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=CAPABILITIES,
    )
    if _has_changes(client, stack, change_set):
        client.execute_change_set(StackName=stack, ChangeSetName=change_set)
        _wait_for_stack(client, stack)
    return outputs_of(client, stack)


def outputs_of(client: "CloudFormationClient", stack: str) -> dict[str, str]:
    """Return the outputs of a deployed stack."""
    described = client.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def delete_stack(client: "CloudFormationClient", stack: str) -> None:
    """Delete a stack and wait until it is gone. Raises LocalFailure when it isn't within two minutes."""
    client.delete_stack(StackName=stack)
    if wait_until(lambda: None if _exists(client, stack) else True, DEPLOY_SECONDS) is None:
        raise LocalFailure(f"The stack {stack} was not deleted within {DEPLOY_SECONDS} s")


def _exists(client: "CloudFormationClient", stack: str) -> bool:
    try:
        status = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return False
        raise
    return status not in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}


def _has_changes(client: "CloudFormationClient", stack: str, change_set: str) -> bool:
    def look() -> "DescribeChangeSetOutputTypeDef | None":
        described = client.describe_change_set(StackName=stack, ChangeSetName=change_set)
        return described if described["Status"] in {"CREATE_COMPLETE", "FAILED"} else None

    described = wait_until(look, DEPLOY_SECONDS)
    if described is None:
        raise LocalFailure(f"The change set of {stack} was not ready within {DEPLOY_SECONDS} s")
    if described["Status"] == "CREATE_COMPLETE":
        return True
    reason = described.get("StatusReason", "no reason was given")
    if "didn't contain changes" in reason or "No updates" in reason:
        return False
    raise LocalFailure(f"CloudFormation refused the template of {stack}: {reason}")


def _wait_for_stack(client: "CloudFormationClient", stack: str) -> None:
    def look() -> str | None:
        status: str = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        return None if status.endswith("IN_PROGRESS") else status

    status = wait_until(look, DEPLOY_SECONDS)
    if status is None:
        raise LocalFailure(f"The stack {stack} was not deployed within {DEPLOY_SECONDS} s")
    if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise LocalFailure(
            f"The stack {stack} could not be deployed: {_first_failure(client, stack) or status}"
        )


def _first_failure(client: "CloudFormationClient", stack: str) -> str | None:
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    for event in reversed(events):
        if event["ResourceStatus"].endswith("FAILED"):
            return f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason was given')}"
    return None


def resource_ids(client: "CloudFormationClient", stack: str) -> list[tuple[str, str]]:
    """Return the type and physical id of each resource of a stack."""
    listed = client.describe_stack_resources(StackName=stack)["StackResources"]
    return [(resource["ResourceType"], resource["PhysicalResourceId"]) for resource in listed]
