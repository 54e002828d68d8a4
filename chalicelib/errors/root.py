"""The root of the tree."""


class EngineError(Exception):
    """Root of every error that the engine raises on purpose."""
