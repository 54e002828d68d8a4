"""The parameters of a template, as a deployment of it leaves them."""

from collections.abc import Mapping

import yaml

OF_A_RELEASE = {"Release", "Latest"}
"""Parameters that name a release, and so are no part of it."""


def parameters_of(template: str, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return what each parameter that a template (YAML or JSON) declares will be.

    That is what is `given`, else what the stack has (`known`), else its default: the same for a first
    deployment, whose stack has nothing yet, and for the one after it, whose stack has all of them.
    """
    declared = _fields(_fields(yaml.compose(template, Loader=yaml.SafeLoader)).get("Parameters"))
    defaults = {
        name: default.value
        for name, parameter in declared.items()
        if (default := _fields(parameter).get("Default")) is not None
    }
    chosen = {**defaults, **known, **given}
    return {name: chosen[name] for name in declared if name in chosen and name not in OF_A_RELEASE}


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return a mapping's values by its keys; nothing for what is no mapping. Tags like !Ref are not read."""
    return {key.value: value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
