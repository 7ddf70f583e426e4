"""Why a robots.txt cannot be read is said, also by a later round: perhaps an address is wrong."""

from datetime import UTC, datetime

import pytest

from outcomes.media.fetch import Fetched, Reason
from outcomes.media.robots import decide, read_robots

NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        (0, "no-name", "there is no such host"),
        (0, "private", "the address belongs to a private network"),
        (503, "", "the server answered 503"),
    ],
)
def test_why_robots_txt_cannot_be_read_is_said(status: int, reason: Reason, said: str):
    fetched = Fetched(
        status=status, headers={}, body=b"", url="https://x.example/robots.txt", hops=(),
        seconds=0.1, reason=reason,
    )  # fmt: skip
    decision = decide(read_robots(fetched, now=NOW), "https://x.example/feed")
    assert not decision.allowed
    assert f"robots.txt cannot be read now ({said}" in decision.sentence
