"""AWS clients with this engine's time-outs.

They are made by botocore alone: boto3 adds nothing to a client but its import.
"""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Literal, overload

from chalicelib.ports import Clock

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session
    from types_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient

CONNECT_TIMEOUT = 1
"""Seconds to wait for a connection to a service."""

READ_TIMEOUT = 2
"""Seconds to wait for a service's answer."""

ATTEMPTS = 2
"""Times that a call is tried in all."""

IDLE = 30_000
"""Milliseconds after which a connection that nothing was sent over may be dead."""


@overload
def make_client(
    service: Literal["apigatewaymanagementapi"], endpoint: str, *, read_timeout: float = READ_TIMEOUT
) -> "ApiGatewayManagementApiClient": ...
@overload
def make_client(service: Literal["cloudformation"]) -> "CloudFormationClient": ...
@overload
def make_client(
    service: Literal["dynamodb"], endpoint: str | None = None, *, read_timeout: float = READ_TIMEOUT
) -> "DynamoDBClient": ...
@overload
def make_client(
    service: Literal["lambda"], *, read_timeout: float = READ_TIMEOUT, attempts: int = ATTEMPTS
) -> "LambdaClient": ...
@overload
def make_client(
    service: Literal["sqs"], endpoint: str | None = None, *, read_timeout: float = READ_TIMEOUT
) -> "SQSClient": ...
def make_client(
    service: str,
    endpoint: str | None = None,
    *,
    read_timeout: float = READ_TIMEOUT,
    attempts: int = ATTEMPTS,
) -> "BaseClient":
    """Return a low-level client of this AWS service; threads may share it.

    Region, credentials and, without an `endpoint`, the address (AWS_ENDPOINT_URL) come from the environment,
    as for every AWS tool. `read_timeout` (seconds) is how long one attempt waits for an answer;
    `attempts` is how often a call is tried in all, and no other layer retries it.
    """
    # They cost 0.3 s, which only their users pay. With the codec a first connection looks up its host.
    import encodings.idna  # noqa: F401, PLC0415

    from botocore import __version__  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        tcp_keepalive=True,
        # Both are otherwise worked out at each call, a sixth of its processor time (docs/performance.md): the
        # agent's name never changes, and the adapters form what is sent.
        user_agent=f"order-execution-engine Botocore/{__version__}",
        parameter_validation=False,
    )
    return session().create_client(service, endpoint_url=endpoint, config=config)


def close_idle_connections(client: "BaseClient", clock: Clock) -> None:
    """Let a call that comes `IDLE` ms or more after the one before it open its connection anew.

    Whoever is at the other end closes what is idle, and a worker that is frozen between two events doesn't
    learn of it: each connection that it wakes up with costs an attempt, and threads leave more of them than
    there are attempts.
    """
    lock, called = Lock(), clock.now()

    def close(**_event: object) -> None:
        nonlocal called
        with lock:
            before, called = called, clock.now()
            if called - before >= IDLE:
                client.close()

    client.meta.events.register_first("before-call", close)


@cache
def session() -> "Session":
    """Return the session that all clients share, so that botocore's files are read once."""
    from botocore.session import get_session  # noqa: PLC0415

    return get_session()
