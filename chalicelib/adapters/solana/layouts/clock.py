"""The Clock sysvar, which dates pool states."""

from chalicelib.adapters.solana.layouts.account import Account, require_account, signed, unsigned
from chalicelib.pricing.swap import PoolClock

CLOCK = "SysvarC1ock11111111111111111111111111111111"
SYSVAR = "Sysvar1111111111111111111111111111111111111"
SIZE = 40


def decode_clock(account: Account) -> PoolClock:
    """Slot and unix time; `UnsupportedPool` if the account is not the Clock sysvar."""
    data = require_account(account, SYSVAR, SIZE)
    return PoolClock(unix_time=signed(data, 32, 8), slot=unsigned(data, 0, 8))
