"""Raydium CPMM accounts: the pool, its config, and its two vaults."""

from dataclasses import dataclass

from chalicelib.adapters.solana.layouts.account import (
    MAINNET,
    Account,
    ProgramIds,
    key,
    require_account,
    require_address,
    unsigned,
)
from chalicelib.adapters.solana.layouts.tokens import decode_mint, decode_token_account
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.raydium_cpmm import CREATOR_FEE_ON_TOKEN_1, FEE_RATE_DENOMINATOR, RaydiumCpmmPool

POOL_SIZE, CONFIG_SIZE = 637, 236


@dataclass(frozen=True, slots=True)
class CpmmConfig:
    """The fee rates of a config account, in millionths."""

    address: str
    trade_fee_rate: int
    protocol_fee_rate: int
    fund_fee_rate: int
    creator_fee_rate: int


@dataclass(frozen=True, slots=True)
class CpmmAccount:
    """The content of a pool account, without its amounts (in the vaults) and rates (in the config)."""

    address: str
    config: str
    vault_0: str
    vault_1: str
    mint_0: str
    mint_1: str
    token_program_0: str
    token_program_1: str
    observation: str
    status: int
    decimals_0: int
    decimals_1: int
    protocol_fees: tuple[int, int]
    fund_fees: tuple[int, int]
    creator_fees: tuple[int, int]
    open_time: int
    creator_fee_on: int
    enable_creator_fee: bool

    def pool(
        self, config: CpmmConfig, vaults: tuple[Account, Account], mints: tuple[Account, Account]
    ) -> RaydiumCpmmPool:
        """The state to price with; `UnsupportedPool` if an account is another's or a mint can't be priced."""
        if config.address != self.config:
            raise UnsupportedPool(f"the config was {config.address}, the pool names {self.config}")
        require_address(vaults[0], self.vault_0, "vault of token 0")
        require_address(vaults[1], self.vault_1, "vault of token 1")
        decode_mint(mints[0], self.mint_0)
        decode_mint(mints[1], self.mint_1)
        return RaydiumCpmmPool(
            vault_0=decode_token_account(vaults[0], self.mint_0).amount,
            vault_1=decode_token_account(vaults[1], self.mint_1).amount,
            trade_fee_rate=config.trade_fee_rate,
            protocol_fee_rate=config.protocol_fee_rate,
            fund_fee_rate=config.fund_fee_rate,
            creator_fee_rate=config.creator_fee_rate if self.enable_creator_fee else 0,
            creator_fee_on=self.creator_fee_on,
            protocol_fees_0=self.protocol_fees[0],
            protocol_fees_1=self.protocol_fees[1],
            fund_fees_0=self.fund_fees[0],
            fund_fees_1=self.fund_fees[1],
            creator_fees_0=self.creator_fees[0],
            creator_fees_1=self.creator_fees[1],
            status=self.status,
            open_time=self.open_time,
        )


def decode_pool(account: Account, programs: ProgramIds = MAINNET) -> CpmmAccount:
    """Decode a pool account; `UnsupportedPool` if it is none or has an unknown creator fee mode."""
    data = require_account(account, programs.raydium_cpmm, POOL_SIZE, "PoolState")
    creator_fee_on = data[389]
    if creator_fee_on > CREATOR_FEE_ON_TOKEN_1:
        raise UnsupportedPool(f"pool {account.address}: creator_fee_on was {creator_fee_on}")
    return CpmmAccount(
        address=account.address,
        config=key(data, 8),
        vault_0=key(data, 72),
        vault_1=key(data, 104),
        mint_0=key(data, 168),
        mint_1=key(data, 200),
        token_program_0=key(data, 232),
        token_program_1=key(data, 264),
        observation=key(data, 296),
        status=data[329],
        decimals_0=data[331],
        decimals_1=data[332],
        protocol_fees=(unsigned(data, 341, 8), unsigned(data, 349, 8)),
        fund_fees=(unsigned(data, 357, 8), unsigned(data, 365, 8)),
        creator_fees=(unsigned(data, 397, 8), unsigned(data, 405, 8)),
        open_time=unsigned(data, 373, 8),
        creator_fee_on=creator_fee_on,
        enable_creator_fee=bool(data[390]),
    )


def decode_config(account: Account, programs: ProgramIds = MAINNET) -> CpmmConfig:
    """Decode a config account; `UnsupportedPool` if it is none or takes the whole amount as fee."""
    data = require_account(account, programs.raydium_cpmm, CONFIG_SIZE, "AmmConfig")
    config = CpmmConfig(
        address=account.address,
        trade_fee_rate=unsigned(data, 12, 8),
        protocol_fee_rate=unsigned(data, 20, 8),
        fund_fee_rate=unsigned(data, 28, 8),
        creator_fee_rate=unsigned(data, 108, 8),
    )
    if config.trade_fee_rate + config.creator_fee_rate >= FEE_RATE_DENOMINATOR:
        raise UnsupportedPool(f"config {account.address}: the fee rates were {config}")
    return config
