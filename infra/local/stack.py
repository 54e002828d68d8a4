"""A local stack: emulator, state, functions. Several run side by side, each under its own name."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from infra.build import HOST, BuildFailed, Target, build
from infra.local import deployment, emulator, localstack
from infra.local.clients import Clients
from infra.local.failure import LocalFailure
from infra.local.settings import read_settings

DEFAULT_NAME = "local"

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack and its addresses, which are empty until it is deployed.

    `outputs` are those of both CloudFormation stacks. `pid` is the emulator's; None when it isn't ours.
    """

    name: str
    endpoint: str
    settings: Mapping[str, str]
    pid: int | None
    rest_url: str = ""
    stream_url: str = ""
    outputs: Mapping[str, str] | None = None

    @property
    def pids(self) -> list[int]:
        """The processes of the stack: the emulator and its workers."""
        return emulator.pids_of(self.pid) if self.pid is not None else []

    def clients(self) -> Clients:
        """Return AWS clients of the stack's emulator."""
        return Clients(self.endpoint)


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that this process brought up, with its emulator's process; None when that isn't ours."""

    stack: Stack
    process: subprocess.Popen[bytes] | None

    def down(self) -> None:
        """Take the stack down with its processes and its state."""
        down(self.stack.name)
        if self.process is not None:
            self.process.wait(emulator.STOP_SECONDS)


def up(name: str, *, port: int | None = None, given: Iterable[str] = (), say: Say = print) -> Running:
    """Bring up a stack with settings `given` as NAME=VALUE, on the emulator of AWS_ENDPOINT_URL if it is set.

    Raises
    ------
    LocalFailure
        Something was asked wrongly, is taken, or failed; nothing of the stack is left behind.
    """
    if not re.fullmatch("[a-z][a-z0-9-]{1,30}", name):
        raise LocalFailure(
            f"{name!r} is no name for a stack: use 2 to 31 small letters, digits and -",
            exit_code=2,
        )
    settings = read_settings(given)
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")
    if endpoint:
        return Running(_deploy_beside(name, endpoint, settings, say), process=None)
    return _up_alone(name, port, settings, say)


def down(name: str) -> bool:
    """Take a stack down with its processes and its state. Returns whether there was one."""
    stack = find(name)
    if stack is None:
        return False
    if stack.pid is not None:
        emulator.stop(stack.pid, emulator.place_of(name))
    else:
        if emulator.answers(stack.endpoint):
            deployment.remove(stack.clients(), name)
        shutil.rmtree(emulator.place_of(name).scratch, ignore_errors=True)
    _record_of(name).unlink(missing_ok=True)
    return True


def find(name: str) -> Stack | None:
    """Return the stack of that name if it is up or starting; remove the remains of one that died."""
    record = _record_of(name)
    try:
        stack = Stack(**json.loads(record.read_text()))
    except FileNotFoundError:
        return None
    place = emulator.place_of(name)
    if stack.pid is not None and not emulator.is_alive(place):
        emulator.stop(stack.pid, place)
        record.unlink(missing_ok=True)
        return None
    return stack


def names() -> list[str]:
    """Return the names of all stacks that were brought up and not taken down."""
    return sorted(record.stem for record in _record_of("any").parent.glob("*.json"))


def _up_alone(name: str, port: int | None, settings: Mapping[str, str], say: Say) -> Running:
    stack = find(name)
    if stack is not None:
        raise LocalFailure(
            f"The stack {name} is already up at {stack.endpoint}; take it down first, or --name another"
        )
    port = emulator.choose_port(port)
    place = emulator.place_of(name)
    with _timed("Emulator started", say):
        process = emulator.start(place, port)
    stack = Stack(name, f"http://127.0.0.1:{port}", settings, process.pid)
    try:
        _store(stack)
        code = _build(place.scratch / "lambda.zip", HOST)
        emulator.wait_until_ready(process, place, port)
        return Running(_deploy(stack, code, say), process)
    except BaseException:
        emulator.stop(process.pid, place)
        process.wait(emulator.STOP_SECONDS)
        _record_of(name).unlink(missing_ok=True)
        raise


def _deploy_beside(name: str, endpoint: str, settings: Mapping[str, str], say: Say) -> Stack:
    if not emulator.answers(endpoint):
        raise LocalFailure(f"No emulator answers at {endpoint}, which AWS_ENDPOINT_URL names")
    before = find(name)
    if before is not None and (before.pid is not None or before.endpoint != endpoint):
        raise LocalFailure(
            f"The stack {name} is already up at {before.endpoint}; take it down first, or --name another"
        )
    other = localstack.serves(endpoint)
    if other:
        settings = localstack.settings(settings)
    stack = Stack(name, endpoint, settings, pid=None)
    _store(stack)
    code = emulator.place_of(name).scratch / "lambda.zip"
    _build(code, localstack.target() if other else HOST)
    if other:
        settings = localstack.deploy_for_stream_url(stack.clients(), name, settings, code)
    return _deploy(replace(stack, settings=settings), code, say)


def _deploy(stack: Stack, code: Path, say: Say) -> Stack:
    clients = stack.clients()
    with _timed("Deployed", say):
        outputs = deployment.deploy(clients, stack.name, stack.settings, code)
    stage = outputs["Stage"]
    apis = f"{stack.endpoint}/_aws/execute-api"
    deployed = replace(
        stack,
        rest_url=f"{apis}/{outputs['RestApiId']}/{stage}",
        stream_url=stack.settings["STREAM_URL"]
        or f"{apis.replace('http', 'ws', 1)}/{outputs['StreamApiId']}/{stage}",
        outputs=outputs,
    )
    with _timed("Functions warmed", say):
        is_open = stack.settings["AUTH_MODE"] == "open"
        deployment.warm(clients, outputs, deployed.rest_url, is_open=is_open)
    _store(deployed)
    return deployed


def _build(output: Path, target: Target) -> Path:
    try:
        return build(target, output)
    except BuildFailed as error:
        raise LocalFailure(str(error)) from error


def _store(stack: Stack) -> None:
    record = _record_of(stack.name)
    record.parent.mkdir(parents=True, exist_ok=True)
    unfinished = record.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(asdict(stack), indent=1))
    unfinished.replace(record)


def _record_of(name: str) -> Path:
    return emulator.LOCAL / "stacks" / f"{name}.json"


@contextmanager
def _timed(what: str, say: Say) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{what} ({time.monotonic() - began:.1f} s)")
