import json
from dataclasses import asdict

import pytest

from infra.local import stack as local
from infra.local.stack import Stack
from oee import Unreachable, address
from oee.address import find_url

URL = "http://127.0.0.1:4566/_aws/execute-api/abc/dev"


@pytest.fixture
def stacks(tmp_path):
    return tmp_path


def record(stacks, name, rest_url=URL):
    """What a local stack leaves of itself."""
    stack = Stack(name, "http://127.0.0.1:4566", {}, pid=1, rest_url=rest_url)
    (stacks / f"{name}.json").write_text(json.dumps(asdict(stack)))


def test_what_is_given_counts_before_the_environment_and_that_before_the_local_stack(stacks):
    record(stacks, "local")
    assert find_url("http://given", {"OEE_URL": "http://environment"}, stacks) == "http://given"
    assert find_url(None, {"OEE_URL": "http://environment"}, stacks) == "http://environment"
    assert find_url(None, {"OEE_URL": ""}, stacks) == find_url(" ", {"OEE_URL": " "}, stacks) == URL


def test_blanks_around_an_address_are_no_part_of_it(stacks):
    assert find_url(None, {"OEE_URL": f" {URL} \n"}, stacks) == find_url(f"{URL}\t", {}, stacks) == URL


def test_a_stack_is_meant_by_its_name(stacks):
    for name in ("one", "two"):
        record(stacks, name, f"http://{name}")
    assert find_url(None, {"OEE_URL": "http://environment"}, stacks, "two") == "http://two"
    for name in ("three", "../one", ""):
        with pytest.raises(Unreachable, match="There is no local stack"):
            find_url(None, {}, stacks, name)


def test_the_local_stack_is_found_where_it_records_itself():
    assert local._record_of("any").parent == address.STACKS  # noqa: SLF001 - both sides must agree


def test_the_stack_called_local_is_meant_where_there_are_several(stacks):
    record(stacks, "another", "http://another")
    record(stacks, "local")
    assert find_url(None, {}, stacks) == URL


def test_the_only_stack_is_meant_whatever_its_name(stacks):
    record(stacks, "another")
    assert find_url(None, {}, stacks) == URL


@pytest.mark.parametrize(
    ("names", "rest_url", "sentence"),
    [
        ([], URL, "no local stack is up; `make run` brings one up"),
        (["one", "two"], URL, "several local stacks are up [(]one, two[)]"),
        (["local"], "", "the local stack local is not deployed yet"),
    ],
)
def test_no_address_is_a_sentence_that_says_what_to_do(stacks, names, rest_url, sentence):
    for name in names:
        record(stacks, name, rest_url)
    with pytest.raises(Unreachable, match=sentence):
        find_url(None, {}, stacks)


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"name":"local"}'])
def test_a_record_that_is_being_written_is_no_address_yet(stacks, broken):
    (stacks / "local.json").write_text(broken)
    with pytest.raises(Unreachable, match="not deployed yet"):
        find_url(None, {}, stacks)
