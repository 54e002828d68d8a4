"""The paper ledger in memory, with the table's conditions, and what tests of paper trading share."""

import base64
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any

from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.paper.blocks import Blocks
from chalicelib.adapters.paper.conditions import UNTOUCHED, Conditions, PairMarket
from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.ledger import Ledger, Outcome, Sent, Trace
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.path import STRAIGHT
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.paper.seed import seed_pools
from chalicelib.adapters.paper.transactions import read_message
from chalicelib.bootstrap import paper
from chalicelib.config import PaperSettings, Settings, load_settings
from chalicelib.domain.quotes import VenueRequest
from chalicelib.domain.submission import Submission
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.ports import SwapRequest
from tests.fakes.clock import FakeClock
from tests.fakes.interruption import Interrupt, undisturbed
from tests.fakes.scripted import InlineExecutor


class InMemoryLedger:
    """Holds the seeded pools, or those given; `stored` by address, `sent` and `outcomes` by signature.

    `calls` names every call; `interrupt` may be replaced to make calls fail or wait.
    """

    def __init__(self, pools: Sequence[StoredPool] | None = None) -> None:
        self.stored = {pool.address: pool for pool in (seeded_pools() if pools is None else pools)}
        self.sent: dict[str, Sent] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.conditions: dict[tuple[str, str], Conditions] = {}
        self.calls: list[str] = []
        self.interrupt: Interrupt = undisturbed
        self._lock = threading.Lock()

    def market(self, venue: str, pair: str, *, consistently: bool = False) -> PairMarket:
        self._enter("market")
        found = [pool for pool in self.stored.values() if (pool.venue, pool.pair) == (venue, pair)]
        return PairMarket([self._on_path(pool) for pool in found], self._conditions(venue, pair))

    def pool(self, venue: str, pair: str, address: str) -> StoredPool | None:
        self._enter("pool")
        pool = self.stored.get(address)
        return self._on_path(pool) if pool is not None and (pool.venue, pool.pair) == (venue, pair) else None

    def steer(self, changes: Mapping[tuple[str, str], Conditions]) -> bool:
        self._enter("steer")
        with self._lock:
            if any(self._conditions(*where).change != each.change - 1 for where, each in changes.items()):
                return False
            self.conditions |= changes
        self.interrupt("steer", "after")
        return True

    def traces(self, signatures: Sequence[str]) -> Mapping[str, Trace]:
        self._enter("traces")
        with self._lock:
            return {name: Trace(self.sent.get(name), self.outcomes.get(name)) for name in signatures}

    def record_sent(self, signature: str, sent: Sent) -> Sent:
        self._enter("record_sent")
        with self._lock:
            stands = self.sent.setdefault(signature, sent)
        self.interrupt("record_sent", "after")
        return stands

    def close(self, signature: str, outcome: Outcome) -> Outcome:
        self._enter("close")
        with self._lock:
            stands = self.outcomes.setdefault(signature, outcome)
        self.interrupt("close", "after")
        return stands

    def land(self, signature: str, outcome: Outcome, pool: StoredPool) -> Outcome | None:
        self._enter("land")
        with self._lock:
            stands = self.outcomes.get(signature)
            if stands is None and self.stored[pool.address].version == pool.version - 1:
                self.stored[pool.address] = replace(pool, path=STRAIGHT)
                stands = self.outcomes[signature] = outcome
        self.interrupt("land", "after")
        return stands

    def _conditions(self, venue: str, pair: str) -> Conditions:
        return self.conditions.get((venue, pair), UNTOUCHED)

    def _on_path(self, pool: StoredPool) -> StoredPool:
        return replace(pool, path=self._conditions(pool.venue, pool.pair).path)

    def _enter(self, method: str) -> None:
        self.calls.append(method)
        self.interrupt(method, "before")


def paper_settings(**changes: Any) -> Settings:
    """The default settings, but for the changes; delays stay, since a fake clock waits for nobody."""
    tables = ("ORDERS_TABLE", "SUBSCRIPTIONS_TABLE", "PAPER_TABLE", "ACCOUNTS_TABLE")
    queues = ("ORDERS_QUEUE_URL", "LANDINGS_QUEUE_URL")
    required = dict.fromkeys((*tables, *queues, "STREAM_API_ID", "STREAM_STAGE"), "unused")
    return changed(load_settings(required), **changes)


def changed(settings: Settings, **changes: Any) -> Settings:
    """The settings, but for the changes; those of the paper market have its prefix."""
    prefix = PaperSettings.PREFIX.lower()
    of_paper = {
        name.removeprefix(prefix): value for name, value in changes.items() if name.startswith(prefix)
    }
    own = {name: value for name, value in changes.items() if not name.startswith(prefix)}
    return replace(settings, paper=replace(settings.paper, **of_paper), **own)


@contextmanager
def paper_tables() -> Iterator[Callable[[], DynamoDbLedger]]:
    """A maker of ledgers of a steered market in DynamoDB, each over a new table with the pools, by moto."""
    moto, boto3 = import_module("moto"), import_module("boto3")  # half a second that only some tests pay
    with moto.mock_aws():
        client = boto3.Session().client("dynamodb", region_name="us-east-1")
        names = (f"paper-{number}" for number in itertools.count(1))

        def make() -> DynamoDbLedger:
            table = next(names)
            create_paper_table(client, table)
            seed_pools(client, table)
            return DynamoDbLedger(client, table, Backoff(FakeClock()), is_steered=True)

        yield make


def create_paper_table(client: Any, table: str) -> None:
    """Create the table as infra/resources.yaml does."""
    keys = {"pk": "HASH", "sk": "RANGE"}
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": role} for name, role in keys.items()],
    )


class PaperDesk(paper.PaperDesk):
    """The paper market's own desk over a ledger in memory, by a clock that a test moves."""

    clock: FakeClock

    def __init__(
        self, ledger: Ledger | None = None, clock: FakeClock | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(
            ledger or InMemoryLedger(), clock or FakeClock(), settings or paper_settings(), InlineExecutor
        )
        self.blocks = Blocks.of(self.settings.paper)

    def message(self, ask: VenueRequest, *, minimum: int = 1, venue: str = "raydium") -> bytes:
        """Quote at a venue and build the swap, for no less than `minimum`."""
        quote = self.venues[venue].quote(ask)
        return self.venues[venue].build_swap(
            SwapRequest(
                order_id=ask.order_id,
                attempt=ask.attempt,
                amount_in=ask.amount_in,
                minimum_amount_out=minimum,
                quote=quote,
                token_in=ask.token_in,
                token_out=ask.token_out,
                blockhash=self.chain.latest_blockhash(),
            )
        )

    def sign(self, message: bytes) -> Submission:
        """The submission of a message, as it is recorded before the first send."""
        signed = self.signer.sign(message)
        transaction = base64.b64encode(signed.transaction).decode()
        last_valid = read_message(message).last_valid_block_height
        return Submission(signed.signature, transaction, last_valid, self.clock.now())

    def submission(self, ask: VenueRequest, *, minimum: int = 1, venue: str = "raydium") -> Submission:
        """Quote, build and sign."""
        return self.sign(self.message(ask, minimum=minimum, venue=venue))

    def wait_until_height(self, height: int) -> None:
        """Let time pass until the newest block is at this height."""
        behind = height - self.blocks.height_at(self.clock.now())
        self.clock.advance(max(behind, 0) * self.blocks.block_ms)

    def wait_until_expired(self, submission: Submission) -> None:
        """Let time pass until the finalized height is past the submission's last valid one."""
        self.wait_until_height(submission.last_valid_block_height + 1 + self.blocks.finality_blocks)


def ask(number: int = 1, attempt: int = 1, amount_in: int = 1_500_000_000, **changes: Any) -> VenueRequest:
    """A question of order `number`: 1.5 SOL into USDC, but for the changes."""
    request = VenueRequest(f"order-{number}", attempt, SOL, USDC, amount_in)
    return replace(request, **changes)
