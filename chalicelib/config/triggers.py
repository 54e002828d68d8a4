"""The settings of triggered orders, and of the watcher that fires them."""

from dataclasses import dataclass

from chalicelib.config.declaration import Part, setting
from chalicelib.config.forms import basis_points, days, lookout, name, positive


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings(Part):
    """Triggered orders: how prices are watched, what fires an order, how often and for how long it may."""

    watch_function: str = setting(
        name, "", "name", "Function that watches prices; the template names it to Api alone, which wakes it"
    )
    watch_interval_ms: int = setting(positive, "1000", "ms", "Time between the starts of two looks at prices")
    watch_for_ms: int = setting(
        lookout, "62000", "ms", "How long a watcher looks until it hands over to a younger one; at most 65000"
    )
    confirm_looks: int = setting(
        positive, "2", "looks", "Looks in a row that must find a stop's trigger met before it fires"
    )
    look_max_age_ms: int = setting(
        positive, "3000", "ms", "How old a reading of prices may be when an order is fired by it"
    )
    stop_tolerance_bps: int = setting(
        basis_points,
        "50",
        "bps",
        "A fired stop trades only if its best proven offer is at most this above its trigger",
    )
    fire_ahead: int = setting(
        positive,
        "20",
        "orders",
        "Fired orders that may wait for a slot; the others stay armed and are judged anew",
    )
    max_armed_days: int = setting(
        days, "90", "days", "How long an order may stay armed, and does without an expiresAt; at most 365"
    )
    max_trigger_distance: int = setting(
        positive,
        "10",
        "times",
        "A trigger that is further from the market's price than this factor is refused",
    )
