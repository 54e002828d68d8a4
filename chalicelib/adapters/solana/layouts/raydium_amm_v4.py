"""Raydium AMM v4 accounts: the pool (no discriminator) and its two vaults."""

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
from chalicelib.adapters.solana.layouts.tokens import TOKEN_PROGRAM, decode_token_account
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.raydium_amm_v4 import ORDER_BOOK, RaydiumAmmV4Pool

SIZE = 752


@dataclass(frozen=True, slots=True)
class AmmV4Account:
    """The content of a pool account, without its amounts, which are in the vaults."""

    address: str
    status: int
    coin_decimals: int
    pc_decimals: int
    swap_fee_numerator: int
    swap_fee_denominator: int
    need_take_pnl_coin: int
    need_take_pnl_pc: int
    open_time: int
    coin_vault: str
    pc_vault: str
    coin_mint: str
    pc_mint: str
    open_orders: str
    target_orders: str
    market: str
    market_program: str

    def pool(self, coin_vault: Account, pc_vault: Account) -> RaydiumAmmV4Pool:
        """The state to price with; `UnsupportedPool` if a vault is another's or not of SPL Token."""
        require_address(coin_vault, self.coin_vault, "coin vault")
        require_address(pc_vault, self.pc_vault, "pc vault")
        for vault in (coin_vault, pc_vault):
            if vault.owner != TOKEN_PROGRAM:
                raise UnsupportedPool(
                    f"vault {vault.address} is of {vault.owner}, AMM v4 knows SPL Token only"
                )
        return RaydiumAmmV4Pool(
            coin_vault=decode_token_account(coin_vault, self.coin_mint).amount,
            pc_vault=decode_token_account(pc_vault, self.pc_mint).amount,
            need_take_pnl_coin=self.need_take_pnl_coin,
            need_take_pnl_pc=self.need_take_pnl_pc,
            swap_fee_numerator=self.swap_fee_numerator,
            swap_fee_denominator=self.swap_fee_denominator,
            status=self.status,
            open_time=self.open_time,
        )


def decode_pool(account: Account, programs: ProgramIds = MAINNET) -> AmmV4Account:
    """Decode a pool account; `UnsupportedPool` if it is none or trades on an order book as well."""
    data = require_account(account, programs.raydium_amm_v4, SIZE)
    status = unsigned(data, 0, 8)
    if status == ORDER_BOOK:
        raise UnsupportedPool(f"pool {account.address} keeps a part of its reserves on an order book")
    fee_numerator, fee_denominator = unsigned(data, 176, 8), unsigned(data, 184, 8)
    if not 0 <= fee_numerator < fee_denominator:
        raise UnsupportedPool(f"pool {account.address}: the fee was {fee_numerator}/{fee_denominator}")
    return AmmV4Account(
        address=account.address,
        status=status,
        coin_decimals=unsigned(data, 32, 8),
        pc_decimals=unsigned(data, 40, 8),
        swap_fee_numerator=fee_numerator,
        swap_fee_denominator=fee_denominator,
        need_take_pnl_coin=unsigned(data, 192, 8),
        need_take_pnl_pc=unsigned(data, 200, 8),
        open_time=unsigned(data, 224, 8),
        coin_vault=key(data, 336),
        pc_vault=key(data, 368),
        coin_mint=key(data, 400),
        pc_mint=key(data, 432),
        open_orders=key(data, 496),
        target_orders=key(data, 592),
        market=key(data, 528),
        market_program=key(data, 560),
    )
