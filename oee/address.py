"""Where the API is: as given, or where the local stack says."""

import json
from collections.abc import Mapping
from pathlib import Path

from oee.errors import Unreachable

VARIABLE = "OEE_URL"
STACKS = Path(__file__).resolve().parent.parent / ".local" / "stacks"
"""Where `python -m infra.local` records the stacks that it brings up; only a checkout has it."""

DEFAULT_STACK = "local"


def find_url(given: str | None, environment: Mapping[str, str], stacks: Path = STACKS) -> str:
    """The address that was given, or else OEE_URL's, or else that of the local stack.

    Raises
    ------
    Unreachable
        There is none of these; or there are several stacks, and none is called local.
    """
    return given or environment.get(VARIABLE) or _local_url(stacks)


def _local_url(stacks: Path) -> str:
    urls = {path.stem: _rest_url(path) for path in stacks.glob("*.json")}
    names = [DEFAULT_STACK] if DEFAULT_STACK in urls else sorted(urls)
    if not names:
        raise _homeless("and no local stack is up; `make run` brings one up")
    if len(names) > 1:
        up = ", ".join(names)
        raise _homeless(
            f"and several local stacks are up ({up}); "
            "`python -m infra.local status --name …` tells their addresses"
        )
    if not urls[names[0]]:
        raise _homeless(f"and the local stack {names[0]} is not deployed yet; try again in a moment")
    return urls[names[0]]


def _rest_url(record: Path) -> str:
    try:
        return str(json.loads(record.read_text())["rest_url"])
    except (OSError, ValueError, KeyError, TypeError):  # it is just being taken down
        return ""


def _homeless(why: str) -> Unreachable:
    return Unreachable(f"No API was named by --url or {VARIABLE}, {why}.", retryable=False)
