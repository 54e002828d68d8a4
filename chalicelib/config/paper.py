"""The settings of the paper market."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from chalicelib.config.declaration import Part, setting
from chalicelib.config.forms import DelayRange, delay, name, positive, rate, switched, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSettings(Part):
    """The paper market: its table, its pace, and what goes wrong on purpose."""

    PREFIX: ClassVar[str] = "PAPER_"

    table: str = setting(name, None, "name", "Table of paper pools and the paper ledger")
    seed: str = setting(name, "paper", "text", "Seed of delays, drift and faults")
    quote_delay_ms: DelayRange = setting(delay, "200-300", "ms", "Time that a venue takes to quote")
    landing_delay_ms: DelayRange = setting(
        delay, "2000-3000", "ms", "Time from the first send to the landing"
    )
    drift_bps: int = setting(whole, "20", "bps", "Greatest distance that prices drift by themselves")
    block_ms: int = setting(positive, "400", "ms", "Time between two blocks")
    blockhash_blocks: int = setting(positive, "150", "blocks", "Blocks for which a transaction is valid")
    finality_blocks: int = setting(positive, "32", "blocks", "Blocks from confirmed to finalized")
    controls: bool = setting(
        switched, "off", "on or off", "Whether an operator may move prices and feeds on purpose; off in prod"
    )
    fault_venue_down: Decimal = setting(rate, "0", "fraction", "Quotes that fail at once")
    fault_venue_slow: Decimal = setting(rate, "0", "fraction", "Quotes that miss their deadline")
    fault_venue_garbage: Decimal = setting(
        rate, "0", "fraction", "Quotes that are malformed or far off the market"
    )
    fault_price_stale: Decimal = setting(
        rate, "0", "fraction", "Blocks in which a venue quotes a pair by prices of 50 blocks before"
    )
    fault_price_missing: Decimal = setting(
        rate, "0", "fraction", "Blocks in which a venue has no price of a pair, for whoever asks"
    )
    fault_price_lying: Decimal = setting(
        rate, "0", "fraction", "Blocks in which a venue's quotes of a pair are a fifth too high or too low"
    )
    fault_dropped: Decimal = setting(rate, "0", "fraction", "Transactions that never land")
    fault_late: Decimal = setting(
        rate, "0", "fraction", "Transactions that land in their last two valid blocks, or just miss them"
    )
    fault_reverted: Decimal = setting(rate, "0", "fraction", "Transactions that land with an error")
    fault_forked: Decimal = setting(
        rate, "0", "fraction", "Transactions that are seen in a block that is forked away; half land later"
    )
    fault_lost_request: Decimal = setting(rate, "0", "fraction", "Chain calls that never arrive and time out")
    fault_lost_answer: Decimal = setting(rate, "0", "fraction", "Sends that take effect and then time out")
    fault_rate_limited: Decimal = setting(rate, "0", "fraction", "Chain calls that are refused by 429")
    fault_delayed: Decimal = setting(rate, "0", "fraction", "Chain calls that arrive half a second late")
    fault_lagging: Decimal = setting(
        rate, "0", "fraction", "Looks at the chain that a node answers which lags behind"
    )
    fault_garbage: Decimal = setting(rate, "0", "fraction", "Chain answers that can't be read")
