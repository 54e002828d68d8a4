"""The trial of a release: what waits in $LATEST is let in once each of its functions has started."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from infra.deploy.stacks import DeploymentRefused
from infra.releases import TRIALS

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

ANSWER_SECONDS = 35
"""Seconds to wait for a function: Api itself may take 29, and it starts cold."""

_BROKEN = 500


def refuse_what_does_not_start(functions: "LambdaClient", outputs: Mapping[str, str], otherwise: str) -> None:
    """Call each function of a stack's `outputs` in $LATEST with an event that changes nothing.

    Raises
    ------
    DeploymentRefused
        One failed; the message names all that did, and ends with `otherwise`.
    ClientError, BotoCoreError
        AWS did not call a function, or did not answer.
    """
    broken = list(_broken(functions, outputs))
    if broken:
        raise DeploymentRefused("\n".join([*broken, otherwise]))


def _broken(functions: "LambdaClient", outputs: Mapping[str, str]) -> Iterator[str]:
    for output, event in TRIALS.items():
        answer = functions.invoke(FunctionName=outputs[output], Payload=json.dumps(event).encode())
        said = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            yield f"{outputs[output]} does not start: {said}"
        elif _status(said) >= _BROKEN:
            yield f"{outputs[output]} starts and does not work: {said}"


def _status(said: str) -> int:
    answer = json.loads(said)
    return int(answer.get("statusCode", 0)) if isinstance(answer, dict) else 0
