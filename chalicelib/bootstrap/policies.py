"""The policies of the use cases, made from the settings."""

from chalicelib.config import Settings
from chalicelib.services.admit_socket import SocketPolicy
from chalicelib.services.execute_order import ExecutionPolicy
from chalicelib.services.land_orders import LandingPolicy


def execution_policy(settings: Settings) -> ExecutionPolicy:
    """Return how long an execution takes and what it accepts."""
    return ExecutionPolicy(
        quote_ttl_ms=settings.quote_ttl_ms,
        plausibility_bps=settings.plausibility_bps,
        landing_budget_ms=settings.landing_budget_ms,
        landing_delay_seconds=settings.landing_delay_seconds,
        max_price_impact_bps=settings.max_price_impact_bps,
        stop_tolerance_bps=settings.triggers.stop_tolerance_bps,
    )


def landing_policy(settings: Settings) -> LandingPolicy:
    """Return how long and how often a landing is looked for."""
    return LandingPolicy(settings.landing_wait_ms, settings.poll_interval_ms, settings.resend_interval_ms)


def socket_policy(settings: Settings) -> SocketPolicy:
    """Return who may open a socket, and pages of which origins."""
    origins = settings.cors_allowed_origins or ({"*"} if settings.is_open else ())
    return SocketPolicy(settings.is_open, origins)
