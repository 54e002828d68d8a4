"""What goes wrong in a stormy run, each fault drawn by the seed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from chalicelib.adapters.chance import Chance
from chalicelib.config import SETTINGS
from chalicelib.errors import EngineError, PushUnavailable, QueueUnavailable, StorageUnavailable
from tests.fakes.taps import PortCall
from tests.simulation.world import Crash, World

RATE = Decimal("0.05")

FAULTS: dict[str, Any] = {
    **{setting.variable.lower(): RATE for setting in SETTINGS if setting.variable.startswith("PAPER_FAULT_")},
    "paper_blockhash_blocks": 25,
}
"""Every fault that paper trading can be set to, new ones by themselves; blockhashes die soon."""

KILLS = Decimal("0.005")

UNAVAILABLE: dict[str, type[EngineError]] = {
    "Exposures": StorageUnavailable,
    "TradingSwitch": StorageUnavailable,
    "OrderRepository": StorageUnavailable,
    "SubscriptionRepository": StorageUnavailable,
    "Connections": StorageUnavailable,
    "Tickets": StorageUnavailable,
    "OrderQueue": QueueUnavailable,
    "LandingQueue": QueueUnavailable,
    "PushGateway": PushUnavailable,
}
"""How the ports fail that paper trading has no faults for."""


class Storm:
    """Kills workers, loses requests and answers, cuts sockets; `tell` is told of each."""

    def __init__(self, world: World, seed: str, tell: Callable[[str], None]) -> None:
        self._world = world
        self._chance = Chance(seed)
        self._tell = tell
        self._calls = 0

    def around(self, call: PortCall, proceed: Callable[[], Any]) -> Any:
        self._calls += 1
        number, name = self._calls, f"{call.port}.{call.method}"
        if call.port == "PushGateway" and self._strikes(RATE, "cut", number):
            self._cut(call.arguments[0])
        self._strike("before", "REQUEST", call.port, name, number)
        answer = proceed()
        self._strike("after", "ANSWER", call.port, name, number)
        return answer

    def _strike(self, moment: str, lost: str, port: str, name: str, number: int) -> None:
        if self._strikes(KILLS, f"killed {moment}", number):
            self._tell(f"KILLED {moment} {name}")
            raise Crash
        error = UNAVAILABLE.get(port)
        if error is not None and self._strikes(RATE, f"lost {lost}", number):
            self._tell(f"LOST {lost} of {name}")
            raise error("It did not answer in time")

    def _cut(self, connection_id: str) -> None:
        for client in self._world.clients:
            if client.connection_id == connection_id:
                self._tell(f"CUT {connection_id}")
                self._world.cut(client)

    def _strikes(self, rate: Decimal, fault: str, number: int) -> bool:
        return self._chance.strikes(rate, fault, number, "storm")
