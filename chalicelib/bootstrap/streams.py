"""The stream's use cases: sockets that are opened and speak, and the updates that are pushed to them."""

from collections.abc import Callable

from chalicelib.api.problems import OnProblem
from chalicelib.api.socket import SocketEndpoint
from chalicelib.api.stream_messages import StreamMessages
from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.policies import socket_policy
from chalicelib.domain.api_keys import ApiKey
from chalicelib.services.admit_socket import AdmitSocket
from chalicelib.services.deliver_updates import DeliverUpdates
from chalicelib.services.publish_updates import PublishUpdates
from chalicelib.services.subscribe import Subscribe


def socket_endpoint(
    ports: Adapters, key_of: Callable[[str], ApiKey], on_problem: OnProblem
) -> SocketEndpoint:
    """Make what handles sockets; `key_of` is asked only by handshakes that have a key."""
    subscribe = Subscribe(
        orders=ports.orders,
        exposures=ports.exposures,
        armed=ports.armed_exposures,
        subscriptions=ports.subscriptions,
        connections=ports.connections,
        clock=ports.clock,
        most_sockets=ports.settings.max_sockets_per_account,
    )
    admit = AdmitSocket(ports.tickets, key_of, ports.clock, socket_policy(ports.settings))
    return SocketEndpoint(admit, subscribe, lambda: ports.gateway, on_problem)


def publish_updates(ports: Adapters, market: str) -> PublishUpdates:
    """Make what pushes events of orders that are traded on this market."""
    return PublishUpdates(
        orders=ports.orders,
        subscriptions=ports.subscriptions,
        connections=ports.connections,
        deliver=DeliverUpdates(
            subscriptions=ports.subscriptions,
            connections=ports.connections,
            gateway=ports.gateway,
            messages=StreamMessages(market),
            threads=ports.threads,
            clock=ports.clock,
            telemetry=ports.telemetry,
        ),
        clock=ports.clock,
        telemetry=ports.telemetry,
    )
