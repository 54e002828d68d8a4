"""AWS clients wait a stated time, and cost nothing before they are made."""

import subprocess
import sys

import pytest

from chalicelib.adapters.aws_clients import make_client


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_a_client_waits_one_second_to_connect_and_two_to_read_and_tries_twice() -> None:
    config = vars(make_client("sqs").meta.config)
    assert (config["connect_timeout"], config["read_timeout"]) == (1, 2)
    assert config["retries"] == {"total_max_attempts": 2, "mode": "standard"}


def test_region_and_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_client("sqs").meta.endpoint_url == "https://sqs.eu-central-1.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert make_client("sqs").meta.endpoint_url == "http://127.0.0.1:4566"
    assert make_client("sqs", "http://127.0.0.1:1/api").meta.endpoint_url == "http://127.0.0.1:1/api"


def test_botocore_is_not_loaded_before_a_client_is_made() -> None:
    code = "import sys, chalicelib.adapters.aws_clients; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
