from datetime import UTC, datetime

import pytest

from oee.arguments import end_of_wait

NOW = datetime(2026, 11, 22, 18, 32, 44, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("90s", "2026-11-22T18:34:14+00:00"), ("30m", "2026-11-22T19:02:44+00:00"),
        ("12 h", "2026-11-23T06:32:44+00:00"), ("7d", "2026-11-29T18:32:44+00:00"),
        ("2026-12-24T00:00:00Z", "2026-12-24T00:00:00+00:00"),
        ("2026-12-24T00:00:00.500+01:00", "2026-12-24T00:00:00.500000+01:00"),
    ],
)  # fmt: skip
def test_a_wait_ends_after_a_span_in_whole_seconds_or_at_a_time_with_its_zone(text, end):
    assert end_of_wait(text, NOW).isoformat() == end
