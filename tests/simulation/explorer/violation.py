"""What an explorer looks for."""


class Violation(BaseException):
    """A promise was broken. Nothing in the engine catches it, wherever it is found."""
