"""The parameters of template.yaml are the settings, with their defaults and bounds, in both directions."""

import pytest

from chalicelib.config import OF_API, PRODUCTION, PROVIDED, SETTINGS
from chalicelib.config.forms import LONGEST_LOOKOUT_MS, MOST_DAYS
from chalicelib.domain.limits import MOST_ARMED_ORDERS, MOST_OPEN_ORDERS
from infra.deploy.parameters import OF_A_RELEASE
from infra.local.settings import DEFAULTS, parameter
from infra.stages import STAGES
from tests.integration.test_template import FUNCTIONS, STATE, TEMPLATE

GIVEN = [setting for setting in SETTINGS if setting.variable not in PROVIDED | OF_API]


@pytest.mark.parametrize(
    ("rule", "name", "only"),
    [("KeysInProduction", "AuthMode", "keys"), ("NoControlsInProduction", "PaperControls", "off")],
)
def test_a_production_stage_is_never_open_and_nobody_moves_its_market(rule, name, only) -> None:
    assert TEMPLATE["Rules"][rule]["RuleCondition"] == {"Fn::Equals": [{"Ref": "Stage"}, PRODUCTION]}
    (assertion,) = TEMPLATE["Rules"][rule]["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": name}, only]}
    assert (TEMPLATE["Parameters"][name]["Default"], PRODUCTION in STAGES) == (only, True)


def test_nothing_goes_wrong_on_purpose_in_production() -> None:
    rule = TEMPLATE["Rules"]["NoFaultsInProduction"]
    faults = [setting.variable for setting in GIVEN if "fault" in setting.name]

    assert len(faults) == 17
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Stage"}, PRODUCTION]}
    assert [each["Assert"] for each in rule["Assertions"]] == [
        {"Fn::Equals": [{"Ref": parameter(name)}, "0"]} for name in faults
    ]


def test_every_setting_reaches_the_functions() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    given = {setting.variable: setting.default is not None for setting in GIVEN}

    assert set(variables) == set(given)
    for name, is_parameter in given.items():
        if is_parameter:
            assert variables[name] == {"Ref": parameter(name)}


def test_only_the_function_of_the_api_is_told_whom_to_wake() -> None:
    own = {name: each["Environment"] for name, each in FUNCTIONS.items() if "Environment" in each}

    assert own == {"Api": {"Variables": {"WATCH_FUNCTION": {"Ref": "WatchAliaslive"}}}}
    assert set(own["Api"]["Variables"]) == OF_API


def test_settings_and_parameters_have_the_same_defaults() -> None:
    defaults = {
        name: str(declared["Default"])
        for name, declared in TEMPLATE["Parameters"].items()
        if "Default" in declared
    }
    given_by_a_deployment = (
        "Stage Architecture LogRetentionDays SystemLogLevel AlarmEmail ReserveExecutions "
        "ReleaseTraffic LandConcurrency LandBatchSize LandBatchWindow StreamBatchesAtOnce"
    )
    of_deployment = OF_A_RELEASE | set(given_by_a_deployment.split())

    assert {name: value for name, value in defaults.items() if name not in of_deployment} == {
        parameter(name): value
        for name, value in {**DEFAULTS, "AUTH_MODE": "keys", "PAPER_CONTROLS": "off"}.items()
    }
    assert DEFAULTS["AUTH_MODE"] == "open"


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("MAX_OPEN_ORDERS", MOST_OPEN_ORDERS),
        ("MAX_ARMED_ORDERS", MOST_ARMED_ORDERS),
        ("WATCH_FOR_MS", LONGEST_LOOKOUT_MS),
        ("MAX_ARMED_DAYS", MOST_DAYS),
    ],
)
def test_a_parameter_takes_no_more_than_the_engine_can_have(name: str, most: int) -> None:
    declared = TEMPLATE["Parameters"][parameter(name)]

    assert (declared["MinValue"], declared["MaxValue"]) == (1, most)


def test_the_state_stack_gives_exactly_what_the_template_asks_for() -> None:
    asked = {name for name, declared in TEMPLATE["Parameters"].items() if "Default" not in declared}

    assert set(STATE["Outputs"]) == asked
