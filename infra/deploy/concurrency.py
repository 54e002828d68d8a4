"""How many functions may run at once in an account, and what of it a stage is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from botocore.exceptions import ClientError

from infra.deploy.stacks import DeploymentRefused

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_lambda.type_defs import GetAccountSettingsResponseTypeDef

USUAL_QUOTA = 1_000
"""Lambda's usual quota of concurrent executions; new accounts may have 10."""

UNRESERVED = 100
"""What Lambda wants to be left without a reservation. Accounts with a small quota may reserve nothing."""

MOST = {"ExecutionsAtOnce": 10, "LandConcurrency": 5, "StreamBatchesAtOnce": 10}
"""What each of these parameters is at most, where the quota is no concern."""

MAY_NOT_ASK = (
    "These credentials may not ask how many functions may run at once in the account, so nothing was done: "
    "allow them lambda:GetAccountSettings, and lambda:GetFunctionConcurrency for later deployments."
)

SHARDS = 8
"""How many shards the streams of two new tables have: StreamBatchesAtOnce counts for each."""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """An account's quota, and what of it no other function has reserved, in executions at once."""

    quota: int
    free: int

    @classmethod
    def of(cls, functions: "LambdaClient", execute: str) -> Self:
        """Read the account's; what the function `execute` has reserved itself counts as free.

        Raises
        ------
        DeploymentRefused
            The credentials may not ask for it.
        ClientError, BotoCoreError
            AWS refused or did not answer.
        """
        limit = _account_settings(functions)["AccountLimit"]
        own = _reserved(functions, execute)
        return cls(limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"] + own)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters for a new stage: executions and landings take at most three fifths of what is free.

        The rest is for requests, sockets, Reconcile and Watch. Lambda takes no event source below two.
        """
        executions = max(2, min(MOST["ExecutionsAtOnce"], self.free * 2 // 5))
        landings = max(2, min(MOST["LandConcurrency"], self.free // 5))
        batches = max(1, min(MOST["StreamBatchesAtOnce"], self.free // (2 * SHARDS)))
        reserve = self.free - executions >= UNRESERVED
        return {
            "ReserveExecutions": "yes" if reserve else "no",
            "ExecutionsAtOnce": str(executions),
            "LandConcurrency": str(landings),
            "StreamBatchesAtOnce": str(batches),
        }

    def told(self, kept: Mapping[str, str], given: Mapping[str, str]) -> Iterator[str]:
        """Yield what a person should know, where a stage keeps some parameters and is given others."""
        chosen = {**self.parameters, **kept, **given}
        shown = " ".join(f"{name}={chosen[name]}" for name in self.parameters)
        yield f"Lambda's quota is {self.quota} executions at once, {self.free} free. Deployed with {shown}."
        if self.free < USUAL_QUOTA // 2:
            yield self._wish()
        better = {name: value for name, value in self.parameters.items() if kept.get(name, value) != value}
        if better and not given.keys() & better.keys():
            wish = " ".join(f"{name}={value}" for name, value in better.items())
            yield f'The stage keeps what it had; for this quota it would be SET="{wish}".'

    def _wish(self) -> str:
        enough = "That is enough for a trial; the streams may want more at once, and what is throttled waits."
        if self.quota >= USUAL_QUOTA:
            taken = self.quota - self.free
            return f"{enough} Other functions have reserved {taken}: before anybody trades, free some."
        return (
            f"{enough} Ask AWS for {USUAL_QUOTA} before anybody trades: "
            "aws service-quotas request-service-quota-increase --service-code lambda "
            f"--quota-code L-B99A9384 --desired-value {USUAL_QUOTA}"
        )


def _account_settings(functions: "LambdaClient") -> "GetAccountSettingsResponseTypeDef":
    try:
        return functions.get_account_settings()
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            raise DeploymentRefused(MAY_NOT_ASK) from error
        raise


def _reserved(functions: "LambdaClient", function: str) -> int:
    """Return what a function has reserved, 0 if it isn't deployed yet."""
    try:
        answer = functions.get_function_concurrency(FunctionName=function)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return 0
        raise
    return answer.get("ReservedConcurrentExecutions", 0)
