"""What tests of the deploy command stand on."""

from contextlib import ExitStack

import pytest

from chalicelib.adapters import aws_clients
from infra.deploy import __main__ as command
from infra.deploy import sam_cli
from tests.unit.infra.scripted_account import TEMPLATE, Account


@pytest.fixture
def account(monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    aws_clients.session.cache_clear()
    with ExitStack() as asked:
        scripted = Account(asked)
        monkeypatch.setattr(command, "make_client", lambda name, **_: scripted.clients[name])
        yield scripted
    aws_clients.session.cache_clear()


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A template, and the zip of its functions."""
    code = tmp_path / "lambda.zip"
    code.write_bytes(b"zip")
    monkeypatch.setattr(command, "CODE", code)
    written = tmp_path / "template.yaml"
    written.write_text(TEMPLATE)
    return written


@pytest.fixture
def deployed(monkeypatch):
    """(stack, parameters) of what the SAM CLI was told to deploy; nothing is seeded."""
    told: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(
        sam_cli,
        "deploy",
        lambda stack, _template, *, parameters, **_: told.append((stack, parameters)),
    )
    monkeypatch.setattr(command, "seed_pools", lambda _client, _table: None)
    return told
