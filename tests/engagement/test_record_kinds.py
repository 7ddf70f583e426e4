"""The kinds of engagement records as data: what each asks, and what it is counted into."""

import pytest
from pydantic import ValidationError

from outcomes.engagement.record_kinds import RecordKind, record_kind, shipped_kinds
from outcomes.errors import DataError
from outcomes.guards.forbidden import forbidden_columns
from outcomes.measures import find

ASKED = {
    "event": "B2", "contact": "B1", "organisation": "A9", "request": "B8", "letter": "B13",
    "initiative": "B12", "social_post": "B9", "referral": "B15", "media_contact": "A8",
    "partnership": "D10", "readiness": "D16", "training": "D26", "notice": "D30",
    "announcement": "D22", "briefing": "D22", "plan_shared": "D26", "pairing": "D26",
    "review": "D6", "event_log": "D32", "service_use": "D9",
}  # fmt: skip
TALLY = {"name": "tall", "label": "How many?", "kind": "count"}


@pytest.mark.parametrize(("code", "requirement"), ASKED.items())
def test_every_kind_that_the_requirements_ask_for_is_there(code, requirement):
    kind = record_kind(code)
    assert requirement in kind.requirement
    assert kind.about.endswith((".", "?"))


def test_no_kind_has_a_field_about_a_person():
    for kind in shipped_kinds().values():
        names = [field.name for field in kind.fields if field.name != "name"]  # of an event
        assert forbidden_columns(names) == ()


def test_outputs_and_outcomes_never_stand_in_one_kind():
    for kind in shipped_kinds().values():
        assert len(kind.roles) <= 1, kind.code
        assert kind.has_result == (kind.roles == ("outcome",)), kind.code
        assert not kind.is_context or kind.roles in {(), ("context",)}, kind.code


def test_the_three_measures_of_initiatives_are_kept_apart():
    codes = [one.measure for one in record_kind("initiative").counted]
    assert [find(code).requirement for code in codes] == ["B12", "B16", "B17"]


def test_a_wrong_kind_is_answered_with_the_right_ones():
    with pytest.raises(DataError, match="Did you mean 'event'"):
        record_kind("events")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": ("m",)}, "has no field 'm'"),
        ({"fields": [TALLY, TALLY]}, "stands twice"),
        ({"fields": [{**TALLY, "name": "day"}]}, "stands twice"),
        ({"counted": [{"measure": "walkz"}]}, "no measure is called"),
        ({"counted": [{"measure": "walks", "of": "m"}]}, "no field for a count"),
        ({"counted": [{"measure": "walks", "until": "tall"}]}, "no field for a date"),
        ({"counted": [{"measure": "walks", "where": "tall"}]}, "go together"),
        ({"counted": [{"measure": "walks", "filled": "m"}]}, "has no field 'm'"),
    ],
)
def test_a_kind_that_names_what_is_not_there_is_refused(change, words):
    sound = {"code": "tally", "name": "tally", "many": "tallies", "fields": [TALLY]}
    assert RecordKind.model_validate(sound).field("tall").kind == "count"
    with pytest.raises((ValidationError, DataError), match=words):
        RecordKind.model_validate({**sound, **change})
