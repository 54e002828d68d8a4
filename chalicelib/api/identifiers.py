"""Ids and tokens that clients name, checked before they are looked up."""

from chalicelib.domain.order import is_order_id
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.errors import OrderNotFound


def parse_order_id(text: object) -> str:
    """Check an order id: a UUID in lower case.

    Raises
    ------
    OrderNotFound
        It was of another form, so no order has it.
    """
    if not isinstance(text, str) or not is_order_id(text):
        raise OrderNotFound("An order id is a UUID in lower case")
    return text


def known_token(name: str, tokens: TokenList) -> Token:
    """Return the token with this symbol or mint address. Raises ValueError, which names those there are."""
    token = tokens.find(name)
    if token is None:
        known = ", ".join(t.symbol for t in tokens)
        raise ValueError(f"must be the symbol or mint address of a known token: {known}")
    return token
