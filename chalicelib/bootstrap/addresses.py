"""The addresses of the WebSocket API: for clients, and for posting to its sockets."""

from chalicelib.config import Settings


def stream_url(settings: Settings) -> str:
    """Return the address that clients connect to, without a query."""
    if settings.stream.url:
        return settings.stream.url
    if settings.aws.endpoint_url:
        return _on_emulator(settings).replace("http", "ws", 1)
    return f"wss://{_on_aws(settings)}"


def stream_management_endpoint(settings: Settings) -> str:
    """Return the address of @connections, where messages to sockets are posted."""
    if settings.stream.management_endpoint:
        return settings.stream.management_endpoint
    return _on_emulator(settings) if settings.aws.endpoint_url else f"https://{_on_aws(settings)}"


def _on_emulator(settings: Settings) -> str:
    root = settings.aws.endpoint_url.rstrip("/")
    return f"{root}/_aws/execute-api/{settings.stream.api_id}/{settings.stream.stage}"


def _on_aws(settings: Settings) -> str:
    host = f"{settings.stream.api_id}.execute-api.{settings.aws.region}.amazonaws.com"
    return f"{host}/{settings.stream.stage}"
