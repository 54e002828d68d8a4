"""Meteora DAMM v2 accounts: everything that a price needs is in the pool."""

from dataclasses import dataclass

from chalicelib.adapters.solana.layouts.account import (
    MAINNET,
    Account,
    ProgramIds,
    key,
    require_account,
    unsigned,
)
from chalicelib.adapters.solana.layouts.tokens import decode_mint
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.meteora_damm_v2 import (
    ACTIVATED_BY_TIME,
    COMPOUNDING,
    MAX_FEE_RATES,
    MeteoraDammV2Pool,
)
from chalicelib.pricing.meteora_damm_v2_fees import (
    BaseFee,
    DammDynamicFee,
    MarketCapScheduler,
    RateLimiter,
    base_fee,
)

SIZE = 1112
BASE_FEE_AT, DYNAMIC_FEE_AT = 8, 56
UNTRACKED_AMOUNTS, TRACKED_AMOUNTS = 0, 1


@dataclass(frozen=True, slots=True)
class DammV2Account:
    """The content of a pool account: its mints, vaults and token flags, and the state to price with."""

    address: str
    mint_a: str
    mint_b: str
    vault_a: str
    vault_b: str
    token_flags: tuple[int, int]
    state: MeteoraDammV2Pool

    def pool(self, mints: tuple[Account, Account]) -> MeteoraDammV2Pool:
        """The state to price with; `UnsupportedPool` if a mint is another's or can't be priced."""
        decode_mint(mints[0], self.mint_a)
        decode_mint(mints[1], self.mint_b)
        return self.state

    @property
    def needs_instructions_sysvar(self) -> bool:
        """Whether a swap must pass the instructions sysvar, as the rate limiter asks."""
        return isinstance(self.state.base_fee, RateLimiter)


def decode_pool(account: Account, programs: ProgramIds = MAINNET) -> DammV2Account:
    """Decode a pool account; `UnsupportedPool` if it is none or has an unknown mode or version."""
    data = require_account(account, programs.meteora_damm_v2, SIZE, "Pool")
    modes = (data[484], COMPOUNDING), (data[486], len(MAX_FEE_RATES) - 1), (data[480], ACTIVATED_BY_TIME)
    if any(mode > known for mode, known in modes) or data[696] > TRACKED_AMOUNTS:
        raise UnsupportedPool(
            f"pool {account.address}: collect_fee_mode {data[484]}, fee_version {data[486]}, "
            f"activation_type {data[480]} or layout_version {data[696]} is unknown"
        )
    return DammV2Account(
        address=account.address,
        mint_a=key(data, 168),
        mint_b=key(data, 200),
        vault_a=key(data, 232),
        vault_b=key(data, 264),
        token_flags=(data[482], data[483]),
        state=_state(data),
    )


def _state(data: bytes) -> MeteoraDammV2Pool:
    pool = MeteoraDammV2Pool(
        liquidity=unsigned(data, 360, 16),
        sqrt_price=unsigned(data, 456, 16),
        sqrt_min_price=unsigned(data, 424, 16),
        sqrt_max_price=unsigned(data, 440, 16),
        init_sqrt_price=unsigned(data, 152, 16),
        token_a_amount=unsigned(data, 680, 8),
        token_b_amount=unsigned(data, 688, 8),
        base_fee=_base_fee(data),
        dynamic_fee=_dynamic_fee(data, DYNAMIC_FEE_AT) if data[DYNAMIC_FEE_AT] else None,
        collect_fee_mode=data[484],
        fee_version=data[486],
        protocol_fee_percent=data[48],
        referral_fee_percent=data[50],
        compounding_fee_bps=unsigned(data, 54, 2),
        activation_point=unsigned(data, 472, 8),
        activation_type=data[480],
        status=data[481],
    )
    return pool.with_tracked_amounts() if data[696] == UNTRACKED_AMOUNTS else pool


def _base_fee(data: bytes) -> BaseFee:
    """The base fee of its 32 bytes: the cliff fee, the mode, and what the mode makes of the rest."""
    at = BASE_FEE_AT
    cliff, mode, short = unsigned(data, at, 8), data[at + 8], unsigned(data, at + 14, 2)
    first, second, last = unsigned(data, at + 16, 4), unsigned(data, at + 20, 4), unsigned(data, at + 24, 8)
    if mode in (RateLimiter.MODE, MarketCapScheduler.LINEAR, MarketCapScheduler.EXPONENTIAL):
        return base_fee(mode, cliff, short, first, second, last)
    return base_fee(mode, cliff, short, unsigned(data, at + 16, 8), last)


def _dynamic_fee(data: bytes, at: int) -> DammDynamicFee:
    return DammDynamicFee(
        bin_step=unsigned(data, at + 16, 2),
        bin_step_u128=unsigned(data, at + 32, 16),
        filter_period=unsigned(data, at + 18, 2),
        decay_period=unsigned(data, at + 20, 2),
        reduction_factor=unsigned(data, at + 22, 2),
        max_volatility_accumulator=unsigned(data, at + 8, 4),
        variable_fee_control=unsigned(data, at + 12, 4),
        last_update_timestamp=unsigned(data, at + 24, 8),
        sqrt_price_reference=unsigned(data, at + 48, 16),
        volatility_accumulator=unsigned(data, at + 64, 16),
        volatility_reference=unsigned(data, at + 80, 16),
    )
