from dataclasses import replace

import pytest

from chalicelib.adapters.solana.layouts import meteora_damm_v2, meteora_dlmm
from chalicelib.adapters.solana.layouts.account import MAINNET, Account
from chalicelib.adapters.solana.layouts.tokens import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, decode_token_account
from chalicelib.errors import InsufficientLiquidity, PoolNotActive, UnsupportedPool
from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool, bin_price
from chalicelib.pricing.swap import Direction, PoolClock
from tests.unit.adapters.layouts.recorded import account, accounts_of, plain_mint

SOL, USDC = 10**9, 10**6
CLOCK = PoolClock(unix_time=1_760_000_000, slot=400_000_000)
DLMM, DAMM = MAINNET.meteora_dlmm, MAINNET.meteora_damm_v2


def damm_pool(name: str) -> MeteoraDammV2Pool:
    decoded = meteora_damm_v2.decode_pool(account("meteora_damm_v2", name, DAMM))
    return decoded.pool((plain_mint(decoded.mint_a), plain_mint(decoded.mint_b)))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("8Pm2kZpnxD3hoMmt4bjStX2Pw2Z9abpbHzZxMPqxPmie", 165, 166),
        ("CGPxT5d1uf9a8cKVJuZaJAU76t2EfLGbTmRbfvLLZp5j", 174, 175),
    ],
)
def test_recorded_damm_v2_pools_sell_a_sol_at_the_market(name: str, low: int, high: int) -> None:
    sold = damm_pool(name).swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)
    assert low * USDC < sold.amount_out < high * USDC
    assert sold.price_impact_bps <= 5


def test_the_recorded_fee_scheduler_has_run_down() -> None:
    pool = damm_pool("pool_account")
    at_start = PoolClock(unix_time=pool.activation_point, slot=0)
    first = pool.swap(SOL, Direction.ZERO_FOR_ONE, at_start)
    later = pool.swap(SOL, Direction.ZERO_FOR_ONE, CLOCK)
    assert first.fees.trade * 2 >= first.amount_out + first.fees.trade
    assert later.amount_out > first.amount_out * 3 // 2


def test_the_recorded_amounts_of_untracked_pools_are_those_that_the_liquidity_implies() -> None:
    pool = damm_pool("3u2BK3ykdjv1hAeGQwAkZMxjb4otV5yvW7g72uviCaZZ")
    assert (pool.token_a_amount, pool.token_b_amount) == (350_782_088_638_681, 15_402_871_119)


def dlmm_pair(folder: str) -> tuple[meteora_dlmm.DlmmAccount, list[meteora_dlmm.BinArray]]:
    pair = account("meteora_dlmm", f"{folder}/lb_pair", DLMM, folder)
    arrays = (account("meteora_dlmm", f"{folder}/bin_array_{n}", DLMM) for n in (1, 2))
    return meteora_dlmm.decode_pair(pair), [meteora_dlmm.decode_bin_array(array) for array in arrays]


def test_the_recorded_dlmm_pair_is_priced_within_its_arrays() -> None:
    folder = "EtAdVRLFH22rjWh3mcUasKFF27WtHhsaCvK27tPFFWig"
    decoded, arrays = dlmm_pair(folder)
    mints = account("meteora_dlmm", f"{folder}/token_x_mint", TOKEN_PROGRAM, decoded.mint_x)
    pool = decoded.pool(arrays, (mints, plain_mint(decoded.mint_y)))
    reserves = [
        decode_token_account(account("meteora_dlmm", f"{folder}/reserve_{t}", TOKEN_PROGRAM, address), mint)
        for t, address, mint in (
            ("x", decoded.reserve_x, decoded.mint_x),
            ("y", decoded.reserve_y, decoded.mint_y),
        )
    ]
    assert sum(bin_.amount_x for bin_ in pool.bins) <= reserves[0].amount
    assert sum(bin_.amount_y for bin_ in pool.bins) <= reserves[1].amount
    assert all(bin_.price == bin_price(bin_.id, pool.bin_step) for bin_ in pool.bins)
    spot = pool.spot_price(Direction.ZERO_FOR_ONE)
    for amount in (10_000, 1_000_000):
        swap = pool.swap(amount, Direction.ZERO_FOR_ONE, CLOCK)
        assert spot * amount * 95 // 100 < swap.amount_out < spot * amount
    with pytest.raises(InsufficientLiquidity):
        pool.swap(10**15, Direction.ONE_FOR_ZERO, CLOCK)


def test_the_recorded_pair_of_a_permissioned_launch_is_not_active_yet() -> None:
    folder = "9t3EyC9FweyL7PBWvKz3mrXg8B9fwFc9SK3QxM4ENqhd"
    decoded, arrays = dlmm_pair(folder)
    mints = [
        account("meteora_dlmm", f"{folder}/token_{t}_mint", TOKEN_PROGRAM, address)
        for t, address in (("x", decoded.mint_x), ("y", decoded.mint_y))
    ]
    pool = decoded.pool(arrays, (mints[0], mints[1]))
    assert decoded.limit_orders
    with pytest.raises(PoolNotActive, match="448432755"):
        pool.swap(10**6, Direction.ZERO_FOR_ONE, CLOCK)
    opened = replace(CLOCK, slot=448_432_755)
    assert pool.swap(10**9, Direction.ZERO_FOR_ONE, opened).amount_out > 0


def test_the_recorded_token_2022_mint_with_a_transfer_fee_is_refused() -> None:
    folder = "B5Eia4cE71tKuEDaqPHucJLG2fxySKyKzLMewd2nUvoc"
    decoded, arrays = dlmm_pair(folder)
    mint = account("meteora_dlmm", f"{folder}/token_x_mint", TOKEN_2022_PROGRAM, decoded.mint_x)
    with pytest.raises(UnsupportedPool, match="Token-2022 extension"):
        decoded.pool(arrays, (mint, plain_mint(decoded.mint_y)))


def test_the_recorded_pair_with_arrays_between_gaps_is_walked_from_array_to_array() -> None:
    address = "FJbEo74c2W4QLBBVUfUvi8VBWXtMdJVPuFpq2f6UV1iB"
    at = {found.address: found for found in accounts_of("meteora_dlmm", address)}
    decoded = meteora_dlmm.decode_pair(at[address])
    sizes = [found for found in at.values() if len(found.data) == meteora_dlmm.BIN_ARRAY_SIZE]
    arrays = [meteora_dlmm.decode_bin_array(found) for found in sizes]
    mints = at[decoded.mint_x], at[decoded.mint_y]
    pool = decoded.pool(arrays, mints)
    assert [bin_.id // 70 for bin_ in pool.bins] == [-3, -1, 0, 2]
    everything = 2 * sum(bin_.amount_x * bin_.price >> 64 for bin_ in pool.bins)
    assert _bought(pool, everything // 4) > 0


def _bought(pool: MeteoraDlmmPool, amount: int) -> int:
    return pool.swap(amount, Direction.ONE_FOR_ZERO, CLOCK).amount_out


@pytest.mark.parametrize("name", ["AUkDuR2mFr68MkknY4xE8nv1ALZGJpgJy6pHUye4rCWA"])
def test_a_recorded_preset_is_no_pair(name: str) -> None:
    preset = account("meteora_dlmm", name)
    with pytest.raises(UnsupportedPool):
        meteora_dlmm.decode_pair(Account(preset.address, DLMM, preset.data))
