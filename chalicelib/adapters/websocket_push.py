"""The open sockets of an API Gateway WebSocket API, reached through its @connections."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.errors import ConnectionGone, PushUnavailable

if TYPE_CHECKING:
    from types_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

MESSAGE_LIMIT = 128 * 1024
"""Most bytes of one message. API Gateway refuses more, which an emulator doesn't."""

READ_TIMEOUT = 1
"""Seconds that one attempt waits for the gateway: it answers within a tenth of that, or hangs."""

GONE = 410


class ApiGatewayPushGateway:
    """PushGateway on API Gateway. The client must use the API's own address as its endpoint."""

    def __init__(self, client: "ApiGatewayManagementApiClient") -> None:
        self._client = client

    def post(self, connection_id: str, message: bytes) -> None:
        """Hand a message to a socket.

        Raises
        ------
        ConnectionGone
            No such socket is open: it was closed, or isn't open yet.
        PushUnavailable
            The message was too long, or the gateway was throttled, failed or didn't answer.
        """
        if len(message) > MESSAGE_LIMIT:
            raise PushUnavailable(f"the message was {len(message)} bytes and must be at most {MESSAGE_LIMIT}")
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=message)
        except ClientError as error:
            if _is_gone(error):
                raise ConnectionGone(connection_id) from error
            raise PushUnavailable(f"the message was refused: {error}") from error
        except (BotoCoreError, ResponseParserError) as error:
            raise PushUnavailable(f"the message could not be handed over: {error}") from error


def _is_gone(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return bool(status == GONE or error.response["Error"]["Code"] == "GoneException")
