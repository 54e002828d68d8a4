"""Read what a client wants to change of an order that waits for its price."""

import re
from collections.abc import Sequence

from chalicelib.api.bodies import read_object
from chalicelib.api.expiries import Expiries
from chalicelib.api.order_forms import ORDERS, AmendmentRequest
from chalicelib.api.swap_fields import Fields, read_slippage
from chalicelib.domain.amendments import Amendment
from chalicelib.domain.prices import parse_price
from chalicelib.errors import FieldError, InvalidRequest

_FIXED = {name for form in ORDERS.values() for name in form.model_fields} - set(AmendmentRequest.model_fields)
"""Fields of orders that stay as they are."""

_ETAG = re.compile(r'"([1-9][0-9]{0,8})"', re.ASCII)


def parse_amendment(body: bytes, expiries: Expiries) -> Amendment:
    """Read what is to change.

    Raises
    ------
    BodyTooLarge
        It was over 8 KB and was not read.
    InvalidRequest
        Nothing is to change, or a field that can't, or not to what is asked for.
    """
    given = read_object(body)
    fields = Fields(AmendmentRequest, given)
    amendment = Amendment(
        trigger=fields.take("trigger/price", parse_price),
        limit=fields.take("limitPrice", parse_price),
        good_till=fields.take("expiresAt", expiries.read),
        slippage_bps=fields.take("slippage", read_slippage),
    )
    if fields.refused:
        raise InvalidRequest(*_with_the_way_out(fields.refused))
    if amendment == Amendment():
        names = ", ".join(AmendmentRequest.model_fields)
        raise InvalidRequest(FieldError("", f"must change one of {names}"))
    return amendment


def parse_if_match(value: str | None) -> int | None:
    """Return the sequence that the header If-Match names; None without one, and for `*`, which is any.

    Raises
    ------
    InvalidRequest
        It was neither.
    """
    if value is None or value.strip() == "*":
        return None
    named = _ETAG.fullmatch(value.strip())
    if named is None:
        raise InvalidRequest(
            FieldError("/headers/If-Match", 'must be the sequence of the order in quotes, like "4", or *')
        )
    return int(named[1])


def _with_the_way_out(refused: Sequence[FieldError]) -> Sequence[FieldError]:
    return [
        FieldError(error.pointer, "can't be amended: cancel the order, and place it anew")
        if error.pointer.removeprefix("/") in _FIXED
        else error
        for error in refused
    ]
