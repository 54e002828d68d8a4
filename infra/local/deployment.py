"""Deploy both stacks to an emulator, mend what it leaves out, and warm the functions."""

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from chalicelib.bootstrap.paper import seed_pools
from infra.local.clients import Clients, emulator_asked
from infra.local.cloudformation import delete_stack, deploy_stack, resource_ids
from infra.local.emulator import ROOT
from infra.local.failure import LocalFailure
from infra.local.gateway_responses import put_gateway_responses
from infra.local.settings import parameter
from infra.releases import LIVE, TRIALS, release_of

CODE = "build/lambda.zip"
"""The path in template.yaml of the built zip."""

API_CONCURRENCY = 12
"""Concurrent requests. Each one starts an interpreter, a second of CPU: fifty would stall a laptop for
half a minute. The own emulator lets fewer in (`turns.py`); others answer those above the limit with 429."""

LAND_CONCURRENCY = 5
"""Batches of submitted orders that are watched at once, as in template.yaml."""

TABLES = ("OrdersTable", "SubscriptionsTable", "PaperTable", "AccountsTable")
WARMING_THREADS = 2

_WARMED = ("Execute", "Land", "Watch", "Broadcast", "Backfill", "StreamConnect", "Authorize")
"""Functions that orders need, beside Api."""


def deploy(clients: Clients, name: str, settings: Mapping[str, str], code: Path) -> dict[str, str]:
    """Create or update both stacks, called `name` and `name`-state, and return the outputs of both.

    Raises
    ------
    LocalFailure
        A resource could not be made; it is named with the reason.
    """
    with emulator_asked("deploy"):
        clients.s3.create_bucket(Bucket=_bucket(name))
        state = _deploy_state(clients, name)
        outputs = {**state, **_deploy_functions(clients, name, settings, state, code)}
        mend(clients, outputs, int(settings["EXECUTIONS_AT_ONCE"]))
    return outputs


def mend(clients: Clients, outputs: Mapping[str, str], executions: int) -> None:
    """Complete both stacks with what an emulator's CloudFormation leaves out; else nothing changes."""
    for table in TABLES:
        _expire_items(clients.dynamodb, outputs[table])
    _limit_concurrency(clients, outputs, executions)
    template = (ROOT / "template.yaml").read_text()
    put_gateway_responses(clients.apigateway, template, outputs["RestApiId"], outputs["Stage"])


def warm(clients: Clients, outputs: Mapping[str, str], rest_url: str, *, is_open: bool) -> None:
    """Invoke the functions that orders need, so that they start and make their clients. Nothing is stored.

    A stack that `is_open` to everybody never calls its authorizer.
    """
    calls: list[Callable[[], object]] = [lambda: _warm_api(rest_url)]
    for name in _WARMED:
        if name != "Authorize" or not is_open:
            output = f"{name}Function"
            calls.append(_invocation(clients, outputs[output], TRIALS[output]))
    with emulator_asked("start the functions"), ThreadPoolExecutor(WARMING_THREADS) as threads:
        for done in [threads.submit(call) for call in calls]:
            done.result()


def remove(clients: Clients, name: str) -> None:
    """Delete both stacks from an emulator that isn't ours, with what the state stack retains.

    Raises
    ------
    LocalFailure
        The emulator refused; what was not deleted is still there.
    """
    state = f"{name}-state"
    with emulator_asked(f"remove {name}"):
        delete_stack(clients.cloudformation, name)
        retained = resource_ids(clients.cloudformation, state)
        delete_stack(clients.cloudformation, state)
        for kind, identifier in retained:
            if kind == "AWS::DynamoDB::Table":
                # It was asked for without protection, which MiniStack reads from a parameter as with.
                clients.dynamodb.update_table(TableName=identifier, DeletionProtectionEnabled=False)
                clients.dynamodb.delete_table(TableName=identifier)
            elif kind == "AWS::SQS::Queue":
                clients.sqs.delete_queue(QueueUrl=identifier)
        _remove_code(clients.s3, _bucket(name))


def _remove_code(s3: Any, bucket: str) -> None:
    for stored in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=stored["Key"])
    s3.delete_bucket(Bucket=bucket)


def _bucket(name: str) -> str:
    return f"{name}-code"


def _deploy_state(clients: Clients, name: str) -> dict[str, str]:
    template = _uploaded(clients.s3, name, (ROOT / "infra" / "resources.yaml").read_text())
    state = deploy_stack(clients.cloudformation, f"{name}-state", template, {"DeletionProtection": "false"})
    seed_pools(clients.dynamodb, state["PaperTable"])
    return state


def _deploy_functions(
    clients: Clients, name: str, settings: Mapping[str, str], state: Mapping[str, str], code: Path
) -> dict[str, str]:
    zipped = code.read_bytes()
    bucket, key = _bucket(name), f"{sha256(zipped).hexdigest()}.zip"
    clients.s3.put_object(Bucket=bucket, Key=key, Body=zipped)
    written = (ROOT / "template.yaml").read_text()
    text = written.replace(CODE, f"s3://{bucket}/{key}")
    chosen = {**state, **{parameter(variable): value for variable, value in settings.items()}}
    release = release_of(zipped, written, chosen)
    # MiniStack tells SAM no parameters.
    template = _uploaded(clients.s3, name, re.sub(r"!Ref Release\b", f'"{release}"', text))
    parameters = {**chosen, "Release": release, "Latest": release}
    return deploy_stack(clients.cloudformation, name, template, parameters)


def _uploaded(s3: Any, name: str, template: str) -> str:
    """Upload a template, because a call takes at most 51,200 bytes of one, and return its address."""
    key = f"{sha256(template.encode()).hexdigest()}.yaml"
    s3.put_object(Bucket=_bucket(name), Key=key, Body=template.encode())
    return f"{s3.meta.endpoint_url}/{_bucket(name)}/{key}"


def _expire_items(dynamodb: Any, table: str) -> None:
    described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if described["TimeToLiveStatus"] == "DISABLED":
        dynamodb.update_time_to_live(
            TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
        )


def _limit_concurrency(clients: Clients, functions: Mapping[str, str], executions: int) -> None:
    execute = functions["ExecuteFunction"]
    for function, limit in ((functions["ApiFunction"], API_CONCURRENCY), (execute, executions)):
        clients.functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=limit)
    _limit_pollers(clients, execute, executions)
    _limit_pollers(clients, functions["LandFunction"], LAND_CONCURRENCY)


def _limit_pollers(clients: Clients, function: str, most: int) -> None:
    """Set the limits of event sources as numbers.

    MiniStack keeps a parameter's number as a text, and its poller then fails to compare it.
    """
    for source in clients.functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]:
        clients.functions.update_event_source_mapping(
            UUID=source["UUID"],
            BatchSize=int(source["BatchSize"]),
            ScalingConfig={"MaximumConcurrency": most},
        )


def _warm_api(rest_url: str) -> None:
    with httpx.Client(trust_env=False, timeout=30) as client:
        client.get(f"{rest_url}/api/health").raise_for_status()
        client.get(f"{rest_url}/api/orders/00000000-0000-4000-8000-000000000000")
        client.post(f"{rest_url}/api/orders/execute", json={})


def _invocation(clients: Clients, function: str, event: Mapping[str, Any]) -> Callable[[], object]:
    def invoke() -> None:
        answer = clients.functions.invoke(
            FunctionName=function, Qualifier=LIVE, Payload=json.dumps(event).encode()
        )
        if "FunctionError" in answer:
            raise LocalFailure(f"The function {function} does not start: {answer['Payload'].read().decode()}")

    return invoke
