"""How answers look to a person: tables and sentences that fit 80 columns."""

from collections.abc import Iterator
from datetime import UTC
from functools import singledispatch

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from oee.records import FINAL, Order, OrderPage, OrderStatus, Placed, Quote, Record, Route
from oee.timeline import FAINT, RUNNING, STYLES, Timeline, outcome
from oee.wording import SwapText, duration, percent, plain, reason, seconds_between


@singledispatch
def shown(record: Record) -> RenderableType:
    """A record as a person reads it."""
    raise NotImplementedError(type(record))


@shown.register
def _(standing: OrderStatus) -> RenderableType:
    return Text.assemble(
        f"Order {standing.order_id} is ", (standing.status, STYLES.get(standing.status, "")), "."
    )


@shown.register
def _(placed: Placed) -> RenderableType:
    how = " was placed before with this key, and" if placed.replayed else ""
    return Text(f"Order {placed.order_id}{how} is {placed.status}.")


@shown.register
def _(quote: Quote) -> RenderableType:
    best = f"{plain(quote.amount)} {quote.token_in} gives {plain(quote.amount_out)} {quote.token_out}"
    least = f"at least {plain(quote.minimum_amount_out)} with {percent(quote.slippage_bps)} slippage."
    said = Text.assemble((best, "bold"), f" on {quote.route.dex},\n{least}")
    if quote.denied is not None:
        said.append(f"\nAn order would fail: {reason(quote.denied)}", STYLES["failed"])
    return Group(said, Text(), _quotes(quote.route, SwapText.of(quote)))


@shown.register
def _(page: OrderPage) -> RenderableType:
    if not page.orders:
        return Text("There are no such orders.")
    table = Table(box=None, pad_edge=False, header_style=FAINT)
    for name in ("order", "UTC", "status"):
        table.add_column(name, no_wrap=True)
    table.add_column("swap", overflow="fold")
    for order in page.orders:
        accepted = f"{order.accepted_at.astimezone(UTC):%m-%d %H:%M}"
        status = Text(order.status, STYLES.get(order.status, RUNNING))
        table.add_row(order.order_id, accepted, status, str(SwapText.of(order)))
    return table


@shown.register
def _(order: Order) -> RenderableType:
    fields = Table.grid(padding=(0, 2))
    fields.add_column(style=FAINT, no_wrap=True)
    fields.add_column(overflow="fold")
    for name, value in _fields(order):
        fields.add_row(name, Text(value))
    timeline = Timeline()
    for event in order.logs:
        timeline.add(event)
    parts: list[RenderableType] = [fields, Text(), timeline]
    if order.route is not None:
        parts += [Text(), _quotes(order.route, SwapText.of(order))]
    if order.status in FINAL and order.logs:
        parts += [Text(), outcome(SwapText.of(order), list(order.logs))]
    return Group(*parts)


def _fields(order: Order) -> Iterator[tuple[str, str]]:
    yield "order", order.order_id
    yield "swap", f"{SwapText.of(order)}, slippage {percent(order.slippage_bps)}"
    accepted = order.accepted_at.astimezone(UTC)
    life = duration(seconds_between(order.accepted_at, order.expires_at))
    yield "accepted", f"{accepted:%Y-%m-%d %H:%M:%S} UTC, valid for {life}"
    if order.tx_hash is not None and order.status not in FINAL:
        yield "sent", order.tx_hash


def _quotes(route: Route, swap: SwapText) -> Table:
    table = Table(box=None, pad_edge=False, header_style=FAINT)
    table.add_column("venue", no_wrap=True)
    table.add_column("pool", no_wrap=True)
    table.add_column(f"gives {swap.token_out}", justify="right", no_wrap=True)
    table.add_column("impact", justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    amounts = [pool.amount_out for venue in route.quotes for pool in venue.pools if pool.amount_out]
    places = max((len(plain(amount).partition(".")[2]) for amount in amounts), default=0)
    for venue in route.quotes:
        if venue.error is not None:
            table.add_row(venue.dex, "", "", "", Text(reason(venue.error), FAINT))
        for pool in venue.pools:
            is_taken = venue.dex == route.dex and pool.pool == route.pool
            note = reason(pool.error) if pool.error is not None else "best" * is_taken
            given = "" if pool.amount_out is None else f"{pool.amount_out:.{places}f}"
            impact = "" if pool.price_impact_bps is None else percent(pool.price_impact_bps)
            row = (venue.dex, pool.type.removeprefix(f"{venue.dex}_"), given, impact, note)
            table.add_row(*(Text(cell) for cell in row), style="green" if is_taken else "")
    return table
