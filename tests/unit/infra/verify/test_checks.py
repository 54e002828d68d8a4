"""Every promise that is checked is broken once by a fake stack, and the check of it says so, with numbers."""

import httpx
import pytest

from infra.verify.checks import CHECKS
from infra.verify.outcome import PromiseBroken, Verdict
from infra.verify.runner import run
from infra.verify.visit import begin
from tests.unit.infra.verify.flaws import Flaw
from tests.unit.infra.verify.stack import KEY, FakeStack

ALL = set(CHECKS)
OF_KEYS = {"wrong keys", "scopes", "keys of sockets"}

NEEDED = {"first order", "bad requests", "second order", "cut and resume"}
"""Checks whose orders and refusals others look at."""

CAUGHT = {
    Flaw.HEALTH_IS_DEGRADED: ("health", "status degraded"),
    Flaw.HEAD_IS_NOT_FOUND: ("health", "404 with 0 bytes"),
    Flaw.PAGE_IS_MISSING: ("documents", "GET /docs"),
    Flaw.DOCUMENT_LACKS_A_ROUTE: ("documents", "it lacks /api/orders/execute"),
    Flaw.EVERY_PATH_IS_FOUND: ("not found", "Seen: 200"),
    Flaw.EVERY_ORDER_IS_FOUND: ("not found", "404 ORDER_NOT_FOUND. Seen: 200"),
    Flaw.ANY_KEY_IS_LET_IN: ("wrong keys", "with a text that is no key is answered with 401"),
    Flaw.NO_CHALLENGE: ("wrong keys", "WWW-Authenticate: Bearer. Seen: None"),
    Flaw.EVERY_KEY_IS_ADMIN_BY_NAME: ("scopes", "names that scope"),
    Flaw.REPLAY_MAKES_ANOTHER: ("replay", "Seen: 202 application/json and another orderId"),
    Flaw.REPLAY_IS_NOT_MARKED: ("replay", "Idempotent-Replayed: true. Seen: None"),
    Flaw.USED_KEY_IS_TAKEN: ("key used again", "Seen: 200"),
    Flaw.USED_KEY_IS_A_CONFLICT: ("key used again", "Seen: 409 IDEMPOTENCY_KEY_REUSED"),
    Flaw.NUMBERS_ARE_MONEY: ("bad requests", "amount is wrong is answered with 400"),
    Flaw.NO_FIELD_IS_NAMED: ("bad requests", "pointing at []"),
    Flaw.LONG_BODIES_ARE_READ: ("bad requests", "more than 8192 bytes"),
    Flaw.ANY_PAIR_IS_TRADED: ("untraded pair", "Seen: 202 application/json for SOL and JUP"),
    Flaw.QUOTE_IS_NOT_THE_BEST: ("quotes", "1.4 with a minimum of 1.3, of 1 offers"),
    Flaw.ORDERS_ARE_REFUSED: ("first order", "accepted with 202. Seen: 422 ROUTE_NOT_FOUND"),
    Flaw.ORDERS_BREAK_THE_ENGINE: ("first order", "accepted with 202. Seen: 500"),
    Flaw.NEW_ORDERS_ARE_REPLAYS: ("first order", "accepted with 202. Seen: 200"),
    Flaw.ORDERS_TRADE_ELSEWHERE: ("first order", "on paper, as health says. Seen: one on solana"),
    Flaw.ORDERS_FAIL: ("first order", "order-1 ended failed ROUTE_NOT_FOUND: No venue"),
    Flaw.AN_EVENT_IS_MISSING: ("first order", "after sequence 1 came 3"),
    Flaw.A_MOVE_IS_ILLEGAL: ("first order", "routing became submitted at sequence 3"),
    Flaw.SOCKETS_FALL_SILENT: ("first order", "the last word is none (sequence 0)"),
    Flaw.SOCKETS_BREAK: ("first order", "stays open while it is used. Seen: it broke"),
    Flaw.NO_BACKFILL_COMES_FIRST: ("first order", "first message is a backfill. Seen: a status_update"),
    Flaw.ANOTHER_ORDER_IS_TOLD: ("first order", "tells of that order only. Seen: a status_update of order-0"),
    Flaw.MESSAGES_ARE_NO_JSON: ("first order", "Seen: 'Internal server error'"),
    Flaw.HISTORY_IS_ANOTHER: ("first order", "4 events of which the socket told 5"),
    Flaw.FILLED_BELOW_MINIMUM: ("first order", "less than its minimum (1.3). Seen: 1.2"),
    Flaw.TICKETS_OPEN_TWICE: ("tickets", "it opened a second one"),
    Flaw.TICKETS_OPEN_ANY_ORDER: ("tickets", "no socket of another order"),
    Flaw.TICKETS_ARE_OVER: ("tickets", "an expiresAt of 2020-01-01T00:00:00Z"),
    Flaw.ANY_HANDSHAKE_OPENS: ("handshakes", "a handshake without anything is refused"),
    Flaw.ID_ALONE_OPENS: ("keys of sockets", "an order's id alone opens no socket. Seen: it opened one"),
    Flaw.AFTER_IS_IGNORED: ("cut and resume", "after sequence 1 begins with 2. Seen: it begins with 1"),
    Flaw.AFTER_SKIPS_ONE: ("cut and resume", "begins with 2. Seen: it begins with 3"),
    Flaw.RESUMED_TELLS_THE_KNOWN: ("cut and resume", "Seen: 1 came again"),
    Flaw.PONG_IS_BEHIND: ("socket messages", "(5, confirmed). Seen: pong 4"),
    Flaw.SUBSCRIBE_IGNORES_AFTER: ("socket messages", "by 4 and 5. Seen: backfill [1, 2, 3, 4, 5]"),
    Flaw.LONG_MESSAGES_ARE_READ: ("socket messages", "over 4096 bytes"),
    Flaw.BAD_ACTIONS_ARE_NOT_ANSWERED: ("socket messages", "nothing within 20 s"),
    Flaw.CANCELLED_ORDERS_GO_ON: ("cancel", "is final and traded nothing. Seen: it is confirmed"),
    Flaw.TOO_LATE_WITHOUT_STATUS: ("cancel", "the order's status. Seen: 409 ORDER_NOT_CANCELLABLE"),
    Flaw.ACCOUNT_SOCKET_MISSES_ONE: ("cancel", "after nothing came cancelled with sequence 2"),
    Flaw.CONFIRMED_ORDERS_ARE_CANCELLED: ("cancel too late", "Seen: 200"),
    Flaw.LISTED_TWICE: ("list and pages", "no order is on two pages. Seen: 1 are"),
    Flaw.LISTED_OLDEST_FIRST: ("list and pages", "Promised: orders are listed newest first"),
    Flaw.LISTED_NOT_AT_ALL: ("list and pages", "1 of 3 are not among the newest 2"),
    Flaw.PAGES_ARE_LONGER: ("list and pages", "as were asked for (2). Seen: 3"),
    Flaw.KEYS_FIND_NOTHING: ("list by filters", "Seen: 0 orders"),
    Flaw.ENDED_IS_LISTED_AS_OPEN: ("list by filters", "the first order of the run is"),
    Flaw.WRONG_QUERIES_ARE_READ: ("list by filters", "Seen: 200"),
    Flaw.NO_RATE_IS_TOLD: ("account's rate", "Seen: None and None"),
    Flaw.NO_ORDER_COUNTS: ("account's rate", "(120 a minute). Seen: 120 left"),
    Flaw.REFUSALS_ARE_PLAIN_JSON: ("refusals", "lacks application/problem+json"),
    Flaw.NO_RETRY_AFTER: ("refusals", "429 RATE_LIMIT_EXCEEDED lacks Retry-After"),
    Flaw.ORDERS_NEVER_END: ("nothing left open", "it is submitted after 150 s"),
}  # fmt: skip
"""Which check says what of each flaw."""


def outcomes_of(stack: FakeStack, **how):
    visit = begin(stack.conversation(KEY if stack.is_guarded else None), **how)
    return visit, {outcome.check: outcome for outcome in run(visit)}


def test_every_flaw_is_one_that_a_check_must_catch():
    assert set(CAUGHT) == set(Flaw)
    assert {check for check, _ in CAUGHT.values()} | {"second order"} == ALL


@pytest.mark.parametrize("is_guarded", [False, True])
def test_a_stack_that_keeps_its_promises_passes_every_check(is_guarded):
    stack = FakeStack(is_guarded=is_guarded)
    visit, outcomes = outcomes_of(stack)
    elsewhere = set() if is_guarded else OF_KEYS
    assert {name: outcome.said for name, outcome in outcomes.items() if name not in elsewhere} == {
        name: outcome.said for name, outcome in outcomes.items() if outcome.verdict is Verdict.KEPT
    }
    assert {o.check for o in outcomes.values() if o.verdict is Verdict.ELSEWHERE} == elsewhere
    assert [order.status for order in stack.orders] == ["confirmed", "confirmed", "confirmed", "cancelled"]
    assert all(order.is_final for order in visit.orders.placed)


@pytest.mark.parametrize("flaw", Flaw, ids=lambda flaw: flaw.name)
def test_a_broken_promise_is_told_by_its_check(flaw):
    check, said = CAUGHT[flaw]
    stack = FakeStack(flaw, is_guarded=check in OF_KEYS)
    stack.limited = 1 if flaw is Flaw.NO_RETRY_AFTER else 0
    needed = {name: each for name, each in CHECKS.items() if name in {*NEEDED, check}}
    visit = begin(stack.conversation(KEY if stack.is_guarded else None))
    outcomes = {outcome.check: outcome for outcome in run(visit, needed)}
    assert outcomes[check].verdict is Verdict.BROKEN
    assert said in outcomes[check].said
    assert outcomes[check].said.startswith("Promised: ")


def test_a_stage_in_production_that_lets_everybody_in_breaks_its_promise():
    _, outcomes = outcomes_of(FakeStack(), must_ask_for_keys=True)
    assert outcomes["wrong keys"].verdict is Verdict.BROKEN


def test_an_order_that_is_refused_for_now_is_sent_again_when_the_refusal_said():
    stack = FakeStack()
    stack.limited = 2
    visit, outcomes = outcomes_of(stack)
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.KEPT, Verdict.ELSEWHERE}
    assert visit.talk.waited == ["2 s after 429 RATE_LIMIT_EXCEEDED"] * 2
    assert "Waited as told" in outcomes["refusals"].said


def test_a_new_order_is_no_replay_because_another_one_had_to_wait():
    stack = FakeStack(Flaw.NEW_ORDERS_ARE_REPLAYS)
    visit = begin(stack.conversation())
    stack.limited = 1
    assert visit.orders.place().order_id == "order-1"
    with pytest.raises(PromiseBroken, match="a new order is accepted with 202"):
        visit.orders.place()


def test_a_socket_that_has_to_be_pinged_is_told_and_breaks_nothing():
    stack = FakeStack()
    stack.lost_words = 1
    visit, outcomes = outcomes_of(stack)
    assert outcomes["first order"].verdict is Verdict.KEPT
    assert "pings sent: 1" in outcomes["first order"].said
    assert max(figure.seconds for figure in visit.figures) > 10


def test_events_that_are_told_again_break_nothing():
    stack = FakeStack()
    stack.repeats = True
    _, outcomes = outcomes_of(stack)
    assert outcomes["socket messages"].verdict is Verdict.KEPT


def test_an_account_that_may_place_no_order_is_not_a_broken_promise():
    stack = FakeStack()
    stack.limited = 1_000
    visit, outcomes = outcomes_of(stack)
    assert outcomes["first order"].verdict is Verdict.UNCHECKED
    assert "RATE_LIMIT_EXCEEDED" in outcomes["first order"].said
    assert Verdict.BROKEN not in {outcome.verdict for outcome in outcomes.values()}
    assert visit.orders.placed == []


def test_what_says_that_it_trades_elsewhere_is_given_no_other_order():
    stack = FakeStack(Flaw.ORDERS_TRADE_ELSEWHERE)
    _, outcomes = outcomes_of(stack)
    assert len(stack.orders) == 1
    assert outcomes["second order"].verdict is Verdict.UNCHECKED


def test_a_stack_that_goes_away_is_told_once_and_the_rest_is_not_tried():
    stack = FakeStack()
    visit = begin(stack.conversation())
    outcomes = []
    for outcome in run(visit):
        outcomes.append(outcome)
        stack.is_down = len(outcomes) >= 3
    assert [outcome.verdict for outcome in outcomes[2:5]] == [
        Verdict.KEPT, Verdict.BROKEN, Verdict.UNCHECKED,
    ]  # fmt: skip
    assert "connection refused" in outcomes[3].said
    assert {outcome.verdict for outcome in outcomes[4:]} == {Verdict.UNCHECKED}


def test_an_order_whose_answer_was_lost_is_found_by_its_key_and_ended():
    stack = FakeStack()
    visit = begin(stack.conversation())
    serve = stack.serve

    def lost(request):
        served = serve(request)
        if request.url.path.endswith("/execute"):
            raise httpx.ReadTimeout("nothing came")
        return served

    visit.talk._client._transport = httpx.MockTransport(lost)  # noqa: SLF001
    outcomes = {outcome.check: outcome for outcome in run(visit)}
    assert outcomes["first order"].verdict is Verdict.BROKEN
    assert "nothing came" in outcomes["first order"].said
    assert outcomes["nothing left open"].verdict is Verdict.KEPT
    assert {order.status for order in stack.orders} == {"cancelled"}
