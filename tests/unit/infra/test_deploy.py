"""What a deployment does about the account that it finds, by AWS's own answers as botocore checks them."""

import json

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters import aws_clients
from infra.deploy import __main__ as command
from infra.deploy.__main__ import NO_REGION, Deployment
from infra.deploy.concurrency import MAY_NOT_ASK, UNRESERVED, Concurrency
from infra.deploy.stacks import KEPT_FOR_GOOD, DeploymentRefused, Stack, refuse_other_state
from tests.unit.infra.scripted_account import ADDRESSES, EXECUTE, STATE, made_and_protected, of_these, stage


def test_a_new_account_of_ten_executions_gets_a_stage_that_fits_and_is_told_to_ask_for_more(account, capsys):
    account.nothing_deployed()
    account.quota(10, 10)

    assert stage().choose_concurrency() == {
        "ReserveExecutions": "no",
        "ExecutionsAtOnce": "4",
        "LandConcurrency": "2",
        "StreamBatchesAtOnce": "1",
    }
    told = capsys.readouterr().out
    assert "quota is 10 executions at once" in told
    assert "ReserveExecutions=no ExecutionsAtOnce=4 LandConcurrency=2 StreamBatchesAtOnce=1" in told
    assert "request-service-quota-increase --service-code lambda --quota-code L-B99A9384" in told
    account.all_asked()


def test_where_others_reserved_most_of_a_quota_nothing_is_asked_of_aws(account, capsys):
    account.nothing_deployed()
    account.quota(1000, 40)

    stage().choose_concurrency()
    told = capsys.readouterr().out
    assert "Other functions have reserved 960: before anybody trades, free some." in told
    assert "Ask AWS" not in told


def test_an_account_of_the_usual_quota_gets_what_the_template_has_by_default(account, capsys):
    account.nothing_deployed()
    account.quota(1000, 1000)

    assert stage().choose_concurrency() == {
        "ReserveExecutions": "yes",
        "ExecutionsAtOnce": "10",
        "LandConcurrency": "5",
        "StreamBatchesAtOnce": "10",
    }
    assert "Ask AWS" not in capsys.readouterr().out


def test_a_stage_keeps_what_it_has_and_is_told_what_a_greater_quota_allows_for(account, capsys):
    account.stack("order-execution-dev-state")
    account.stack("order-execution-dev", parameters={"ReserveExecutions": "no", "ExecutionsAtOnce": "4"})
    account.quota(1000, 1000, reserved=0)

    assert stage().choose_concurrency() == {"LandConcurrency": "5", "StreamBatchesAtOnce": "10"}
    assert 'SET="ReserveExecutions=yes ExecutionsAtOnce=10"' in capsys.readouterr().out


def test_what_is_asked_for_is_what_is_told(account, capsys):
    account.nothing_deployed()
    account.quota(10, 10)

    stage(ExecutionsAtOnce="3").choose_concurrency()

    assert "ExecutionsAtOnce=3" in capsys.readouterr().out


@pytest.mark.parametrize("quota", [10, 11, 50, 100, 109, 110, 111, 150, 999, 1000])
def test_what_is_chosen_is_what_lambda_takes_and_leaves_room_for_requests(quota):
    chosen = Concurrency(quota, quota).parameters
    executions, landings = int(chosen["ExecutionsAtOnce"]), int(chosen["LandConcurrency"])

    assert 2 <= executions <= 10
    assert 2 <= landings <= 5
    assert 1 <= int(chosen["StreamBatchesAtOnce"]) <= 10
    assert executions + landings <= quota * 3 // 5
    assert (chosen["ReserveExecutions"] == "yes") == (quota - executions >= UNRESERVED)


def test_whoever_may_not_ask_for_the_quota_is_told_what_to_allow_before_anything_is_built(account):
    account.nothing_deployed()
    account.scripts["lambda"].add_client_error("get_account_settings", "AccessDeniedException", "not you")

    with pytest.raises(DeploymentRefused) as refused:
        stage().choose_concurrency()
    assert str(refused.value) == MAY_NOT_ASK
    account.all_asked()


def test_an_answer_about_the_quota_that_is_no_refusal_of_the_credentials_is_handed_on(account):
    account.nothing_deployed()
    account.scripts["lambda"].add_client_error("get_account_settings", "ServiceException", "later")

    with pytest.raises(ClientError, match="later"):
        stage().choose_concurrency()


@pytest.mark.parametrize(("free", "reserve"), [(UNRESERVED + 9, "no"), (UNRESERVED + 10, "yes")])
def test_executions_are_reserved_from_the_first_quota_that_leaves_what_lambda_wants(account, free, reserve):
    account.nothing_deployed()
    account.quota(1000, free)

    chosen = stage().choose_concurrency()

    assert (chosen["ReserveExecutions"], chosen["ExecutionsAtOnce"]) == (reserve, "10")


def test_a_stack_between_two_releases_is_told_in_one_sentence_how_to_go_on(account):
    account.stack("order-execution-dev-state")
    account.stack("order-execution-dev", status="UPDATE_ROLLBACK_FAILED")

    with pytest.raises(DeploymentRefused) as refused:
        stage().choose_concurrency()
    assert str(refused.value) == (
        "The stack order-execution-dev hangs between two releases (UPDATE_ROLLBACK_FAILED): mend what its "
        "events name, then `aws cloudformation continue-update-rollback --stack-name order-execution-dev`, "
        "then deploy again (infra/runbooks/release.md)."
    )


def test_a_reservation_that_the_stage_has_itself_is_not_taken_from_it_at_the_next_deployment(account):
    account.quota(115, 105, reserved=10)

    again = Concurrency.of(account.clients["lambda"], EXECUTE)

    assert again.parameters["ReserveExecutions"] == "yes"


@pytest.mark.parametrize("which", ["order-execution-dev-state", "order-execution-dev"])
def test_a_stack_that_never_came_up_is_told_in_one_sentence_before_anything_is_built(account, which):
    if which == "order-execution-dev":
        account.stack("order-execution-dev-state")
    account.stack(which, status="ROLLBACK_COMPLETE")

    with pytest.raises(DeploymentRefused) as refused:
        stage().choose_concurrency()
    assert str(refused.value) == (
        f"The stack {which} was never made (ROLLBACK_COMPLETE) and can't be updated: delete it with "
        f"`aws cloudformation delete-stack --stack-name {which}`, then deploy again."
    )


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_can_not_be_updated_now_is_refused_with_its_status(account, status):
    account.stack("order-execution-dev", status=status)

    with pytest.raises(DeploymentRefused, match=status):
        Stack.read(account.clients["cloudformation"], "order-execution-dev")


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_can_be_updated_is_read(account, status):
    account.stack("a", status=status, outputs={"OrdersTable": "t"}, parameters={"Stage": "dev"})

    assert Stack.read(account.clients["cloudformation"], "a") == Stack(
        "a", exists=True, outputs={"OrdersTable": "t"}, parameters={"Stage": "dev"}
    )


def test_a_stack_whose_first_change_set_was_declined_counts_as_none(account):
    account.stack("a", status="REVIEW_IN_PROGRESS")

    assert not Stack.read(account.clients["cloudformation"], "a").exists


@pytest.mark.parametrize("name", ["OrdersTable", "AccountsTable", "LandingsQueueUrl"])
def test_an_application_is_not_turned_to_another_table_in_silence(name):
    application = Stack("order-execution-dev", exists=True, parameters={name: "old"})

    with pytest.raises(DeploymentRefused, match=f"runs on the {name} old, and the state stack has new"):
        refuse_other_state(application, {name: "new"}, given={})
    refuse_other_state(application, {name: "new"}, given={name: "new"})
    refuse_other_state(application, {name: "old"}, given={})
    refuse_other_state(Stack("order-execution-dev"), {name: "new"}, given={})


def test_the_state_is_protected_before_the_application_is_deployed_with_what_was_chosen(
    account, deployed, template
):
    made_and_protected(account, "order-execution-dev-state")
    account.no_stack("order-execution-dev")
    release = of_these(ExecutionsAtOnce="4", LandConcurrency="3")
    account.stack("order-execution-dev", outputs=ADDRESSES | {"Release": release})
    account.tried()

    stage(LandConcurrency="3").deploy(template, {"ExecutionsAtOnce": "4", "LandConcurrency": "2"})

    (_, of_state), (application, parameters) = deployed
    assert of_state == {"DeletionProtection": "false"}
    assert application == "order-execution-dev"
    assert parameters.items() >= {**STATE, "ExecutionsAtOnce": "4", "LandConcurrency": "3"}.items()
    account.all_asked()


def test_a_state_that_a_person_did_not_let_be_made_is_told(account, deployed, template):
    account.stack("order-execution-dev-state", status="REVIEW_IN_PROGRESS")

    with pytest.raises(
        DeploymentRefused, match="order-execution-dev-state was not run, so nothing is deployed"
    ):
        stage().deploy(template, {})
    assert len(deployed) == 1
    account.all_asked()


def test_in_production_the_state_can_not_be_terminated(account, deployed, template):
    name = "order-execution-prod-state"
    made_and_protected(account, name)
    wish = {"StackName": name, "EnableTerminationProtection": True}
    account.scripts["cloudformation"].add_response("update_termination_protection", {"StackId": name}, wish)
    account.no_stack("order-execution-prod")
    release = of_these("prod", ReleaseTraffic="Canary10Percent5Minutes")
    account.stack("order-execution-prod", outputs=ADDRESSES | {"Release": release})
    account.tried()

    Deployment("prod", "arm64", {}, ask=False).deploy(template, {})

    assert deployed[-1][1]["ReleaseTraffic"] == "Canary10Percent5Minutes"
    account.all_asked()


def test_a_state_stack_made_anew_is_not_given_to_a_running_application(account, deployed, template):
    made_and_protected(account, "order-execution-dev-state")
    account.stack("order-execution-dev", parameters={"OrdersTable": "the-orders-of-before"})

    with pytest.raises(DeploymentRefused, match="the-orders-of-before"):
        stage().deploy(template, {})
    assert [stack for stack, _ in deployed] == ["order-execution-dev-state"]


def test_the_policy_lets_no_update_replace_or_delete_a_table_or_a_queue():
    allowed, denied = json.loads(KEPT_FOR_GOOD)["Statement"]

    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "Update:*")
    assert (denied["Effect"], denied["Action"]) == ("Deny", ["Update:Replace", "Update:Delete"])
    assert denied["Condition"] == {
        "StringEquals": {"ResourceType": ["AWS::DynamoDB::Table", "AWS::SQS::Queue"]}
    }


@pytest.mark.parametrize("what", ["sam", "chalice", "destroy"])
def test_without_a_region_nothing_is_built_and_that_is_said(what, monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setattr("sys.argv", ["deploy", what, "--stage", "dev"])
    monkeypatch.setattr(command, "build", lambda *_: pytest.fail("it was built"))
    aws_clients.session.cache_clear()
    with pytest.raises(SystemExit, match="No AWS region is set") as ended:
        command.main()
    assert ended.value.code == NO_REGION
    aws_clients.session.cache_clear()
