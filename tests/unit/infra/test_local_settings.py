import pytest

from infra.local.failure import LocalFailure
from infra.local.settings import DEFAULTS, parameter, read_settings


def test_without_any_given_all_settings_have_their_defaults() -> None:
    assert read_settings([]) == dict(DEFAULTS)


@pytest.mark.parametrize("name", ["PAPER_LANDING_DELAY_MS", "PaperLandingDelayMs"])
def test_a_setting_is_given_by_its_variable_or_its_parameter(name: str) -> None:
    assert read_settings([f"{name}=100-200"])["PAPER_LANDING_DELAY_MS"] == "100-200"


def test_a_value_may_hold_an_equals_sign() -> None:
    assert read_settings(["STREAM_URL=ws://localhost/?a=b"])["STREAM_URL"] == "ws://localhost/?a=b"


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LocalFailure, match=r"There is no setting SPEED; there are .*QUOTE_TTL_MS") as refused:
        read_settings(["SPEED=9"])

    assert refused.value.exit_code == 2


@pytest.mark.parametrize("derived", ["ORDERS_TABLE", "AWS_REGION"])
def test_what_the_template_derives_or_the_platform_gives_cannot_be_set(derived: str) -> None:
    with pytest.raises(LocalFailure, match=f"There is no setting {derived}"):
        read_settings([f"{derived}=other"])


def test_a_malformed_value_is_refused_with_the_form_it_must_have() -> None:
    with pytest.raises(LocalFailure, match="PAPER_FAULT_DROPPED was '7' and must be a fraction") as refused:
        read_settings(["PAPER_FAULT_DROPPED=7"])

    assert refused.value.exit_code == 2


@pytest.mark.parametrize("value", ["1", "11", "many"])
def test_a_concurrency_that_no_event_source_can_have_is_refused(value: str) -> None:
    with pytest.raises(LocalFailure, match=f"EXECUTIONS_AT_ONCE was '{value}' and must be .* from 2 to 10"):
        read_settings([f"EXECUTIONS_AT_ONCE={value}"])


def test_a_name_without_a_value_is_refused() -> None:
    with pytest.raises(LocalFailure, match="'QUOTE_TTL_MS' is not of the form NAME=VALUE"):
        read_settings(["QUOTE_TTL_MS"])


def test_a_parameter_is_the_variable_in_camel_case() -> None:
    assert parameter("QUOTE_DEADLINE_MS") == "QuoteDeadlineMs"
