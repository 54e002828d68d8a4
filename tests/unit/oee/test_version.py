"""The client's version and the project's are one."""

import tomllib
from pathlib import Path

from oee.version import __version__

PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


def test_the_client_has_the_version_of_the_project() -> None:
    assert __version__ == tomllib.loads(PROJECT.read_text())["project"]["version"]
