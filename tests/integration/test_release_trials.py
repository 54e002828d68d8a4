"""The events by which a release is tried before it serves: every function starts, and nothing is changed."""

import copy
import json
from typing import Any

import pytest
from chalice.local import LambdaContext
from chalice.test import Client

import app as entry
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.watching import Direction
from chalicelib.errors import StorageUnavailable
from infra.releases import API, TRIALS, passes
from tests.fakes.examples import ORDER_ID, an_order
from tests.integration.test_template import FUNCTIONS, TEMPLATE

LATE_MS = 3_600_000


def answer_of(client: Client, output: str) -> Any:
    """What Lambda would be answered by the function that the output names."""
    handler = FUNCTIONS[output.removesuffix("Function")]["Handler"].removeprefix("app.")
    if handler == "app":
        context = LambdaContext("api", 128, max_runtime_ms=29_000)
        return entry.app(copy.deepcopy(TRIALS[output]), context)
    return client.lambda_.invoke(handler, copy.deepcopy(TRIALS[output])).payload


def test_every_function_has_its_trial_under_an_output_that_names_it() -> None:
    named = {output: TEMPLATE["Outputs"][output]["Value"] for output in TRIALS}

    assert named == {f"{name}Function": {"Ref": name} for name in FUNCTIONS}


@pytest.mark.parametrize("output", sorted(TRIALS))
def test_a_trial_is_answered_and_changes_nothing(desk, output):
    desk.orders.orders[ORDER_ID] = an_order(at=desk.clock.now())
    desk.clock.advance(LATE_MS)

    def everything():
        kept = (desk.orders, desk.queue, desk.subscriptions, desk.connections, desk.tickets, desk.exposures)
        return [repr(vars(each)) for each in kept]

    before = everything()
    answer = answer_of(desk.client, output)

    assert everything() == before
    assert passes(output, json.dumps(answer))


def test_a_trial_watches_no_prices_though_something_is_armed(desk):
    desk.registry.armed = {Direction(SOL, USDC): desk.clock.now()}
    began = desk.clock.now()

    assert passes("WatchFunction", json.dumps(answer_of(desk.client, "WatchFunction")))

    assert desk.clock.now() == began


def unreachable(*_: object) -> None:
    raise StorageUnavailable("there is no such table")


@pytest.mark.parametrize("gone", ["orders", "queue", "switch"])
def test_an_api_that_does_not_reach_what_it_reads_fails_its_trial(desk, gone):
    getattr(desk, gone).interrupt = unreachable

    assert not passes(API, json.dumps(answer_of(desk.client, API)))


def test_an_authorizer_that_does_not_reach_the_keys_fails_its_trial_by_lambdas_own_word(desk):
    desk.keys.interrupt = unreachable

    with pytest.raises(StorageUnavailable):
        answer_of(desk.client, "AuthorizeFunction")


def test_the_schedule_would_have_closed_what_a_trial_leaves_alone(desk):
    desk.orders.orders[ORDER_ID] = an_order(at=desk.clock.now())
    desk.clock.advance(LATE_MS)

    desk.client.lambda_.invoke("reconcile", {**TRIALS["ReconcileFunction"], "source": "aws.events"})

    assert desk.orders.get(ORDER_ID).status.value == "expired"
