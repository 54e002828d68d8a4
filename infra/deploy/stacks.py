"""What CloudFormation has of a stage, and what of it a deployment must not go over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_DELETE_FIRST = (
    "The stack {name} was never made ({status}) and can't be updated: delete it with "
    "`aws cloudformation delete-stack --stack-name {name}`, then deploy again."
)
_IN_THE_WAY = {
    "ROLLBACK_COMPLETE": _DELETE_FIRST,
    "ROLLBACK_FAILED": _DELETE_FIRST,
    "CREATE_FAILED": _DELETE_FIRST,
    "DELETE_FAILED": (
        "The stack {name} is half deleted ({status}): once what holds it is gone, delete it with "
        "`aws cloudformation delete-stack --stack-name {name}`, then deploy again."
    ),
    "UPDATE_ROLLBACK_FAILED": (
        "The stack {name} hangs between two releases ({status}): mend what its events name, then "
        "`aws cloudformation continue-update-rollback --stack-name {name}`, then deploy again "
        "(infra/runbooks/release.md)."
    ),
}
_NOTHING_YET = "REVIEW_IN_PROGRESS"

KEPT_FOR_GOOD = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["Update:Replace", "Update:Delete"],
                "Resource": "*",
                "Condition": {"StringEquals": {"ResourceType": ["AWS::DynamoDB::Table", "AWS::SQS::Queue"]}},
            },
        ]
    }
)
"""The stack policy of the state: no update replaces or deletes a table or a queue."""


class DeploymentRefused(Exception):
    """It was not deployed, or does not work; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as it is: its outputs and parameters; one that isn't there has none."""

    name: str
    exists: bool = False
    outputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cloudformation: "CloudFormationClient", name: str) -> Self:
        """Look at a stack.

        Raises
        ------
        DeploymentRefused
            It can't be deployed over as it is.
        ClientError, BotoCoreError
            AWS refused or did not answer.
        """
        try:
            [found] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return cls(name)
            raise
        status = found["StackStatus"]
        if status == _NOTHING_YET:
            return cls(name)
        if status in _IN_THE_WAY:
            raise DeploymentRefused(_IN_THE_WAY[status].format(name=name, status=status))
        if status.endswith("_IN_PROGRESS"):
            raise DeploymentRefused(
                f"Somebody is changing the stack {name} ({status}): wait until that is done."
            )
        outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        parameters = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
        return cls(name, exists=True, outputs=outputs, parameters=parameters)


def refuse_other_state(application: Stack, state: Mapping[str, str], given: Mapping[str, str]) -> None:
    """Refuse to turn a running application to other tables or queues unless they are `given` by name.

    Raises
    ------
    DeploymentRefused
        An output of the state stack is not what the application runs on.
    """
    for name, value in state.items():
        runs_on = application.parameters.get(name, value)
        if name.endswith(("Table", "QueueUrl")) and runs_on != value and name not in given:
            raise DeploymentRefused(
                f"{application.name} runs on the {name} {runs_on}, and the state stack has {value}: its "
                "orders and Idempotency-Keys would be lost from sight. Say which one it shall be: "
                f'SET="{name}=…", with what belongs to it (infra/runbooks/restore.md).'
            )
