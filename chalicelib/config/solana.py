"""The settings of Solana's nodes and pools, for markets whose prices are live."""

from dataclasses import dataclass
from typing import ClassVar

from chalicelib.config.declaration import Part, setting
from chalicelib.config.forms import Cluster, name, positive, rpc_urls


@dataclass(frozen=True, slots=True, kw_only=True)
class SolanaSettings(Part):
    """Solana, where prices are live: its nodes, the pools and tokens that trade, how old an answer may be."""

    PREFIX: ClassVar[str] = "SOLANA_"

    cluster: Cluster = setting(
        Cluster, "mainnet-beta", "cluster", "Cluster that the nodes must be of; local is any, with mainnet's"
    )
    rpc_urls: tuple[str, ...] = setting(
        rpc_urls, "", "list", "Addresses of nodes (JSON-RPC), the preferred first; none may hold a secret"
    )
    pools: str = setting(
        name, "known", "list", "Pools, each like raydium_clmm:SOL/USDC:ADDRESS; known is SOL/USDC on mainnet"
    )
    tokens: str = setting(
        name, "known", "list", "Tokens, each like SYMBOL:MINT:DECIMALS; known is SOL, USDC, USDT, JUP, BONK"
    )
    rpc_call_ms: int = setting(
        positive, "1200", "ms", "How long one reading of a pair may take, with every node that is asked"
    )
    rpc_cooldown_ms: int = setting(
        positive, "2000", "ms", "How long a node is left alone after a failure that doesn't say how long"
    )
    max_slot_lag: int = setting(
        positive, "25", "slots", "An answer this far behind the newest slot seen is too old"
    )
