"""The limits that the settings give to every account."""

from chalicelib.config import InvalidSettings, Settings
from chalicelib.domain.limits import Limits, read_limits
from chalicelib.domain.tokens import TokenList


def limits_of(settings: Settings, tokens: TokenList) -> Limits:
    """Return the settings' limits, read with the tokens of the market.

    Raises
    ------
    InvalidSettings
        They name a token that there isn't, or an amount that a token can't have.
    """
    given = {
        "MAX_OPEN_ORDERS": str(settings.max_open_orders),
        "ALLOWED_TOKENS": settings.allowed_tokens,
        "MAX_ORDER_AMOUNTS": settings.max_order_amounts,
        "MAX_DAILY_AMOUNTS": settings.max_daily_amounts,
        "MIN_ORDER_AMOUNTS": settings.min_order_amounts,
        "MAX_ARMED_ORDERS": str(settings.max_armed_orders),
        "MAX_ARMED_AMOUNTS": settings.max_armed_amounts,
    }
    try:
        return read_limits(given, Limits(settings.rate_limit_per_minute, settings.max_open_orders), tokens)
    except ValueError as error:
        raise InvalidSettings(str(error)) from None
