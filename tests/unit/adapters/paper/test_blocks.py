from itertools import pairwise

from chalicelib.adapters.paper.blocks import GENESIS_MS, Blocks

BLOCKS = Blocks("seed", block_ms=400, finality_blocks=32, blockhash_blocks=150)


def test_the_height_grows_by_one_a_block_time() -> None:
    heights = [BLOCKS.height_at(GENESIS_MS + passed) for passed in (0, 399, 400, 4_000_000)]
    assert heights == [0, 0, 1, 10_000]


def test_a_block_is_final_after_the_finality_blocks_and_a_blockhash_valid_for_its_blocks() -> None:
    assert BLOCKS.finalized(1_000) == 968
    assert BLOCKS.last_valid(1_000) == 1_150


def test_slots_rise_with_every_block_and_are_not_heights() -> None:
    slots = [BLOCKS.slot(height) for height in range(-50, 500)]
    assert all(later > earlier for earlier, later in pairwise(slots))
    assert BLOCKS.slot(10_000) > 10_000


def test_every_block_has_a_hash_of_its_own() -> None:
    assert len({BLOCKS.blockhash(height) for height in range(200)}) == 200


def test_a_blockhash_is_known_by_its_last_valid_height_only() -> None:
    blockhash = BLOCKS.blockhash(1_000)
    assert BLOCKS.is_blockhash(blockhash, 1_150)
    assert not BLOCKS.is_blockhash(blockhash, 1_151)
    assert not Blocks("another seed", 400, 32, 150).is_blockhash(blockhash, 1_150)


def test_the_pool_clock_is_the_time_of_the_block() -> None:
    clock = BLOCKS.pool_clock(10)
    assert (clock.unix_time, clock.slot) == (GENESIS_MS // 1000 + 4, BLOCKS.slot(10))
