"""Where the WebSocket API is found: by clients, and by what posts to its sockets."""

from chalicelib.config import Settings


def stream_url(settings: Settings) -> str:
    """The address that clients connect to, without a query."""
    if settings.stream_url:
        return settings.stream_url
    if settings.aws_endpoint_url:
        return _on_emulator(settings).replace("http", "ws", 1)
    return f"wss://{_on_aws(settings)}"


def stream_management_endpoint(settings: Settings) -> str:
    """The address of @connections."""
    if settings.stream_management_endpoint:
        return settings.stream_management_endpoint
    return _on_emulator(settings) if settings.aws_endpoint_url else f"https://{_on_aws(settings)}"


def _on_emulator(settings: Settings) -> str:
    root = settings.aws_endpoint_url.rstrip("/")
    return f"{root}/_aws/execute-api/{settings.stream_api_id}/{settings.stream_stage}"


def _on_aws(settings: Settings) -> str:
    host = f"{settings.stream_api_id}.execute-api.{settings.aws_region}.amazonaws.com"
    return f"{host}/{settings.stream_stage}"
