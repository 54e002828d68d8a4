"""The use cases of orders that wait for their price, made from the adapters."""

from fractions import Fraction

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.config import Settings
from chalicelib.domain.judging import Caution
from chalicelib.domain.new_order import NewOrder
from chalicelib.services.amend_order import AmendOrder
from chalicelib.services.arm_order import ArmOrder
from chalicelib.services.fire_orders import FireOrders
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.judge_trigger import JudgeTrigger
from chalicelib.services.prove_offers import ProveOffers
from chalicelib.services.quote_swap import QuoteSwap
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.read_reference import ReadReference
from chalicelib.services.watch_prices import WatchPolicy, WatchPrices
from chalicelib.services.watch_trading import WatchTrading


def watch_prices(ports: Adapters, trading: WatchTrading) -> WatchPrices:
    """Return the watcher of prices."""
    ours, clock, telemetry = ports.settings.triggers, ports.clock, ports.telemetry
    return WatchPrices(
        registry=ports.watch_registry,
        index=ports.trigger_index,
        orders=ports.orders,
        prices=ports.desk.prices,
        pairs=ports.desk.pairs,
        fire=FireOrders(
            orders=ports.orders,
            executions=ports.executions,
            clock=clock,
            identifiers=ports.identifiers,
            telemetry=telemetry,
            fire_ahead=ours.fire_ahead,
            max_age_ms=ours.look_max_age_ms,
        ),
        prove=ProveOffers(ports.desk.venues, lambda: ports.desk.chain, clock, telemetry),
        trading=trading,
        clock=clock,
        telemetry=telemetry,
        policy=WatchPolicy(
            interval_ms=ours.watch_interval_ms,
            max_age_ms=ours.look_max_age_ms,
            confirm_looks=ours.confirm_looks,
            caution=caution(ports.settings),
        ),
    )


def judge_trigger(ports: Adapters) -> JudgeTrigger:
    """Return what judges what a new or an amended order waits for."""
    return JudgeTrigger(
        ports.desk.prices,
        ports.desk.pairs,
        ports.clock,
        caution(ports.settings),
        max_age_ms=ports.settings.triggers.look_max_age_ms,
        most_times=ports.settings.triggers.max_trigger_distance,
    )


def arm_order(ports: Adapters) -> ArmOrder:
    """Return what arms new orders."""
    most_days = ports.settings.triggers.max_armed_days
    return ArmOrder(judge_trigger(ports), ports.watch_registry, ports.waker, ports.clock, most_days=most_days)


def amend_order(ports: Adapters, reader: ReadOrders, trading: WatchTrading) -> AmendOrder:
    """Return what amends orders that wait."""
    return AmendOrder(
        orders=ports.orders,
        reader=reader,
        judge=judge_trigger(ports),
        trading=trading,
        clock=ports.clock,
        identifiers=ports.identifiers,
        telemetry=ports.telemetry,
    )


def quote_swap(ports: Adapters, quotes: GatherQuotes) -> QuoteSwap:
    """Return what quotes swaps; prices are read only for an order that is judged by them."""
    most = ports.settings.max_price_impact_bps

    def reference_of(swap: NewOrder) -> Fraction | None:
        if swap.waiting is None:
            return None
        max_age_ms = ports.settings.triggers.look_max_age_ms
        reader = ReadReference(
            ports.desk.prices, ports.desk.pairs, ports.clock, max_impact_bps=most, max_age_ms=max_age_ms
        )
        return reader.of(swap)

    return QuoteSwap(
        quotes,
        ports.desk.pairs,
        ports.clock,
        ports.identifiers,
        max_price_impact_bps=most,
        reference_of=reference_of,
    )


def caution(settings: Settings) -> Caution:
    """Return how offers are doubted."""
    return Caution(settings.max_price_impact_bps, settings.plausibility_bps)
