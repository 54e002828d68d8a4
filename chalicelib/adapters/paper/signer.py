"""The paper wallet."""

from chalicelib.adapters.paper.transactions import seal, signature_of
from chalicelib.config import PaperSettings
from chalicelib.ports import SignedTransaction


class PaperSigner:
    """Signs with a keyed digest. Its key is derived from the seed, which is no secret: it guards no money."""

    def __init__(self, settings: PaperSettings) -> None:
        self._seed = settings.seed

    def sign(self, message: bytes) -> SignedTransaction:
        """Sign a message. Equal messages give equal signatures."""
        signature = signature_of(message, self._seed)
        return SignedTransaction(signature, seal(message, signature))
