"""SAM's own translation of both templates, by the SAM CLI's environment, and how to read it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from infra.build import ROOT
from infra.deploy.__main__ import Deployment
from infra.deploy.chalice_template import write_template
from infra.deploy.sam_cli import LOCK
from infra.environments import commands_of
from infra.releases import LIVE
from tests.integration.test_template import TEMPLATE

TRANSLATOR = Path(__file__).with_name("translate.py")
TRANSLATE_SECONDS = 60
CODE = "s3://bucket/code.zip"
RELEASE = "0123456789abcdef"
ALIAS = f"Alias{LIVE}"

Resources = dict[str, dict[str, Any]]


def translate(template: dict[str, Any], stage: str, **given: str) -> Resources:
    """What an account gets of a template for the stage, in a stack of the name that a deployment gives it."""
    parameters = {
        name: declared.get("Default", f"arn:aws:sqs:eu-west-1:123456789012:{name}")
        for name, declared in template["Parameters"].items()
    }
    parameters |= {
        "AWS::Region": "eu-west-1",
        "AWS::AccountId": "123456789012",
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": Deployment(stage, "arm64", {}, ask=False).name,
        "Stage": stage,
        "Release": "0123456789abcdef",
        **given,
    }
    python = commands_of("sam", LOCK) / "python"
    done = subprocess.run(  # noqa: S603 - ours
        [str(python), str(TRANSLATOR)],
        input=json.dumps({"template": template, "parameters": parameters}),
        env={**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        timeout=TRANSLATE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    resources: Resources = json.loads(done.stdout)["Resources"]
    return resources


def of_sam(stage: str, **given: str) -> Resources:
    template = json.loads(json.dumps(TEMPLATE))
    template["Globals"]["Function"]["CodeUri"] = CODE
    return translate(template, stage, **given)


def of_chalice(stage: str, work: Path, **given: str) -> Resources:
    template = json.loads(write_template(stage, ROOT / "build" / "lambda.zip", work).read_text())
    for resource in template["Resources"].values():
        if "CodeUri" in resource["Properties"]:
            resource["Properties"]["CodeUri"] = CODE
    return translate(template, stage, **given)


def of_type(resources: Resources, kind: str) -> Resources:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def the_only(resources: Resources, kind: str) -> dict[str, Any]:
    [only] = of_type(resources, kind).values()
    return only


def live(reference: str) -> str:
    """The function whose live version is meant."""
    function, alias = reference.rsplit("Alias", 1)
    assert alias == LIVE
    return function
