"""Each function's role allows what the function really does, and nothing else.

What it does is seen, not declared: the functions run over tables and a queue, and botocore tells each call.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.permissions.granted import Permission, granted, of_lambda, role_of, wildcards
from tests.integration.permissions.observed import site
from tests.integration.permissions.scenarios import SCENARIOS
from tests.integration.test_template import FUNCTIONS, STATE, STATE_PATH, TEMPLATE, TEMPLATE_PATH

Used = Mapping[str, set[Permission]]


@pytest.fixture(scope="module")
def used() -> Used:
    """What each function was seen to do, in all scenarios."""
    found: dict[str, set[Permission]] = {}
    for scenario in SCENARIOS.values():
        with pytest.MonkeyPatch.context() as patch, site(patch) as watched:
            scenario(watched)
            for function, permissions in watched.used.items():
                found.setdefault(function, set()).update(permissions)
    return found


@pytest.mark.promise("R18")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_does_and_nothing_more(function: str, used: Used) -> None:
    does = used.get(function, set()) | of_lambda(function)

    assert granted(function) - does == set(), "allowed, and never done"
    assert does - granted(function) == set(), "done, and not allowed"


@pytest.mark.promise("R18")
def test_no_function_shares_its_role_and_only_lambda_takes_it() -> None:
    roles = [FUNCTIONS[function]["Role"]["Fn::GetAtt"][0] for function in FUNCTIONS]
    assert len(set(roles)) == len(roles)
    for function in FUNCTIONS:
        role = role_of(function)
        trusted = role["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert trusted["Action"] == "sts:AssumeRole"
        assert set(role) == {"AssumeRolePolicyDocument", "Policies"}


@pytest.mark.promise("R18")
@pytest.mark.parametrize(
    ("template", "path"),
    [(TEMPLATE, TEMPLATE_PATH), (STATE, STATE_PATH)],
    ids=["template.yaml", "resources.yaml"],
)
def test_no_wildcard_stands_without_a_sentence_that_explains_it(template: Any, path: Path) -> None:
    lines = path.read_text().splitlines()
    for name, resource in template["Resources"].items():
        properties = resource["Properties"]
        policies = [properties.get(key) for key in ("PolicyDocument", "Policies", "SourceArn", "Principal")]
        for text, line in wildcards(policies):
            near = lines[line - 4 : line]
            assert any("#" in each for each in near), f"{name}: {text} in line {line}"
