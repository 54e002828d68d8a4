"""The Lambda zip: complete, lean, and the same bytes from the same sources."""

import importlib.metadata
import os
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

from chalicelib.config import SETTINGS
from infra.build import (
    ARCHITECTURES,
    HOST,
    REQUIREMENTS,
    ROOT,
    SERVICES,
    BuildFailed,
    build,
    lambda_target,
)

UNCHECKED = 0b01
MOST_BYTES = 7_200_000
REQUIRED = [setting.variable for setting in SETTINGS if setting.default is None]
ENVIRONMENT = dict.fromkeys(REQUIRED, "test") | {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
}

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

EVERYTHING = {**ENVIRONMENT, "PAPER_CONTROLS": "on"}
"""An environment in which every use case can be made, that of moving the market too."""

MAKE_EVERYTHING = """
import functools, ssl, sys

sys.path.insert(0, sys.argv[1])
import app, botocore
from botocore.httpsession import get_cert_path

for made in (app.engine.ports, app.engine):
    for name, value in vars(type(made)).items():
        if isinstance(value, functools.cached_property):
            getattr(made, name)
assert ssl.create_default_context(cafile=get_cert_path(True)).get_ca_certs()
print(botocore.__version__, botocore.__file__)
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


@pytest.fixture(scope="module")
def unpacked(host_zip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    code = tmp_path_factory.mktemp("code")
    with zipfile.ZipFile(host_zip) as archive:
        archive.extractall(code)
    return code


def run_alone(code: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program for which there is nothing but the standard library and what it adds to its path."""
    command = [sys.executable, "-I", "-S", "-c", program, str(code)]
    return subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, timeout=60, check=False, env=EVERYTHING
    )


def test_everything_can_be_imported_with_nothing_but_the_zip(unpacked: Path) -> None:
    ran = run_alone(unpacked, IMPORT_EVERYTHING)

    assert ran.returncode == 0, ran.stderr


def test_every_client_is_made_of_the_botocore_in_the_zip_which_is_the_tested_one(unpacked: Path) -> None:
    ran = run_alone(unpacked, MAKE_EVERYTHING)

    assert ran.returncode == 0, ran.stderr
    version, place = ran.stdout.split()
    assert version == importlib.metadata.version("botocore")
    assert Path(place).is_relative_to(unpacked)


@pytest.mark.parametrize("lost", ["data/sqs", "data/endpoints.json", "data/partitions.json", "cacert.pem"])
def test_a_zip_that_lacks_what_botocore_reads_is_noticed(unpacked: Path, tmp_path: Path, lost: str) -> None:
    def is_lost(directory: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(directory, name) == unpacked / "botocore" / lost]

    shutil.copytree(unpacked, tmp_path / "code", ignore=is_lost, copy_function=os.link)

    assert run_alone(tmp_path / "code", MAKE_EVERYTHING).returncode != 0


def test_of_botocore_s_descriptions_only_those_of_the_services_that_are_called_are_in_the_zip(
    host_zip: Path,
) -> None:
    described = [name.removeprefix("botocore/data/") for name in names(host_zip) if "botocore/data/" in name]

    assert {name.rpartition("/")[0] for name in described} == {"", *SERVICES}


def test_every_dependency_has_its_licence_in_the_zip(host_zip: Path) -> None:
    kept = {name.split("/")[1].rpartition("-")[0] for name in names(host_zip) if name.startswith("licences/")}

    assert {canonicalize_name(name) for name in kept} == set(pinned(REQUIREMENTS))


def test_the_zip_holds_nothing_that_no_function_imports_and_no_tools(host_zip: Path) -> None:
    tops = {name.split("/")[0] for name in names(host_zip)}

    assert not tops & {"boto3", "s3transfer", "bin", "pip", "setuptools"}
    assert not [top for top in tops if top.endswith(".dist-info")]
    sources = [name for name in names(host_zip) if name.startswith("chalice/") and not is_compiled(name)]
    assert sources == ["chalice/__init__.py", "chalice/app.py"]


@pytest.mark.parametrize("market", ["paper", "shadow", "solana"])
def test_every_market_is_in_the_zip(host_zip: Path, market: str) -> None:
    assert [name for name in names(host_zip) if name.startswith(f"chalicelib/adapters/{market}/")]


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
