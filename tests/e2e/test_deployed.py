"""What `make deploy` and `make deploy-chalice` do in an account, done to a bare emulator."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest

from infra.build import HOST, ROOT, build
from infra.deploy import chalice_template
from infra.deploy.__main__ import CODE, Deployment
from infra.local import deployment, emulator
from infra.local.clients import Clients
from infra.local.cloudformation import outputs_of
from tests.e2e.trader import JOURNEY, PATIENCE, Trader

pytestmark = pytest.mark.e2e

SHORT = {"PaperQuoteDelayMs": "0-0", "PaperLandingDelayMs": "0-0", "PaperBlockMs": "50"}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bare emulator, which every AWS tool takes for its account."""
    name = f"account-{uuid4().hex[:8]}"
    place, port = emulator.place_of(name), emulator.choose_port(0)
    process = emulator.start(place, port)
    try:
        emulator.wait_until_ready(process, place, port)
        endpoint = f"http://127.0.0.1:{port}"
        for variable in [variable for variable in os.environ if variable.startswith("AWS_")]:
            monkeypatch.delenv(variable)
        for variable, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1,localhost",
        }.items():
            monkeypatch.setenv(variable, value)
        yield endpoint
    finally:
        emulator.stop(process.pid, place)
        process.wait(emulator.STOP_SECONDS)


def confirm_an_order(endpoint: str, stack: Deployment) -> None:
    clients = Clients(endpoint)
    outputs = outputs_of(clients.cloudformation, stack.state_name)
    outputs |= outputs_of(clients.cloudformation, stack.name)
    deployment.mend(clients, outputs, executions=10)
    apis = f"{endpoint}/_aws/execute-api"
    rest_url = f"{apis}/{outputs['RestApiId']}/{outputs['Stage']}"
    assert Trader(rest_url).place().status_code == 401
    trader = Trader(rest_url, a_key(stack))
    seen = trader.follow(trader.place().json()["streamUrl"])
    assert [event["status"] for event in seen] == JOURNEY


def a_key(stack: Deployment) -> str:
    """A new key, made as an operator makes it."""
    command = [sys.executable, "-m", "infra.operations", "--stack", stack.name, "keys", "make", "--json"]
    wish = ["--account", "alice", "--name", "a test's", "--scope", "trade"]
    made = subprocess.run([*command, *wish], capture_output=True, check=True, timeout=PATIENCE)  # noqa: S603
    return str(json.loads(made.stdout)["key"])


@pytest.mark.timeout(400)
def test_what_the_sam_cli_deploys_confirms_an_order_and_what_it_destroys_leaves_the_orders(account, capfd):
    stack = Deployment("dev", "x86_64", SHORT, ask=False)
    build(HOST, CODE)
    stack.deploy(ROOT / "template.yaml", stack.choose_concurrency())
    confirm_an_order(account, stack)
    capfd.readouterr()
    stack.destroy()
    told = capfd.readouterr().out
    clients = Clients(account)
    tables = clients.dynamodb.list_tables()["TableNames"]
    assert len(tables) == 4
    assert all(table in told for table in tables)
    assert clients.dynamodb.scan(TableName=next(name for name in tables if "Orders" in name))["Count"]
    assert clients.functions.list_functions()["Functions"] == []


@pytest.mark.timeout(400)
def test_what_chalice_packages_of_the_app_confirms_an_order(account, tmp_path):
    # The emulator has no CodeDeploy, which moves releases gradually in production.
    stack = Deployment("prod", "x86_64", {**SHORT, "ReleaseTraffic": "AllAtOnce"}, ask=False)
    build(HOST, CODE)
    template = chalice_template.write_template(stack.stage, CODE, tmp_path)
    stack.deploy(template, stack.choose_concurrency())
    confirm_an_order(account, stack)
