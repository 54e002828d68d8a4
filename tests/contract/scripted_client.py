"""A botocore client whose next calls go wrong as a test scripts them."""

import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

Fault = Callable[[Callable[..., Any], dict[str, Any]], Any]
"""Stands in for one call: it is given the real operation and the arguments."""


class ScriptedClient:
    """`made` names every call.

    It makes one call at a time: DynamoDB puts the writes to an item in an order, and moto doesn't.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._faults: dict[str, list[Fault]] = {}
        self._lock = threading.RLock()
        self.made: list[str] = []

    @property
    def as_client(self) -> Any:
        """Itself, for what takes the client of a service: it has every operation, which no type says."""
        return self

    def script(self, operation: str, *faults: Fault) -> None:
        """Let the next calls of an operation meet these faults, one each."""
        self._faults.setdefault(operation, []).extend(faults)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        real = getattr(self._client, operation)

        def call(**arguments: Any) -> Any:
            with self._lock:
                self.made.append(operation)
                faults = self._faults.get(operation)
                return faults.pop(0)(real, arguments) if faults else real(**arguments)

        return call


def answer_lost(real: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """It takes effect, and then the answer doesn't come."""
    real(**arguments)
    raise ReadTimeoutError(endpoint_url="https://aws.test")


def unreached(_real: Callable[..., Any], _arguments: dict[str, Any]) -> Any:
    """It looks the same from outside, and has no effect."""
    raise ReadTimeoutError(endpoint_url="https://aws.test")


def made_twice(real: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """The first answer was lost, and botocore made the call again."""
    real(**arguments)
    return real(**arguments)


def left_undone(name: str, done: int = 0) -> Fault:
    """Of a batch only so many are done; `name` is what the answer calls the rest."""

    def fault(real: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        ((table, asked),) = arguments["RequestItems"].items()
        if isinstance(asked, dict):
            first, rest = ({**asked, "Keys": part} for part in (asked["Keys"][:done], asked["Keys"][done:]))
        else:
            first, rest = asked[:done], asked[done:]
        answer = real(RequestItems={table: first}) if done else {"Responses": {}}
        return {**answer, name: {table: rest}}

    return fault


def refused(code: str, status: int = 400, **response: Any) -> Fault:
    """The service answers with this error."""

    def fault(_real: Callable[..., Any], _arguments: dict[str, Any]) -> Any:
        # Any: services add to their errors what botocore does not type.
        error: Any = {"Error": {"Code": code, "Message": "scripted"}, **response}
        error["ResponseMetadata"] = {"HTTPStatusCode": status}
        raise ClientError(error, "Scripted")

    return fault


def cancelled(*codes: str) -> Fault:
    """A transaction is cancelled for these reasons, one per item."""
    return refused("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


conflict = cancelled("None", "TransactionConflict")

throttled = refused("ProvisionedThroughputExceededException")
