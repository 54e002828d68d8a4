"""Find the address of the API: given by the user, or recorded by a local stack."""

import json
from collections.abc import Mapping
from pathlib import Path

from oee.errors import Unreachable

VARIABLE = "OEE_URL"
STACKS = Path(__file__).resolve().parent.parent / ".local" / "stacks"
"""The directory where `python -m infra.local` records its stacks; only a checkout has it."""

DEFAULT_STACK = "local"


def find_url(
    given: str | None, environment: Mapping[str, str], stacks: Path = STACKS, stack: str | None = None
) -> str:
    """Return the given address, the local `stack`'s, OEE_URL's, or that of the one local stack.

    Raises
    ------
    Unreachable
        There is none of these; or there are several stacks, and none is called local.
    """
    if given and given.strip():
        return given.strip()
    if stack is not None:
        return _stack_url(stacks, stack)
    return environment.get(VARIABLE, "").strip() or _local_url(stacks)


def _stack_url(stacks: Path, name: str) -> str:
    path = stacks / f"{name}.json"
    if path not in stacks.glob("*.json"):
        raise Unreachable(f"There is no local stack {name}.", retryable=False)
    return _deployed(name, _rest_url(path))


def _local_url(stacks: Path) -> str:
    urls = {path.stem: _rest_url(path) for path in stacks.glob("*.json")}
    names = [DEFAULT_STACK] if DEFAULT_STACK in urls else sorted(urls)
    if not names:
        raise _homeless("and no local stack is up; `make run` brings one up")
    if len(names) > 1:
        up = ", ".join(names)
        raise _homeless(f"and several local stacks are up ({up}); --stack names the one that is meant")
    return _deployed(names[0], urls[names[0]])


def _deployed(name: str, url: str) -> str:
    if not url:
        raise Unreachable(
            f"No API answers yet: the local stack {name} is not deployed yet. Try again in a moment.",
            retryable=False,
        )
    return url


def _rest_url(record: Path) -> str:
    try:
        return str(json.loads(record.read_text())["rest_url"])
    except (OSError, ValueError, KeyError, TypeError):  # it is just being taken down
        return ""


def _homeless(why: str) -> Unreachable:
    return Unreachable(f"No API was named by --url or {VARIABLE}, {why}.", retryable=False)
