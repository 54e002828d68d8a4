"""Complete the template that Chalice makes of app.py with what only template.yaml can express.

Chalice knows the routes, the handlers and what drives them. Partial batch answers, stream filters and
retries, a role for each function, log groups and gateway responses it can't say: those come from
template.yaml, so that both ways of deploying give the same engine. What Chalice says gets template.yaml's
logical ids: deployed over the other, a stack keeps its functions, its addresses and its event sources.
Chalice knows no versions, so what it has call a function calls its live one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from infra.build import ROOT
from infra.releases import LIVE

PACKAGE_SECONDS = 120

_FUNCTION = "AWS::Serverless::Function"
_PERMISSION = "AWS::Lambda::Permission"
_OVERRIDDEN = (
    "AWS::Serverless::Api",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::Integration",
    _PERMISSION,
)
_BY_CHALICE = (_FUNCTION, "AWS::Serverless::Api", "AWS::ApiGatewayV2::", _PERMISSION)
_OF_A_ROUTE = {"": "", "APIIntegration": "Integration", "Route": "Route", "InvokePermission": "Permission"}
_NAMES = {
    "APIHandler": "Api",
    "RestAPI": "RestApi",
    "WebsocketAPI": "StreamApi",
    "WebsocketAPIStage": "StreamStage",
} | {
    f"Websocket{route}{theirs}": f"Stream{route}{ours}"
    for route in ("Connect", "Message", "Disconnect")
    for theirs, ours in _OF_A_ROUTE.items()
}
"""Chalice's logical ids and those of template.yaml for the same resource, where they differ."""

_KEPT = ("AWSTemplateFormatVersion", "Transform", "Parameters", "Rules", "Outputs")

_KEYS = "Keys"
"""The condition that API keys are required."""

_KEYS_BY_MODE = "Authorizers"
"""What template.yaml has for it: a mapping, for SAM's events only."""

_LEFT_OUT = {
    "DefaultRole",  # each function has a role of its own
    "WebsocketAPIDeployment",  # our stage deploys by itself
}

_AUTHORIZER = "x-amazon-apigateway-authorizer"

Template = dict[str, Any]


class PackagingFailed(Exception):
    """Chalice could not package app.py; the message says why."""


def write_template(stage: str, code: Path, work: Path) -> Path:
    """Package app.py with Chalice in the empty directory `work`; returns the finished template's path.

    The zip `code` is linked beside it: the template names no place of this machine, and the same code gives
    the same text, by which a release is known.

    Raises
    ------
    PackagingFailed
        Chalice refused; the message has its output.
    """
    # Its import takes seconds, which no other command should wait for.
    import cfnlint.decode  # type: ignore[import-untyped]  # noqa: PLC0415

    packaged = _package(stage, work)
    ours = cfnlint.decode.decode(str(ROOT / "template.yaml"))[0]
    (work / code.name).symlink_to(code)
    path = work / "template.json"
    path.write_text(json.dumps(complete(packaged, ours, code.name), indent=1))
    return path


def complete(packaged: Template, ours: Mapping[str, Any], code: str) -> Template:
    """Return Chalice's template completed with template.yaml's (`ours`); `code` is where the zip lies."""
    functions = {name for name, body in packaged["Resources"].items() if body["Type"] == _FUNCTION}
    theirs = {
        _NAMES.get(name, name): _renamed(body, functions)
        for name, body in packaged["Resources"].items()
        if name not in _LEFT_OUT
    }
    shared = ours["Globals"]["Function"] | {"CodeUri": code}
    resources: Template = dict(theirs)
    for name, body in ours["Resources"].items():
        if not body["Type"].startswith(_BY_CHALICE):
            resources[name] = body
        elif body["Type"] == _FUNCTION:
            resources[name] = {**theirs[name], "Properties": _function(theirs[name], body, shared)}
        elif body["Type"] in _OVERRIDDEN:
            resources[name] = {**theirs[name], **body, "Properties": _api(theirs[name], body)}
    kept = {name: ours[name] for name in _KEPT}
    conditions = {**ours["Conditions"], _KEYS: {"Fn::Equals": [{"Ref": "AuthMode"}, "keys"]}}
    mappings = {name: each for name, each in ours["Mappings"].items() if name != _KEYS_BY_MODE}
    return {**kept, "Mappings": mappings, "Conditions": conditions, "Resources": resources}


def _function(chalice: Template, ours: Template, shared: Template) -> Template:
    """Return a function's properties: Chalice's handler and event sources, and the rest of template.yaml."""
    by_type = {event["Type"]: (name, event) for name, event in ours["Properties"].get("Events", {}).items()}
    merged = {}
    for event in chalice["Properties"].get("Events", {}).values():
        name, same = by_type[event["Type"]]
        merged[name] = {**event, "Properties": event["Properties"] | same["Properties"]}
    own = ours["Properties"]
    variables = {
        **shared["Environment"]["Variables"],
        **own.get("Environment", {}).get("Variables", {}),
    }
    settled = {"Handler": chalice["Properties"]["Handler"], "Environment": {"Variables": variables}}
    return {**shared, **own, **settled, "Events": merged}


def _api(chalice: Template, ours: Template) -> Template:
    """Return the properties of a part of an API: Chalice's, overridden by template.yaml's."""
    kept = {name: value for name, value in chalice["Properties"].items() if name != "DeploymentId"}
    added = {name: value for name, value in ours["Properties"].items() if name != "Auth"}
    if "Auth" in ours["Properties"]:
        # SAM deploys an API anew when its text changes, and whether the condition holds isn't in the text.
        added |= {
            "AlwaysDeploy": True,
            # Without its version SAM adds a second stage, called "Stage", which no throttle holds.
            "OpenApiVersion": kept["DefinitionBody"]["swagger"],
            "DefinitionBody": _guarded(kept["DefinitionBody"], ours["Properties"]["Auth"]),
        }
    return {**kept, **added}


def _guarded(definition: Template, auth: Template) -> Template:
    """Return Chalice's API with keys required only if the condition holds, and malformed keys refused."""
    paths = {
        path: {method: _operation(operation) for method, operation in methods.items()}
        for path, methods in definition["paths"].items()
    }
    (authorizer,) = auth["Authorizers"].values()
    form = {"identityValidationExpression": authorizer["Identity"]["ValidationExpression"]}
    schemes = {
        name: {**scheme, _AUTHORIZER: {**scheme[_AUTHORIZER], **form}}
        for name, scheme in definition["securityDefinitions"].items()
    }
    return {**definition, "paths": paths, "securityDefinitions": schemes}


def _operation(operation: Template) -> Template:
    if "security" not in operation:
        return operation
    return {**operation, "security": {"Fn::If": [_KEYS, operation["security"], {"Ref": "AWS::NoValue"}]}}


def _renamed(part: Any, functions: Collection[str]) -> Any:
    """Return a part of Chalice's template with our logical ids, and for a function's its live version's."""
    if isinstance(part, list):
        return [_renamed(each, functions) for each in part]
    if not isinstance(part, dict):
        return part
    if "Ref" in part:
        return {"Ref": _name_of(part["Ref"], functions)}
    if "Fn::GetAtt" in part:
        name, attribute = part["Fn::GetAtt"]
        ours = _name_of(name, functions)  # an alias has no attribute for its address: it is its reference
        return {"Ref": ours} if name in functions else {"Fn::GetAtt": [ours, attribute]}
    if "Fn::Sub" in part:
        text, *own = part["Fn::Sub"] if isinstance(part["Fn::Sub"], list) else [part["Fn::Sub"]]
        text = re.sub(r"(?<=\$\{)(\w+)(\.Arn)?", lambda found: _name_of(found[1], functions), text)
        return {"Fn::Sub": [text, *_renamed(own, functions)] if own else text}
    return {name: _renamed(each, functions) for name, each in part.items()}


def _name_of(theirs: str, functions: Collection[str]) -> str:
    ours = _NAMES.get(theirs, theirs)
    return f"{ours}Alias{LIVE}" if theirs in functions else ours


def _package(stage: str, work: Path) -> Template:
    """Return the template of `chalice package`. Its zip is not used: infra/build.py builds the only one."""
    shutil.copytree(ROOT / "chalicelib", work / "chalicelib")
    shutil.copytree(ROOT / ".chalice", work / ".chalice")
    shutil.copyfile(ROOT / "app.py", work / "app.py")
    (work / "requirements.txt").touch()
    command = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", stage, "packaged"]
    try:
        subprocess.run(  # noqa: S603
            command,
            cwd=work,
            env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},  # asked for, but nothing depends on it
            check=True,
            capture_output=True,
            text=True,
            timeout=PACKAGE_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise PackagingFailed(f"chalice package failed: {error.stderr.strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise PackagingFailed(f"chalice package was not done within {PACKAGE_SECONDS} s") from error
    packaged: Template = json.loads((work / "packaged" / "sam.json").read_text())
    return packaged
