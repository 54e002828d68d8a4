"""A release is tried before it serves: what is deployed, tried and let in, by AWS's own answers."""

import pytest

from infra.deploy.stacks import DeploymentRefused
from infra.releases import TRIALS, release_of
from tests.unit.infra.scripted_account import ADDRESSES, FUNCTIONS, STATE, of_these, protect, stage

RUNNING = "order-execution-dev"
OF_BEFORE = {"Release": "0123456789abcdef", "Latest": "0123456789abcdef"}


def running(account, **parameters):
    """A stage that serves a release already, and what is looked at before another one."""
    protect(account, f"{RUNNING}-state")
    account.stack(f"{RUNNING}-state", outputs=STATE)
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
        f'{FUNCTIONS[broken]} does not start: {{"errorType": "Runtime.ImportModuleError"}}\n'
        "Nothing is lost: 0123456789abcdef goes on serving. Mend it and deploy again."
    )


def test_a_release_whose_api_answers_with_an_error_of_its_own_is_not_let_in(account, deployed, template):
    new = of_these()
    running(account)
    account.stack(RUNNING, outputs=ADDRESSES | OF_BEFORE | {"Latest": new})
    account.tried(answers={"ApiFunction": b'{"statusCode": 503, "body": "no table"}'})

    with pytest.raises(DeploymentRefused, match=r"the-Api starts and does not work: .*no table"):
        stage().deploy(template, {})
    assert releases(deployed) == [(OF_BEFORE["Release"], new)]


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
    protect(account, f"{RUNNING}-state")
    account.stack(f"{RUNNING}-state", outputs=STATE)
    account.no_stack(RUNNING)
    account.stack(RUNNING)

    with pytest.raises(DeploymentRefused, match="was not run, so nothing is deployed"):
        stage().deploy(template, {})
    account.all_asked()


def test_a_first_release_that_does_not_start_is_told(account, deployed, template):
    protect(account, f"{RUNNING}-state")
    account.stack(f"{RUNNING}-state", outputs=STATE)
    account.no_stack(RUNNING)
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": of_these()})
    account.tried(broken=["ExecuteFunction", "LandFunction"])

    with pytest.raises(
        DeploymentRefused, match=r"the-Execute does not start: (?s:.*)the-Land does not start"
    ):
        stage().deploy(template, {})


def test_the_same_release_again_is_deployed_once(account, deployed, template):
    same = of_these(RateLimitPerMinute="60")
    protect(account, f"{RUNNING}-state")
    account.stack(f"{RUNNING}-state", outputs=STATE)
    given = {"RateLimitPerMinute": "60", "Release": same, "Latest": same}
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": same}, parameters=given)
    account.stack(RUNNING, outputs=ADDRESSES | {"Release": same})
    account.tried()

    stage().deploy(template, {})

    assert releases(deployed) == [(same, same)]


def test_a_release_is_another_by_its_code_its_template_and_its_parameters():
    one = release_of(b"zip", "text", {"a": "1", "b": "2"})

    assert one == release_of(b"zip", "text", {"b": "2", "a": "1"})
    assert len({one, release_of(b"zap", "text", {"a": "1", "b": "2"})}) == 2
    assert len({one, release_of(b"zip", "tixt", {"a": "1", "b": "2"})}) == 2
    assert len({one, release_of(b"zip", "text", {"a": "1", "b": "3"})}) == 2
