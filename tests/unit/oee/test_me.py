"""Who the caller is to the API, as `oee me` and the client tell it."""

import json
from decimal import Decimal

from infra.documents.examples import me
from tests.unit.oee.answers import Script, answer, client


def test_the_client_reads_who_it_is():
    script = Script(answer(me()))
    told = client(script).me()
    assert script.requests[0].url.path == "/dev/api/me"
    assert (told.account, told.scopes, told.trading) == ("alice", ("trade", "read"), "active")
    assert (told.orders_this_minute.remaining, told.open_orders.used) == (117, 1)
    assert [token.remaining_today for token in told.tokens] == [Decimal("45.5"), None]


def test_a_person_reads_it_in_sentences_and_a_table(run):
    code, out, _ = run("me", answers=[answer(me())])
    assert code == 0
    assert out.splitlines() == [
        "You are alice, with the key 4f1d0c9be2a7, which allows: trade, read.",
        "Trading on paper is active.",
        "Orders this minute: 3 of 120. Open orders: 1 of 100.",
        "",
        "token  used today     a day  an order",
        "SOL           4.5        50        10",
        "USDC            0  no limit  no limit",
    ]
    assert json.loads(run("me", "--json", answers=[answer(me())])[1]) == me()


def test_without_keys_no_key_is_named(run):
    told = {**me(), "account": "open"}
    del told["keyId"]
    assert run("me", answers=[answer(told)])[1].startswith("You are open, which allows: trade, read.")
