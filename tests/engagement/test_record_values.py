"""What a cell or a form says for one field: numbers, choices, dates, and texts that name nobody."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.engagement.record_kinds import RecordField, record_kind, shipped_kinds
from outcomes.engagement.record_values import Wrong, day_fault, read_value, read_values

PLACES = ("Eastbank", "Marlow Falls Police Department")


def field(kind, **more):
    return RecordField(name="it", label="What?", kind=kind, **more)


def read(kind, text, **more):
    return read_value(field(kind, **more), text, known=PLACES)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("count", "12", 12),
        ("count", "0", 0),
        ("count", "7.0", 7),
        ("date", "2026-03-31", "2026-03-31"),
        ("time", "9:05", "09:05"),
        ("yes or no", "Yes", "yes"),
        ("text", "  open   evening at the library ", "open evening at the library"),
        ("note", " talked in Eastbank\nabout light", "talked in Eastbank\nabout light"),
        ("organisation", "YMCA; Eastbank Tenants Council;", ["YMCA", "Eastbank Tenants Council"]),
        ("organisation", "chair of the parents", ["chair of the parents"]),
        ("count", "", ""),
    ],
)  # fmt: skip
def test_what_is_written_becomes_a_value(kind, text, value):
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("count", "a few", "is not a whole number"),
        ("count", "2.5", "is not a whole number"),
        ("count", "-1", "is not a whole number"),
        ("count", "999999999999", "more than"),
        ("date", "2026-02-30", "is not a date"),
        ("date", "March", "is not a date"),
        ("time", "25:00", "is not a time"),
        ("yes or no", "perhaps", "is not one of the answers"),
        ("text", "x" * 121, "at most 120 fit"),
    ],
)
def test_what_is_no_value_is_refused_with_the_mend(kind, text, words):
    wrong = read(kind, text)
    assert isinstance(wrong, Wrong)
    assert words in wrong.problem
    assert wrong.mend


def test_choices_stand_in_the_order_of_the_kind_and_once():
    assert read("choices", "B; a; b", choices=("a", "b", "c")) == ["a", "b"]
    wrong = read("choices", "a; d", choices=("a", "b"))
    assert isinstance(wrong, Wrong)
    assert "Allowed: a, b" in wrong.mend


def test_an_empty_answer_is_wrong_only_where_one_is_needed():
    assert isinstance(read("text", " ", needed=True), Wrong)
    assert read("text", " ") == ""


@pytest.mark.parametrize(
    "text",
    [
        "talked with pastor John Smith",
        "met maria at the fair",
        "a man in the gray car, plate ABC 1234",
        "call 555-201-3344",
        "the family at 12 Oak Street",
        "wrote to ana@example.org",
        "my name is lee",
    ],
)
@pytest.mark.parametrize("kind", ["text", "note"])
def test_a_text_that_may_say_who_somebody_is_is_refused_without_repeating_it(kind, text):
    wrong = read(kind, text)
    assert isinstance(wrong, Wrong)
    assert "may say who somebody is" in wrong.problem
    for piece in ("Smith", "maria", "ABC", "3344", "Oak", "example.org"):
        assert piece not in str(wrong)
    assert "[" in wrong.draft


@pytest.mark.parametrize(
    "name",
    ["Maria Lopez", "Rosa Gutierrez", "Gutierrez", "Pastor John", "Maria Lopez of the council",
     "12 Main Street", "YMCA, 555-201-3344"],
)  # fmt: skip
def test_a_person_is_no_organisation(name):
    assert isinstance(read("organisation", f"YMCA; {name}"), Wrong)


@pytest.mark.parametrize(
    "name",
    ["Rosa Parks School", "St. Mary's Church", "Martin Luther King Center", "Broad Street Church",
     "Boys and Girls Club", "tenants' council, chair", "Eastbank", "Iglesia San Jose"],
)  # fmt: skip
def test_an_organisation_may_be_called_after_somebody(name):
    assert read("organisation", name) == [name]


def test_an_organisation_that_is_on_record_need_not_explain_itself():
    assert isinstance(read_value(field("organisation"), "Tacos Jalisco"), Wrong)
    assert read_value(field("organisation"), "Tacos Jalisco", known=["tacos jalisco"]) == [
        "Tacos Jalisco"
    ]


def test_all_faults_of_a_record_are_told_at_once():
    values, wrong = read_values(record_kind("event"), {"participants": "many", "police": "3"})
    assert values == {"police": 3}
    assert set(wrong) == {"name", "participants"}


def test_a_record_tells_what_was_and_not_what_will_be():
    today = date(2026, 3, 1)
    assert day_fault(today, today=today) is None
    assert "future" in str(day_fault(date(2026, 3, 2), today=today))
    assert "1990" in str(day_fault(date(206, 3, 1), today=today))


@settings(deadline=None)
@given(
    st.sampled_from([each for kind in shipped_kinds().values() for each in kind.fields]),
    st.text(max_size=60),
)
def test_whatever_is_written_is_a_value_or_a_fault_and_a_value_is_read_again(asked, text):
    value = read_value(asked, text)
    if isinstance(value, Wrong):
        assert value.problem
        return
    written = "; ".join(value) if isinstance(value, list) else str(value)
    assert read_value(asked, written) == value


def test_an_organisation_on_record_is_known_again_whatever_it_is_called():
    field = RecordField(name="partners", label="Who?", kind="organisation")
    assert isinstance(read_value(field, "Latinos Unidos"), Wrong)
    known = ["Latinos  Unidos"]
    assert read_value(field, "latinos unidos; YMCA", known=known) == ["latinos unidos", "YMCA"]
    assert read_value(field, "Latinos Unidos", known=known) == ["Latinos Unidos"]


def test_of_a_person_among_organisations_no_draft_is_offered_but_what_to_write():
    field = RecordField(name="partners", label="Who?", kind="organisation")
    wrong = read_value(field, "Hillside Church; John Smith")
    assert isinstance(wrong, Wrong)
    assert (wrong.draft, wrong.mend) == (
        "",
        "Write what the organisation is called, never a person's name",
    )
