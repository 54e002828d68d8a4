"""All that differs between LocalStack and MiniStack.

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
"""LocalStack's address for functions, which run in containers; its name server resolves it there."""


def serves(endpoint: str) -> bool:
    """Return whether the emulator is LocalStack: only MiniStack knows the path that is asked for."""
    with emulator_asked("say what it is"), httpx.Client(trust_env=False, timeout=2) as client:
        return not client.get(f"{endpoint}/_ministack/ready").is_success


def target() -> Target:
    """Return the build target: functions run in Lambda's own image, on this computer's architecture."""
    return lambda_target(_architecture())


def settings(given: Mapping[str, str]) -> dict[str, str]:
    """Return a stack's settings for LocalStack, with the address to which socket messages are posted."""
    posted_to = given["STREAM_MANAGEMENT_ENDPOINT"] or IN_CONTAINERS
    return {**given, "STREAM_MANAGEMENT_ENDPOINT": posted_to, "ARCHITECTURE": _architecture()}


def deploy_for_stream_url(
    clients: Clients, name: str, given: Mapping[str, str], code: Path
) -> dict[str, str]:
    """Deploy, and return the settings with the WebSocket API's address, whose port is known only then.

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
