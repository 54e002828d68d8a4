"""Find the REST address of the stack that is meant. Its sockets' addresses come from its answers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws_clients import make_client, session
from infra.local.cloudformation import outputs_of
from infra.stages import NAME
from infra.verify.figures import Place
from infra.verify.outcome import NothingVerified
from oee.address import find_url
from oee.errors import Unreachable
from oee.http import is_loopback

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

NO_REGION = "No AWS region is set: set AWS_DEFAULT_REGION, or AWS_PROFILE to a profile that has a region"


@dataclass(frozen=True, slots=True)
class Address:
    """The REST address of a stack; the stage where one was named."""

    url: str
    stage: str | None = None

    @property
    def place(self) -> Place:
        """Where the stack runs: what answers on this computer is an emulator."""
        return Place.EMULATOR if is_loopback(urlsplit(self.url).hostname or "") else Place.AWS


def find(
    *, url: str | None, stage: str | None, local: str | None, environment: Mapping[str, str] = os.environ
) -> Address:
    """Return the address given, or that of a deployed stage, or of a local stack.

    Raises
    ------
    NothingVerified
        There is no such stack, or AWS did not answer.
    """
    if stage is not None and url is None:
        return Address(_of_stage(stage, environment), stage)
    try:
        return Address(find_url(url, environment, stack=local).rstrip("/"), stage)
    except Unreachable as error:
        raise NothingVerified(
            f"{str(error).rstrip('.')}. STAGE=dev means the stack that `make deploy STAGE=dev` made"
        ) from error


def _of_stage(stage: str, environment: Mapping[str, str]) -> str:
    if session().get_config_variable("region") is None:
        raise NothingVerified(NO_REGION)
    return address_in(make_client("cloudformation"), stage, environment.get("AWS_ENDPOINT_URL", ""))


def address_in(cloudformation: "CloudFormationClient", stage: str, emulator: str) -> str:
    """Return the REST address of a stage; `emulator` is the address of one that stands for AWS, or empty.

    Raises
    ------
    NothingVerified
        There is no such stack, or AWS did not answer.
    """
    stack = f"{NAME}-{stage}"
    try:
        outputs = outputs_of(cloudformation, stack)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise NothingVerified(f"AWS refused to tell the address of the stack {stack}: {error}") from error
        outputs = {}
    except BotoCoreError as error:
        raise NothingVerified(f"AWS did not tell the address of the stack {stack}: {error}") from error
    if "RestUrl" not in outputs:
        raise NothingVerified(
            f"There is no stack {stack} in this account and region: make deploy STAGE={stage}"
        )
    if emulator:
        return f"{emulator.rstrip('/')}/_aws/execute-api/{outputs['RestApiId']}/{outputs['Stage']}"
    return outputs["RestUrl"]
