"""The failure of a local stack, described in one sentence."""


class LocalFailure(Exception):
    """The local stack could not do what was asked; the message tells the person what to do.

    `exit_code` is 1 for what went wrong and 2 for what was asked wrongly.
    """

    def __init__(self, sentence: str, *, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
