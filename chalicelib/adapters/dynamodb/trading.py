"""The trading switch in DynamoDB: one small item of the orders table, turned under a version condition."""

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import AnswerLost, ConditionFailed, Item, call, read_item
from chalicelib.domain.trading import NEVER_TURNED, Trading, TradingState
from chalicelib.errors import StorageUnavailable, TradingContended

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoTradingSwitch:
    """TradingSwitch on DynamoDB. A switch that can't be read raises: nothing is traded until it can be."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._item = schema.bound(schema.TradingItem, table)

    def read(self) -> Trading:
        """Read the switch consistently. Raises StorageUnavailable, also if a newer release wrote it."""
        image = read_item(self._client, self._table, {"pk": {"S": schema.TRADING}})
        return NEVER_TURNED if image is None else _trading(image)

    def turn(self, to: Trading) -> None:
        """Store `to`, the turn after version `to.version - 1`.

        Raises
        ------
        TradingContended
            Another turn is stored.
        StorageUnavailable
            Whether it was stored is unknown.
        """
        item = self._item
        before = item.pk.does_not_exist() if to.version == 1 else item.version == to.version - 1
        put = item(
            pk=schema.TRADING,
            v=schema.SCHEMA_VERSION,
            state=to.state.value,
            version=to.version,
            who=to.who,
            why=to.why,
            at=to.at,
        ).get_save_kwargs_from_instance(condition=before, return_values_on_condition_failure=schema.ALL_OLD)
        try:
            call(self._client.put_item, **put)
        except ConditionFailed as failed:
            if failed.stored[0] is None or _trading(failed.stored[0]) != to:
                raise TradingContended("Somebody else turned the trading switch") from failed
        except AnswerLost:
            if self.read() != to:
                raise


def _trading(image: Item) -> Trading:
    if not schema.is_known(image):
        raise StorageUnavailable("The trading switch was written by a newer release")
    try:
        item = schema.read_image(schema.TradingItem, image)
        return Trading(TradingState(item.state), item.version, item.who, item.why, item.at)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise StorageUnavailable(f"The trading switch can't be read: {error}") from error
