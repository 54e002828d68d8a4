"""Wake the watcher of prices by an asynchronous invocation of its Lambda function."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.ports import Telemetry

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

ARMED = "order-armed"
"""The source of an event by which the API starts the watcher; the schedule's own are of aws.events."""

EVENT = {
    "version": "0",
    "id": ARMED,
    "account": "",
    "region": "",
    "time": "",
    "source": ARMED,
    "detail-type": ARMED,
    "detail": {},
    "resources": [],
}
"""An event in the form of a schedule's, since the function is driven by one."""


class LambdaWaker:
    """Waker on Lambda. The call waits only until Lambda has taken the event, not for the function's start."""

    def __init__(self, client: "LambdaClient", function: str, telemetry: Telemetry) -> None:
        self._client = client
        self._function = function
        self._telemetry = telemetry

    def wake(self) -> None:
        """Ask for a watcher. A failure is told and passed over: the schedule starts one within a minute."""
        try:
            self._client.invoke(
                FunctionName=self._function, InvocationType="Event", Payload=json.dumps(EVENT).encode()
            )
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            self._telemetry.waking_failed(error)
