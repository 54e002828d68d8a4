"""SAM's own translation of a template, run by the interpreter of the SAM CLI's environment.

It reads {"template": ..., "parameters": {name: value}} as JSON from its standard input and prints what
CloudFormation gets. Only that environment has what it imports.
"""

import json
import sys
from typing import Any

from samcli.lib.cfn_language_extensions.sam_integration import (  # type: ignore[import-not-found]
    expand_language_extensions,
)
from samtranslator.translator.transform import transform  # type: ignore[import-not-found]


class NoManagedPolicies:
    """Every function brings a role of its own, so that the translator has no policy of AWS's to look up."""

    def load(self) -> dict[str, str]:
        raise AssertionError("a function has no role of its own")


def translated(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Run both transforms, in the order in which CloudFormation runs them."""
    extended = expand_language_extensions(template, parameter_values=parameters, enabled=True)
    assert extended.had_language_extensions
    done: dict[str, Any] = transform(extended.expanded_template, parameters, NoManagedPolicies())
    return done


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(translated(asked["template"], asked["parameters"]), sys.stdout)
