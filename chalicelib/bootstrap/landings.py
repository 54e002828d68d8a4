"""The use case that lands orders, made from the adapters."""

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.bootstrap.policies import landing_policy
from chalicelib.services.defer_order import DeferOrder
from chalicelib.services.land_orders import LandOrders
from chalicelib.services.resolve_landing import ResolveLanding
from chalicelib.services.watch_trading import WatchTrading


def land_orders(ports: Adapters, executions: DeferOrder, trading: WatchTrading) -> LandOrders:
    """Return what lands orders; those that did not land go back to `executions`."""
    resolve = ResolveLanding(
        orders=ports.orders,
        executions=executions,
        clock=ports.clock,
        identifiers=ports.identifiers,
        telemetry=ports.telemetry,
    )
    return LandOrders(
        orders=ports.orders,
        queue=ports.landings,
        landings=DeferOrder(ports.orders, ports.landings, ports.clock),
        chain=ports.desk.chain,
        resolve=resolve,
        trading=trading,
        clock=ports.clock,
        telemetry=ports.telemetry,
        policy=landing_policy(ports.settings),
    )
