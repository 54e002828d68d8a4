"""What Chalice packages is, once it is completed, the engine of template.yaml."""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint  # type: ignore[import-untyped]
from cfnlint.decode import decode  # type: ignore[import-untyped]

from app import app
from infra.build import ROOT
from infra.deploy.chalice_template import write_template
from infra.deploy.parameters import parameters_of
from infra.releases import release_of
from infra.stages import STAGES

OURS: dict[str, Any] = decode(str(ROOT / "template.yaml"))[0]
FUNCTION = "AWS::Serverless::Function"


@pytest.fixture(scope="module", params=STAGES)
def packaged(request, tmp_path_factory):
    work = tmp_path_factory.mktemp("chalice")
    return json.loads(write_template(request.param, ROOT / "build" / "lambda.zip", work).read_text())


def functions(template):
    found = (body["Properties"] for body in template["Resources"].values() if body["Type"] == FUNCTION)
    return {function["Handler"]: function for function in found}


def events(template):
    return {
        (handler, event["Type"]): event["Properties"]
        for handler, function in functions(template).items()
        for event in function.get("Events", {}).values()
        if event["Type"] != "Api"
    }


def test_it_has_the_same_routes(packaged):
    paths = packaged["Resources"]["RestApi"]["Properties"]["DefinitionBody"]["paths"]
    theirs = {
        (path, method) for path, methods in paths.items() for method in methods if not method.startswith("x-")
    }
    ours = {
        (event["Properties"]["Path"], event["Properties"]["Method"])
        for function in functions(OURS).values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }
    assert theirs == ours


def test_it_asks_for_keys_on_the_same_routes_when_keys_are_asked_for(packaged):
    api = packaged["Resources"]["RestApi"]["Properties"]
    guarded = {
        (path, method): operation["security"]["Fn::If"]
        for path, methods in api["DefinitionBody"]["paths"].items()
        for method, operation in methods.items()
        if "security" in operation
    }
    ours = {
        (event["Properties"]["Path"], event["Properties"]["Method"])
        for event in functions(OURS)["app.app"]["Events"].values()
        if "Fn::FindInMap" in event["Properties"].get("Auth", {}).get("Authorizer", ())
    }
    assert guarded.keys() == ours
    (scheme,) = api["DefinitionBody"]["securityDefinitions"].items()
    kept, (authorizer,) = (
        scheme[1],
        OURS["Resources"]["RestApi"]["Properties"]["Auth"]["Authorizers"].values(),
    )
    assert all(each == ["Keys", [{scheme[0]: []}], {"Ref": "AWS::NoValue"}] for each in guarded.values())
    told = kept["x-amazon-apigateway-authorizer"]
    assert told["identityValidationExpression"] == authorizer["Identity"]["ValidationExpression"]
    assert told["authorizerResultTtlInSeconds"] == authorizer["Identity"]["ReauthorizeEvery"]
    assert (kept["in"], kept["name"]) == ("header", authorizer["Identity"]["Header"])
    assert api["AlwaysDeploy"] is True


def test_it_has_the_same_handlers_each_with_its_own_role_and_log(packaged):
    assert functions(packaged).keys() == functions(OURS).keys()
    for handler, function in functions(packaged).items():
        assert function["Role"] == functions(OURS)[handler]["Role"]
        assert function["LoggingConfig"] == functions(OURS)[handler]["LoggingConfig"]


def test_what_drives_a_handler_says_all_that_ours_says(packaged):
    assert events(packaged).keys() == events(OURS).keys()
    for key, properties in events(OURS).items():
        assert events(packaged)[key].items() >= properties.items()


def test_the_sockets_routes_lead_to_the_same_handlers(packaged):
    resources = packaged["Resources"]
    routes = {
        body["Properties"]["RouteKey"] for body in resources.values() if body["Type"].endswith("V2::Route")
    }
    assert routes == {"$connect", "$default", "$disconnect"}


def test_no_reference_leads_nowhere_and_nothing_is_malformed(packaged, tmp_path: Path):
    assert [str(match) for match in lint(json.dumps(packaged), regions=["us-east-1"])] == []


def test_chalice_is_configured_for_the_same_app() -> None:
    configured = json.loads((ROOT / ".chalice" / "config.json").read_text())

    assert configured["app_name"] == app.app_name
    assert configured["stages"] == {stage: {"api_gateway_stage": stage} for stage in STAGES}


def test_packaged_twice_it_is_the_same_release_which_a_second_deployment_of_it_finds(tmp_path: Path) -> None:
    given = {"OrdersTable": "orders", "Stage": "dev", "TicketSeconds": "30"}
    names = []
    for place in ("here", "there"):
        work = tmp_path / place / "work"
        work.mkdir(parents=True)
        code = tmp_path / place / "lambda.zip"
        code.write_bytes(b"zip")
        template = write_template("dev", code, work)
        text = template.read_text()
        assert str(tmp_path) not in text
        assert template.with_name(functions(json.loads(text))["app.app"]["CodeUri"]).read_bytes() == b"zip"
        defaults = {
            name: str(declared["Default"])
            for name, declared in json.loads(text)["Parameters"].items()
            if "Default" in declared
        }
        described = {**defaults, **given, "Release": "0123456789abcdef", "Latest": "0123456789abcdef"}
        names += [release_of(b"zip", text, parameters_of(text, known, given)) for known in ({}, described)]

    assert len(set(names)) == 1
