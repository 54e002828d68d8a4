"""`python -m infra.deploy sam|chalice|destroy`: the engine in an AWS account.

The account and its region are those of the environment: AWS_PROFILE, AWS_DEFAULT_REGION and their kind.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws_clients import make_client, session
from chalicelib.bootstrap.paper import seed_pools
from chalicelib.config import PRODUCTION
from infra.build import ARCHITECTURES, ROOT, BuildFailed, build, lambda_target
from infra.deploy import sam_cli
from infra.deploy.chalice_template import PackagingFailed, write_template
from infra.deploy.concurrency import Concurrency
from infra.deploy.parameters import parameters_of, refuse_undeclared
from infra.deploy.stacks import KEPT_FOR_GOOD, DeploymentRefused, Stack, refuse_other_state
from infra.deploy.trial import ANSWER_SECONDS, ATTEMPTS, refuse_what_fails
from infra.environments import InstallFailed
from infra.output import run
from infra.releases import release_of
from infra.stages import NAME, STAGES

CODE = ROOT / "build" / "lambda.zip"
NO_REGION = (
    "No AWS region is set, so nothing was done: set AWS_DEFAULT_REGION, or AWS_PROFILE to a profile that "
    "has a region."
)
WHAT_STAYS = """\
`make deploy STAGE={stage}` takes them up again. Should they go too: delete that stack, which retains them,
then each by itself, the tables once their deletion protection is off. The bucket of the SAM CLI (stack
aws-sam-cli-managed-default) stays as well."""
NOT_LET_IN = "Nothing is lost: {serving} goes on serving. Mend it and deploy again."
NOTHING_BEFORE = "It is the first release: none of before could serve instead. Mend it and deploy again."
BEFORE_RELEASES = (
    "It serves already: what this stage had before knew no releases, so nothing could wait beside it. Mend "
    "it and deploy again, or deploy the commit of before."
)
THE_SAME = "It served before as well, and nothing was changed: see infra/runbooks/errors.md."
GRADUALLY = "Canary10Percent5Minutes"
"""How a release comes to serve in production, unless it is said otherwise for this one."""

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

    @property
    def _own(self) -> dict[str, str]:
        """The application's parameters that follow from the stage, at each deployment anew."""
        # Metrics are kept apart by the service's name.
        own = {"Stage": self.stage, "Architecture": self.architecture, "ServiceName": self.name}
        return own | ({"ReleaseTraffic": GRADUALLY} if self.stage == PRODUCTION else {})

    def choose_concurrency(self) -> dict[str, str]:
        """Look at the account before anything is built, and print and return what its quota allows for.

        A stage keeps what it was given once; only what it doesn't have yet is chosen.

        Raises
        ------
        DeploymentRefused
            A stack is in a state that nothing can be deployed over.
        ClientError, BotoCoreError
            AWS refused or did not answer.
        """
        stacks = make_client("cloudformation")
        Stack.read(stacks, self.state_name)
        application = Stack.read(stacks, self.name)
        concurrency = Concurrency.of(make_client("lambda"), f"{self.name}-execute")
        allowed = concurrency.parameters
        kept = {name: value for name, value in application.parameters.items() if name in allowed}
        for line in concurrency.told(kept, self.parameters):
            _say(line)
        return {name: value for name, value in allowed.items() if name not in kept}

    def deploy(self, template: Path, chosen: Mapping[str, str]) -> None:
        """Deploy the state stack, then the application with its outputs, and print the addresses.

        `chosen` are parameters of the application's that come before defaults and after what was asked for.

        Raises
        ------
        DeploymentRefused
            A change set was not run, the application would be turned to other tables than it runs on, or a
            function failed its trial.
        SamFailed, InstallFailed, ClientError, BotoCoreError
            A stack could not be deployed.
        """
        stacks = make_client("cloudformation")
        self._deploy(self.state_name, ROOT / "infra" / "resources.yaml", self.state_parameters)
        made = Stack.read(stacks, self.state_name)
        if not made.exists:
            raise DeploymentRefused(
                f"The change set of {self.state_name} was not run, so nothing is deployed."
            )
        stacks.set_stack_policy(StackName=self.state_name, StackPolicyBody=KEPT_FOR_GOOD)
        if self.stage == PRODUCTION:
            stacks.update_termination_protection(StackName=self.state_name, EnableTerminationProtection=True)
        state, before = made.outputs, Stack.read(stacks, self.name)
        refuse_other_state(before, state, self.parameters)
        seed_pools(make_client("dynamodb"), state["PaperTable"])
        outputs = self._release(before, template, {**state, **self._own, **chosen, **self.parameters})
        _say(f"REST    {outputs['RestUrl']}")
        _say(f"Stream  {outputs['StreamUrl']}")

    def _release(self, before: Stack, template: Path, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """Deploy the application and return its outputs.

        Where a release serves already, the new code and settings wait beside it until every function has
        passed its trial. Else they serve at once, and are tried then.
        """
        stacks = make_client("cloudformation")
        functions = make_client("lambda", read_timeout=ANSWER_SECONDS, attempts=ATTEMPTS)
        text = template.read_text()
        release = release_of(CODE.read_bytes(), text, parameters_of(text, before.parameters, parameters))
        serving = before.outputs.get("Release", "")
        if serving not in {"", release}:
            _say(f"The release {release} waits for its trial; {serving} serves meanwhile.")
            self._deploy(self.name, template, {**parameters, "Release": serving, "Latest": release})
            outputs = Stack.read(stacks, self.name).outputs
            if outputs.get("Latest") != release:
                raise DeploymentRefused(f"Its change set was not run, so {serving} goes on serving.")
            refuse_what_fails(functions, outputs, NOT_LET_IN.format(serving=serving))
            _say(f"Every function of {release} passed its trial: now it shall serve.")
        self._deploy(self.name, template, {**parameters, "Release": release, "Latest": release})
        outputs = Stack.read(stacks, self.name).outputs
        if outputs.get("Release") != release:
            stands = "the release of before goes on serving" if before.outputs else "nothing is deployed"
            raise DeploymentRefused(f"Its change set was not run, so {stands}.")
        if serving == release:
            refuse_what_fails(functions, outputs, THE_SAME)
        elif not serving:
            refuse_what_fails(functions, outputs, BEFORE_RELEASES if before.exists else NOTHING_BEFORE)
        return outputs

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
        if session().get_config_variable("region") is None:
            sys.exit(NO_REGION)
        if given.what == "destroy":
            deployment.destroy()
            return
        refuse_undeclared((ROOT / "template.yaml").read_text(), deployment.parameters)
        chosen = deployment.choose_concurrency()
        build(lambda_target(given.architecture), CODE)
        if given.what == "sam":
            deployment.deploy(ROOT / "template.yaml", chosen)
            return
        with tempfile.TemporaryDirectory() as work:
            deployment.deploy(write_template(given.stage, CODE, Path(work)), chosen)
    except (sam_cli.SamFailed, BuildFailed, InstallFailed, PackagingFailed, DeploymentRefused) as error:
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


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - it is a command


if __name__ == "__main__":
    run(main)
