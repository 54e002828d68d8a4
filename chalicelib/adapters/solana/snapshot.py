"""All pools of a pair as one reading of a node had them, so that both venues are compared at one moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.adapters.solana.layouts.account import DEVNET, MAINNET, Account, ProgramIds
from chalicelib.adapters.solana.layouts.clock import CLOCK, decode_clock
from chalicelib.adapters.solana.layouts.tokens import decode_mint
from chalicelib.adapters.solana.pools.kinds import READERS
from chalicelib.adapters.solana.pools.reader import Accounts, PoolReader, required
from chalicelib.config import Cluster
from chalicelib.domain.pairs import ListedPool, Pair
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.plausible import nonsense_refused, plausible_swap, spot_amount_out, spot_price
from chalicelib.pricing.swap import Direction, Pool, PoolClock, Swap


@dataclass(frozen=True, slots=True)
class LivePool:
    """A pool of a reading. One that can't be priced has the refusal in place of its state."""

    listed: ListedPool
    token_0: str
    state: Pool | UnsupportedPool

    @property
    def address(self) -> str:
        """The pool's address."""
        return self.listed.pool

    @property
    def pool_type(self) -> str:
        """The name of the program that the pool is listed as."""
        return self.listed.pool_type

    def swap(self, amount_in: int, token_in: str, clock: PoolClock) -> Swap[Pool]:
        """Price a swap of the token with this mint. Raises the pool's errors."""
        return plausible_swap(self._state(), amount_in, self._direction(token_in), clock)

    def spot_price(self, token_in: str) -> Fraction:
        """Return the price of an infinitely small swap, fees excluded. Raises the pool's errors."""
        return spot_price(self._state(), self._direction(token_in))

    def spot_amount_out(self, amount_in: int, token_in: str) -> int:
        """Return the output at the spot price, with no fee and no impact, rounded down."""
        return spot_amount_out(self._state(), amount_in, self._direction(token_in))

    def _state(self) -> Pool:
        if isinstance(self.state, UnsupportedPool):
            raise UnsupportedPool(str(self.state))
        return self.state

    def _direction(self, token_in: str) -> Direction:
        return Direction.ZERO_FOR_ONE if token_in == self.token_0 else Direction.ONE_FOR_ZERO


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The pools of a pair at one slot, with the chain's own time; it was asked for at `asked_at` (ms)."""

    slot: int
    clock: PoolClock
    asked_at: int
    pools: tuple[LivePool, ...]

    def of_venue(self, venue: str) -> Sequence[LivePool]:
        """Return the pools of a venue."""
        return [pool for pool in self.pools if pool.listed.venue == venue]

    def pool(self, venue: str, address: str) -> LivePool | None:
        """Return one pool; None if the pair has no such pool at this venue."""
        return next((pool for pool in self.of_venue(venue) if pool.address == address), None)


class PairReading:
    """What was read of a pair: which accounts that asks for, and the pools that come of them."""

    def __init__(self, pair: Pair, programs: ProgramIds, read: Accounts) -> None:
        self._pair = pair
        self._read = read
        self._readers = {pool.pool: _reader(pool, programs, read) for pool in pair.pools}

    @classmethod
    def unread(cls, pair: Pair, programs: ProgramIds) -> "PairReading":
        """Return the reading of nothing yet, which asks for the pools' own accounts."""
        return cls(pair, programs, {})

    def addresses(self) -> tuple[str, ...]:
        """Return the addresses of all accounts that matter, each once between the Clock and the Clock.

        A node that goes on to another slot while it reads tells two states of the Clock.
        """
        found = [token.mint for token in self._pair.tokens]
        for pool in self._pair.pools:
            found.append(pool.pool)
            found += _further(self._readers[pool.pool], self._read)
        return (CLOCK, *dict.fromkeys(found), CLOCK)

    def clock(self) -> PoolClock:
        """Return the chain's time of this reading. Raises UnsupportedPool."""
        return decode_clock(required(self._read, CLOCK, "sysvar"))

    def pools(self) -> tuple[LivePool, ...]:
        """Return the pools with their states, or with why they can't be priced."""
        return tuple(self._pool(listed) for listed in self._pair.pools)

    def _pool(self, listed: ListedPool) -> LivePool:
        reader = self._readers[listed.pool]
        if isinstance(reader, UnsupportedPool):
            return LivePool(listed, "", reader)
        try:
            self._check_tokens(listed, reader)
            with nonsense_refused():
                return LivePool(listed, reader.mints[0], reader.state(self._read))
        except UnsupportedPool as error:
            return LivePool(listed, "", error)

    def _check_tokens(self, listed: ListedPool, reader: PoolReader) -> None:
        """Refuse a pool of other tokens than it is listed with, or of other decimals."""
        if set(reader.mints) != {token.mint for token in self._pair.tokens}:
            raise UnsupportedPool(f"pool {listed.pool} is of the tokens {' and '.join(reader.mints)}")
        for token in self._pair.tokens:
            mint = decode_mint(required(self._read, token.mint, "mint"), token.mint)
            if mint.decimals != token.decimals:
                raise UnsupportedPool(
                    f"{token.symbol} is listed with {token.decimals} decimals, its mint has {mint.decimals}"
                )


def programs_of(cluster: Cluster) -> ProgramIds:
    """Return the addresses of the pool programs on a cluster; a local one is taken for a copy of mainnet."""
    return DEVNET if cluster is Cluster.DEVNET else MAINNET


def _reader(
    listed: ListedPool, programs: ProgramIds, read: Mapping[str, Account]
) -> PoolReader | UnsupportedPool:
    try:
        with nonsense_refused():
            return READERS[listed.pool_type](required(read, listed.pool, "pool"), programs)
    except UnsupportedPool as error:
        return error


def _further(reader: PoolReader | UnsupportedPool, read: Accounts) -> Iterable[str]:
    if isinstance(reader, UnsupportedPool):
        return ()
    try:
        with nonsense_refused():
            return reader.addresses(read)
    except UnsupportedPool:
        return ()
