"""Recognise pools by their accounts: what the settings have to say so that they trade."""

from collections.abc import Mapping, Sequence

from chalicelib.adapters import base58
from chalicelib.adapters.solana.layouts.account import Account, ProgramIds
from chalicelib.adapters.solana.layouts.tokens import decode_mint
from chalicelib.adapters.solana.pools.kinds import READERS
from chalicelib.adapters.solana.pools.reader import Accounts, PoolReader, required
from chalicelib.adapters.solana.rpc.fleet import Fleet
from chalicelib.domain.tokens import TokenList
from chalicelib.errors import UnsupportedPool
from chalicelib.ports import Clock
from chalicelib.pricing.plausible import nonsense_refused


class Recognition:
    """Reads pools from the nodes and tells their entries in SOLANA_POOLS and SOLANA_TOKENS."""

    def __init__(
        self, fleet: Fleet, programs: ProgramIds, tokens: TokenList, clock: Clock, reading_ms: int
    ) -> None:
        self._fleet = fleet
        self._programs = programs
        self._tokens = tokens
        self._clock = clock
        self._reading_ms = reading_ms

    def recognise(self, address: str) -> Sequence[str]:
        """Return the pool's entry, then an entry for each of its tokens that is not listed.

        A token that is not listed is named by its mint; its symbol is for people to choose.

        Raises
        ------
        UnsupportedPool
            There is no such account, it is no pool, or it can't be priced; the text tells why.
        ChainUnavailable
            No node answered.
        """
        _require_address(address)
        kind, reader = self._reader(required(self._read([address]), address, "account"))
        read = self._read(list(reader.mints))
        entries = [f"SOLANA_POOLS: {kind}:{'/'.join(map(self._name, reader.mints))}:{address}"]
        for mint in reader.mints:
            decimals = decode_mint(required(read, mint, "mint"), mint).decimals
            if self._tokens.find(mint) is None:
                entries.append(f"SOLANA_TOKENS: SYMBOL:{mint}:{decimals}")
        return entries

    def _read(self, addresses: Sequence[str]) -> Accounts:
        ends = self._clock.now() + self._reading_ms
        return self._fleet.accounts(addresses, least_slot=0, ends=ends).accounts

    def _reader(self, account: Account) -> tuple[str, PoolReader]:
        owners: Mapping[str, str] = {getattr(self._programs, kind): kind for kind in READERS}
        kind = owners.get(account.owner)
        if kind is None:
            raise UnsupportedPool(
                f"{account.address} is of {account.owner}, which is no pool program that is known"
            )
        with nonsense_refused():
            return kind, READERS[kind](account, self._programs)

    def _name(self, mint: str) -> str:
        token = self._tokens.find(mint)
        return mint if token is None else token.symbol


def _require_address(address: str) -> None:
    try:
        base58.decode(address)
    except ValueError as error:
        raise UnsupportedPool(str(error)) from None
