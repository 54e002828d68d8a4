"""The queues of a stack: their depths, and sending messages of the last two to the first again."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from chalicelib.adapters.sqs import parse_message
from chalicelib.errors import MalformedMessage, UnsupportedSchemaVersion

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import MessageTypeDef

COUNTS: Sequence["QueueAttributeNameType"] = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]
"""SQS's names of the fields of a Depth, in their order."""

HELD_SECONDS = 60
"""Seconds for which a message that is looked at is hidden from other receivers."""


@dataclass(frozen=True, slots=True)
class Depth:
    """About how many messages can be received, are being handled, and are delayed."""

    waiting: int
    handled: int
    delayed: int


@dataclass(frozen=True, slots=True)
class Redriven:
    """The bodies of messages: `moved` ones were sent again; `unreadable` ones were left or discarded."""

    moved: Sequence[str]
    unreadable: Sequence[str]


@dataclass(frozen=True, slots=True)
class Queues:
    """The queues of orders and landings, and those for messages that can't be handled.

    Three crashes lead to the dead letters, of both, and three more to the parked messages.
    """

    client: "SQSClient"
    orders: str
    landings: str
    dead_letters: str
    parked: str

    @classmethod
    def found_from(cls, client: "SQSClient", orders: str, landings: str) -> "Queues":
        """Find the other queues by the redrive policies, from the orders queue on."""
        dead_letters = _following(client, orders)
        return cls(client, orders, landings, dead_letters, _following(client, dead_letters))

    def depths(self) -> dict[str, Depth]:
        """Return the depth of each queue, by its field's name."""
        names = [field.name for field in fields(self) if field.name != "client"]
        return {name: _depth(self.client, getattr(self, name)) for name in names}

    def redrive(self, *, discard: bool) -> Redriven:
        """Send dead letters and parked messages to the orders queue anew; `discard` drops unreadable ones.

        Executions hand those over to the landings whose orders are submitted. Each is sent before it is
        deleted: an interruption may leave one twice, which is harmless.
        """
        moved: list[str] = []
        unreadable: list[str] = []
        for source in (self.dead_letters, self.parked):
            left = []
            for message in self._messages(source):
                held = {"QueueUrl": source, "ReceiptHandle": message["ReceiptHandle"]}
                if _is_readable(message["Body"]):
                    self.client.send_message(QueueUrl=self.orders, MessageBody=message["Body"])
                    self.client.delete_message(**held)
                    moved.append(message["Body"])
                else:
                    left.append(held)
                    unreadable.append(message["Body"])
            for held in left:
                self._let_go(held, discard=discard)
        return Redriven(moved, unreadable)

    def _let_go(self, held: dict[str, str], *, discard: bool) -> None:
        if discard:
            self.client.delete_message(**held)
        else:
            self.client.change_message_visibility(**held, VisibilityTimeout=0)

    def _messages(self, source: str) -> Iterator["MessageTypeDef"]:
        """Yield each message of a queue once."""
        seen: set[str] = set()
        while True:
            # A second of waiting asks all of SQS's servers; without it a short queue may seem empty.
            answer = self.client.receive_message(
                QueueUrl=source, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=HELD_SECONDS
            )
            fresh = [m for m in answer.get("Messages", ()) if m["MessageId"] not in seen]
            if not fresh:
                return
            seen.update(message["MessageId"] for message in fresh)
            yield from fresh


def _is_readable(body: str) -> bool:
    try:
        parse_message(body)
    except MalformedMessage:
        return False
    except UnsupportedSchemaVersion:
        return True  # a release that knows it may be deployed by now
    return True


def _following(client: "SQSClient", queue: str) -> str:
    answer = client.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])
    policy = json.loads(answer["Attributes"]["RedrivePolicy"])
    name = policy["deadLetterTargetArn"].rpartition(":")[2]
    return str(client.get_queue_url(QueueName=name)["QueueUrl"])


def _depth(client: "SQSClient", queue: str) -> Depth:
    attributes = client.get_queue_attributes(QueueUrl=queue, AttributeNames=COUNTS)["Attributes"]
    return Depth(*(int(attributes[name]) for name in COUNTS))
