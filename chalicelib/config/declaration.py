"""Declare settings: each is a field of the part of the settings that belongs to its owner.

A field carries its default, unit and meaning. Its environment variable is its name in capitals after the
PREFIX of its part.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Part:
    """The settings of one owner; a part may hold other parts."""

    PREFIX: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is declared. `default` is the text that is parsed when the variable is not set."""

    owner: type[Part]
    name: str
    parse: Callable[[str], Any]
    default: str | None
    unit: str
    meaning: str

    @property
    def variable(self) -> str:
        """The name of the setting's environment variable."""
        return self.owner.PREFIX + self.name.upper()


def setting(parse: Callable[[str], Any], default: str | None, unit: str, meaning: str) -> Any:
    """Declare a setting; `parse` is one of the forms."""
    return field(metadata={"setting": (parse, default, unit, meaning)})


def part(owner: type[Part]) -> Any:
    """Declare a part that belongs to another owner."""
    return field(metadata={"part": owner})


def settings_of(owner: type[Part]) -> tuple[Setting, ...]:
    """Return the settings that a part declares by itself."""
    return tuple(
        Setting(owner, declared.name, *declared.metadata["setting"])
        for declared in fields(owner)
        if "setting" in declared.metadata
    )


def parts_of(owner: type[Part]) -> dict[str, type[Part]]:
    """Return the parts that a part holds, by the names of their fields."""
    return {held.name: held.metadata["part"] for held in fields(owner) if "part" in held.metadata}


def owners(owner: type[Part]) -> Iterator[type[Part]]:
    """Yield a part and all parts within it."""
    yield owner
    for inner in parts_of(owner).values():
        yield from owners(inner)
