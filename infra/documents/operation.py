"""What the documentation of a route is made of, and the problems that many routes share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.api.problems import (
    AUTHENTICATION_REQUIRED,
    BY_ERROR,
    BY_GATEWAY,
    INTERNAL,
    SCOPE_MISSING,
    Problem,
    problem_of_status,
)
from chalicelib.domain.access import Scope
from chalicelib.errors import (
    BodyTooLarge,
    InvalidRequest,
    StorageUnavailable,
    UnsupportedMediaType,
    UnsupportedSchemaVersion,
)

GUARDED = (AUTHENTICATION_REQUIRED, SCOPE_MISSING)
"""Problems that every request that needs a key may meet."""

ANYWHERE = (BY_GATEWAY["THROTTLED"], INTERNAL, BY_GATEWAY["DEFAULT_5XX"], problem_of_status(415))
"""Problems of every request: a Content-Type other than JSON is refused even where no body is read."""

STORED = (BY_ERROR[StorageUnavailable], BY_ERROR[UnsupportedSchemaVersion])
WITH_BODY = (BY_ERROR[InvalidRequest], BY_ERROR[BodyTooLarge], BY_ERROR[UnsupportedMediaType])


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: its type, an example, its headers, and its links to other operations.

    `some_headers` are those that only some of these answers have.
    """

    description: str
    kind: type
    example: Mapping[str, Any]
    headers: Sequence[str] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    some_headers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One route: its parameters, body, answers and problems, and which keys it needs.

    It needs a key of `scope`, or of any scope (`any_scope`); without either it is public. `links` name the
    body's field with the order's id.
    """

    tag: str
    description: str
    answers: Mapping[int, Answer]
    problems: Sequence[Problem] = ()
    parameters: Sequence[Mapping[str, Any]] = ()
    body: tuple[type, Mapping[str, Any]] | None = None
    scope: Scope | None = None
    any_scope: bool = False

    @property
    def refusals(self) -> Sequence[Problem]:
        """Every problem that a request to this route may meet."""
        return (*self.problems, *self._guards, *ANYWHERE)

    @property
    def needs_a_key(self) -> bool:
        """Whether the route is for holders of keys."""
        return self.scope is not None or self.any_scope

    @property
    def _guards(self) -> Sequence[Problem]:
        if self.scope is not None:
            return GUARDED
        return (AUTHENTICATION_REQUIRED,) if self.any_scope else ()
