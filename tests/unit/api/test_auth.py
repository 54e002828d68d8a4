"""What the authorizer tells API Gateway of a caller, and what a route learns from it."""

import pytest
from chalice.app import AuthResponse, Request

from chalicelib.api.auth import allowed, authorization, context_of, key_of
from chalicelib.api.problems import AUTHENTICATION_REQUIRED
from chalicelib.domain.access import OPEN_CALLER, Caller, Scope
from chalicelib.errors import NotAuthenticated, ScopeMissing, StorageUnavailable

pytestmark = pytest.mark.promise("R12")

ALICE = Caller("alice", frozenset({Scope.TRADE, Scope.READ}), "key-1", '{"MAX_OPEN_ORDERS":"7"}')


def request(authorizer):
    """A request that an authorizer has seen, or hasn't."""
    context = {"httpMethod": "GET", "resourcePath": "/", "authorizer": authorizer}
    return Request(
        {
            "requestContext": context,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "headers": {},
            "body": None,
        }
    )


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer oee_1", "oee_1"),
        ("bearer oee_1", "oee_1"),
        ("BEARER oee_1", "oee_1"),
        ("Bearer   oee_1", "oee_1"),
        ("  Bearer oee_1 ", "oee_1"),
        ("Bearer Bearer x", ""),
        ("Beareroee_1", ""),
        ("Bearer", ""),
        ("Bearer ", ""),
        ("Basic oee_1", ""),
        ("oee_1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_key_is_what_stands_behind_bearer(header, key):
    assert key_of(header) == key


def test_a_caller_that_is_known_may_call_every_route_and_is_told_to_each():
    reported = []
    answer = authorization("Bearer hers", {"hers": ALICE}.__getitem__, lambda *told: reported.append(told))
    assert isinstance(answer, AuthResponse)
    assert (answer.routes, answer.principal_id, answer.context) == (["*"], "key-1", context_of(ALICE))
    assert reported == []


def test_a_caller_that_is_unknown_is_denied_everything_and_that_is_reported():
    def refuse(_key):
        raise NotAuthenticated("unknown")

    reported = []
    answer = authorization("Bearer x", refuse, lambda *told: reported.append(told))
    assert isinstance(answer, dict)
    [statement] = answer["policyDocument"]["Statement"]
    assert statement == {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"}
    assert reported == [(AUTHENTICATION_REQUIRED, None)]


def test_tables_that_do_not_answer_deny_nobody():
    def refuse(_key):
        raise StorageUnavailable("down")

    with pytest.raises(StorageUnavailable):
        authorization("Bearer x", refuse, lambda *_: None)


def test_a_route_learns_who_calls_as_the_authorizer_knew_them():
    assert allowed(request(context_of(ALICE)), Scope.READ, is_open=False) == ALICE


def test_a_context_of_before_limits_and_scopes_that_are_not_known_yet_are_understood():
    context = {"account": "alice", "scopes": "read withdraw", "keyId": "key-1"}
    caller = Caller("alice", frozenset({Scope.READ}), "key-1")
    assert allowed(request(context), Scope.READ, is_open=False) == caller


@pytest.mark.parametrize("scope", Scope)
def test_a_key_without_the_scope_is_refused_with_the_scope(scope):
    others = Caller("alice", frozenset(Scope) - {scope}, "key-1")
    with pytest.raises(ScopeMissing) as refused:
        allowed(request(context_of(others)), scope, is_open=False)
    assert refused.value.needed == scope.value


@pytest.mark.parametrize("authorizer", [None, {}, {"account": ""}, {"scopes": "read", "keyId": "key-1"}])
def test_a_request_that_no_authorizer_has_seen_is_refused(authorizer):
    with pytest.raises(NotAuthenticated):
        allowed(request(authorizer), Scope.READ, is_open=False)


@pytest.mark.parametrize("scope", Scope)
def test_while_no_keys_are_asked_for_everybody_is_the_same_caller(scope):
    assert allowed(request(context_of(ALICE)), scope, is_open=True) is OPEN_CALLER
