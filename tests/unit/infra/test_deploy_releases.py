"""A release is tried before it serves: what is deployed, tried and let in, by AWS's own answers."""

import pytest

from infra.deploy.stacks import DeploymentRefused
from infra.deploy.trial import LATER
from infra.releases import TRIALS, release_of
from tests.unit.infra.scripted_account import (
    ADDRESSES,
    DEFAULTS,
    DEGRADED,
    FUNCTIONS,
    WELL,
    made_and_protected,
    of_these,
    stage,
)

RUNNING = "order-execution-dev"
OF_BEFORE = {"Release": "0123456789abcdef", "Latest": "0123456789abcdef"}


NOT_YOU = "An error occurred (AccessDeniedException) when calling the Invoke operation: not you"


def running(account, **parameters):
    """A stage that serves a release already, and what is looked at before another one."""
    made_and_protected(account, f"{RUNNING}-state")
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE, parameters=OF_BEFORE | parameters)


def releases(deployed):
    return [(given["Release"], given["Latest"]) for stack, given in deployed if stack == RUNNING]


def test_a_release_waits_beside_the_one_that_serves_until_every_function_has_started(
    account, deployed, template
):
    new = of_these()
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": new})
    account.tried()
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": new, "Latest": new})

    stage().deploy(template, {})

    assert releases(deployed) == [(OF_BEFORE["Release"], new), (new, new)]
    account.all_asked()


@pytest.mark.parametrize("broken", sorted(TRIALS))
def test_a_release_in_which_a_function_does_not_start_is_not_let_in(account, deployed, template, broken):
    new = of_these()
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": new})
    account.tried(broken=[broken])

    with pytest.raises(DeploymentRefused) as refused:
        stage().deploy(template, {})

    assert releases(deployed) == [(OF_BEFORE["Release"], new)]
    assert str(refused.value) == (
        f'{FUNCTIONS[broken]} fails its trial: {{"errorType": "Runtime.ImportModuleError"}}\n'
        "Nothing is lost: 0123456789abcdef goes on serving. Mend it and deploy again."
    )


@pytest.mark.parametrize(
    "said",
    [
        DEGRADED,
        WELL.replace(b'"statusCode": 200', b'"statusCode": 500'),
        b'{"statusCode": 200, "body": "<html>"}',
        b'{"statusCode": 200}',
        b"null",
        b"",
    ],
)
def test_a_release_whose_api_does_not_say_that_it_is_well_is_not_let_in(account, deployed, template, said):
    new = of_these()
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": new})
    account.tried(answers={"ApiFunction": said})

    with pytest.raises(DeploymentRefused) as refused:
        stage().deploy(template, {})

    assert releases(deployed) == [(OF_BEFORE["Release"], new)]
    assert str(refused.value) == (
        f"the-Api fails its trial: {said.decode()}\n"
        "Nothing is lost: 0123456789abcdef goes on serving. Mend it and deploy again."
    )


def test_a_release_whose_sockets_function_answers_with_an_error_of_its_own_is_not_let_in(
    account, deployed, template
):
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": of_these()})
    account.tried(answers={"StreamDisconnectFunction": b'{"statusCode": 503}'})

    with pytest.raises(DeploymentRefused, match=r'the-StreamDisconnect fails its trial: {"statusCode": 503}'):
        stage().deploy(template, {})
    assert len(releases(deployed)) == 1


def test_a_function_that_may_not_be_called_now_is_named_and_its_release_not_let_in(
    account, deployed, template
):
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": of_these()})
    account.tried(
        broken=["LandFunction"],
        refused={
            "ExecuteFunction": ("TooManyRequestsException", "Rate Exceeded."),
            "BackfillFunction": ("AccessDeniedException", "not you"),
        },
    )

    with pytest.raises(DeploymentRefused) as refused:
        stage().deploy(template, {})

    assert len(releases(deployed)) == 1
    assert str(refused.value).splitlines() == [
        f"the-Execute was not tried: Lambda had no execution free for it, 6 times. {LATER}",
        'the-Land fails its trial: {"errorType": "Runtime.ImportModuleError"}',
        f"the-Backfill was not tried: {NOT_YOU}",
        "Nothing is lost: 0123456789abcdef goes on serving. Mend it and deploy again.",
    ]
    account.all_asked()


def test_what_a_person_did_not_let_be_deployed_is_neither_tried_nor_let_in(account, deployed, template):
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE)

    with pytest.raises(DeploymentRefused, match="was not run, so 0123456789abcdef goes on serving"):
        stage().deploy(template, {})
    assert len(releases(deployed)) == 1
    account.all_asked()


def test_what_a_person_did_not_let_serve_is_told(account, deployed, template):
    new = of_these()
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": new})
    account.tried()
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": new})

    with pytest.raises(DeploymentRefused, match="was not run, so the release of before goes on serving"):
        stage().deploy(template, {})
    account.all_asked()


def test_a_first_deployment_that_a_person_did_not_let_happen_is_told(account, deployed, template):
    made_and_protected(account, f"{RUNNING}-state")
    account.no_stack(RUNNING)
    account.stack(RUNNING)

    with pytest.raises(DeploymentRefused, match="was not run, so nothing is deployed"):
        stage().deploy(template, {})
    account.all_asked()


def test_a_first_release_that_does_not_start_is_told(account, deployed, template):
    made_and_protected(account, f"{RUNNING}-state")
    account.no_stack(RUNNING)
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": of_these()})
    account.tried(broken=["ExecuteFunction", "LandFunction"])

    with pytest.raises(DeploymentRefused) as refused:
        stage().deploy(template, {})

    assert str(refused.value).splitlines() == [
        'the-Execute fails its trial: {"errorType": "Runtime.ImportModuleError"}',
        'the-Land fails its trial: {"errorType": "Runtime.ImportModuleError"}',
        "It is the first release: none of before could serve instead. Mend it and deploy again.",
    ]


def test_a_release_over_what_knew_none_serves_at_once_and_whether_it_works_is_told_then(
    account, deployed, template
):
    made_and_protected(account, f"{RUNNING}-state")
    account.stack(RUNNING, outputs=ADDRESSES, parameters={"LogLevel": "DEBUG"})
    new = of_these(LogLevel="DEBUG")
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": new})
    account.tried(broken=["LandFunction"])

    with pytest.raises(DeploymentRefused, match="It serves already: what this stage had before knew no rel"):
        stage().deploy(template, {})
    assert releases(deployed) == [(new, new)]
    account.all_asked()


def serving_already(account, release, **parameters):
    """A stage that serves this release already, and goes on to."""
    made_and_protected(account, f"{RUNNING}-state")
    account.stack(
        RUNNING,
        outputs=ADDRESSES | {"Release": release},
        parameters={**DEFAULTS, **parameters, "Release": release, "Latest": release},
    )
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": release})


def test_the_same_release_again_is_deployed_once(account, deployed, template):
    same = of_these(RateLimitPerMinute="60")
    serving_already(account, same, RateLimitPerMinute="60")
    account.tried()

    stage().deploy(template, {})

    assert releases(deployed) == [(same, same)]


@pytest.mark.parametrize("given", [{}, {"RateLimitPerMinute": "60", "AllowedTokens": "SOL"}])
def test_deployed_a_second_time_a_first_release_keeps_its_name(account, deployed, template, given):
    """What a first deployment doesn't give has the template's default, which the stack has at the second."""
    name = of_these(**given)
    made_and_protected(account, f"{RUNNING}-state")
    account.no_stack(RUNNING)
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": name})
    account.tried()
    stage(**given).deploy(template, {})
    serving_already(account, name, **deployed[-1][1])
    account.tried()

    stage().deploy(template, {})

    assert releases(deployed) == [(name, name), (name, name)]
    account.all_asked()


def test_the_same_release_again_is_not_said_to_be_new_where_it_fails(account, deployed, template):
    serving_already(account, of_these())
    account.tried(answers={"ApiFunction": DEGRADED})

    with pytest.raises(DeploymentRefused, match="It served before as well, and nothing was changed: see"):
        stage().deploy(template, {})


def test_a_release_is_another_by_its_code_its_template_and_its_parameters():
    one = release_of(b"zip", "text", {"a": "1", "b": "2"})

    assert one == release_of(b"zip", "text", {"b": "2", "a": "1"})
    assert len({one, release_of(b"zap", "text", {"a": "1", "b": "2"})}) == 2
    assert len({one, release_of(b"zip", "tixt", {"a": "1", "b": "2"})}) == 2
    assert len({one, release_of(b"zip", "text", {"a": "1", "b": "3"})}) == 2
