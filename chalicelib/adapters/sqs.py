"""Queues of order ids on SQS, and the body of their messages: {"v":1,"orderId":"…"}."""

import json
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.domain.order import is_order_id
from chalicelib.errors import MalformedMessage, QueueUnavailable, UnsupportedSchemaVersion

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

MESSAGE_VERSION = 1


class SqsOrderQueue:
    """OrderQueue on SQS, which delivers at least once and in no order."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, order_id: str, *, delay_seconds: int = 0) -> None:
        """Ask for the order's next step, `delay_seconds` (0 to 900) from now.

        Raises
        ------
        QueueUnavailable
            The queue did not take it, or its answer was lost.
        """
        try:
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=message_body(order_id), DelaySeconds=delay_seconds
            )
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise QueueUnavailable(f"SQS did not take the message: {error}") from error

    def running(self) -> int:
        """Return how many messages are received and not yet deleted: each is one execution.

        Raises
        ------
        QueueUnavailable
            The queue did not answer.
        """
        in_flight: Final = "ApproximateNumberOfMessagesNotVisible"
        try:
            answer = self._client.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=[in_flight])
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            raise QueueUnavailable(f"SQS did not answer: {error}") from error
        return int(answer["Attributes"][in_flight])


def message_body(order_id: str) -> str:
    """Return the body of a message that asks for the order's next step."""
    return json.dumps({"v": MESSAGE_VERSION, "orderId": order_id}, separators=(",", ":"))


def parse_message(body: str) -> str:
    """Return the order id in a message's body. Fields other than `v` and `orderId` are ignored.

    Raises
    ------
    UnsupportedSchemaVersion
        A newer release wrote it.
    MalformedMessage
        It is not a message of this queue.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("the body was not JSON") from error
    if not isinstance(message, dict) or type(message.get("v")) is not int:
        raise MalformedMessage("the body was not an object with a schema version")
    if message["v"] > MESSAGE_VERSION:
        raise UnsupportedSchemaVersion(
            f"the message has schema version {message['v']}, and {MESSAGE_VERSION} is known"
        )
    order_id = message.get("orderId")
    if message["v"] != MESSAGE_VERSION or not isinstance(order_id, str) or not is_order_id(order_id):
        raise MalformedMessage("the body held no order id")
    return order_id
