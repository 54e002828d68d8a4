"""template.yaml, infra/resources.yaml, app.py and the settings say the same, in both directions."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file  # type: ignore[import-untyped]
from cfnlint.decode import decode  # type: ignore[import-untyped]
from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

import app as entry
from app import app
from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.identifiers import RandomIdentifiers
from chalicelib.api.auth import KEPT_SECONDS, key_of
from chalicelib.api.problems import BY_GATEWAY
from chalicelib.config import load_event_sources
from chalicelib.domain.api_keys import format_key, parse_key
from infra.local.deployment import CODE
from infra.local.settings import parameter

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE_PATH = ROOT / "template.yaml"
STATE_PATH = ROOT / "infra" / "resources.yaml"


def parsed(path: Path) -> dict[str, Any]:
    template, problems = decode(str(path))
    assert not problems
    return dict(template or {})


TEMPLATE = parsed(TEMPLATE_PATH)
STATE = parsed(STATE_PATH)


def resources(kind: str) -> dict[str, dict[str, Any]]:
    found = TEMPLATE["Resources"].items()
    return {name: resource["Properties"] for name, resource in found if resource["Type"] == kind}


FUNCTIONS = resources("AWS::Serverless::Function")


def events(kind: str) -> dict[str, dict[str, Any]]:
    """Handler -> properties of its event of this kind; no function has two."""
    return {
        function["Handler"]: event["Properties"]
        for function in FUNCTIONS.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    }


def handler_of(logical_id: str) -> str:
    return str(FUNCTIONS[logical_id]["Handler"])


def test_the_template_has_exactly_the_routes_of_the_app() -> None:
    in_template = {
        (event["Properties"]["Path"], event["Properties"]["Method"].upper(), function["Handler"])
        for function in FUNCTIONS.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }
    in_app = {(path, method, "app.app") for path, methods in app.routes.items() for method in methods}

    assert in_template == in_app


def test_the_template_asks_for_keys_where_the_app_does_and_nowhere_when_it_is_open() -> None:
    api = resources("AWS::Serverless::Api")["RestApi"]["Auth"]
    needed = {"Fn::FindInMap": ["Authorizers", {"Ref": "AuthMode"}, "Needed"]}
    guarded = {
        (event["Properties"]["Path"], event["Properties"]["Method"].upper())
        for event in FUNCTIONS["Api"]["Events"].values()
        if event["Properties"].get("Auth") == {"Authorizer": needed}
    }
    public = {
        (event["Properties"]["Path"], event["Properties"]["Method"].upper())
        for event in FUNCTIONS["Api"]["Events"].values()
        if event["Properties"].get("Auth") == {"Authorizer": "NONE"}
    }
    routes = {
        (path, method): route for path, methods in app.routes.items() for method, route in methods.items()
    }

    assert guarded == {at for at, route in routes.items() if route.authorizer is entry.authorize}
    assert public == {at for at, route in routes.items() if route.authorizer is None and at[1] != "OPTIONS"}
    assert TEMPLATE["Mappings"]["Authorizers"] == {
        "keys": {"Needed": api["DefaultAuthorizer"]},
        "open": {"Needed": "NONE"},
    }
    assert api["AddDefaultAuthorizerToCorsPreflight"] is False


def test_the_authorizer_is_asked_for_keys_only_and_its_answer_is_kept_for_a_minute_at_most() -> None:
    (authorizer,) = resources("AWS::Serverless::Api")["RestApi"]["Auth"]["Authorizers"].values()
    identity = authorizer["Identity"]
    form = re.compile(identity["ValidationExpression"])
    key = format_key(RandomIdentifiers().key_id(), RandomIdentifiers().secret())

    assert identity["ReauthorizeEvery"] == KEPT_SECONDS <= 60
    assert entry.authorize.config.ttl_seconds == KEPT_SECONDS
    for sent in (f"Bearer {key}", f"bearer {key}", f"BEARER  {key}", f" Bearer {key} "):
        assert form.fullmatch(sent)
        assert key_of(sent) == key
    for other in (
        *(key, f"Bearer {key}x", f"Bearer {key[:-1]}", f"Bearer {key}\n", f"Basic {key}", "Bearer "),
        *(f"Bearer{key}", f"Bearer Bearer {key}", f"Bearer {key} {key}", f"Bearer\t{key}"),
    ):
        assert not form.fullmatch(other)
        assert parse_key(key_of(other)) is None


def test_what_the_gateway_refuses_by_itself_is_a_problem_of_ours() -> None:
    responses = resources("AWS::Serverless::Api")["RestApi"]["GatewayResponses"]

    assert set(responses) == set(BY_GATEWAY)
    for kind, problem in BY_GATEWAY.items():
        headers = {**problem.headers(), "Access-Control-Allow-Origin": "*"}
        assert responses[kind]["StatusCode"] == problem.status
        assert responses[kind]["ResponseTemplates"] == {"application/json": problem.body()}
        assert responses[kind]["ResponseParameters"]["Headers"] == {
            name: f"'{value}'" for name, value in headers.items()
        }


def test_the_template_has_exactly_the_handlers_of_the_app() -> None:
    in_app = [source.handler_string for source in app.event_sources]
    in_app += [handler.handler_string for handler in app.websocket_handlers.values()]
    in_app += [handler.handler_string for handler in app.builtin_auth_handlers]

    assert sorted(function["Handler"] for function in FUNCTIONS.values()) == sorted(["app.app", *in_app])
    assert not app.pure_lambda_functions


def test_the_template_has_exactly_the_event_sources_of_the_app() -> None:
    parameters = {arn: parameter(name) for name, arn in asdict(load_event_sources()).items()}
    in_app: dict[str, tuple[Any, ...]] = {}
    for source in app.event_sources:
        origin: tuple[Any, ...]
        if isinstance(source, SQSEventConfig):
            origin = ("SQS", parameters[source.queue_arn], source.batch_size, source.maximum_concurrency)
        elif isinstance(source, DynamoDBEventConfig):
            origin = ("DynamoDB", parameters[source.stream_arn], source.batch_size, source.starting_position)
        else:
            assert isinstance(source, ScheduledEventConfig)
            origin = ("Schedule", source.schedule_expression)
        in_app[source.handler_string] = origin
    in_template: dict[str, tuple[Any, ...]] = {}
    for handler, event in events("SQS").items():
        in_template[handler] = (
            "SQS",
            event["Queue"]["Ref"],
            default_of(event["BatchSize"]),
            most_at_once(event),
        )
    for handler, event in events("DynamoDB").items():
        stream = event["Stream"]["Ref"]
        in_template[handler] = ("DynamoDB", stream, event["BatchSize"], event["StartingPosition"])
    for handler, event in events("Schedule").items():
        in_template[handler] = ("Schedule", event["Schedule"])

    assert in_template == in_app


def most_at_once(event: dict[str, Any]) -> int | None:
    if "ScalingConfig" not in event:
        return None
    return default_of(event["ScalingConfig"]["MaximumConcurrency"])


def default_of(given: Any) -> int:
    """A number that stands in the template, or that its parameter has by default."""
    return int(TEMPLATE["Parameters"][given["Ref"]]["Default"] if isinstance(given, dict) else given)


def test_the_template_has_exactly_the_socket_routes_of_the_app() -> None:
    integrations = resources("AWS::ApiGatewayV2::Integration")
    in_template = {}
    for route in resources("AWS::ApiGatewayV2::Route").values():
        integration = route["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        function = integrations[integration]["IntegrationUri"]["Fn::Sub"].split("${")[-1].split("Alias")[0]
        in_template[route["RouteKey"]] = handler_of(function)

    assert in_template == {key: handler.handler_string for key, handler in app.websocket_handlers.items()}


def test_streams_deliver_orders_and_armed_subscriptions_only() -> None:
    def pattern(handler: str) -> Any:
        (only,) = events("DynamoDB")[handler]["FilterCriteria"]["Filters"]
        return json.loads(only["Pattern"])

    assert pattern("app.broadcast") == {"dynamodb": {"NewImage": {"pk": {"S": [{"prefix": schema.ORDER}]}}}}
    assert pattern("app.backfill") == {"dynamodb": {"NewImage": {"armed": {"BOOL": [True]}}}}


def test_every_function_has_a_role_and_a_log_group_of_its_own() -> None:
    for name, function in FUNCTIONS.items():
        assert function["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert function["LoggingConfig"] == {
            "LogGroup": {"Ref": f"{name}Logs"},
            "LogFormat": "JSON",
            "SystemLogLevel": {"Ref": "SystemLogLevel"},
        }
        group = resources("AWS::Logs::LogGroup")[f"{name}Logs"]
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize(("queue", "function"), [("OrdersQueue", "Execute"), ("LandingsQueue", "Land")])
def test_what_a_killed_worker_had_comes_again_after_its_function_could_have_ended(
    queue: str, function: str
) -> None:
    assert STATE["Resources"][queue]["Properties"]["VisibilityTimeout"] > FUNCTIONS[function]["Timeout"]


@pytest.mark.promise("R10")
def test_lambda_reserves_what_the_queue_s_event_source_may_drive_and_what_the_estimate_is_made_of() -> None:
    (orders,) = [event for handler, event in events("SQS").items() if handler == "app.execute"]
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    reserved = FUNCTIONS["Execute"]["ReservedConcurrentExecutions"]["Fn::If"]

    assert orders["ScalingConfig"]["MaximumConcurrency"] == {"Ref": "ExecutionsAtOnce"}
    assert reserved == ["Reserved", {"Ref": "ExecutionsAtOnce"}, {"Ref": "AWS::NoValue"}]
    assert variables["EXECUTIONS_AT_ONCE"] == {"Ref": "ExecutionsAtOnce"}


@pytest.mark.promise("R10")
def test_landings_are_bounded_by_themselves() -> None:
    (landings,) = [event for handler, event in events("SQS").items() if handler == "app.land"]

    assert landings["ScalingConfig"]["MaximumConcurrency"] == {"Ref": "LandConcurrency"}
    assert "ReservedConcurrentExecutions" not in FUNCTIONS["Land"]


def test_the_state_outlives_its_stack() -> None:
    for resource in STATE["Resources"].values():
        if resource["Type"] in {"AWS::DynamoDB::Table", "AWS::SQS::Queue"}:
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_the_template_names_the_built_zip_once() -> None:
    assert TEMPLATE_PATH.read_text().count(CODE) == 1


@pytest.mark.parametrize("path", [TEMPLATE_PATH, STATE_PATH], ids=lambda path: path.name)
def test_templates_pass_cfn_lint(path: Path) -> None:
    assert lint_file(path) == []
