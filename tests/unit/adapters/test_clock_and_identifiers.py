"""The real clock and identifiers, and their fakes, are what the ports ask for."""

import time
import uuid

import pytest

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.identifiers import RandomIdentifiers
from chalicelib.domain.tickets import is_ticket
from chalicelib.ports import Clock, Identifiers
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import FakeIdentifiers


@pytest.mark.parametrize("clock", [SystemClock(), FakeClock()])
def test_sleep_lets_time_pass(clock: Clock) -> None:
    before = clock.now()
    clock.sleep(5)
    assert clock.now() >= before + 5


def test_the_time_is_in_milliseconds_since_the_epoch() -> None:
    assert abs(SystemClock().now() - time.time() * 1000) < 1_000


@pytest.mark.parametrize("identifiers", [RandomIdentifiers(), FakeIdentifiers(), FakeIdentifiers(series=3)])
def test_identifiers_are_never_drawn_twice(identifiers: Identifiers) -> None:
    order_ids = [identifiers.order_id() for _ in range(100)]
    write_ids = [identifiers.write_id() for _ in range(100)]
    assert len({*order_ids, *write_ids}) == 200
    assert [str(uuid.UUID(order_id)) for order_id in order_ids] == order_ids


def test_fakes_of_different_series_draw_different_ids() -> None:
    one, other = FakeIdentifiers(), FakeIdentifiers(series=1)
    assert one.order_id() != other.order_id()
    assert one.write_id() != other.write_id()


def test_a_secret_has_256_random_bits_in_base64url() -> None:
    secrets = {RandomIdentifiers().secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(is_ticket(secret) for secret in secrets)
