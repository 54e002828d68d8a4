"""Tickets in the accounts table: one item each, taken by one conditional deletion."""

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import ConditionFailed, call
from chalicelib.domain.tickets import Ticket

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoTickets:
    """Tickets on DynamoDB. The deletion's condition checks `expires_at`; `ttl` only cleans up."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._item = schema.bound(schema.TicketItem, table)

    def issue(self, ticket: Ticket) -> None:
        """Store a new ticket.

        Raises
        ------
        StorageUnavailable
            Whether it was stored is unknown; it harms nobody who doesn't have its text.
        """
        item = self._item
        put = item(
            _key(ticket.digest),
            v=schema.SCHEMA_VERSION,
            account=ticket.account,
            order_id=ticket.order_id,
            host=ticket.host,
            expires_at=ticket.expires_at,
            ttl=-(-ticket.expires_at // 1000),
        ).get_save_kwargs_from_instance(condition=item.pk.does_not_exist())
        try:
            call(self._client.put_item, **put)
        except ConditionFailed:
            return  # the first answer was lost, and botocore asked again: no digest comes twice

    def consume(self, digest: str, now: int) -> Ticket | None:
        """Delete the ticket and return it; None if it was taken already or has expired.

        Raises
        ------
        StorageUnavailable
            Whether it was taken is unknown: it opens nothing then, and another one has to be asked for.
        """
        item = self._item
        delete = item(_key(digest)).get_delete_kwargs_from_instance(
            condition=(item.expires_at > now) & (item.v == schema.SCHEMA_VERSION)
        )
        try:
            answer = call(self._client.delete_item, ReturnValues="ALL_OLD", **delete)
        except ConditionFailed:
            return None
        stored = schema.read_image(schema.TicketItem, answer["Attributes"])
        return Ticket(
            digest=digest,
            account=stored.account,
            order_id=stored.order_id,
            host=stored.host,
            expires_at=stored.expires_at,
        )


def _key(digest: str) -> str:
    return f"TICKET#{digest}"
