"""What a worker meets that is nobody's refusal: races that it lost, and records that it can't take up."""

from chalicelib.errors.root import EngineError


class IllegalTransition(EngineError):
    """The lifecycle table has no such move."""


class VersionConflict(EngineError):
    """Another writer changed the order first; what is stored wins."""


class UnsupportedSchemaVersion(EngineError):
    """The record was written by a newer release and is not guessed at."""


class MalformedMessage(EngineError):
    """The body was not one of ours: it never will be, however often it comes."""


class ConnectionGone(EngineError):
    """The gateway knows no such open socket: it is closed, or not open yet."""
