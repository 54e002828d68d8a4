"""What is deployed together: code, template and parameters, of which the functions have one version each."""

import json
from collections.abc import Mapping
from hashlib import sha256
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
TRIALS: Mapping[str, Mapping[str, Any]] = {
    "ApiFunction": _HEALTH,
    "AuthorizeFunction": _NOBODYS_KEY,
    "ExecuteFunction": _NO_RECORDS,
    "LandFunction": _NO_RECORDS,
    "DeadLetterFunction": _NO_RECORDS,
    "ReconcileFunction": _NO_SCHEDULE,
    "BroadcastFunction": _NO_RECORDS,
    "BackfillFunction": _NO_RECORDS,
    "StreamConnectFunction": _SOCKET,
    "StreamMessageFunction": _SOCKET,
    "StreamDisconnectFunction": _SOCKET,
}
"""By the output of the stack that names a function, an event at which it starts and changes nothing."""


def release_of(code: bytes, template: str, parameters: Mapping[str, str]) -> str:
    """Return the name of a release, which is the same for the same code, template and parameters only."""
    said = json.dumps([sha256(code).hexdigest(), template, sorted(parameters.items())])
    return sha256(said.encode()).hexdigest()[:16]
