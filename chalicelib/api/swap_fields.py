"""Read the fields of a swap one by one, and collect everything that is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from chalicelib.api.bodies import refused_fields
from chalicelib.api.identifiers import known_token
from chalicelib.domain.amounts import parse_decimal, slippage_to_bps, to_base_units
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.errors import FieldError, InvalidRequest

Read = TypeVar("Read")


class Fields:
    """Reads the fields of a form that have the right form, and collects everything that is refused."""

    def __init__(self, form: type[BaseModel], given: Mapping[str, Any]) -> None:
        self._form = form
        self._given = given
        self._refused = refused_fields(form, given)
        self._pointers = {error.pointer for error in self._refused}

    def take(self, name: str, read: Callable[[Any], Read | None]) -> Read | None:
        """Read a field, or its default; None when it was refused, or is not given.

        A field of an object within the body is named with its path, like `trigger/price`.
        """
        whole, *within = name.split("/")
        field = self._form.model_fields.get(whole)
        is_refused = not self._pointers.isdisjoint({f"/{whole}", f"/{name}"})
        if field is None or is_refused or (given := self._given.get(whole, field.default)) is None:
            return None
        for part in within:
            given = given[part]
        try:
            return read(given)
        except ValueError as error:
            self.refuse(name, str(error))
        return None

    def is_missing(self, name: str) -> bool:
        """Return whether a field is not given."""
        return self._given.get(name) is None

    def refuse(self, name: str, sentence: str) -> None:
        """Refuse a field, with what it has to be."""
        self._refused.append(FieldError(f"/{name}", sentence))
        self._pointers.add(f"/{name}")

    @property
    def refused(self) -> Sequence[FieldError]:
        """The errors found so far, in the order of the form's fields, those of unknown fields last."""
        places = {name: place for place, name in enumerate(self._form.model_fields)}
        return sorted(self._refused, key=lambda e: places.get(e.pointer.split("/")[1], len(places)))

    def check(self) -> None:
        """Raise InvalidRequest if a field was refused."""
        if self._refused:
            raise InvalidRequest(*self.refused)


@dataclass(frozen=True, slots=True)
class Swap:
    """A swap of an amount in base units."""

    token_in: Token
    token_out: Token
    amount_in: int
    slippage_bps: int


@dataclass(frozen=True, slots=True)
class SwapReading:
    """The fields of a swap as they were read, amounts in base units; None for what was refused."""

    token_in: Token | None
    token_out: Token | None
    amount_in: int | None
    slippage_bps: int | None

    def whole(self) -> Swap:
        """Return the swap, nothing of which was refused."""
        if (
            self.token_in is None
            or self.token_out is None
            or self.amount_in is None
            or self.slippage_bps is None
        ):
            raise ValueError("A field of the swap was refused")
        return Swap(self.token_in, self.token_out, self.amount_in, self.slippage_bps)


def read_swap(fields: Fields, tokens: TokenList) -> SwapReading:
    """Read the fields that every swap has."""
    token_in = fields.take("tokenIn", lambda name: known_token(name, tokens))
    token_out = fields.take("tokenOut", lambda name: _other_token(name, tokens, token_in))
    amount_in = fields.take("amount", lambda text: read_amount(text, token_in))
    return SwapReading(token_in, token_out, amount_in, fields.take("slippage", read_slippage))


def read_amount(text: str, token: Token | None) -> int:
    """Read an amount in base units of the token; 0 while it isn't known what token it is of."""
    amount = parse_decimal(text)
    return to_base_units(amount, token) if token is not None else 0


def read_slippage(text: str) -> int:
    """Read a slippage as basis points. Raises ValueError."""
    return slippage_to_bps(parse_decimal(text, like="0.01"))


def token_of_swap(name: str, tokens: TokenList, *swapped: Token | None) -> Token:
    """Return the token of this name, which is one of the two that are swapped. Raises ValueError."""
    token = known_token(name, tokens)
    if None not in swapped and token not in swapped:
        raise ValueError(f"must be {' or '.join(each.symbol for each in swapped if each)}, which are swapped")
    return token


def _other_token(name: str, tokens: TokenList, other: Token | None) -> Token:
    token = known_token(name, tokens)
    if token == other:
        raise ValueError("must be another token than the one that is sold")
    return token
