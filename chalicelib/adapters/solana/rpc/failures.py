"""What may go wrong between us and one node. The texts never hold the node's address."""

from typing import ClassVar


class NodeFailed(Exception):
    """A node gave no answer that can be used. `rest_ms` is how long it asked to be left alone, if it did."""

    rests: ClassVar[bool] = True
    """Whether the node is left alone for a while."""

    def __init__(self, why: str, rest_ms: int | None = None) -> None:
        super().__init__(why)
        self.rest_ms = rest_ms


class NodeRefused(NodeFailed):
    """The node doesn't serve us: 401 or 403."""


class NodeBehind(NodeFailed):
    """The node's answer is older than what is known already, or it says that it lags."""

    rests = False


class WrongChain(NodeFailed):
    """The node is of another cluster: it is never asked again by this worker."""


class CallRejected(NodeFailed):
    """The node understood the call and refused it, which another node may do as well."""

    rests = False


class NotAsked(NodeFailed):
    """There was no time left to ask the node."""

    rests = False
