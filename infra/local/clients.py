"""Clients of an emulator, made through localstack_client, so that LocalStack serves as well as MiniStack."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from localstack_client.session import Session  # type: ignore[import-untyped]

from infra.local.failure import LocalFailure

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_apigatewayv2 import ApiGatewayV2Client
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

REGION = "us-east-1"

# No proxy stands between us and loopback, and a person's own AWS profile must not reach an emulator.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=30,
    retries={"total_max_attempts": 1},
    proxies={},
    s3={"addressing_style": "path"},
)
_FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")


class Clients:
    """The boto3 clients of the emulator at `endpoint`."""

    def __init__(self, endpoint: str) -> None:
        with _environment(endpoint):
            session = Session("test", "test", region_name=REGION)
            self.apigateway: APIGatewayClient = self._client(session, "apigateway")
            self.apigatewayv2: ApiGatewayV2Client = self._client(session, "apigatewayv2")
            self.cloudformation: CloudFormationClient = self._client(session, "cloudformation")
            self.dynamodb: DynamoDBClient = self._client(session, "dynamodb")
            self.functions: LambdaClient = self._client(session, "lambda")
            self.logs: CloudWatchLogsClient = self._client(session, "logs")
            self.s3: S3Client = self._client(session, "s3")
            self.sqs: SQSClient = self._client(session, "sqs")

    @staticmethod
    def _client(session: Any, service: str) -> Any:
        return session.client(service, config=_CONFIG)


@contextmanager
def emulator_asked(for_what: str) -> Iterator[None]:
    """Turn an emulator's refusals and failures to answer into a LocalFailure of one sentence."""
    try:
        yield
    except (BotoCoreError, ClientError, httpx.HTTPError) as error:
        raise LocalFailure(f"The emulator failed to {for_what}: {error}") from error


@contextmanager
def _environment(endpoint: str) -> Iterator[None]:
    """Set the endpoint in the environment, for localstack_client, and hide the person's own AWS profile."""
    before = dict(os.environ)
    os.environ.update(
        AWS_ENDPOINT_URL=endpoint, AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull
    )
    for name in _FOREIGN:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
