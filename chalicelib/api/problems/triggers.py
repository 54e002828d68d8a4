"""The refusals of orders that wait for their price."""

from collections.abc import Mapping

from chalicelib.api.problems.problem import AFTER, Problem
from chalicelib.errors import (
    AmendmentsAtLimit,
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    EngineError,
    OrderAmountBelowMinimum,
    OrderChanged,
    OrderNotAmendable,
    PriceUnavailable,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
)

BY_TRIGGER_ERROR: Mapping[type[EngineError], Problem] = {
    OrderAmountBelowMinimum: Problem(
        422,
        "ORDER_AMOUNT_BELOW_MINIMUM",
        "The order is smaller than one order must be",
        "Nothing was created. Place a larger order.",
    ),
    ArmedOrdersAtLimit: Problem(
        422,
        "ARMED_ORDERS_AT_LIMIT",
        "The account has as many orders waiting for their price as it may have",
        "Nothing was created. Cancel some, or wait until some are final, and try again.",
    ),
    ArmedAmountAboveLimit: Problem(
        422,
        "ARMED_AMOUNT_ABOVE_LIMIT",
        "The account's waiting orders would swap more of this token than they may",
        "Nothing was created. Place a smaller order, cancel some, or ask your operator for a higher limit.",
    ),
    TriggerAlreadyMet: Problem(
        422,
        "TRIGGER_ALREADY_MET",
        "The market is at the order's price already",
        "Nothing was created or changed. Choose another price, or let the order fire at once.",
        hint="A new order with ifMet fire does.",
    ),
    TriggerImplausible: Problem(
        422,
        "TRIGGER_IMPLAUSIBLE",
        "The order's price is very far from the market's",
        "Nothing was created or changed. Check the price and the token that it is in, or say that it is "
        "meant.",
        hint="A new order with ifFar accept takes such a price.",
    ),
    TriggerBelowFloor: Problem(
        422,
        "TRIGGER_BELOW_FLOOR",
        "The limit of the stop is better than its trigger",
        "Nothing was created or changed. Choose a limit that is at the trigger or worse.",
        hint="limitPrice is what must be had once the trigger is met.",
    ),
    AmendmentsAtLimit: Problem(
        422,
        "AMENDMENTS_AT_LIMIT",
        "The order was amended as often as it may be",
        "Nothing was changed. Cancel it, and place it anew.",
    ),
    OrderNotAmendable: Problem(
        409,
        "ORDER_NOT_AMENDABLE",
        "The order can't be amended",
        "Nothing was changed. Only an order that waits for its price can be amended.",
        hint="orderStatus says how it stands; what waits is armed.",
    ),
    OrderChanged: Problem(
        412,
        "ORDER_CHANGED",
        "The order was changed meanwhile",
        "Nothing was changed. Read the order again, and amend it if that is still wanted.",
        hint="If-Match names a sequence that it isn't at; sequence is the one that it is at.",
    ),
    PriceUnavailable: Problem(
        503,
        "PRICE_UNAVAILABLE",
        "There is no price to judge the order by",
        "Nothing was created or changed: no price is new enough. Try again in 5 s.",
        hint=AFTER,
        retry_after=5,
    ),
}
"""By the error: each with its stable code and a sentence that says what to do."""
