"""What one socket may follow, and how many there may be."""

import pytest

from chalicelib.domain.connection import (
    LONGEST_LIFE_MS,
    MOST_ACCOUNT_STREAMS,
    MOST_FOLLOWED,
    Connection,
)
from chalicelib.domain.subscription import Subscription

TWO_HOURS_MS = 2 * 60 * 60 * 1000


def test_sockets_are_bounded_as_the_documents_say():
    assert (MOST_ACCOUNT_STREAMS, MOST_FOLLOWED) == (10, 100)


def test_a_socket_is_forgotten_only_once_the_gateway_has_closed_it():
    assert TWO_HOURS_MS < LONGEST_LIFE_MS < TWO_HOURS_MS + 600_000


@pytest.mark.promise("R12")
@pytest.mark.parametrize(
    ("bound_to", "order_id", "account", "may"),
    [
        ("", "order-1", "alice", True),
        ("order-1", "order-1", "alice", True),
        ("order-1", "order-2", "alice", False),
        ("", "order-1", "bob", False),
        ("order-1", "order-1", "bob", False),
    ],
)
def test_a_socket_follows_its_account_s_orders_and_a_bound_one_its_own(bound_to, order_id, account, may):
    assert Connection("socket", "alice", 1_000, bound_to).may_follow(order_id, account) is may


@pytest.mark.parametrize("follows_all", [False, True])
def test_a_subscription_begins_with_the_first_event_and_knows_whether_all_are_followed(follows_all):
    followed = Connection("socket", "alice", 1_000, follows_all=follows_all).follow("order-1")
    assert followed == Subscription("order-1", "socket", 0, True, 1_000, account_wide=follows_all)


def test_a_socket_follows_one_order_unless_it_says_otherwise():
    assert not Connection("socket", "alice", 1_000).follows_all
    assert not Subscription("order-1", "socket", 0, True, 1_000).account_wide
