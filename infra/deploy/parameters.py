"""The parameters of a template, as a deployment of it leaves them."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import yaml

from infra.deploy.stacks import DeploymentRefused

OF_A_RELEASE = {"Release", "Latest"}
"""Parameters that name a release, and so are no part of it."""


def parameters_of(template: str, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return what each parameter that a template (YAML or JSON) declares will be.

    That is what is `given`, else what the stack has (`known`), else its default: the same for a first
    deployment, whose stack has nothing yet, and for the one after it, whose stack has all of them.
    """
    declared = _declared(template)
    defaults = {
        name: default.value
        for name, parameter in declared.items()
        if (default := _fields(parameter).get("Default")) is not None
    }
    chosen = {**defaults, **known, **given}
    return {name: chosen[name] for name in declared if name in chosen and name not in OF_A_RELEASE}


def refuse_undeclared(template: str, given: Iterable[str]) -> None:
    """Refuse names that are no parameter of the template: SAM would leave them out without a word.

    Raises
    ------
    DeploymentRefused
        It says which name, and which parameter it may be meant for.
    """
    declared = _declared(template)
    for name in given:
        if name not in declared:
            near = get_close_matches(name, declared, n=1)
            meant = f" Is it {near[0]}?" if near else " docs/deploy.md and template.yaml list them."
            raise DeploymentRefused(f"There is no parameter {name}, so nothing was deployed.{meant}")


def _declared(template: str) -> dict[str, yaml.Node]:
    return _fields(_fields(yaml.compose(template, Loader=yaml.SafeLoader)).get("Parameters"))


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return a mapping's values by its keys; nothing for what is no mapping. Tags like !Ref are not read."""
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
