"""What SAM's own translator generates of both templates: this is what an account gets, not what we wrote."""

from typing import Any

import pytest
from chalice.app import DynamoDBEventConfig, SQSEventConfig

import app as entry
from app import app
from chalicelib.api.pages import STATIC
from infra.releases import LIVE
from infra.stages import STAGES
from tests.integration.test_template import FUNCTIONS, TEMPLATE
from tests.integration.translated import Resources, live, of_sam, of_type, the_only

# Making the SAM CLI's environment takes its time, once.
pytestmark = pytest.mark.timeout(400)


def test_each_api_has_one_stage_and_it_is_throttled(either):
    rest = the_only(either, "AWS::ApiGateway::Stage")
    stream = the_only(either, "AWS::ApiGatewayV2::Stage")

    assert rest["StageName"] == stream["StageName"] == "dev"
    assert "StageName" not in the_only(either, "AWS::ApiGateway::Deployment")
    assert rest["MethodSettings"] == TEMPLATE["Resources"]["RestApi"]["Properties"]["MethodSettings"]
    assert stream["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


def test_the_sockets_stage_is_made_when_its_routes_are_there(either):
    stages = [each for each in either.values() if each["Type"] == "AWS::ApiGatewayV2::Stage"]

    assert [set(stage["DependsOn"]) for stage in stages] == [set(of_type(either, "AWS::ApiGatewayV2::Route"))]


STEERING = ("/api/admin/paper/market", "/api/admin/paper/feed")
"""What only an operator of a trial asks for, and rarely: it needs a key, and is throttled by itself too."""

SMALLEST_QUOTA = 10
ANSWER_SECONDS = 0.01
"""What a warm Api takes for a page, a preflight or health, by docs/performance.json."""


def test_what_needs_no_key_is_throttled_by_itself(ours):
    settings = the_only(ours, "AWS::ApiGateway::Stage")["MethodSettings"]
    own = {(each["ResourcePath"], each["HttpMethod"]): each["ThrottlingRateLimit"] for each in settings}
    public = {
        (path, method)
        for path, methods in app.routes.items()
        for method, route in methods.items()
        if route.authorizer is None
    }

    assert own.pop(("/*", "*")) == 500
    assert {own.pop((path, "PUT")) for path in STEERING} == {10}
    assert own.keys() == public
    assert max(own.values()) <= 20
    assert sum(own.values()) <= SMALLEST_QUOTA // 4 / ANSWER_SECONDS


def test_forty_people_may_open_the_dashboard_at_once(ours):
    modules = [path for path in STATIC.glob("*.js") if not path.name.startswith(("docs", "redoc"))]
    settings = the_only(ours, "AWS::ApiGateway::Stage")["MethodSettings"]
    (static,) = [each for each in settings if each["ResourcePath"] == "/static/{name}"]

    assert static["ThrottlingBurstLimit"] >= 40 * len(modules)


def test_every_handler_has_one_function_with_a_role_and_a_log_of_its_own(either):
    generated = of_type(either, "AWS::Lambda::Function")

    assert {each["Handler"] for each in generated.values()} == {
        each["Handler"] for each in FUNCTIONS.values()
    }
    for name, function in generated.items():
        assert function["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert either[f"{name}Role"]["Type"] == "AWS::IAM::Role"
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Logs"}
        assert function["Architectures"] in (["arm64"], [{"Ref": "Architecture"}])
    assert set(of_type(either, "AWS::IAM::Role")) == {f"{name}Role" for name in generated}


def test_only_executions_reserve_concurrency_and_only_when_they_are_told_to(ours):
    def reserved(resources):
        found = of_type(resources, "AWS::Lambda::Function").items()
        return {
            name: each["ReservedConcurrentExecutions"]
            for name, each in found
            if "ReservedConcurrentExecutions" in each
        }

    assert reserved(ours) == {"Execute": 10}
    assert reserved(of_sam("dev", ReserveExecutions="no")) == {}


def test_every_event_source_of_the_app_drives_its_function_once(either):
    mappings = of_type(either, "AWS::Lambda::EventSourceMapping").values()
    driven = sorted(live(each["FunctionName"]["Ref"]) for each in mappings)
    polled = (SQSEventConfig, DynamoDBEventConfig)
    expected = [source.handler_string for source in app.event_sources if isinstance(source, polled)]

    assert sorted(FUNCTIONS[name]["Handler"] for name in driven) == sorted(expected)
    rules = of_type(either, "AWS::Events::Rule").values()
    targets = [target for rule in rules for target in rule["Targets"]]
    assert sorted(live(target["Arn"]["Ref"]) for target in targets) == ["Reconcile", "Watch"]
    assert {rule["ScheduleExpression"] for rule in rules} == {"rate(1 minute)"}
    for mapping in mappings:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_what_runs_each_minute_is_never_tried_again_and_never_late(either):
    limits = of_type(either, "AWS::Lambda::EventInvokeConfig").values()

    assert sorted(each["FunctionName"]["Ref"] for each in limits) == ["Reconcile", "Watch"]
    for each in limits:
        assert (each["MaximumRetryAttempts"], each["MaximumEventAgeInSeconds"]) == (0, 60)
        assert each["Qualifier"] == LIVE


def test_only_the_api_starts_a_watcher_by_its_live_version(either):
    functions = of_type(either, "AWS::Lambda::Function")
    named = {name: each["Environment"]["Variables"].get("WATCH_FUNCTION") for name, each in functions.items()}
    invoking = {
        name
        for name, role in of_type(either, "AWS::IAM::Role").items()
        for statement in role["Policies"][0]["PolicyDocument"]["Statement"]
        if "lambda:InvokeFunction" in statement.get("Action", ())
    }

    assert named.pop("Api") == {"Ref": "WatchAliaslive"}
    assert set(named.values()) == {None}
    assert invoking == {"ApiRole"}
    assert functions["Api"]["Environment"]["Variables"]["ORDERS_TABLE"]


def test_concurrency_of_the_queues_is_what_the_parameters_say():
    mappings = of_type(
        of_sam("dev", ExecutionsAtOnce="4", LandConcurrency="2"), "AWS::Lambda::EventSourceMapping"
    )
    at_once = {
        live(each["FunctionName"]["Ref"]): int(each["ScalingConfig"]["MaximumConcurrency"])
        for each in mappings.values()
        if "ScalingConfig" in each
    }

    assert at_once == {"Execute": 4, "Land": 2, "DeadLetter": 2}


def guarded(resources: Resources) -> set[tuple[str, str]]:
    paths = the_only(resources, "AWS::ApiGateway::RestApi")["Body"]["paths"]
    return {
        (path, method.upper())
        for path, methods in paths.items()
        for method, operation in methods.items()
        if any(each != {"NONE": []} for each in applicable(operation.get("security", [])))
    }


def applicable(security: Any) -> list[dict[str, Any]]:
    """Chalice's says by a condition whether keys are asked for; SAM's says it outright."""
    if isinstance(security, dict):
        condition, when_keys, _when_open = security["Fn::If"]
        assert condition == "Keys"
        security = when_keys
    return list(security)


def test_keys_are_asked_for_where_the_app_does(either):
    asked = {
        (path, method)
        for path, methods in app.routes.items()
        for method, route in methods.items()
        if route.authorizer is entry.authorize
    }

    assert guarded(either) == asked


def test_an_open_stage_asks_for_no_key():
    assert guarded(of_sam("dev", AuthMode="open")) == set()


REMADE = {"AWS::ApiGateway::Deployment", "AWS::Lambda::Permission"}
"""What each deployment makes anew without anybody's noticing: names of these are nobody's."""


def test_either_way_of_deploying_takes_over_what_the_other_deployed(ours, packaged):
    def kept(resources):
        return {name: each["Type"] for name, each in resources.items() if each["Type"] not in REMADE}

    def sources(resources):
        found = of_type(resources, "AWS::Lambda::EventSourceMapping").items()
        return {name: {"MaximumBatchingWindowInSeconds": 0} | each for name, each in found}

    assert kept(packaged) == kept(ours)
    assert sources(packaged) == sources(ours)


OF_THEIR_FUNCTION = {"AWS::Lambda::Permission", "AWS::Lambda::Alias"}
NAMES = ("FunctionName", "LogGroupName", "Name", "DashboardName", "RoleName", "AlarmName", "QueueName")


def names_of(resources: Resources) -> list[tuple[str, str]]:
    """(type, name) of everything whose name we choose ourselves."""
    return [
        (each["Type"], each["Properties"][property_])
        for each in resources.values()
        for property_ in NAMES
        if each["Type"] not in OF_THEIR_FUNCTION and isinstance(each["Properties"].get(property_), str)
    ]


def test_names_of_two_stages_and_within_one_do_not_collide(ours):
    named = [names_of(ours), names_of(of_sam("prod"))]

    assert STAGES == ("dev", "prod")
    assert len(named[0]) == len(named[1]) >= 2 * len(FUNCTIONS)
    for names in named:
        assert len(set(names)) == len(names)
        assert all(len(name) <= 64 for kind, name in names if kind == "AWS::Lambda::Function")
    assert not {name for _, name in named[0]} & {name for _, name in named[1]}


def test_every_alarm_watches_something_that_is_there(either):
    alarms = of_type(either, "AWS::CloudWatch::Alarm")

    assert alarms
    for name, alarm in alarms.items():
        for dimension in alarm["Dimensions"]:
            if dimension["Name"] == "FunctionName":
                assert either[dimension["Value"]["Ref"]]["Type"] == "AWS::Lambda::Function", name
            elif dimension["Name"] == "ApiName":
                assert dimension["Value"] == the_only(either, "AWS::ApiGateway::RestApi")["Name"], name
