"""Conflicts between workers, and records and messages that a worker can't read; none is a refusal."""

from chalicelib.errors.root import EngineError


class IllegalTransition(EngineError):
    """The lifecycle table has no such move."""


class VersionConflict(EngineError):
    """Another writer changed the order first; what is stored wins."""


class UnsupportedSchemaVersion(EngineError):
    """The record was written by a newer release and is not guessed at."""


class MalformedMessage(EngineError):
    """The message's body has no form that this or an earlier release wrote; reading it again can't help."""


class ConnectionGone(EngineError):
    """The gateway knows no such open socket: it is closed, or not open yet."""
