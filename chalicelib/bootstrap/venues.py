"""The venues of a market, each behind a circuit that rests it while it fails."""

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.ports import Telemetry, Venue
from chalicelib.services.venue_circuit import VenueCircuit


def guarded_venues(ports: Adapters, telemetry: Telemetry) -> dict[str, Venue]:
    """Return the venues by name. What they remember of failures lasts as long as the worker process."""
    settings = ports.settings
    return {
        name: VenueCircuit(
            venue,
            ports.clock,
            telemetry,
            failures=settings.venue_circuit_failures,
            rest_ms=settings.venue_circuit_rest_ms,
            slow_ms=settings.quote_deadline_ms,
        )
        for name, venue in ports.desk.venues.items()
    }
