"""What keeps an operator's command from being done, said in one sentence."""


class OperationFailed(Exception):
    """The command was not done, or not wholly; the message tells what to do about it."""
