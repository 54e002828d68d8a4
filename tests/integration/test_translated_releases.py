"""What SAM's own translator makes of releases: versions, the alias that names them, and how it moves."""

import json
import re

import pytest

from infra.releases import LIVE
from tests.integration.translated import ALIAS, RELEASE, Resources, of_sam, of_type, the_only

pytestmark = pytest.mark.timeout(400)


def called(resources: Resources) -> set[str]:
    """All that calls a function, as it names it: what a gateway has in its text counts too."""
    apis = [
        *of_type(resources, "AWS::ApiGateway::RestApi").values(),
        *of_type(resources, "AWS::ApiGatewayV2::Integration").values(),
    ]
    named = set(re.findall(r"functions/(.*?)/invocations", json.dumps(apis).replace("\\", "")))
    for kind in ("AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping"):
        named |= {f"${{{each['FunctionName']['Ref']}}}" for each in of_type(resources, kind).values()}
    for rule in of_type(resources, "AWS::Events::Rule").values():
        named |= {f"${{{target['Arn']['Ref']}}}" for target in rule["Targets"]}
    return named


def test_every_function_has_a_version_of_its_release_which_an_alias_names(either):
    functions = of_type(either, "AWS::Lambda::Function")
    versions = of_type(either, "AWS::Lambda::Version")

    for name, function in functions.items():
        alias = either[f"{name}Alias{LIVE}"]["Properties"]
        version = f"{name}Version{RELEASE[:10]}"
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}
        assert versions[version]["FunctionName"] == alias["FunctionName"] == {"Ref": name}
        assert either[version]["DeletionPolicy"] == "Delete"
        # Else Lambda makes no version where a parameter alone is another.
        assert function["Description"] == RELEASE
    assert len(versions) == len(of_type(either, "AWS::Lambda::Alias")) == len(functions)


def test_nothing_calls_a_function_but_by_its_alias(either):
    authorizer = f"Authorize{ALIAS}"
    expected = {f"{name}{ALIAS}" for name in of_type(either, "AWS::Lambda::Function")}
    named = {each.strip("${}") for each in called(either)} - {"__FunctionArn__"}

    assert authorizer in json.dumps(the_only(either, "AWS::ApiGateway::RestApi"))
    assert named | {authorizer} == expected


ALARMS_OF_A_RELEASE = (
    "ApiErrors",
    "SocketErrors",
    "ExecuteErrors",
    "LandErrors",
    "ReconcileErrors",
    "WatchErrors",
)


@pytest.mark.parametrize("traffic", ["Canary10Percent5Minutes", "Linear10PercentEvery1Minute"])
def test_requests_and_executions_move_gradually_and_back_at_any_alarm_of_errors(traffic):
    resources = of_sam("prod", ReleaseTraffic=traffic)
    groups = of_type(resources, "AWS::CodeDeploy::DeploymentGroup")

    assert groups.keys() == {"ApiDeploymentGroup", "ExecuteDeploymentGroup"}
    for name, group in groups.items():
        alias = resources[name.replace("DeploymentGroup", ALIAS)]
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {"Ref": name}
        assert group["DeploymentConfigName"]["Fn::Sub"][1]["ConfigName"] == traffic
        watched = [each["Name"]["Ref"] for each in group["AlarmConfiguration"]["Alarms"]]
        assert watched == [f"{alarm}Alarm" for alarm in ALARMS_OF_A_RELEASE]
        assert {resources[alarm]["Type"] for alarm in watched} == {"AWS::CloudWatch::Alarm"}
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_a_stage_whose_releases_come_at_once_has_no_codedeploy(either):
    assert not [name for name, each in either.items() if "CodeDeploy" in json.dumps(each)]


def test_what_waits_for_its_release_changes_no_version(ours):
    def versions(resources):
        return {name: each for name, each in resources.items() if each["Type"] == "AWS::Lambda::Version"}

    other = of_sam("dev", RateLimitPerMinute="60", LogLevel="DEBUG", MaxOpenOrders="7")

    assert versions(other) == versions(ours)
    assert versions(of_sam("dev", Release="fedcba9876543210")).keys().isdisjoint(versions(ours))
