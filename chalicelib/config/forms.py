"""Parsers of the settings' texts: each returns the value of a text of its form.

On any other text it raises ValueError, KeyError or decimal's InvalidOperation. Which tokens
there are and how many places their amounts have is domain/limits.py's to know: settings know nothing of the
engine, so that lists of tokens and amounts are checked for their form here, stay texts, and are read by
bootstrap/limits.py before a worker does anything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

LONGEST_WAIT_MS = 8_000
"""Longest watch of a landing (ms): with slow last calls for each order it must end within 30 s in all."""

LONGEST_LOOKOUT_MS = 65_000
"""Longest lookout of a watcher (ms): with a handover of 30 s it must end within its time-out of 100 s."""

MOST_DAYS = 365

LONGEST_HELD_BACK_S = 900
"""Longest delay of a message in seconds; it is SQS's own limit."""

FEWEST_SLOTS, MOST_SLOTS = 2, 10

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

LONGEST_PATH_PART = 16
"""Characters of the longest part of a node's path that can't be a secret."""

_PORTS = {"http": 80, "https": 443}
"""Schemes of web pages, each with the port that a browser leaves out of an origin."""

WHOLE_BPS = 10_000
"""Basis points in one whole."""

_WHOLE = re.compile(r"[0-9]{1,12}")
_FRACTION = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_SYMBOLS = re.compile(r"[A-Za-z0-9]+(,[A-Za-z0-9]+)*")
_AMOUNTS = re.compile(r"[A-Za-z0-9]+=[0-9]+(\.[0-9]+)?(,[A-Za-z0-9]+=[0-9]+(\.[0-9]+)?)*")


class Market(StrEnum):
    """A market that orders can be traded on."""

    PAPER = "paper"
    SHADOW = "shadow"


class Cluster(StrEnum):
    """A cluster of Solana's nodes."""

    MAINNET = "mainnet-beta"
    DEVNET = "devnet"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class DelayRange:
    """A delay drawn evenly between two bounds, both included, in milliseconds."""

    low: int
    high: int


def symbols(raw: str) -> str:
    """Check a list of tokens' symbols; it may be empty."""
    return _of_form(_SYMBOLS, raw) if raw else raw


def amounts(raw: str) -> str:
    """Check a list of amounts, each of one token; it may be empty."""
    return _of_form(_AMOUNTS, raw) if raw else raw


def _of_form(form: re.Pattern[str], raw: str) -> str:
    if not form.fullmatch(raw):
        raise ValueError
    return raw


def whole(raw: str) -> int:
    """Parse a whole number, 0 or more, in ASCII digits alone."""
    return int(_of_form(_WHOLE, raw))


def positive(raw: str) -> int:
    """Parse a whole number, 1 or more."""
    value = whole(raw)
    if value < 1:
        raise ValueError
    return value


def wait(raw: str) -> int:
    """Parse for how many milliseconds a landing may watch its batch."""
    return _up_to(LONGEST_WAIT_MS, raw)


def lookout(raw: str) -> int:
    """Parse for how many milliseconds a watcher looks at prices."""
    return _up_to(LONGEST_LOOKOUT_MS, raw)


def days(raw: str) -> int:
    """Parse a number of days, a year at most."""
    return _up_to(MOST_DAYS, raw)


def _up_to(most: int, raw: str) -> int:
    value = positive(raw)
    if value > most:
        raise ValueError
    return value


def held_back(raw: str) -> int:
    """Parse for how many seconds a queue holds a message back."""
    value = whole(raw)
    if not 0 <= value <= LONGEST_HELD_BACK_S:
        raise ValueError
    return value


def slots(raw: str) -> int:
    """Parse how many executions run at once: at least SQS's two, and few enough to spare the nodes."""
    value = whole(raw)
    if not FEWEST_SLOTS <= value <= MOST_SLOTS:
        raise ValueError
    return value


def mode(raw: str) -> str:
    """Parse who may call: "keys" for holders of API keys, "open" for everybody."""
    return {mode: mode for mode in ("keys", "open")}[raw]


def switched(raw: str) -> bool:
    """Parse whether something is "on" or "off"."""
    return {"on": True, "off": False}[raw]


def rate(raw: str) -> Decimal:
    """Parse a fraction from 0 to 1."""
    value = Decimal(_of_form(_FRACTION, raw))
    if not 0 <= value <= 1:
        raise ValueError
    return value


def delay(raw: str) -> DelayRange:
    """Parse a range of milliseconds like "200-300", or one number for a fixed delay."""
    low, _, high = raw.partition("-")
    span = DelayRange(whole(low), whole(high or low))
    if span.low > span.high:
        raise ValueError
    return span


def origins(raw: str) -> frozenset[str]:
    """Parse a list of the origins of web pages, separated by commas, each as a browser would send it."""
    return frozenset(_origin(origin.strip()) for origin in raw.split(",") if origin.strip())


def _origin(written: str) -> str:
    if written == "*":
        return written
    address = urlsplit(written)
    is_bare = address.path in {"", "/"} and not (address.query or address.fragment or "@" in address.netloc)
    if address.scheme not in _PORTS or not address.hostname or not _is_seen(written) or not is_bare:
        raise ValueError
    named = f"[{address.hostname}]" if ":" in address.hostname else address.hostname
    port = "" if address.port in {None, _PORTS[address.scheme]} else f":{address.port}"
    return f"{address.scheme}://{named}{port}"


def name(raw: str) -> str:
    """Parse a name, or an address: visible ASCII characters."""
    if not _is_seen(raw):
        raise ValueError
    return raw


def http_address(raw: str) -> str:
    """Parse the address of an HTTP server; it may be empty."""
    return _address(raw, "http", "https")


def rpc_urls(raw: str) -> tuple[str, ...]:
    """Parse a list of nodes' addresses, separated by commas; it may be empty.

    An address that has room for a secret is refused: it would be readable wherever settings are.
    """
    return tuple(_rpc_url(url.strip()) for url in raw.split(",")) if raw else ()


def _rpc_url(raw: str) -> str:
    address = urlsplit(_address(raw, "http", "https"))
    is_long = any(len(part) > LONGEST_PATH_PART for part in address.path.split("/"))
    if not raw or is_long or address.query or address.fragment or "@" in address.netloc:
        raise ValueError
    _ = address.port  # which raises ValueError where it is none
    return raw


def socket_address(raw: str) -> str:
    """Parse the address of a WebSocket; it may be empty."""
    return _address(raw, "ws", "wss")


def _address(raw: str, *schemes: str) -> str:
    address = urlsplit(raw)
    if raw and not (address.scheme in schemes and address.hostname and _is_seen(raw)):
        raise ValueError
    return raw


def _is_seen(raw: str) -> bool:
    return raw.isascii() and raw.isprintable() and " " not in raw


def level(raw: str) -> str:
    """Parse a level of logging, in any case."""
    return {name: name for name in LEVELS}[raw.upper()]


def basis_points(raw: str) -> int:
    """Parse a share in basis points, 0 to 10,000."""
    value = whole(raw)
    if not 0 <= value <= WHOLE_BPS:
        raise ValueError
    return value


FORMS: Mapping[Callable[[str], Any], str] = {
    symbols: "symbols separated by commas, like SOL,USDC, or empty",
    amounts: "amounts separated by commas, like SOL=1000,USDC=150000, or empty",
    whole: "a whole number, 0 or more",
    positive: "a whole number, 1 or more",
    slots: f"a whole number from {FEWEST_SLOTS} to {MOST_SLOTS}",
    held_back: f"a whole number from 0 to {LONGEST_HELD_BACK_S}",
    wait: f"a whole number from 1 to {LONGEST_WAIT_MS}",
    lookout: f"a whole number from 1 to {LONGEST_LOOKOUT_MS}",
    days: f"a whole number from 1 to {MOST_DAYS}",
    mode: '"keys" or "open"',
    switched: '"on" or "off"',
    rpc_urls: (
        "addresses like https://node.example, separated by commas, without user, query, or a part of a path "
        f"over {LONGEST_PATH_PART} characters: none of them may hold a secret"
    ),
    Cluster: " or ".join(f'"{cluster}"' for cluster in Cluster),
    Market: " or ".join(f'"{market}"' for market in Market),
    rate: "a fraction from 0 to 1",
    origins: "origins separated by commas, each like https://app.example, or *",
    name: "visible ASCII characters, without blanks",
    http_address: "an address like https://host.example, or empty",
    socket_address: "an address like wss://host.example, or empty",
    level: f"one of {', '.join(LEVELS)}",
    basis_points: "basis points from 0 to 10000",
    delay: 'a range of milliseconds like "200-300"',
}

UNSHOWN = frozenset({rpc_urls})
"""Forms of texts that are never shown, because one that is refused may hold a secret."""
