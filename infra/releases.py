"""What is deployed together: code, template and parameters, of which the functions have one version each."""

import json
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from chalicelib.config import TRIAL
from chalicelib.domain.api_keys import format_key

LIVE = "live"
"""The alias by which gateways, event sources and schedules call the functions."""

_NO_RECORDS: Mapping[str, Any] = {"Records": []}
_SOCKET: Mapping[str, Any] = {
    "requestContext": {"connectionId": TRIAL, "domainName": "", "stage": "", "apiId": ""},
    "body": "",
}
_HEALTH: Mapping[str, Any] = {
    "resource": "/api/health",
    "path": "/api/health",
    "httpMethod": "GET",
    "headers": {},
    "multiValueHeaders": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "requestContext": {"resourcePath": "/api/health", "httpMethod": "GET", "identity": {}},
    "body": None,
    "isBase64Encoded": False,
}
_NOBODYS_KEY: Mapping[str, Any] = {
    "type": "TOKEN",
    "authorizationToken": f"Bearer {format_key('0' * 12, 'A' * 43)}",
    "methodArn": "arn:aws:execute-api:us-east-1:000000000000:api/stage/GET/",
}
_NO_SCHEDULE: Mapping[str, Any] = {
    "version": "0",
    "id": TRIAL,
    "account": "",
    "region": "",
    "time": "",
    "source": TRIAL,
    "detail-type": TRIAL,
    "detail": {},
    "resources": [],
}
API = "ApiFunction"
"""The output of the stack that names the function of the REST API."""

TRIALS: Mapping[str, Mapping[str, Any]] = {
    API: _HEALTH,
    "AuthorizeFunction": _NOBODYS_KEY,
    "ExecuteFunction": _NO_RECORDS,
    "LandFunction": _NO_RECORDS,
    "DeadLetterFunction": _NO_RECORDS,
    "ReconcileFunction": _NO_SCHEDULE,
    "WatchFunction": _NO_SCHEDULE,
    "BroadcastFunction": _NO_RECORDS,
    "BackfillFunction": _NO_RECORDS,
    "StreamConnectFunction": _SOCKET,
    "StreamMessageFunction": _SOCKET,
    "StreamDisconnectFunction": _SOCKET,
}
"""By the output of the stack that names a function, an event at which it starts and changes nothing.

Of what they work with, Api reads the orders and the length of their queue, and Authorize the keys; the others
only start.
"""


def passes(output: str, said: str) -> bool:
    """Return whether this answer to a trial is that of a function that works; Api says so of itself."""
    answer = _object(said)
    status = answer.get("statusCode", HTTPStatus.OK)
    if output == API:
        return status == HTTPStatus.OK and _object(answer.get("body")).get("status") == "ok"
    return bool(status < HTTPStatus.INTERNAL_SERVER_ERROR)


def release_of(code: bytes, template: str, parameters: Mapping[str, str]) -> str:
    """Return the name of a release, which is the same for the same code, template and parameters only."""
    said = json.dumps([sha256(code).hexdigest(), template, sorted(parameters.items())])
    return sha256(said.encode()).hexdigest()[:16]


def _object(text: str | None) -> Mapping[str, Any]:
    """Return the JSON object in a text; an empty one if there is none."""
    try:
        read = json.loads(text or "")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
