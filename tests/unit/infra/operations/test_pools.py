"""The command that recognises pools."""

from types import SimpleNamespace

import pytest

from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.bootstrap import Engine
from infra.operations.__main__ import parser
from infra.operations.failure import OperationFailed
from infra.operations.pools import NO_NODES
from tests.fakes.live_pools import live_address, pools_setting
from tests.fakes.paper import PaperDesk
from tests.fakes.shadow import ShadowDesk

ADDRESS = live_address(seeded_pools()[0])


def run(desk, *words):
    given = parser().parse_args(["--local", "x", "pools", *words])
    return given.act(given, SimpleNamespace(engine=Engine(SimpleNamespace(desk=desk))))


def test_each_pool_is_told_as_its_entry_or_with_why_it_can_not_trade():
    lines = run(ShadowDesk().desk, ADDRESS, "1" * 32)
    assert lines[0] in {f"SOLANA_POOLS: {entry}" for entry in pools_setting().split(",")}
    assert lines[1:] == [f"{'1' * 32} can't be traded on: the account {'1' * 32} does not exist"]


def test_a_stack_on_paper_has_no_node_to_ask():
    with pytest.raises(OperationFailed, match=NO_NODES):
        run(PaperDesk(), ADDRESS)
