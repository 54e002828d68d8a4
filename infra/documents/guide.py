"""The introduction of the documents: prose, with tables and messages made from the code."""

import json
from collections.abc import Iterable

from chalicelib.api.wire.codes import problems, reasons
from infra.documents.asyncapi import Message, received, sent

BEGIN = """
Takes swap orders for Solana, routes each to the better of **Raydium** and **Meteora** by net output
after fees and price impact, executes it **exactly once**, and streams every status over a WebSocket.

**No money moves.** On the market `paper` venues, chain and wallet are simulated. On `shadow` quotes are
those of real pools, read from Solana's nodes, and swaps are filled on paper at the prices of a later
reading. No transaction reaches Solana on either. Each order, and `GET /api/health`, name their `market`.

[Dashboard](./) · [openapi.json](openapi.json) · [asyncapi.json](asyncapi.json)

# Begin

1. `POST /api/orders/execute` accepts an order and answers with `orderId` and `streamUrl`.
2. Connect to `streamUrl` and say nothing: each status arrives, from `pending` to `confirmed`, `failed`,
   `expired` or `cancelled`.
3. `GET /api/orders/{orderId}` shows the order with its route, its fill and its whole history at any time.

**Send your key** with every request: `Authorization: Bearer oee_…`. Without one a request is answered with
401, and where its scopes don't reach with 403. An order of another account is not there: 404. A stack that
is run with AUTH_MODE=open asks for no key.

**An account has limits**: orders a minute, open orders, the tokens that it may trade, and how much of a
tokenIn it may order at once and in a day. A day's amounts count what was accepted, filled or not, from
midnight UTC. What goes over a limit is refused with 422, or with 429 for the rate, with the numbers, and
counts nothing.

**Money is a decimal string** (`"1.5"`), in whole tokens; JSON numbers are refused. **Slippage is a
fraction**: `"0.01"` is 1 %. The minimum output is fixed by the order's first quote and never lowered.
Tokens are named by symbol, in any case, or by mint address.

**Trade at what you were shown.** An order asks for quotes of its own when it is executed. Give it the
`minimumAmountOut` of the quote that you saw, and it will never trade for less: its minimum is this or what
its slippage gives, whichever is more. While every offer is below, it is tried again as after any refusal,
and then fails with ROUTE_BELOW_MINIMUM, which names both numbers.

**Name your price.** An order of `"type": "limit"` swaps at its `limitPrice` or a better one, net of all fees.
`priceIn` names the token in which the price is: `"limitPrice": "160", "priceIn": "USDC"` is 160 USDC for one
SOL, whichever of them is sold. The least output that is not worse than the price is fixed to the base unit,
rounded up, and the chain refuses less. With the `timeInForce` `GTC` (the default) the order waits for its
price, with `GTD` until `expiresAt` at the latest, and with `FOK` or `IOC` not at all: it has one attempt, and
ends as failed with ROUTE_BELOW_MINIMUM if its price can't be had. Both mean the same because a swap is all or
nothing. Send the same body to `POST /api/quotes` to hear whether its price could be had now, and how far off
it is.

**Sell when it falls, or when it has risen enough.** A `stop` waits until the price is at its `trigger` or
worse, a `takeProfit` until it is at its `trigger` or better; then they swap at what the market gives. A stop
may name a `limitPrice` too: it accepts nothing worse, and waits for that once it has fired. What waits is
`armed`. When its price is met it fires, and is executed like any order, for `validForSeconds` at most; if
nothing of it landed, and nothing can, it is `armed` again and says why (`lastReturn`). It ends when it is
confirmed, cancelled, or its time is over. `summary` says in words what an order does.

```json
{"type": "stop", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5",
 "trigger": {"price": "130"}, "limitPrice": "126", "priceIn": "USDC",
 "timeInForce": "GTD", "expiresAt": "2026-12-24T00:00:00Z"}
```

`PATCH /api/orders/{orderId}` changes the prices, the slippage or the end of an order that is armed, in place.

**A trigger is no trade.** One reading fires no stop: the venues have to agree, twice in a row, and the offer
that would be taken has to be at the trigger too; `"ifRecovered": "trade"` does without the last. What a stop
sells for is what the market gives then, less slippage at most; only a `limitPrice` is a floor. An order whose
trigger is met when it comes is refused unless `ifMet` says `fire`, and so is a price more than ten times from
the market's, unless `ifFar` says `accept`.

**Ask again without fear.** With an `Idempotency-Key` a request may be sent any number of times and makes
one order. A 429 or 503 carries a `Retry-After` that is true: the same request is fine after so many seconds.

**Expect more fields.** New fields and codes may come at any time: ignore what you don't know.
"""

STREAM = """
# The stream

A socket follows an order, or all orders of an account. Its address is the `streamUrl` of an answer. Where
keys are needed it holds a ticket, which opens one socket within a minute: `POST /api/stream-tickets` makes
another for each reconnect, and without `orderId` one for all orders. Clients that can send headers may send
their key instead: `Authorization: Bearer …` opens a socket of the order that `?orderId=` names, or of all.

Messages may come twice: drop what you have by `sequence`. After a reconnect, connect with `&after=N`, the
last sequence that you have; over a socket of all orders send a `subscribe` for each order whose last event
you don't have. For machines, these messages are described in [asyncapi.json](asyncapi.json).
"""

ERRORS = """
# Errors

Every refusal is [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) `application/problem+json`. Decide by
`code`; `detail` tells people what to do, with the numbers, `hint` tells programs how, and `errors` points at
each refused field.

| code | status | what to do |
|---|---|---|
"""

REASONS = """
# Why an order did not trade

A try that failed carries a `reason`; an order that ended without a trade, and a venue or pool that was
left out, an `error`. Both have one of these codes:

| code | meaning |
|---|---|
"""


def written() -> str:
    """Return the whole text, in Markdown."""
    refusals = "\n".join(
        f"| `{problem.code}` | {problem.status} | {f'{problem.detail} {problem.hint}'.strip()} |"
        for problem in problems()
    )
    causes = "\n".join(f"| `{code}` | {meaning} |" for code, meaning in reasons().items())
    stream = [
        BEGIN.strip(),
        STREAM.strip(),
        "## What you get",
        *_described(sent().values()),
        "## What you may say",
        *_described(received().values()),
    ]
    return "\n\n".join([*stream, (ERRORS + refusals).strip(), (REASONS + causes).strip()])


def _described(messages: Iterable[Message]) -> Iterable[str]:
    for message in messages:
        *_, example = message.examples.values()
        kind = example.get("type") or example["action"]
        yield f"**{kind}**: {message.kind.__doc__}"
        yield f"```json\n{json.dumps(example, indent=2)}\n```"
