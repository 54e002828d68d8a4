"""The Lambda zip: complete, lean, and the same bytes from the same sources."""

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.build import ARCHITECTURES, HOST, REQUIREMENTS, ROOT, BuildFailed, build, lambda_target

BROUGHT_BY_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "urllib3", "jmespath", "dateutil", "six.py")
UNCHECKED = 0b01
MOST_BYTES = 7_000_000

IMPORT_EVERYTHING = """
import ast, importlib, pathlib, sys

sys.path[:0] = sys.argv[1:]
import app

def run(node):
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        node = ast.Module(node.orelse, [])  # its body is for mypy alone
    yield node
    for part in ast.iter_child_nodes(node):
        yield from run(part)

for source in app.app.event_sources:
    getattr(app, source.handler_string.removeprefix("app."))
for path in sorted(pathlib.Path(sys.argv[1]).glob("chalicelib/**/*.py")):
    for node in run(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            importlib.import_module(node.module)
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
"""


@pytest.fixture(scope="module")
def host_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(HOST, tmp_path_factory.mktemp("host") / "lambda.zip")


def pinned(path: Path) -> dict[str, Requirement]:
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    requirements = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def needed(requirement: Requirement) -> Iterator[str]:
    name = canonicalize_name(requirement.name)
    if name in {"boto3", "botocore"}:
        return
    yield name
    if name == "chalice":  # of which only the run-time part goes in, and that needs nothing
        return
    for text in importlib.metadata.requires(name) or []:
        dependency = Requirement(text)
        extras = [{"extra": extra} for extra in requirement.extras or {""}]
        if dependency.marker is None or any(dependency.marker.evaluate(extra) for extra in extras):
            yield from needed(dependency)


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def is_compiled(name: str) -> bool:
    return name.endswith((".so", ".pyc"))


def test_the_pinned_dependencies_are_the_closure_of_the_requirements() -> None:
    closure = {name for root in pinned(ROOT / "requirements.txt").values() for name in needed(root)}

    assert closure == set(pinned(REQUIREMENTS))


def test_what_is_tested_is_what_is_shipped() -> None:
    shipped = {name: str(requirement.specifier) for name, requirement in pinned(REQUIREMENTS).items()}

    assert shipped == {name: f"=={importlib.metadata.version(name)}" for name in shipped}


def test_everything_can_be_imported_with_only_what_the_runtime_brings(host_zip: Path, tmp_path: Path) -> None:
    code, runtime = tmp_path / "code", tmp_path / "runtime"
    with zipfile.ZipFile(host_zip) as archive:
        archive.extractall(code)
    runtime.mkdir()
    for name in BROUGHT_BY_THE_RUNTIME:
        (runtime / name).symlink_to(Path(importlib.metadata.distribution("boto3").locate_file(name)))  # type: ignore[arg-type]

    command = [sys.executable, "-I", "-S", "-c", IMPORT_EVERYTHING, str(code), str(runtime)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={})  # noqa: S603

    assert ran.returncode == 0, ran.stderr


def test_the_zip_holds_nothing_that_the_runtime_brings_and_no_tools(host_zip: Path) -> None:
    tops = {name.split("/")[0] for name in names(host_zip)}

    assert not tops & {"boto3", "botocore", "s3transfer", "urllib3", "bin", "pip", "setuptools"}
    assert not [top for top in tops if top.endswith(".dist-info")]
    sources = [name for name in names(host_zip) if name.startswith("chalice/") and not is_compiled(name)]
    assert sources == ["chalice/__init__.py", "chalice/app.py"]


def test_what_no_function_imports_is_left_out(host_zip: Path) -> None:
    assert not [name for name in names(host_zip) if name.startswith("chalicelib/adapters/solana/")]


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    shutil.copytree(ROOT / "chalicelib", first / "chalicelib")
    shutil.copyfile(ROOT / "app.py", first / "app.py")
    shutil.copytree(first, second, copy_function=shutil.copyfile)
    (second / "app.py").chmod(0o700)

    built = [build(HOST, tmp_path / f"{source.name}.zip", source=source) for source in (first, second)]

    assert built[0].read_bytes() == built[1].read_bytes()


def test_every_source_has_its_bytecode_and_it_is_never_checked_against_it(host_zip: Path) -> None:
    with zipfile.ZipFile(host_zip) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                bytecode = archive.read(cache_from_source(name))
                assert bytecode[:4] == MAGIC_NUMBER
                assert int.from_bytes(bytecode[4:8], "little") == UNCHECKED


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_lambda_zip_differs_from_the_hosts_in_compiled_files_only(
    architecture: str, host_zip: Path, tmp_path: Path
) -> None:
    built = build(lambda_target(architecture), tmp_path / "lambda.zip")
    compiled = [name for name in names(built) if name.endswith(".so")]
    ours, theirs = ({name for name in names(path) if not is_compiled(name)} for path in (built, host_zip))
    machine = ARCHITECTURES[architecture].split("-")[0]

    assert ours == theirs
    assert compiled
    assert all(name.endswith(f".cpython-313-{machine}-linux-gnu.so") for name in compiled)
    assert built.stat().st_size < MOST_BYTES


def test_a_source_without_an_app_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"There is no app\.py in"):
        build(HOST, tmp_path / "lambda.zip", source=tmp_path)
