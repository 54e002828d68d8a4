"""The settings of a local stack, from defaults and the command line."""

from collections.abc import Iterable, Mapping

from chalicelib.bootstrap.limits import limits_of
from chalicelib.bootstrap.markets import tokens_of
from chalicelib.config import OF_API, PROVIDED, SETTINGS, InvalidSettings, load_settings
from infra.local.failure import LocalFailure

# What has no default is derived by template.yaml.
DEFAULTS: Mapping[str, str] = {
    setting.variable: setting.default
    for setting in SETTINGS
    if setting.variable not in PROVIDED | OF_API and setting.default is not None
} | {"AUTH_MODE": "open", "PAPER_CONTROLS": "on"}
"""The default of each setting, by its environment variable."""

_DERIVED = {setting.variable: "derived" for setting in SETTINGS if setting.default is None}


def parameter(name: str) -> str:
    """Return the template's parameter for an environment variable: QUOTE_TTL_MS -> QuoteTtlMs."""
    return name.title().replace("_", "")


def read_settings(given: Iterable[str]) -> dict[str, str]:
    """Return all settings by environment variable, from the defaults and from NAME=VALUE.

    A name is an environment variable or a parameter of the template.

    Raises
    ------
    LocalFailure
        A name is unknown, or a value is malformed; exit code 2.
    """
    variables = {parameter(name): name for name in DEFAULTS} | {name: name for name in DEFAULTS}
    settings = dict(DEFAULTS)
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise LocalFailure(f"{text!r} is not of the form NAME=VALUE", exit_code=2)
        if name not in variables:
            known = ", ".join(sorted(DEFAULTS))
            raise LocalFailure(f"There is no setting {name}; there are {known}", exit_code=2)
        settings[variables[name]] = value or DEFAULTS[variables[name]]
    try:
        loaded = load_settings({**_DERIVED, **settings})
        limits_of(loaded, tokens_of(loaded))
    except InvalidSettings as error:
        raise LocalFailure(f"{error}", exit_code=2) from error
    return settings
