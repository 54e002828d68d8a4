"""What a key's record says of the requests that come with the key."""

from dataclasses import replace

import pytest

from chalicelib.domain.idempotency import CLAIM_MS, IdempotencyRecord

NOW = 1_700_000_000_000
MINE = IdempotencyRecord("alice", "key-1", "payload", "mine", NOW + 300_000)


@pytest.mark.parametrize(
    ("holder", "may_bear"),
    [
        ({"counted": False}, True),
        ({"counted": True}, False),
        ({"counted": False, "fingerprint": "another payload"}, False),
        ({"counted": False, "expires_at": MINE.expires_at - CLAIM_MS + 1}, True),
        ({"counted": False, "expires_at": MINE.expires_at + CLAIM_MS - 1}, True),
        ({"counted": False, "expires_at": MINE.expires_at - CLAIM_MS}, False),
        ({"counted": False, "expires_at": MINE.expires_at + CLAIM_MS}, False),
        ({"expires_at": NOW + CLAIM_MS - 1}, True),
        ({"expires_at": NOW + CLAIM_MS}, False),
        ({"expires_at": NOW + 1, "fingerprint": "another payload"}, True),
    ],
)
def test_an_order_may_count_by_the_claim_of_a_request_that_is_not_stored(holder, may_bear):
    assert replace(MINE, order_id="theirs", **holder).may_bear(MINE, NOW) is may_bear
