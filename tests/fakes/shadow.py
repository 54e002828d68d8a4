"""The shadow market's own desk over a cluster in memory, by a clock that a test moves."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.solana.rpc.fleet import Fleet, FleetPolicy
from chalicelib.bootstrap import shadow
from chalicelib.config import Market, Settings
from tests.fakes.clock import FakeClock
from tests.fakes.live_pools import live_accounts, pools_setting
from tests.fakes.paper import InMemoryLedger, PaperDesk, paper_settings
from tests.fakes.solana import Cluster, ScriptedNode


def shadow_settings(**changes: Any) -> Settings:
    """Settings that list the pools of `live_accounts`, but for the changes to those of Solana."""
    settings = paper_settings(market=Market.SHADOW)
    solana = replace(settings.solana, pools=pools_setting(), rpc_urls=("https://node.test",), **changes)
    return replace(settings, solana=solana)


class ShadowDesk(PaperDesk):
    """A shadow desk with what a paper desk has for tests. Its nodes are `nodes`, all of one cluster."""

    def __init__(
        self,
        ledger: Ledger | None = None,
        clock: FakeClock | None = None,
        settings: Settings | None = None,
        nodes: Sequence[ScriptedNode] = (),
    ) -> None:
        super().__init__(ledger or InMemoryLedger(()), clock or FakeClock(), settings or shadow_settings())
        self.nodes = nodes or [ScriptedNode(Cluster(live_accounts(), self.clock))]
        self.cluster = self.nodes[0].cluster
        self.desk = shadow.ShadowDesk(self.ledger, self.clock, self.settings, self.threads)
        solana = self.settings.solana
        policy = FleetPolicy(solana.cluster, solana.rpc_cooldown_ms, solana.max_slot_lag)
        self.fleet = self.desk.fleet = Fleet(self.nodes, self.clock, policy)
        self.venues = self.desk.venues
        self.prices = self.desk.prices
        self.chain = self.desk.chain
        self.blocks = Blocks.of(self.settings.paper)
