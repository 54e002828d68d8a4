"""All pool types by kind: how a stored record becomes a pool state again."""

from collections.abc import Mapping
from typing import Any

from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.meteora_damm_v2 import MeteoraDammV2Pool
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool
from chalicelib.pricing.raydium_amm_v4 import RaydiumAmmV4Pool
from chalicelib.pricing.raydium_clmm import RaydiumClmmPool
from chalicelib.pricing.raydium_cpmm import RaydiumCpmmPool
from chalicelib.pricing.swap import Pool

POOL_TYPES: tuple[type[Pool], ...] = (
    RaydiumAmmV4Pool,
    RaydiumCpmmPool,
    RaydiumClmmPool,
    MeteoraDlmmPool,
    MeteoraDammV2Pool,
)
_BY_KIND = {pool_type.KIND: pool_type for pool_type in POOL_TYPES}


def pool_from_record(record: Mapping[str, Any]) -> Pool:
    """The pool state of a record that `to_record` wrote; `UnsupportedPool` for an unknown kind."""
    kind = record.get("kind")
    if kind not in _BY_KIND:
        raise UnsupportedPool(f"the record's kind was {kind!r}")
    return _BY_KIND[kind].from_record(record)
