"""The stores that the repository machine runs over, and how their answers get lost."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import OrderRepository
from tests.contract.conftest import create_table
from tests.fakes.clock import FakeClock
from tests.fakes.interruption import Moment, undisturbed
from tests.fakes.orders import InMemoryOrderRepository


class Loss(Enum):
    """What becomes of a call to the store."""

    UNHEARD = "it takes effect, and its answer is lost"
    UNREACHED = "it never arrives"


losses = st.sampled_from(
    [
        *[()] * 6,
        (Loss.UNHEARD,),
        (Loss.UNREACHED,),
        (Loss.UNHEARD, Loss.UNREACHED),
        (Loss.UNREACHED, Loss.UNREACHED),
    ]
)
"""Of the first call that a method makes, then of the one by which it judges what became of the first."""


class Store:
    """A repository, and how its next calls are lost."""

    repository: OrderRepository

    def lose(self, losses: Sequence[Loss]) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Leave nothing behind for the next example."""


class MemoryStore(Store):
    """The fake, which makes one call a method."""

    def __init__(self, fake: InMemoryOrderRepository | None = None) -> None:
        self.repository = self._fake = fake or InMemoryOrderRepository()

    def lose(self, losses: Sequence[Loss]) -> None:
        wanted: Moment = "after" if losses[:1] == (Loss.UNHEARD,) else "before"

        def interrupt(_method: str, moment: Moment) -> None:
            if moment == wanted:
                raise StorageUnavailable("the answer was lost")

        self._fake.interrupt = interrupt if losses else undisturbed


class LossyClient:
    """A botocore client that makes its next calls as `losses` say, one each, and then times out."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.losses: list[Loss] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        real = getattr(self._client, operation)

        def call(**arguments: Any) -> Any:
            if not self.losses:
                return real(**arguments)
            if self.losses.pop(0) is Loss.UNHEARD:
                with suppress(ClientError):  # that it was refused is not heard either
                    real(**arguments)
            raise ReadTimeoutError(endpoint_url="https://aws.test")

        return call


class DynamoStore(Store):
    """The real adapter, over a table of its own."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._table = create_table(client, "Orders")
        self._lossy = LossyClient(client)
        lossy: Any = self._lossy
        self.repository = DynamoOrderRepository(lossy, self._table, Backoff(FakeClock(), lambda: 0.5))

    def lose(self, losses: Sequence[Loss]) -> None:
        self._lossy.losses = list(losses)

    def close(self) -> None:
        self._client.delete_table(TableName=self._table)
