"""Count the calls to AWS of an order's use cases on a running stack."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

from bench.stack.figures import Figure
from chalicelib.adapters.aws_clients import session
from chalicelib.api.expiries import Expiries
from chalicelib.api.requests import parse_order
from chalicelib.bootstrap import AwsAdapters, Engine
from chalicelib.domain.access import OPEN_CALLER
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from infra.local.clients import REGION, Clients
from infra.local.stack import Stack
from infra.releases import LIVE

if TYPE_CHECKING:
    from types_boto3_lambda.type_defs import EventSourceMappingConfigurationTypeDef

BODY = b'{"type":"market","tokenIn":"SOL","tokenOut":"USDC","amount":"0.1","validForSeconds":600}'


def measure(stack: Stack) -> Iterator[Figure]:
    """Count each step's calls by service and operation, with the functions' event sources switched off."""
    with sources_switched_off(stack), environment_of(stack), redirect_stdout(StringIO()):  # our own logs
        counted = _Counted()
        _take_an_order(Engine(AwsAdapters()), stack.stream_url, counted)
    for step, calls in counted.steps.items():
        yield Figure("AWS calls", step, calls.total(), ", ".join(f"{n} {name}" for name, n in calls.items()))
    in_all = sum((calls for step, calls in counted.steps.items() if step in ONE_ORDER), Counter[str]())
    yield Figure("AWS calls", "an order with one subscriber, in all", in_all.total(), "calls", "<= 34")


ONE_ORDER = (
    "accept, with a key",
    "connect",
    "backfill",
    "execute",
    "land",
    "broadcast, 4 events",
    "disconnect",
)


class _Counted:
    """Counts botocore's calls, each under the step in which it was made."""

    def __init__(self) -> None:
        self.steps: dict[str, Counter[str]] = {}
        self._step = Counter[str]()
        session().register("before-call", self._count)

    def begin(self, step: str) -> None:
        """Count the calls that follow under this step."""
        self._step = self.steps.setdefault(step, Counter())

    def _count(self, **call: Any) -> None:
        model = call["model"]
        self._step[f"{model.service_model.service_name}:{model.name}"] += 1


def _new_order(engine: Engine) -> NewOrder:
    expiries = Expiries(engine.now(), engine.settings.triggers.max_armed_days)
    return parse_order(BODY, OPEN_CALLER.account, engine.tokens, expiries)


def _take_an_order(engine: Engine, stream_url: str, counted: _Counted) -> None:
    """Run all use cases of an order, one after the other; a first order only fills the caches."""
    engine.accept_order.accept(_new_order(engine), None, OPEN_CALLER)
    counted.begin("accept, without a key")
    engine.accept_order.accept(_new_order(engine), None, OPEN_CALLER)
    counted.begin("accept, with a key")
    key = f"bench-{engine.now()}"
    new = _new_order(engine)
    order_id = engine.accept_order.accept(new, key, OPEN_CALLER).order.order_id
    counted.begin("accept, replayed")
    engine.accept_order.accept(new, key, OPEN_CALLER)
    counted.begin("connect")
    engine.socket.connect("bench-connection", {"orderId": order_id})
    counted.begin("")
    engine.socket.disconnect("bench-connection")
    with connect(f"{stream_url}?orderId={order_id}", proxy=None) as socket:
        connection_id = engine.publish_updates._subscriptions.of_order(order_id)[0].connection_id  # noqa: SLF001 - no use case lists them
        counted.begin("backfill")
        engine.publish_updates.backfill([(order_id, connection_id)])
        counted.begin("execute")
        engine.execute_order.execute(order_id)
        counted.begin("")
        engine.ports.clock.sleep(engine.settings.landing_delay_seconds * 1000)  # as its message is held back
        counted.begin("land")
        engine.land_orders.land([order_id])
        counted.begin("")
        images = list(_images(engine.read_orders.get(order_id, OPEN_CALLER.account)))
        counted.begin(f"broadcast, {len(images)} events")
        for image in images:
            engine.publish_updates.publish([image])
        counted.begin("disconnect")
        engine.socket.disconnect(connection_id)
        counted.begin("")
        socket.close()
    counted.steps.pop("")


def _images(order: Order) -> Iterator[Order]:
    """Yield the order as its stream shows it, after each event but the first."""
    for _, count in pairwise(range(1, len(order.events) + 1)):
        yield replace(order, status=order.events[count - 1].status, events=order.events[:count])


@contextmanager
def sources_switched_off(stack: Stack) -> Iterator[None]:
    """Disable the functions' event sources meanwhile, so that only requests invoke them."""
    clients = stack.clients()
    sources = clients.functions.list_event_source_mappings()["EventSourceMappings"]
    _switch(clients, sources, on=False)
    try:
        yield
    finally:
        _switch(clients, sources, on=True)


def _switch(clients: Clients, sources: "list[EventSourceMappingConfigurationTypeDef]", *, on: bool) -> None:
    for source in sources:
        clients.functions.update_event_source_mapping(UUID=source["UUID"], Enabled=on)


@contextmanager
def environment_of(stack: Stack) -> Iterator[None]:
    """Set this process's environment to that of the functions meanwhile."""
    function = (stack.outputs or {})["ExecuteFunction"]
    described = stack.clients().functions.get_function_configuration(FunctionName=function, Qualifier=LIVE)
    variables: Mapping[str, str] = described["Environment"]["Variables"]
    before = dict(os.environ)
    os.environ.update(variables)
    os.environ.update(
        AWS_ENDPOINT_URL=stack.endpoint,
        AWS_REGION=REGION,
        AWS_DEFAULT_REGION=REGION,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - the emulator's
        POWERTOOLS_DEV="false",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
