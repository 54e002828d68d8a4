"""The commands that move the paper market, and what they refuse."""

from types import SimpleNamespace

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.bootstrap import Engine
from chalicelib.domain.steering import FeedState
from infra.operations.__main__ import parser
from infra.operations.failure import OperationFailed
from tests.fakes.paper import InMemoryLedger, PaperDesk, paper_settings


class Desk:
    """Runs the commands against a market in memory; returns the lines that they print."""

    def __init__(self, *, controls: bool = True) -> None:
        self.ledger = InMemoryLedger()
        desk = PaperDesk(self.ledger, settings=paper_settings(paper_controls=controls))
        self.at = SimpleNamespace(engine=Engine(SimpleNamespace(desk=desk)))

    def run(self, *words):
        given = parser().parse_args(["--local", "x", *words])
        return given.act(given, self.at)


@pytest.fixture
def desk():
    return Desk()


def test_a_price_is_moved_and_the_sentence_says_how(desk):
    (said,) = desk.run("market", "SOL/USDC", "0.95", "--over", "4s", "--for", "2s", "--venue", "raydium")
    assert said.startswith(
        "The price of SOL in USDC at raydium goes from 1 to 0.95 times what it would be until"
    )
    (conditions,) = desk.ledger.conditions.values()
    heights = [knot.height for knot in conditions.path.knots]
    assert [height - heights[0] for height in heights] == [0, 10, 15, 25]
    assert [knot.level for knot in conditions.path.knots] == [1_000_000, 950_000, 950_000, 1_000_000]


def test_feeds_are_changed_and_the_sentence_says_how(desk):
    (said,) = desk.run("feed", "lying", "--bps", "-2000", "--pair", "SOL/USDC", "--for", "1m")
    assert said.startswith("Quotes of SOL/USDC at meteora and raydium tell 20 % less than there is until")
    assert {each.feed.state for each in desk.ledger.conditions.values()} == {FeedState.LYING}
    (said,) = desk.run("feed", "ok")
    assert said.startswith("Quotes of SOL/USDC, ")
    assert {each.feed.state for each in desk.ledger.conditions.values()} == {FeedState.OK}
    assert len(desk.ledger.conditions) == 2 * len(list(PAPER_PAIRS))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("market", "SOL/USDC", "0"), "level must be from 0.01 to 100"),
        (("market", "SOL", "0.9"), "pair must have 2 entries"),
        (("market", "SOL/DOGE", "0.9"), "pair/1 must be the symbol"),
        (("market", "SOL/USDC", "0.9", "--over", "25h"), "overMs must be at most 86400000"),
        (("market", "SOL/USDC", "0.9", "--venue", "orca"), "venue must be a venue with a pool"),
        (("feed", "lying"), "bps must say how far"),
        (("feed", "ok", "--for", "1s"), "forMs is not for the state ok"),
    ],
)
def test_what_can_not_be_meant_is_refused_and_nothing_is_moved(desk, words, why):
    with pytest.raises(OperationFailed, match=why):
        desk.run(*words)
    assert desk.ledger.conditions == {}


@pytest.mark.parametrize("words", [("market", "SOL/USDC", "0.9"), ("feed", "down")])
def test_where_nobody_may_move_the_market_the_setting_is_named(words):
    with pytest.raises(OperationFailed, match="PAPER_CONTROLS is off"):
        Desk(controls=False).run(*words)


@pytest.mark.parametrize("written", ["4", "4 s", "-4s", "1.5s", "four", "9999999999s"])
def test_a_duration_without_a_unit_that_there_is_ends_with_2(desk, written):
    with pytest.raises(SystemExit) as ended:
        desk.run("market", "SOL/USDC", "0.9", f"--over={written}")
    assert ended.value.code == 2
