"""An AWS account of scripted answers, as botocore checks them."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from io import BytesIO
from types import MappingProxyType

from botocore.stub import Stubber

from chalicelib.adapters import aws_clients
from chalicelib.api import http
from chalicelib.api.responses import health_json
from chalicelib.domain.backlog import Backlog, Slots
from chalicelib.domain.trading import TradingState
from chalicelib.services.measure_load import Load
from infra.deploy.__main__ import Deployment
from infra.deploy.stacks import KEPT_FOR_GOOD
from infra.releases import API, TRIALS, release_of

STATE = {"OrdersTable": "orders", "PaperTable": "paper"}
FUNCTIONS = {output: f"the-{output.removesuffix('Function')}" for output in TRIALS}
ADDRESSES = {"RestUrl": "https://rest", "StreamUrl": "wss://stream", **FUNCTIONS}
EXECUTE = "order-execution-dev-execute"
DEFAULTS = {
    "LogLevel": "INFO",
    "RateLimitPerMinute": "120",
    "ReleaseTraffic": "AllAtOnce",
    "AllowedTokens": "",
}
"""Defaults of the template that is deployed."""

TEMPLATE = """\
Parameters:
  OrdersTable: {Type: String}
  PaperTable: {Type: String}
  Stage: {Type: String, Default: dev}
  Release: {Type: String, Default: "0000000000"}
  Latest: {Type: String, Default: "0000000000"}
  Architecture: {Type: String, Default: arm64}
  ServiceName: {Type: String, Default: order-execution}
  LogLevel: {Type: String, Default: INFO}
  ReleaseTraffic: {Type: String, Default: AllAtOnce}
  AllowedTokens: {Type: String, Default: ""}
  RateLimitPerMinute: {Type: Number, Default: 120}
  ExecutionsAtOnce: {Type: Number}
  LandConcurrency: {Type: Number}
Resources:
  Api: {Properties: {Role: !GetAtt ApiRole.Arn}}
"""

NOTHING = "An error occurred: Stack with id order-execution-dev does not exist"


def health(load: Load | None) -> bytes:
    """What Api answers to a request for its health; without a load its tables or its queue don't answer."""
    answer: Mapping[str, object] = http.answer(200, health_json(load, "paper")).to_dict()
    return json.dumps(answer).encode()


WELL = health(Load(TradingState.ACTIVE, Backlog(0, Slots(10, 600)), landing=0, executing=0))
DEGRADED = health(None)


class Account:
    """An account of scripted answers; every call must have been foreseen, in this order."""

    def __init__(self, asked: ExitStack) -> None:
        self.clients = {
            name: aws_clients.make_client(name) for name in ("cloudformation", "lambda", "dynamodb")
        }
        self.scripts = {name: Stubber(client) for name, client in self.clients.items()}
        for script in self.scripts.values():
            asked.enter_context(script)

    def quota(self, at_once, unreserved, reserved=None):
        limit = {"ConcurrentExecutions": at_once, "UnreservedConcurrentExecutions": unreserved}
        self.scripts["lambda"].add_response("get_account_settings", {"AccountLimit": limit})
        if reserved is None:
            self.scripts["lambda"].add_client_error(
                "get_function_concurrency",
                "ResourceNotFoundException",
                expected_params={"FunctionName": EXECUTE},
            )
        else:
            answer = {"ReservedConcurrentExecutions": reserved}
            self.scripts["lambda"].add_response("get_function_concurrency", answer, {"FunctionName": EXECUTE})

    def nothing_deployed(self):
        """Of the stage dev there is neither stack yet."""
        self.no_stack("order-execution-dev-state")
        self.no_stack("order-execution-dev")

    def no_stack(self, name):
        self.scripts["cloudformation"].add_client_error(
            "describe_stacks", "ValidationError", NOTHING, expected_params={"StackName": name}
        )

    def stack(self, name, status="UPDATE_COMPLETE", outputs=(), parameters=()):
        described = {
            "StackName": name,
            "StackStatus": status,
            "CreationTime": "2026-11-28T00:00:00Z",
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in dict(outputs).items()],
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in dict(parameters).items()
            ],
        }
        self.scripts["cloudformation"].add_response(
            "describe_stacks", {"Stacks": [described]}, {"StackName": name}
        )

    def tried(self, broken=(), answers=(), refused=MappingProxyType({})):
        """The trial of a release: what each function answers in $LATEST.

        `broken` ones don't start, and Lambda calls none of the `refused`, for an error of this code and text.
        """
        crashed = dict.fromkeys(broken, b'{"errorType": "Runtime.ImportModuleError"}')
        said = {API: WELL, **crashed, **dict(answers)}
        for output, event in TRIALS.items():
            expected = {"FunctionName": FUNCTIONS[output], "Payload": json.dumps(event).encode()}
            if output in refused:
                code, text = refused[output]
                self.scripts["lambda"].add_client_error("invoke", code, text, expected_params=expected)
                continue
            failed = {"FunctionError": "Unhandled"} if output in broken else {}
            answer = {"StatusCode": 200, "Payload": BytesIO(said.get(output, b"null"))} | failed
            self.scripts["lambda"].add_response("invoke", answer, expected)

    def all_asked(self):
        for script in self.scripts.values():
            script.assert_no_pending_responses()


def stage(**parameters):
    return Deployment("dev", "arm64", parameters, ask=False)


def of_these(of_stage="dev", **parameters):
    """The name of the release that a stage's own and these parameters make."""
    own = {"Stage": of_stage, "Architecture": "arm64", "ServiceName": f"order-execution-{of_stage}"}
    return release_of(b"zip", TEMPLATE, {**DEFAULTS, **STATE, **own, **parameters})


def made_and_protected(account, name):
    """A state stack is there, and gets its policy."""
    account.stack(name, outputs=STATE)
    wish = {"StackName": name, "StackPolicyBody": KEPT_FOR_GOOD}
    account.scripts["cloudformation"].add_response("set_stack_policy", {}, wish)
