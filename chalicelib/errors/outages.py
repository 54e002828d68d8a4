"""Outages: what the engine itself depends on did not answer. They say nothing about any order."""

from typing import ClassVar, Literal

from chalicelib.errors.root import EngineError


class Outage(EngineError):
    """A table, a queue or the sockets' gateway timed out, was throttled or failed.

    Whether the call took effect is unknown. `code`, `kind` and `retryable` are those of an order's reasons,
    because a stored pool that can't be read is one.
    """

    code: ClassVar[str]
    kind: ClassVar[Literal["unavailable"]] = "unavailable"
    retryable: ClassVar[bool] = True


class StorageUnavailable(Outage):
    """The tables did not answer in time, or were throttled."""

    code = "STORAGE_UNAVAILABLE"


class QueueUnavailable(Outage):
    """The queue did not take the message."""

    code = "QUEUE_UNAVAILABLE"


class PushUnavailable(Outage):
    """A socket message could not be handed to the gateway."""

    code = "PUSH_UNAVAILABLE"
