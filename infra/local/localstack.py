"""What LocalStack does otherwise than MiniStack, all of it.

Written after its documentation; not run by us, because its image needs a token and Docker.
"""

import platform
from collections.abc import Mapping
from pathlib import Path

import httpx

from infra.build import Target, lambda_target
from infra.local.clients import Clients, emulator_asked
from infra.local.deployment import deploy

IN_CONTAINERS = "http://localhost.localstack.cloud:4566"
"""Where functions, which run in containers of their own, reach it: its name server sees to that."""


def serves(endpoint: str) -> bool:
    """Whether the emulator there is LocalStack: MiniStack answers a question that LocalStack doesn't know."""
    with emulator_asked("say what it is"), httpx.Client(trust_env=False, timeout=2) as client:
        return not client.get(f"{endpoint}/_ministack/ready").is_success


def target() -> Target:
    """Functions run in the Lambda runtime's own image, on this computer's architecture."""
    return lambda_target(_architecture())


def settings(given: Mapping[str, str]) -> dict[str, str]:
    """The settings of a stack, fitted: sockets are posted to at the plain address."""
    posted_to = given["STREAM_MANAGEMENT_ENDPOINT"] or IN_CONTAINERS
    return {**given, "STREAM_MANAGEMENT_ENDPOINT": posted_to, "ARCHITECTURE": _architecture()}


def deploy_for_stream_url(
    clients: Clients, name: str, given: Mapping[str, str], code: Path
) -> dict[str, str]:
    """The settings with the address of the WebSocket API, which it gives a port of its own as it is made.

    Raises
    ------
    LocalFailure
        The stacks could not be deployed.
    """
    if given["STREAM_URL"]:
        return {**given}
    api_id = deploy(clients, name, given, code)["StreamApiId"]
    with emulator_asked("name the WebSocket API's address"):
        return {**given, "STREAM_URL": clients.apigatewayv2.get_api(ApiId=api_id)["ApiEndpoint"]}


def _architecture() -> str:
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"
