"""`make verify` against the running stack."""

import subprocess
import sys

import pytest

from tests.e2e.trader import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.promise("R14")]


def test_the_local_stack_keeps_every_promise_that_a_client_can_see(stack):
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "infra.verify", "--url", stack.rest_url],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 orders were placed on paper" in done.stdout
