"""See every call that goes over a port, and step in: before it, after it, or in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class PortCall:
    """One call: `port` is the name of the Protocol."""

    port: str
    method: str
    arguments: tuple[Any, ...]


Around = Callable[[PortCall, Callable[[], Any]], Any]
"""Given a call and what makes it take effect; returns the answer. Raising before it is a lost request or a
kill, raising after it a lost answer or a kill."""


def tap(port: Port, name: str, around: Around) -> Port:
    """The port with every method behind `around`: a method that is new is tapped without anybody's doing."""
    return cast("Port", _Tapped(port, name, around))


class _Tapped:
    def __init__(self, port: object, name: str, around: Around) -> None:
        self._port = port
        self._name = name
        self._around = around

    def __getattr__(self, attribute: str) -> Any:
        method = getattr(self._port, attribute)
        if not callable(method):
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            made = PortCall(self._name, attribute, (*arguments, *named.values()))
            return self._around(made, lambda: method(*arguments, **named))

        return call
