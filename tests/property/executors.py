"""The workers of the execution machine, and the messages that they are given."""

from dataclasses import dataclass, replace

from chalicelib.services.execute_order import ExecuteOrder
from chalicelib.services.land_orders import LandOrders
from tests.fakes.clock import SkewedClock
from tests.fakes.identifiers import FakeIdentifiers
from tests.property.workers import Limit, Worker
from tests.simulation.engine import InMemoryEngine
from tests.simulation.sources import LandingFailed


@dataclass
class Message:
    """A message that was received and is not acknowledged yet."""

    order_id: str
    visible_at: int
    is_landing: bool = False
    receives: int = 0


class Executor:
    """A worker that takes messages, by a clock that may be wrong."""

    def __init__(self, engine: InMemoryEngine, series: int, ahead: int) -> None:
        self.worker = Worker()
        self.message: Message | None = None
        self._engine = engine
        self._clock = SkewedClock(engine.clock, ahead)
        self._identifiers = FakeIdentifiers(series)
        self.start_anew()

    def take(self, message: Message, limit: Limit) -> None:
        """Begin to execute, or to watch a landing."""
        self.message, execution, landing = replace(message), self.execution, self.landing

        def land() -> None:
            if landing.land([message.order_id]):
                raise LandingFailed(message.order_id)

        self.worker.begin(land if message.is_landing else lambda: execution.execute(message.order_id), limit)

    def start_anew(self) -> None:
        """A new process, that remembers nothing."""
        self.execution: ExecuteOrder = self._engine.make_executor(self._identifiers, clock=self._clock)
        self.landing: LandOrders = self._engine.make_lander(self._identifiers, clock=self._clock)
