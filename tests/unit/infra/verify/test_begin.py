"""Whether a run may begin at all: the address, the market, the key."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.session import get_session

import infra.verify.__main__ as command
from infra.verify.address import NO_REGION, Address, address_in, find
from infra.verify.figures import Place
from infra.verify.outcome import NothingVerified
from infra.verify.visit import begin
from tests.unit.infra.verify.flaws import Flaw
from tests.unit.infra.verify.stack import KEY, FakeStack

OUTPUTS = {
    "RestUrl": "https://abc.execute-api.eu-west-1.amazonaws.com/dev",
    "RestApiId": "abc",
    "Stage": "dev",
}


class CloudFormation:
    """Stacks by their names."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.asked = ""

    def describe_stacks(self, StackName):  # noqa: N803 - AWS's name
        self.asked = StackName
        if isinstance(self._answer, Exception):
            raise self._answer
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self._answer.items()]
        return {"Stacks": [{"Outputs": outputs}]}


def stacks_of(answer: Any) -> Any:
    return CloudFormation(answer)


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeStacks")


def why_not(stack, api_key=None, **how):
    with pytest.raises(NothingVerified) as refusal:
        begin(stack.conversation(api_key), **how)
    assert stack.orders == []
    return str(refusal.value)


def test_a_stage_is_found_by_its_stack_and_an_emulator_of_aws_by_its_own_address():
    stacks = stacks_of(OUTPUTS)
    assert address_in(stacks, "dev", "") == OUTPUTS["RestUrl"]
    assert stacks.asked == "order-execution-dev"
    assert address_in(stacks, "dev", "http://127.0.0.1:4566/") == (
        "http://127.0.0.1:4566/_aws/execute-api/abc/dev"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused("ValidationError"), "There is no stack order-execution-dev in this account and region"),
        (refused("AccessDenied"), "AWS refused to tell"),
        (NoCredentialsError(), "Unable to locate credentials"),
        ({}, "There is no stack order-execution-dev"),
    ],
)
def test_a_stage_that_is_not_there_is_told(answer, said):
    with pytest.raises(NothingVerified, match=said):
        address_in(stacks_of(answer), "dev", "")


def test_a_stage_without_a_region_is_not_asked_for(monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setattr("infra.verify.address.session", get_session)  # not the one that others share
    with pytest.raises(NothingVerified, match=NO_REGION):
        find(url=None, stage="dev", local=None, environment={})


def test_an_address_that_is_given_is_taken_and_what_is_on_this_computer_is_an_emulator():
    given = find(url="http://localhost:4566/x/", stage=None, local=None, environment={})
    assert given == Address("http://localhost:4566/x")
    assert given.place is Place.EMULATOR
    assert Address(OUTPUTS["RestUrl"]).place is Place.AWS
    by_variable = find(url=None, stage=None, local=None, environment={"OEE_URL": "https://api.example"})
    assert by_variable.url == "https://api.example"


def test_no_order_is_placed_on_a_market_that_is_not_meant():
    said = why_not(FakeStack(market="solana"))
    assert "trades on solana, where orders cost money, so none was placed" in said
    assert "MARKET=solana" in said
    assert "solana is meant" in why_not(FakeStack(), market="solana")
    assert "doesn't say in its health" in why_not(FakeStack(market=None))
    begin(FakeStack(market="solana").conversation(), market="solana")


@pytest.mark.parametrize(("trading", "said"), [("halted", "trading is halted"), (None, "can't tell whether")])
def test_a_stack_that_does_not_trade_is_not_checked(trading, said):
    assert said in why_not(FakeStack(trading=trading))


def test_a_key_is_asked_for_and_one_that_does_not_do_is_told():
    assert "OEE_API_KEY" in why_not(FakeStack(is_guarded=True))
    assert "doesn't know the API key" in why_not(FakeStack(is_guarded=True), "oee_another")
    assert "needs the scope trade" in why_not(FakeStack(is_guarded=True, scopes="read"), KEY)


def test_nobody_at_an_address_is_told_with_the_reason():
    stack = FakeStack()
    stack.is_down = True
    assert "connection refused" in why_not(stack)


def run_command(monkeypatch, capsys, stack, *arguments, key=None):
    monkeypatch.setattr("sys.argv", ["verify", "--url", "http://localhost/dev", *arguments])
    monkeypatch.setattr(command, "Conversation", lambda url, api_key: stack.conversation(api_key))
    monkeypatch.setattr(command, "find_api_key", lambda given, environment: key)
    code = command.main()
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_prints_each_check_the_times_and_the_sum_and_never_the_key(monkeypatch, capsys):
    code, out, err = run_command(monkeypatch, capsys, FakeStack(is_guarded=True), key=KEY)
    assert (code, err) == (0, "")
    assert out.startswith("http://localhost/dev, on an emulator: trades on paper, asks for API keys.")
    assert "4 orders were placed on paper: 1 cancelled, 3 confirmed." in out
    assert "EXPECTED ON AN EMULATOR" in out
    assert KEY not in out
    assert "ticket=" not in out


def test_the_command_fails_by_a_broken_promise_and_by_nothing_that_stands_in_the_way(monkeypatch, capsys):
    code, out, _ = run_command(monkeypatch, capsys, FakeStack(Flaw.QUOTE_IS_NOT_THE_BEST))
    assert (code, "found a broken promise: quotes." in out) == (1, True)
    busy = FakeStack()
    busy.limited = 1_000
    code, out, _ = run_command(monkeypatch, capsys, busy)
    assert (code, "could not be made" in out) == (2, True)
    code, out, err = run_command(monkeypatch, capsys, FakeStack(market="solana"))
    assert (code, out) == (2, "")
    assert "so none was placed" in err


def test_an_interrupted_run_leaves_no_order_open(monkeypatch, capsys):
    stack = FakeStack()

    def interrupted(visit):
        visit.orders.place()
        visit.orders.place()
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(command, "run", interrupted)
    code, out, _ = run_command(monkeypatch, capsys, stack)
    assert code == 130
    assert "Interrupted: 2 orders were placed" in out
    assert [order.status for order in stack.orders] == ["cancelled", "cancelled"]
