"""Validators are kept from every answer, and never believed for longer than a day."""

from datetime import UTC, datetime, timedelta

import pytest

from outcomes.media.conditional import LastReading, Validators, settle, validators_to_send

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
KEPT = LastReading(validators=Validators(etag='"1"'), body_hash="h", read_at=NOW, unchanged=3)


def after(**change: timedelta) -> datetime:
    return NOW + timedelta(**change)


@pytest.mark.parametrize(
    ("kept", "now", "sent"),
    [
        (None, NOW, False),
        (LastReading(), NOW, False),
        (KEPT, after(hours=1), True),
        (KEPT, after(hours=23.9), True),
        (KEPT, after(hours=24), False),
        (KEPT, after(hours=-1), False),  # the clock was set back
        (LastReading(validators=KEPT.validators, read_at=NOW, unchanged=9), after(hours=1), True),
        (LastReading(validators=KEPT.validators, read_at=NOW, unchanged=10), after(hours=1), False),
        (LastReading(read_at=NOW), after(hours=1), False),  # the server gave none
    ],
)
def test_a_whole_reading_is_due_after_a_day_or_ten_times_unchanged(
    kept: LastReading | None, now: datetime, sent: bool
):
    assert (validators_to_send(kept, now=now) is not None) is sent


def test_a_new_body_is_new_once_and_the_same_body_is_unchanged():
    first = settle(None, status=200, headers={"etag": '"a"'}, body=b"x", asked=False, now=NOW)
    assert (first.change, first.kept.validators.etag) == ("new", '"a"')
    later = after(hours=2)
    second = settle(
        first.kept,
        status=200,
        headers={"etag": '"b"', "last-modified": "then"},
        body=b"x",
        asked=True,
        now=later,
    )
    assert second.change == "unchanged"
    assert second.kept.validators == Validators(etag='"b"', last_modified="then")
    assert second.kept.read_at == later
    third = settle(second.kept, status=200, headers={}, body=b"y", asked=True, now=later)
    assert third.change == "new"
    assert third.kept.validators == Validators()


def test_not_modified_counts_and_renews_the_validators_but_is_no_reading():
    found = settle(
        KEPT, status=304, headers={"etag": '"2"'}, body=b"", asked=True, now=after(hours=2)
    )
    assert found.change == "unchanged"
    assert found.kept.validators.etag == '"2"'
    assert (found.kept.unchanged, found.kept.read_at, found.kept.body_hash) == (4, NOW, "h")
    again = settle(found.kept, status=304, headers={}, body=b"", asked=True, now=after(hours=3))
    assert (again.kept.validators.etag, again.kept.unchanged) == ('"2"', 5)


def test_ten_answers_not_modified_lead_to_a_whole_reading_which_starts_anew():
    kept, polls = KEPT, 0
    while validators_to_send(kept, now=after(hours=1)):
        kept = settle(kept, status=304, headers={}, body=b"", asked=True, now=NOW).kept
        polls += 1
    assert polls == 7
    kept = settle(kept, status=200, headers={"etag": "z"}, body=b"", asked=False, now=NOW).kept
    assert kept.unchanged == 0
    assert validators_to_send(kept, now=after(hours=1))


@pytest.mark.parametrize(
    ("status", "asked"), [(304, False), (500, True), (404, False), (204, True)]
)
def test_other_answers_are_failures_and_change_nothing(status: int, asked: bool):
    found = settle(KEPT, status=status, headers={"etag": "z"}, body=b"", asked=asked, now=NOW)
    assert (found.change, found.kept) == ("failed", KEPT)
    assert str(status) in found.reason


def test_validators_that_cannot_be_sent_back_are_not_kept():
    headers = {"etag": "a\r\nX: y", "last-modified": "x" * 5000}
    found = settle(None, status=200, headers=headers, body=b"x", asked=False, now=NOW)
    assert found.kept.validators == Validators()
    assert Validators(etag="e", last_modified="").headers() == {"If-None-Match": "e"}
