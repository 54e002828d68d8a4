"""Pool states as JSON-able records, for the paper ledger and for fixtures."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Self, cast

Record = dict[str, Any]
"""One entry a field: integers as decimal strings (they pass 2**53), parts, ticks and bins as lists."""


class Recorded:
    """Conversion of a frozen dataclass of integers to and from a record."""

    __slots__ = ()

    KIND: ClassVar[str]
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    """Readers of the fields that are not integers, by name."""

    def to_record(self) -> Record:
        """The state as a record, with its kind."""
        values = {f.name: _plain(getattr(self, f.name)) for f in fields(cast("Any", self))}
        return {"kind": self.KIND, **values}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """The state of a record that `to_record` wrote; a field that it lacks keeps its default."""
        build = cast("Callable[..., Self]", cls)
        read = {name: cls.PARTS.get(name, int)(value) for name, value in record.items() if name != "kind"}
        return build(**read)


def _plain(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value):
        return [_plain(getattr(value, f.name)) for f in fields(value)]
    return str(int(value))
