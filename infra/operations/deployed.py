"""The engine of a deployed stack, in this process: the same use cases, with the settings of its functions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from sys import stderr

from chalicelib.adapters.aws_clients import make_client
from chalicelib.bootstrap import AwsAdapters, Engine
from chalicelib.bootstrap.limits import limits_of
from chalicelib.services.expire_open import ExpireOpen
from chalicelib.services.inspect_orders import InspectOrders
from chalicelib.services.manage_keys import ManageKeys
from chalicelib.services.set_limits import SetLimits
from infra.local.clients import REGION
from infra.local.stack import find
from infra.operations.failure import OperationFailed
from infra.operations.queues import Queues
from infra.releases import LIVE

FUNCTION = "ExecuteFunction"
"""The output of the stack that names the function whose settings are used."""

_AT_A_DESK = {"LOG_LEVEL": "INFO", "POWERTOOLS_METRICS_DISABLED": "true"}
"""Overrides in this process: it reports no metrics, because it is none of the functions."""


class OperatedEngine(Engine):
    """The engine, and the use cases that only an operator has."""

    @cached_property
    def manage_keys(self) -> ManageKeys:
        """Makes, revokes and lists API keys."""
        return ManageKeys(self.ports.api_keys, self.ports.clock, self.ports.identifiers)

    @cached_property
    def set_limits(self) -> SetLimits:
        """Shows and changes accounts' limits."""
        return SetLimits(
            self.ports.account_limits,
            self.ports.exposures,
            limits_of(self.settings, self.tokens),
            self.tokens,
            self.ports.clock,
        )

    @cached_property
    def inspect_orders(self) -> InspectOrders:
        """Shows the orders of all accounts."""
        return InspectOrders(self.ports.orders, self.slots)

    @cached_property
    def expire_open(self) -> ExpireOpen:
        """Closes open orders without a recorded transaction."""
        return ExpireOpen(
            orders=self.ports.orders,
            switch=self.ports.switch,
            clock=self.ports.clock,
            identifiers=self.ports.identifiers,
            telemetry=self.telemetry,
        )


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack's engine and its queues."""

    engine: OperatedEngine
    queues: Queues


@contextmanager
def deployed(*, local: str | None, stack: str | None, table: str | None) -> Iterator[Deployed]:
    """Make the engine with the settings of a stack: a local one, or one in the caller's AWS account.

    `table` stands in for the orders table: one that was restored, and that no function uses yet. What the
    engine logs meanwhile goes to stderr. The environment is this process's own and is not put back.

    Raises
    ------
    OperationFailed
        There is no such stack.
    """
    function = _of_emulator(local) if local is not None else _of_account(stack or "")
    configured = make_client("lambda").get_function_configuration(FunctionName=function, Qualifier=LIVE)
    os.environ.update(configured["Environment"]["Variables"] | _AT_A_DESK)
    if table is not None:
        os.environ["ORDERS_TABLE"] = table
    engine = OperatedEngine(AwsAdapters())
    with redirect_stdout(stderr):
        settings = engine.settings
        queues = Queues.found_from(make_client("sqs"), settings.orders_queue_url, settings.landings_queue_url)
        yield Deployed(engine, queues)


def _of_emulator(name: str) -> str:
    stack = find(name)
    if stack is None or not stack.outputs:
        raise OperationFailed(f"There is no local stack {name}: python -m infra.local up --name {name}")
    for foreign in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):  # a person's own account must not be meant
        os.environ.pop(foreign, None)
    os.environ.update(
        AWS_ENDPOINT_URL=stack.endpoint,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - an emulator's
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
    )
    return stack.outputs[FUNCTION]


def _of_account(stack: str) -> str:
    described = make_client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", ())}
    if FUNCTION not in outputs:
        raise OperationFailed(f"The stack {stack} has no output {FUNCTION}: name the application's stack")
    return str(outputs[FUNCTION])
