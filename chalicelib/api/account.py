"""Present the caller's account: who it is, its limits, and how much of them is used."""

from typing import TYPE_CHECKING

from chalicelib.domain.access import Scope
from chalicelib.domain.amounts import format_amount
from chalicelib.domain.risk import seconds_left
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.services.read_account import CallerAccount

if TYPE_CHECKING:
    from chalicelib.api.wire import account as wire


def account_json(told: CallerAccount, market: str, tokens: TokenList) -> "wire.Account":
    """Return the answer to who asks who it is; amounts are listed of each token that it may trade."""
    limits, exposure = told.limits, told.exposure
    answer: wire.Account = {
        "success": True,
        "account": told.caller.account,
        "scopes": [scope.value for scope in Scope if scope in told.caller.scopes],
        "market": market,
        "trading": told.trading.value,
        "ordersThisMinute": {
            "limit": limits.orders_per_minute,
            "used": exposure.requests,
            "remaining": max(limits.orders_per_minute - exposure.requests, 0),
            "resetSeconds": seconds_left(exposure.minute, told.now),
        },
        "openOrders": {"limit": limits.open_orders, "used": len(exposure.open_orders)},
        "armedOrders": {"limit": limits.armed_orders},
        "tokens": [_token_json(token, told) for token in tokens if limits.allows(token)],
    }
    if told.caller.key_id:
        answer["keyId"] = told.caller.key_id
    return answer


def _token_json(token: Token, told: CallerAccount) -> "wire.TokenLimits":
    used = told.exposure.amounts.get(token.mint, 0)
    answer: wire.TokenLimits = {"symbol": token.symbol, "usedToday": format_amount(used, token)}
    limits, mint = told.limits, token.mint
    most, daily = limits.order_amounts.get(mint), limits.daily_amounts.get(mint)
    least, armed = limits.least_amounts.get(mint), limits.armed_amounts.get(mint)
    if most is not None:
        answer["limitPerOrder"] = format_amount(most, token)
    if daily is not None:
        answer["limitPerDay"] = format_amount(daily, token)
        answer["remainingToday"] = format_amount(max(daily - used, 0), token)
    if least is not None:
        answer["minimumTriggered"] = format_amount(least, token)
    if armed is not None:
        answer["limitArmed"] = format_amount(armed, token)
    return answer
