"""app.py as a WSGI application, for tools that speak it: Chalice's gateway, with API Gateway's refusals."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from chalice.local import ForbiddenError, LocalGateway, NotAuthorizedError

from chalicelib.api.problems import BY_GATEWAY

UNKNOWN = BY_GATEWAY["MISSING_AUTHENTICATION_TOKEN"]


def application(gateway: LocalGateway) -> Any:
    """The application."""

    def serve(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = _ask(gateway, environment)
        lines = [(name, text) for name, value in headers.items() for text in _texts(value)]
        start_response(f"{status} {HTTPStatus(status).phrase}", lines)
        return [body]

    return serve


def _ask(gateway: LocalGateway, environment: WSGIEnvironment) -> tuple[int, dict[str, Any], bytes]:
    length = int(environment.get("CONTENT_LENGTH") or 0)
    try:
        answer = gateway.handle_request(
            method=environment["REQUEST_METHOD"],
            path=f"{environment['REQUEST_URI'].partition('?')[0]}?{environment['QUERY_STRING']}",
            headers=_headers(environment),
            body=environment["wsgi.input"].read(length),
        )
    except NotAuthorizedError as refused:
        return refused.CODE, refused.headers, refused.body or b""
    except ForbiddenError:  # what the gateway says of a path that is no route
        return UNKNOWN.status, UNKNOWN.headers(), UNKNOWN.body().encode()
    if answer["body"] is None:  # Chalice answers an OPTIONS that is no route, and API Gateway does not
        return UNKNOWN.status, UNKNOWN.headers(), UNKNOWN.body().encode()
    headers = {**answer["headers"], **answer["multiValueHeaders"]}
    return answer["statusCode"], headers, answer["body"].encode()


def _headers(environment: WSGIEnvironment) -> dict[str, str]:
    sent = {
        name.removeprefix("HTTP_"): value for name, value in environment.items() if name.startswith("HTTP_")
    }
    sent |= {name: environment[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environment.get(name)}
    return {name.replace("_", "-").lower(): value for name, value in sent.items()}


def _texts(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
