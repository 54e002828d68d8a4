"""Every command line that the runbooks tell an operator to type is one that its tool understands."""

import re
import shlex
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import Session

from infra.operations.__main__ import parser

ROOT = Path(__file__).parents[4]
RUNBOOKS = sorted((ROOT / "infra" / "runbooks").glob("*.md"))
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
ASSIGNMENT = re.compile(r"[A-Z]+=(?:\$\((?P<command>.*)\)|[^ $]*(?:\$[A-Z]+)?[^ $]*)")
LINK = re.compile(r"\]\(([^)#:]+)\)")

COMMANDS = [
    pytest.param(line.strip(), id=f"{page.stem}: {line.strip()[:60]}")
    for page in RUNBOOKS
    for block in BLOCK.findall(page.read_text())
    for line in block.splitlines()
]


def understand(line):
    """Raise unless the line is a command of ours, of the AWS CLI or of make, with options that there are."""
    if assigned := ASSIGNMENT.fullmatch(line):
        if assigned["command"]:
            understand(assigned["command"])
        return
    tool, *words = shlex.split(line)
    {"python": understand_operations, "aws": understand_aws, "make": understand_make}[tool](words)


def understand_operations(words):
    assert words[:2] == ["-m", "infra.operations"]
    parser().parse_args(words[2:])


def understand_aws(words):
    service, action, *options = words
    service = {"deploy": "codedeploy"}.get(service, service)  # the AWS CLI has a name of its own for it
    session = Session()
    if action == "wait":
        waiters = session.get_waiter_model(service)
        named = {xform_name(name, "-"): name for name in waiters.waiter_names}
        action = xform_name(waiters.get_waiter(named[options.pop(0)]).operation, "-")
    model = session.get_service_model(service)
    operation = {xform_name(name, "-"): name for name in model.operation_names}[action]
    takes = model.operation_model(operation).input_shape
    assert takes is not None
    known = {f"--{xform_name(name, '-')}": shape.type_name for name, shape in takes.members.items()}
    known |= {"--query": "string", "--output": "string"}
    while options:
        option = options.pop(0)
        if known[option] != "boolean":
            options.pop(0)


def understand_make(words):
    target, *variables = words
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    given = dict(variable.split("=", 1) for variable in variables)
    for parameter in given.pop("SET", "").split():
        declared = rf"^  {parameter.split('=')[0]}:(\n   )? {{?Type: (String|Number)\b"
        assert re.search(declared, (ROOT / "template.yaml").read_text(), re.MULTILINE)
    assert given.keys() <= {"STAGE"}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_runbooks_is_understood(line):
    understand(line)


@pytest.mark.parametrize(
    "line",
    [
        "python -m infra.operations list",
        "python -m infra.operations --stack x trading sideways",
        "python -m infra.operations --stack x explain",
        "aws dynamodb restore-table --target-table-name x",
        "aws dynamodb describe-table --tabel-name x",
        "make depoly STAGE=prod",
        "make deploy STAGE=prod SET=OrdersTabel=x",
        "rm -rf x",
    ],
)
def test_a_command_that_is_wrong_is_found(line):
    with pytest.raises((SystemExit, KeyError, AssertionError)):
        understand(line)


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.stem)
def test_the_links_of_the_runbooks_lead_somewhere(page):
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).is_file(), target


@pytest.mark.parametrize("page", RUNBOOKS, ids=lambda page: page.stem)
def test_a_runbook_tells_when_what_to_check_what_to_do_how_to_verify_and_why_it_is_safe(page):
    written = page.read_text()
    parts = [written.find(f"\n**{part}**") for part in ("When", "Check", "Do", "Verify", "Why it is safe")]
    assert -1 not in parts
    assert parts == sorted(parts)
