"""Tickets in the accounts table: an item each, taken by one conditional deletion."""

from typing import Any

from chalicelib.adapters.dynamodb.calls import ConditionFailed, Item, call
from chalicelib.adapters.dynamodb.schema import SCHEMA_VERSION
from chalicelib.domain.tickets import Ticket

_NAMES = {"#v": "v"}
_VERSION = {"N": str(SCHEMA_VERSION)}


class DynamoTickets:
    """Tickets on DynamoDB. `ttl` only cleans up: what counts is `expires_at`, in the deletion's condition."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def issue(self, ticket: Ticket) -> None:
        """Store a new ticket.

        Raises
        ------
        StorageUnavailable
            Whether it was stored is unknown; it harms nobody who doesn't have its text.
        """
        item = {
            **_key(ticket.digest),
            "v": _VERSION,
            "account": {"S": ticket.account},
            "order_id": {"S": ticket.order_id},
            "host": {"S": ticket.host},
            "expires_at": {"N": str(ticket.expires_at)},
            "ttl": {"N": str(-(-ticket.expires_at // 1000))},
        }
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ConditionFailed:
            return  # the first answer was lost, and botocore asked again: no digest comes twice

    def consume(self, digest: str, now: int) -> Ticket | None:
        """Take the ticket out of the table; None when it is gone already, or too old.

        Raises
        ------
        StorageUnavailable
            Whether it was taken is unknown: it opens nothing then, and another one has to be asked for.
        """
        try:
            answer = call(
                self._client.delete_item,
                TableName=self._table,
                Key=_key(digest),
                ConditionExpression="expires_at > :now AND #v = :v",
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues={":now": {"N": str(now)}, ":v": _VERSION},
                ReturnValues="ALL_OLD",
            )
        except ConditionFailed:
            return None
        image: Item = answer["Attributes"]
        return Ticket(
            digest=digest,
            account=image["account"]["S"],
            order_id=image["order_id"]["S"],
            host=image["host"]["S"],
            expires_at=int(image["expires_at"]["N"]),
        )


def _key(digest: str) -> Item:
    return {"pk": {"S": f"TICKET#{digest}"}}
