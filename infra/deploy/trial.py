"""The trial of a release: what waits in $LATEST is let in once each of its functions has passed."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.stacks import DeploymentRefused
from infra.releases import TRIALS, passes

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

ANSWER_SECONDS = 35
"""Seconds to wait for a function: Api itself may take 29, and it starts cold."""

ATTEMPTS = 6
"""Times that botocore calls a function in all. Those that serve may hold every execution that is reserved."""

LATER = "Deploy again when fewer orders wait."


def refuse_what_fails(functions: "LambdaClient", outputs: Mapping[str, str], otherwise: str) -> None:
    """Call each function of a stack's `outputs` in $LATEST with an event that changes nothing.

    Raises
    ------
    DeploymentRefused
        One failed or could not be called; the message names all of them, and ends with `otherwise`.
    """
    failures = list(_failures(functions, outputs))
    if failures:
        raise DeploymentRefused("\n".join([*failures, otherwise]))


def _failures(functions: "LambdaClient", outputs: Mapping[str, str]) -> Iterator[str]:
    for output, event in TRIALS.items():
        function = outputs[output]
        try:
            answer = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
            said = answer["Payload"].read().decode()
        except functions.exceptions.TooManyRequestsException:
            yield f"{function} was not tried: Lambda had no execution free for it, {ATTEMPTS} times. {LATER}"
        except (BotoCoreError, ClientError) as error:
            yield f"{function} was not tried: {error}"
        else:
            if "FunctionError" in answer or not passes(output, said):
                yield f"{function} fails its trial: {said}"
