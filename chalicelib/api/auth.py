"""Authorization: the authorizer's answer to API Gateway, and the caller that a route reads from it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import AuthResponse, Request

from chalicelib.api.problems import AUTHENTICATION_REQUIRED, OnProblem
from chalicelib.domain.access import OPEN_CALLER, Caller, Scope
from chalicelib.errors import NotAuthenticated, ScopeMissing

_CREDENTIALS = re.compile(r" *bearer +(\S+) *", re.ASCII | re.IGNORECASE)
"""The scheme has no case (RFC 9110, 11.1), and blanks around it mean nothing."""

KEPT_SECONDS = 60
"""Seconds for which API Gateway caches the authorizer's answers, and a revoked key may still work."""

EVERY_ROUTE = "*"
"""The cached answer allows all routes: each route checks the scope that it needs."""

_DENIED: Mapping[str, Any] = {
    "principalId": "nobody",
    "policyDocument": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"}],
    },
}


@dataclass(frozen=True, slots=True)
class AuthorizerContext:
    """Replaces the Lambda context in log lines, because Chalice gives an authorizer none."""

    function_name: str = "authorize"
    aws_request_id: str | None = None


def key_of(authorization: str | None) -> str:
    """Return the key in an Authorization header; empty if there is none."""
    sent = _CREDENTIALS.fullmatch(authorization or "")
    return sent[1] if sent is not None else ""


def authorization(
    header: str, authenticate: Callable[[str], Caller], on_problem: OnProblem
) -> AuthResponse | dict[str, Any]:
    """Return the authorizer's answer: a policy and the caller. StorageUnavailable is left to API Gateway."""
    try:
        caller = authenticate(key_of(header))
    except NotAuthenticated:
        on_problem(AUTHENTICATION_REQUIRED, None)
        return dict(_DENIED)
    return AuthResponse([EVERY_ROUTE], caller.key_id, context_of(caller))


def context_of(caller: Caller) -> dict[str, str]:
    """Return the caller's fields that API Gateway caches and adds to each of their requests."""
    return {
        "account": caller.account,
        "scopes": " ".join(sorted(caller.scopes)),
        "keyId": caller.key_id,
        "limits": caller.limits,
    }


def allowed(request: Request, needed: Scope | None, *, is_open: bool) -> Caller:
    """Return the caller of the request; with `is_open` that is everybody, as one account.

    Without `needed` a key of any scope will do.

    Raises
    ------
    NotAuthenticated
        Keys are asked for, and no authorizer has seen the request.
    ScopeMissing
        The caller's key doesn't have the scope that the request needs.
    """
    caller = OPEN_CALLER if is_open else _authorized(request.context.get("authorizer"))
    if needed is not None and needed not in caller.scopes:
        raise ScopeMissing(needed.value)
    return caller


def _authorized(context: Mapping[str, Any] | None) -> Caller:
    if not context or not context.get("account"):
        raise NotAuthenticated("No authorizer has seen this request")
    granted = context["scopes"].split()  # a newer release's authorizer may know more of them
    scopes = frozenset(scope for scope in Scope if scope in granted)
    return Caller(context["account"], scopes, context["keyId"], context.get("limits", ""))
