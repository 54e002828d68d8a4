"""What chalicelib.api gives when it is asked for a module, and what a cold start doesn't pay for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib import api

LOADED = "import json, sys, app; print(json.dumps(sorted(sys.modules)))"
HEAVY = {"pydantic", "botocore.session", "pynamodb"}


def test_every_module_that_is_listed_is_given_when_it_is_asked_for():
    for name in api.__all__:
        assert getattr(api, name) is sys.modules[f"chalicelib.api.{name}"]


def test_what_is_not_listed_is_no_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'request'"):
        getattr(api, "request")  # noqa: B009 - mypy knows that there is none


def test_importing_the_entry_points_imports_nothing_that_only_some_of_them_need():
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", LOADED]
    run = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True)  # noqa: S603 - fixed
    loaded = set(json.loads(run.stdout))
    assert "app" in loaded
    assert not loaded & (HEAVY | {f"chalicelib.api.{name}" for name in api.__all__})
