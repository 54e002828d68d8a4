"""Build the zip that the Lambda functions run.

One builder, two targets: this host, for an emulator that runs handlers on this very interpreter, and
Lambda. The same sources and requirements give the same bytes, and no dependency goes in whose hash is not
the lock's. botocore goes in although the Lambda runtime and the emulator bring one: what runs is then the
version that was tested. Of the services that it describes, in 27 MB, only those that functions call are
taken. Bytecode goes in, because where functions run it can't be kept, and compiling takes half of a cold
start; it is marked as never to be checked against its source, whose time of change the zip doesn't keep.
"""

import argparse
import hashlib
import importlib.util
import os
import platform
import py_compile
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.environments import InstallFailed, run_uv
from infra.output import run

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "infra" / "lambda-requirements.txt"
LOCK = ROOT / "requirements-dev.lock"
LAMBDA_PYTHON = "3.13"
ARCHITECTURES = {"x86_64": "x86_64-manylinux_2_28", "arm64": "aarch64-manylinux_2_28"}

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_SUFFIXES_AT_RUN_TIME = {".py", ".so", ".json"}
_CHALICE_AT_RUN_TIME = {"chalice/__init__.py", "chalice/app.py"}
# Not needed by the logger and metrics of Powertools, by our kind of pydantic models or by botocore's clients;
# each file is unpacked at a cold start.
_UNUSED = re.compile(
    r"aws_lambda_powertools/(event_handler|middleware_factory|metrics/provider/datadog"
    r"|utilities/(?!__init__|jmespath_utils|typing))"
    r"|pydantic/(v1/|experimental/|mypy\.py)"
    r"|urllib3/contrib/(emscripten/|pyopenssl\.py|socks\.py)"
    r"|dateutil/(easter|rrule|tzwin|utils|zoneinfo/|tz/win)"
    r"|botocore/data/.+/"
)
SERVICES = (
    "apigatewaymanagementapi/2018-11-29",
    "dynamodb/2012-08-10",
    "lambda/2015-03-31",
    "sqs/2012-11-05",
)
"""The AWS services that functions call, with the versions of their APIs."""
_READ_BY_BOTOCORE = re.compile(
    rf"botocore/(cacert\.pem|data/({'|'.join(SERVICES)})/(service-2|endpoint-rule-set-1)\.json\.gz)"
)
"""The authorities that botocore trusts, and its descriptions of services."""
_LICENCE = re.compile(r"(?P<name>[^/]+)\.dist-info/(licenses/)?(?P<file>(LICEN[CS]E|NOTICE|COPYING)[^/]*)")


class BuildFailed(Exception):
    """The zip could not be built; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """The platform of a zip: a name for the cache, the version of Python, and the installer's arguments."""

    name: str
    python: str
    arguments: tuple[str, ...]


HOST_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
HOST = Target(
    f"host-{platform.system()}-{platform.machine()}-{HOST_PYTHON}".lower(),
    HOST_PYTHON,
    ("--python", sys.executable),
)


def lambda_target(architecture: str) -> Target:
    """Return the target for the Lambda runtime on "x86_64" or "arm64"."""
    wheels = ("--python-version", LAMBDA_PYTHON, "--python-platform", ARCHITECTURES[architecture])
    return Target(
        f"lambda-{architecture}-{LAMBDA_PYTHON}", LAMBDA_PYTHON, (*wheels, "--only-binary", ":all:")
    )


def build(target: Target, output: Path, source: Path = ROOT) -> Path:
    """Write the zip of `source`'s app.py and chalicelib with their dependencies to `output`.

    Raises
    ------
    BuildFailed
        A dependency could not be installed, or there is no app.py.
    """
    files = {**dict(_dependency_files(_installed(target))), **dict(_source_files(source))}
    if target.python == HOST_PYTHON:  # another version's bytecode can't be made here
        files |= dict(_bytecode_files(files))
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name].read_bytes())
    return unfinished.replace(output)


def _installed(target: Target) -> Path:
    """Return the directory of the target's dependencies, made once for each content of the requirements."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    finished = ROOT / ".local" / "dependencies" / f"{target.name}-{digest}"
    if finished.is_dir():
        return finished
    finished.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=finished.parent))
    into = ("--target", str(unfinished), "--requirement", str(REQUIREMENTS))
    verified = ("--require-hashes", "--constraints", str(LOCK))
    try:
        run_uv("The dependencies", "pip", "install", "--no-deps", *verified, *target.arguments, *into)
        if not finished.is_dir():
            unfinished.rename(finished)
    except InstallFailed as error:
        raise BuildFailed(str(error)) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return finished


def _dependency_files(directory: Path) -> Iterator[tuple[str, Path]]:
    for name, path in _files(directory, directory):
        if licence := _LICENCE.fullmatch(name):
            yield f"licences/{licence['name']}/{licence['file']}", path
        elif _is_used(name, path.suffix):
            yield name, path


def _is_used(name: str, suffix: str) -> bool:
    """Return whether functions need this file of a dependency."""
    top = name.split("/", maxsplit=1)[0]
    if _READ_BY_BOTOCORE.fullmatch(name):
        return True
    if suffix not in _SUFFIXES_AT_RUN_TIME or top == "bin" or top.endswith(".dist-info"):
        return False
    if top == "chalice" and name not in _CHALICE_AT_RUN_TIME:
        return False
    return not _UNUSED.match(name)


def _bytecode_files(sources: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    kept = ROOT / ".local" / "bytecode"
    for name, source in sources.items():
        if source.suffix != ".py":
            continue
        digest = hashlib.sha256(importlib.util.MAGIC_NUMBER + name.encode() + source.read_bytes()).hexdigest()
        compiled = kept / f"{digest}.pyc"
        if not compiled.exists():
            py_compile.compile(
                str(source),
                str(compiled),
                dfile=name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        yield importlib.util.cache_from_source(name), compiled


def _source_files(source: Path) -> Iterator[tuple[str, Path]]:
    if not (source / "app.py").is_file():
        raise BuildFailed(f"There is no app.py in {source}")
    yield "app.py", source / "app.py"
    yield from _files(source / "chalicelib", source)


def _files(directory: Path, root: Path) -> Iterator[tuple[str, Path]]:
    for path in directory.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in name:
            yield name, path


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.build", description="Build the Lambda zip.")
    parser.add_argument("--target", choices=["host", "lambda"], default="lambda")
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="arm64")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "lambda.zip")
    given = parser.parse_args()
    target = HOST if given.target == "host" else lambda_target(given.architecture)
    try:
        output = build(target, given.output)
    except BuildFailed as error:
        sys.exit(str(error))
    print(f"{output} ({output.stat().st_size / 1e6:.1f} MB, {target.name})")  # noqa: T201


if __name__ == "__main__":
    run(main)
