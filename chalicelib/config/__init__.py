"""The settings of the engine, read from the environment here alone; all errors are reported at once.

Each owner has a part of its own, and is given no other. The tables of docs/settings.md and template.yaml's
parameters are checked against what is declared here.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Any, TypeVar

from chalicelib.config.declaration import Part, Setting, owners, parts_of, settings_of
from chalicelib.config.forms import FORMS, UNSHOWN, Cluster, DelayRange, Market
from chalicelib.config.paper import PaperSettings
from chalicelib.config.settings import AwsSettings, Settings, StreamSettings, TelemetrySettings
from chalicelib.config.solana import SolanaSettings
from chalicelib.config.triggers import TriggerSettings

__all__ = [
    "OF_API",
    "OWNERS",
    "PRODUCTION",
    "PROVIDED",
    "SETTINGS",
    "TRIAL",
    "AwsSettings",
    "Cluster",
    "DelayRange",
    "EventSources",
    "InvalidSettings",
    "Market",
    "PaperSettings",
    "Setting",
    "Settings",
    "SolanaSettings",
    "StreamSettings",
    "TelemetrySettings",
    "TriggerSettings",
    "load_event_sources",
    "load_handler",
    "load_settings",
    "settings_of",
]

OWNERS = tuple(owners(Settings))
"""Every part of the settings, the engine's own first."""

SETTINGS = tuple(setting for owner in OWNERS for setting in settings_of(owner))
"""Every setting."""

PROVIDED = frozenset(setting.variable for setting in settings_of(AwsSettings))
"""The variables that the platform gives, so that the template does not."""

OF_API = frozenset({"WATCH_FUNCTION"})
"""The variables that the template gives to the REST API's function alone; they are no parameters."""

PRODUCTION = "prod"
"""The production stage: AUTH_MODE=open, fault settings and PAPER_CONTROLS=on are refused in it."""

TRIAL = "release-trial"
"""The source of an event that only asks whether a new release of a function starts."""

FAULTS = ("FAULT_", "PAPER_FAULT_")
"""Prefixes of the variables that inject faults."""

Owner = TypeVar("Owner", bound=Part)


class InvalidSettings(Exception):
    """Settings were missing or malformed; the message lists each."""


@dataclass(frozen=True, slots=True)
class EventSources:
    """The ARNs of the queues and streams that drive the event handlers, for Chalice's packager.

    The values matter only to a deployment with Chalice; template.yaml names its own.
    """

    orders_queue_arn: str
    landings_queue_arn: str
    dead_letter_queue_arn: str
    orders_stream_arn: str
    subscriptions_stream_arn: str


def load_event_sources(environment: Mapping[str, str] | None = None) -> EventSources:
    """Read the event sources; a missing one becomes a placeholder ARN of the right form."""
    source = os.environ if environment is None else environment
    table = "arn:aws:dynamodb:us-east-1:000000000000:table"
    return EventSources(
        source.get("ORDERS_QUEUE_ARN", "arn:aws:sqs:us-east-1:000000000000:orders"),
        source.get("LANDINGS_QUEUE_ARN", "arn:aws:sqs:us-east-1:000000000000:landings"),
        source.get("DEAD_LETTER_QUEUE_ARN", "arn:aws:sqs:us-east-1:000000000000:dead-letter"),
        source.get("ORDERS_STREAM_ARN", f"{table}/orders/stream/2026-01-01T00:00:00.000"),
        source.get("SUBSCRIPTIONS_STREAM_ARN", f"{table}/subscriptions/stream/2026-01-01T00:00:00.000"),
    )


def load_handler(environment: Mapping[str, str] | None = None) -> str:
    """Return the handler that Lambda started this process for, like "app.execute"; empty if none is named."""
    source = os.environ if environment is None else environment
    return source.get("_HANDLER", "")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings from the environment.

    Raises
    ------
    InvalidSettings
        Some were missing or malformed; all of them are named, with the form expected.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for setting in SETTINGS:
        raw = source.get(setting.variable) or setting.default
        if raw is None:
            wrong.append(f"{setting.variable} is not set ({setting.meaning})")
            continue
        try:
            values[setting.variable] = setting.parse(raw)
        except (ValueError, KeyError, InvalidOperation):
            was = "malformed" if setting.parse in UNSHOWN else repr(raw)
            wrong.append(f"{setting.variable} was {was} and must be {FORMS[setting.parse]}")
    if values.get("MARKET") is Market.SHADOW and values.get("SOLANA_RPC_URLS") == ():
        wrong.append("SOLANA_RPC_URLS is not set: MARKET=shadow needs the address of a node")
    if values.get("STREAM_STAGE") == PRODUCTION:
        wrong += _refused_in_production(values)
    if wrong:
        raise InvalidSettings("; ".join(wrong))
    return _filled(Settings, values)


def _refused_in_production(values: Mapping[str, Any]) -> list[str]:
    refused = ["AUTH_MODE may not be open"] if values.get("AUTH_MODE") == "open" else []
    refused += ["PAPER_CONTROLS must be off"] if values.get("PAPER_CONTROLS") else []
    refused += [f"{name} must be 0" for name, value in values.items() if name.startswith(FAULTS) and value]
    return [f"{each} in the stage {PRODUCTION}" for each in refused]


def _filled(owner: type[Owner], values: Mapping[str, Any]) -> Owner:
    own = {setting.name: values[setting.variable] for setting in settings_of(owner)}
    return owner(**own, **{name: _filled(part, values) for name, part in parts_of(owner).items()})
