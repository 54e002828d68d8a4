"""What the engine refuses or can't do for whoever asks it."""

from dataclasses import dataclass


class EngineError(Exception):
    """Root of every error that the engine raises on purpose."""


@dataclass(frozen=True)
class FieldError:
    """One refused field: a JSON pointer into the request and what to do about it."""

    pointer: str
    detail: str


class InvalidRequest(EngineError):
    """The caller's input was refused."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{e.pointer}: {e.detail}" for e in errors))
        self.errors = errors


class BodyTooLarge(InvalidRequest):
    """The body was over the size that is read."""


class UnsupportedMediaType(EngineError):
    """The body was not said to be JSON."""


class NotAuthenticated(EngineError):
    """No key, or none that is known and not revoked."""


class ScopeMissing(EngineError):
    """The key doesn't allow this; `needed` is the scope that does."""

    def __init__(self, needed: str) -> None:
        super().__init__(f"the key has no scope {needed}")
        self.needed = needed


class ApiKeyNotFound(EngineError):
    """There is no API key of this id."""


class TicketRefused(EngineError):
    """The ticket was used already, is too old, or never was one."""


class OriginRefused(EngineError):
    """A page of this origin may open no socket."""


class SocketsAtLimit(EngineError):
    """The account has as many open sockets as it may have; `follows_all` when it is those of all orders."""

    def __init__(self, limit: int, *, follows_all: bool = False) -> None:
        super().__init__(f"{limit} sockets are open")
        self.limit = limit
        self.follows_all = follows_all


class OrdersFollowedAtLimit(EngineError):
    """The socket follows as many orders as one may."""


class OrderNotFound(EngineError):
    """No such order, or it belongs to somebody else."""


class IdempotencyKeyReused(EngineError):
    """The Idempotency-Key was used within its window with another payload."""


class RateLimited(EngineError):
    """The account asked too often; the same request is fine in `retry_after` seconds."""

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(f"more than {limit} requests a minute")
        self.limit = limit
        self.retry_after = retry_after


class Denied(EngineError):
    """A limit of the account stands against the order: nothing was created or counted.

    `numbers` are the limit and what meets it, by their names on the wire, amounts in whole tokens.
    """

    def __init__(self, **numbers: str) -> None:
        super().__init__(", ".join(f"{name} {number}" for name, number in numbers.items()))
        self.numbers = numbers


class TokenNotAllowed(Denied):
    """The account may not trade this token."""


class OrderAmountAboveLimit(Denied):
    """The order swaps more of its tokenIn than one order may."""


class DailyAmountAboveLimit(Denied):
    """With this order the account would order more of its tokenIn than it may in a day (UTC)."""


class OpenOrdersAtLimit(Denied):
    """The account has as many open orders as it may have."""


class Overloaded(EngineError):
    """The backlog can't be worked off within the order's life; it can in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the estimated wait is {retry_after} s too long")
        self.retry_after = retry_after


class TradingReducing(EngineError):
    """An operator lets what was sent be resolved, and nothing new begin."""


class TradingHalted(EngineError):
    """An operator stopped all trading."""


class TradingActive(EngineError):
    """The command would harm live orders: trading must be reducing or halted first."""


class NotCancellable(EngineError):
    """Something was sent, or the order is final."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the order is {status}")
        self.status = status


class IllegalTransition(EngineError):
    """The lifecycle table has no such move."""


class VersionConflict(EngineError):
    """Another writer changed the order first; what is stored wins."""


class TradingContended(VersionConflict):
    """Somebody else turned the trading switch at the same moment."""


class UnsupportedSchemaVersion(EngineError):
    """The record was written by a newer release and is not guessed at."""


class MalformedMessage(EngineError):
    """The body was not one of ours: it never will be, however often it comes."""


class ConnectionGone(EngineError):
    """The gateway knows no such open socket: it is closed, or not open yet."""
