"""`python -m infra.deploy sam|chalice|destroy`: the engine in an AWS account.

The account and its region are those of the AWS CLI's environment: AWS_PROFILE, AWS_REGION and their kind.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws_clients import make_client
from chalicelib.bootstrap.paper import seed_pools
from chalicelib.config import PRODUCTION
from infra.build import ARCHITECTURES, ROOT, BuildFailed, build, lambda_target
from infra.deploy import sam_cli
from infra.deploy.chalice_template import PackagingFailed, write_template
from infra.environments import InstallFailed
from infra.output import run

NAME = "order-execution"
STAGES = ("dev", PRODUCTION)
CODE = ROOT / "build" / "lambda.zip"
WHAT_STAYS = """\
`make deploy STAGE={stage}` takes them up again. Should they go too: delete that stack, which retains them,
then each by itself, the tables once their deletion protection is off. The bucket of the SAM CLI (stack
aws-sam-cli-managed-default) stays as well."""
RETAINED = {"AWS::DynamoDB::Table", "AWS::SQS::Queue"}


@dataclass(frozen=True, slots=True)
class Deployment:
    """The deployment of one stage in an account: the stacks `name`-state, with the tables, and `name`."""

    stage: str
    architecture: str
    parameters: Mapping[str, str]
    ask: bool

    @property
    def name(self) -> str:
        """The name of the application stack."""
        return f"{NAME}-{self.stage}"

    @property
    def state_name(self) -> str:
        """The name of the state stack."""
        return f"{self.name}-state"

    @property
    def state_parameters(self) -> dict[str, str]:
        """The parameters of the state stack: in production its tables are protected from deletion."""
        return {"DeletionProtection": "true" if self.stage == PRODUCTION else "false"}

    def deploy(self, template: Path) -> None:
        """Deploy the state stack, then the application with its outputs, and print the addresses."""
        self._deploy(self.state_name, ROOT / "infra" / "resources.yaml", self.state_parameters)
        state = _outputs(self.state_name)
        seed_pools(make_client("dynamodb"), state["PaperTable"])
        # Metrics are kept apart by the service's name.
        own = {"Stage": self.stage, "Architecture": self.architecture, "ServiceName": self.name}
        self._deploy(self.name, template, {**state, **own, **self.parameters})
        outputs = _outputs(self.name)
        _say(f"REST    {outputs['RestUrl']}")
        _say(f"Stream  {outputs['StreamUrl']}")

    def destroy(self) -> None:
        """Delete the application stack and print which resources stay."""
        sam_cli.delete(self.name, ask=self.ask)
        client = make_client("cloudformation")
        state = client.describe_stack_resources(StackName=self.state_name)
        _say(f"\nThe application is deleted. The stack {self.state_name} stays, and with it every order:")
        for resource in state["StackResources"]:
            if resource["ResourceType"] in RETAINED:
                _say(f"  {resource['ResourceType']:22} {resource['PhysicalResourceId']}")
        _say(WHAT_STAYS.format(stage=self.stage))

    def _deploy(self, stack: str, template: Path, parameters: Mapping[str, str]) -> None:
        tags = {"project": NAME, "stage": self.stage}
        sam_cli.deploy(stack, template, parameters=parameters, tags=tags, ask=self.ask)


def main() -> None:
    """Deploy or destroy from the command line."""
    given = _parse()
    deployment = Deployment(given.stage, given.architecture, dict(given.set), ask=not given.yes)
    try:
        if given.what == "destroy":
            deployment.destroy()
            return
        build(lambda_target(given.architecture), CODE)
        if given.what == "sam":
            deployment.deploy(ROOT / "template.yaml")
            return
        with tempfile.TemporaryDirectory() as work:
            deployment.deploy(write_template(given.stage, CODE, Path(work)))
    except (sam_cli.SamFailed, BuildFailed, InstallFailed, PackagingFailed) as error:
        sys.exit(str(error))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS refused: {error}")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("what", choices=["sam", "chalice", "destroy"])
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="arm64")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="a parameter of template.yaml; it keeps its value at later deployments",
    )
    parser.add_argument("--yes", action="store_true", help="run the change sets without asking")
    return parser.parse_args()


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _outputs(stack: str) -> dict[str, Any]:
    described = make_client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - it is a command


if __name__ == "__main__":
    run(main)
