"""The nodes that may be asked: each has a name, and only its client sees its address."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One node. Whoever tells of it, in a log, an error or a problem, uses its name."""

    name: str
    url: str = field(repr=False)


def endpoints_of(urls: Sequence[str]) -> tuple[Endpoint, ...]:
    """Return the endpoints of these addresses, named by their places: rpc-1 is the preferred one."""
    return tuple(Endpoint(f"rpc-{place}", url) for place, url in enumerate(urls, 1))
