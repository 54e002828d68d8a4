"""Parameters of a query, each of which is given once unless it is a list."""

from collections.abc import Collection, Mapping, Sequence

from chalicelib.errors import FieldError, InvalidRequest


def repeated(given: Mapping[str, Sequence[str]] | None) -> Sequence[str]:
    """Return the names that were given more than once."""
    return sorted(name for name, values in (given or {}).items() if len(values) > 1)


def query_of(given: Mapping[str, Sequence[str]], lists: Collection[str]) -> dict[str, str]:
    """Return each parameter's value; those of a list with commas between.

    Raises
    ------
    InvalidRequest
        One that is no list was given more than once.
    """
    twice = [name for name in repeated(given) if name not in lists]
    if twice:
        raise InvalidRequest(*(FieldError(f"/query/{name}", "must be given once") for name in twice))
    return {name: ",".join(values) for name, values in given.items()}
