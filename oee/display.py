"""Render answers for a person: tables and sentences that fit 80 columns or fewer."""

from collections.abc import Iterator
from datetime import UTC
from functools import singledispatch

from rich.console import Group, RenderableType
from rich.text import Text

from oee.caution import MUCH_IMPACT_BPS, NOTABLE_IMPACT_BPS
from oee.engine_records import Account, Health, TokenLimits
from oee.record import Record
from oee.records import FINAL, Cancelled, Order, OrderPage, OrderStatus, Placed, Quote, Route
from oee.rows import FAINT, Column, Rows
from oee.timeline import RUNNING, STYLES, UNTRADED, Timeline, outcome, signature
from oee.wording import (
    SwapText,
    distance,
    duration,
    moment,
    percent,
    plain,
    reason,
    seconds_between,
    traded_on,
    unreadable,
)

KINDS = {"takeProfit": "take-profit"}
"""Types of orders as a person reads them, where they differ from the API's."""


@singledispatch
def shown(record: Record) -> RenderableType:
    """Return a record as text or tables for a person."""
    raise NotImplementedError(type(record))


@shown.register
def _(standing: OrderStatus) -> RenderableType:
    untraded = f" {UNTRADED}" if standing.status in FINAL - {"confirmed"} else ""
    return _whole(
        Text.assemble(
            f"Order {standing.order_id} is ",
            (standing.status, STYLES.get(standing.status, "")),
            f".{untraded}",
        )
    )


@shown.register
def _(placed: Placed) -> RenderableType:
    how = " was placed before with this key, and" if placed.replayed else ""
    told = _whole(Text(f"Order {placed.order_id}{how} is {placed.status}{traded_on(placed.market)}."))
    return told if placed.summary is None else Group(told, Text(placed.summary))


@shown.register
def _(done: Cancelled) -> RenderableType:
    count = "1 order is" if len(done.cancelled) == 1 else f"{len(done.cancelled) or 'No'} orders are"
    lines = [Text(f"{count} cancelled.")]
    lines += [_whole(Text(f"Order {each.order_id} is {each.status}.")) for each in done.not_cancelled]
    if done.unreadable:
        lines.append(_whole(Text(unreadable(done.unreadable), STYLES["expired"])))
    return Group(*lines)


@shown.register
def _(health: Health) -> RenderableType:
    if health.trading is None:
        return Text("The engine answers, but can't tell whether there is trading.", STYLES["failed"])
    lines = [f"Trading{traded_on(health.market)} is {health.trading}."]
    if health.open_orders is not None:
        lines.append(
            f"The engine has {health.open_orders} open orders, of which it executes {health.executing or 0}; "
            f"a new one waits for about {health.estimated_wait_seconds or 0} s."
        )
    return Text(" ".join(lines))


@shown.register
def _(account: Account) -> RenderableType:
    key = f", with the key {account.key_id}" if account.key_id is not None else ""
    rate, opened = account.orders_this_minute, account.open_orders
    sentences = (
        f"You are {account.account}{key}, which allows: {', '.join(account.scopes)}.",
        f"Trading{traded_on(account.market)} is {account.trading}.",
        f"Orders this minute: {rate.used} of {rate.limit}. Open orders: {opened.used} of {opened.limit}.",
    )
    columns = (
        Column("token"), Column("used today", "used today", is_number=True),
        Column("a day", "a day", is_number=True), Column("an order", "an order", is_number=True),
    )  # fmt: skip
    return Group(*map(Text, sentences), Text(), Rows(columns, [_limits(token) for token in account.tokens]))


def _limits(token: TokenLimits) -> list[Text]:
    limits = (token.limit_per_day, token.limit_per_order)
    amounts = ("no limit" if limit is None else plain(limit) for limit in limits)
    return [Text(token.symbol), Text(plain(token.used_today)), *map(Text, amounts)]


@shown.register
def _(quote: Quote) -> RenderableType:
    told = [offer(quote)]
    if quote.denied is not None:
        told.append(Text(f"An order would fail: {reason(quote.denied)}", STYLES["failed"]))
    return Group(*told, Text(), _quotes(quote.route, SwapText.of(quote)))


def offer(quote: Quote) -> RenderableType:
    """Return a quote in sentences."""
    now = "Now " if quote.trigger is not None else ""
    best = f"{now}{plain(quote.amount)} {quote.token_in} gives {plain(quote.amount_out)} {quote.token_out}"
    least = f"at least {plain(quote.minimum_amount_out)}"
    if quote.summary is None:
        least += f" with {percent(quote.slippage_bps)} slippage"
    told = Text.assemble((best, "bold"), f" on {quote.route.dex},\n{least}")
    if quote.price_impact_bps is not None:
        told.append("; price impact ").append(*_impact(quote.price_impact_bps))
    told.append(".")
    if quote.summary is not None:
        told = Text.assemble((quote.summary, "bold"), "\n", told, f"\n{distance(quote)}")
    return told


def _impact(bps: int) -> tuple[str, str]:
    style = "red" if bps >= MUCH_IMPACT_BPS else "yellow" if bps >= NOTABLE_IMPACT_BPS else ""
    return percent(bps), style


@shown.register
def _(page: OrderPage) -> RenderableType:
    parts: list[RenderableType] = []
    if page.orders:
        columns = Column("order"), Column("UTC"), Column("status"), Column("swap")
        parts.append(Rows(columns, [_listed(order) for order in page.orders]))
    if page.unreadable:
        parts.append(_whole(Text(unreadable(page.unreadable), STYLES["expired"])))
    return Group(*parts) if parts else Text("There are no such orders.")


def _listed(order: Order) -> list[Text]:
    accepted = f"{order.accepted_at.astimezone(UTC):%m-%d %H:%M}"
    status = Text(order.status, STYLES.get(order.status, RUNNING))
    return [Text(order.order_id), Text(accepted), status, Text(f"{SwapText.of(order)}{_price(order)}")]


def _price(order: Order) -> str:
    """Return the price of an order, to be put after its swap; nothing of a market order."""
    named = order.trigger.price if order.trigger is not None else order.limit_price
    kind = KINDS.get(order.type, order.type)
    return "" if named is None else f", {kind} at {plain(named)} {order.price_in or ''}".rstrip()


@shown.register
def _(order: Order) -> RenderableType:
    timeline = Timeline()
    for event in order.logs:
        timeline.add(event)
    parts: list[RenderableType] = [Rows((Column(), Column()), [*_facts(order)])]
    if order.tx_hash is not None and order.status not in FINAL:
        parts.append(signature("sent", order.tx_hash))
    parts += [Text(), timeline]
    if order.route is not None:
        parts += [Text(), _quotes(order.route, SwapText.of(order))]
    if order.status in FINAL and order.logs:
        parts += [Text(), outcome(SwapText.of(order), list(order.logs))]
    if order.status in FINAL - {"confirmed"}:
        sent = dict.fromkeys(event.tx_hash for event in order.logs if event.tx_hash is not None)
        parts += [signature("Sent without a trade:", tx_hash) for tx_hash in sent]
    return Group(*parts)


def _facts(order: Order) -> Iterator[list[Text]]:
    least = f", at least {plain(order.minimum_amount_out)}" if order.minimum_amount_out is not None else ""
    life = f", valid for {duration(seconds_between(order.accepted_at, order.expires_at))}"
    if order.good_till is not None:
        life = ""
    for name, value in (
        ("order", order.order_id),
        ("key", order.idempotency_key or ""),
        ("swap", f"{SwapText.of(order)}, slippage {percent(order.slippage_bps)}{least}"),
        (KINDS.get(order.type, order.type), order.summary or ""),
        ("accepted", f"{moment(order.accepted_at)}{life}{traded_on(order.market)}"),
        ("good till", _waiting(order)),
        ("waits again", reason(order.last_return) if order.last_return is not None else ""),
    ):
        if value:
            yield [Text(name, FAINT), Text(value)]


def _waiting(order: Order) -> str:
    if order.good_till is None:
        return ""
    counts = (("fired", order.firings), ("amended", order.amendments))
    times = ("once" if count == 1 else f"{count} times" for _, count in counts)
    told = (f", {name} {how}" for (name, count), how in zip(counts, times, strict=True) if count)
    return f"{moment(order.good_till)}{''.join(told)}"


def _quotes(route: Route, swap: SwapText) -> Rows:
    """Return the pools' offers, best first, and why venues and pools made none."""
    gives = f"gives {swap.token_out}"
    columns = (
        Column("venue"), Column("pool"), Column(gives, gives, is_number=True),
        Column("impact", "impact", is_number=True), Column(),
    )  # fmt: skip
    offers = [(venue, pool) for venue in route.quotes for pool in venue.pools]
    offers.sort(key=lambda each: -1 if each[1].amount_out is None else each[1].amount_out, reverse=True)
    amounts = [pool.amount_out for _, pool in offers if pool.amount_out]
    places = max((len(plain(amount).partition(".")[2]) for amount in amounts), default=0)
    rows = []
    for venue, pool in offers:
        is_taken = venue.dex == route.dex and pool.pool == route.pool
        note = reason(pool.error) if pool.error is not None else "best" * is_taken
        given = "" if pool.amount_out is None else f"{pool.amount_out:.{places}f}"
        impact = "" if pool.price_impact_bps is None else percent(pool.price_impact_bps)
        cells = venue.dex, pool.type.removeprefix(f"{venue.dex}_"), given, impact, note
        rows.append([Text(cell, "green" if is_taken else "") for cell in cells])
    rows += [
        [Text(venue.dex), Text(), Text(), Text(), Text(reason(venue.error), FAINT)]
        for venue in route.quotes
        if venue.error is not None
    ]
    return Rows(columns, rows, heads=2)


def _whole(sentence: Text) -> Text:
    """Return the sentence without line breaks: the terminal wraps it, so an id in it can be copied whole."""
    sentence.no_wrap, sentence.overflow = True, "ignore"
    return sentence
