"""By which parameters a release has its name: the same ones at each deployment of the same."""

import pytest

from infra.deploy.parameters import parameters_of, refuse_undeclared
from infra.deploy.stacks import DeploymentRefused

TEMPLATE = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  OrdersTable: {Type: String}
  Release: {Type: String, Default: "0000000000"}
  Latest: {Type: String, Default: "0000000000"}
  TicketSeconds: {Type: Number, Default: 60}
  PaperFaultLate: {Type: String, Default: "0"}
  AllowedTokens: {Type: String, Default: ""}
  ReserveExecutions:
    Type: String
    Default: "yes"
Resources:
  Api: {Type: AWS::Serverless::Function, Properties: {Environment: !Ref OrdersTable, Role: !GetAtt Role.Arn}}
"""
DEFAULTS = {"TicketSeconds": "60", "PaperFaultLate": "0", "AllowedTokens": "", "ReserveExecutions": "yes"}


def test_a_name_that_the_template_lacks_is_refused_with_the_one_that_may_be_meant():
    refuse_undeclared(TEMPLATE, ["TicketSeconds", "AllowedTokens"])
    with pytest.raises(DeploymentRefused, match=r"no parameter AlowedTokens, .* Is it AllowedTokens\?$"):
        refuse_undeclared(TEMPLATE, ["TicketSeconds", "AlowedTokens"])
    with pytest.raises(DeploymentRefused, match="no parameter Xyz, so nothing was deployed"):
        refuse_undeclared(TEMPLATE, ["Xyz"])


def test_what_is_given_comes_before_what_the_stack_has_and_that_before_the_default():
    known = {"OrdersTable": "old", "TicketSeconds": "30", "AllowedTokens": "SOL"}

    assert parameters_of(TEMPLATE, {}, {}) == DEFAULTS
    assert parameters_of(TEMPLATE, known, {}) == DEFAULTS | known
    assert parameters_of(TEMPLATE, known, {"TicketSeconds": "20"}) == DEFAULTS | known | {
        "TicketSeconds": "20"
    }


def test_a_stack_that_was_just_deployed_has_the_parameters_that_the_deployment_reckoned_with():
    given = {"OrdersTable": "orders", "TicketSeconds": "30"}
    first = parameters_of(TEMPLATE, {}, given)
    described = {**DEFAULTS, **given, "Release": "0123456789abcdef", "Latest": "0123456789abcdef"}

    assert first == parameters_of(TEMPLATE, described, given) == parameters_of(TEMPLATE, described, {})


def test_what_the_template_no_longer_declares_and_the_names_of_releases_are_no_part_of_it():
    gone = {"Tracing": "Active", "Release": "0123456789abcdef", "Latest": "0123456789abcdef"}

    assert parameters_of(TEMPLATE, gone, {"Nonsense": "1"}) == DEFAULTS
    assert parameters_of("Resources: {}", gone, {"Nonsense": "1"}) == {}


def test_a_template_in_json_says_the_same():
    text = '{"Parameters": {"OrdersTable": {"Type": "String"}, "TicketSeconds": {"Default": 60}}}'

    assert parameters_of(text, {}, {"OrdersTable": "orders"}) == {
        "OrdersTable": "orders",
        "TicketSeconds": "60",
    }
