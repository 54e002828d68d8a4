"""The failure of an operator's command, described in one sentence."""


class OperationFailed(Exception):
    """The command was not done, or only in part; the message tells the operator what to do."""
