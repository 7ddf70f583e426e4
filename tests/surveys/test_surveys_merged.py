import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.store.submissions import Stored
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.merged import merged_answers

FORM = Instrument.model_validate(
    {
        "id": "short",
        "version": 2,
        "title::en": "A short survey",
        "languages": ["en"],
        "population": "residents",
        "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT",
        "notice::en": "Taking part is your choice.",
        "choices": {"yes_no": [{"name": name, "label::en": name} for name in ("yes_", "no_")]},
        "missing": [-9],
        "groups": {"contact": {"label::en": "Contact"}, "details": {"label::en": "Details"}},
        "items": [
            {"name": "met", "type": "select_one yes_no", "label::en": "x", "group": "contact"},
            {
                "name": "times",
                "type": "integer",
                "label::en": "x",
                "group": "details",
                "relevant": "${met} = 'yes_'",
                "required": True,
                "constraint": ". < 100",
                "constraint_message::en": "Too many.",
            },
            {"name": "why", "type": "text", "label::en": "x", "group": "details"},
            {"name": "since", "type": "text", "label::en": "x", "waves": ["post"]},
        ],
    }
)
MET, TIMES, WHY = {"met": "yes_"}, {"times": "3"}, {"why": "Because."}


def part(number: int, name: str, answers: dict[str, str] | None = None, **changes: Any) -> Stored:
    body = {"answers": answers or {}, **changes.pop("more", {})}
    about: dict[str, Any] = {
        "id": number,
        "version": 1,
        "wave": "pre",
        "place": "eastbank",
        "instance": "i-1",
        "part": name,
        "respondent": "r-1",
        "body": json.dumps(body),
        "digest": "d",
        "way": "web",
        "language": "en",
        "instrument": "short",
        "instrument_version": "2",
        "instrument_hash": "h",
        "day": "2026-03-02",
        **changes,
    }
    return Stored(**about)


def test_the_pages_of_a_form_are_put_together() -> None:
    merged = merged_answers(
        FORM,
        [
            part(1, "start"),
            part(2, "page/contact", MET),
            part(3, "page/details", TIMES | WHY, language="es"),
            part(4, "end", day="2026-03-04", language="es"),
        ],
    )
    assert merged.answers == MET | TIMES | WHY
    assert (merged.finished, merged.withdrawn, merged.corrected) == (True, False, 0)
    assert (merged.instance, merged.respondent, merged.place) == ("i-1", "r-1", "eastbank")
    assert (merged.way, merged.language, merged.day) == ("web", "es", "2026-03-04")
    assert merged.standing.complete


def test_the_newest_version_of_a_page_stands_alone() -> None:
    merged = merged_answers(
        FORM,
        [
            part(1, "page/contact", MET),
            part(2, "page/details", TIMES | WHY),
            part(3, "page/details", {"times": "5"}, version=2),
        ],
    )
    assert merged.answers == {"met": "yes_", "times": "5"}
    assert not merged.finished


def test_what_is_hidden_by_a_later_answer_does_not_count_and_is_not_forgotten() -> None:
    parts = [part(1, "page/details", TIMES), part(2, "page/contact", {"met": "no_"})]
    merged = merged_answers(FORM, parts)
    assert merged.answers == {"met": "no_"}
    assert merged.given == {"met": "no_", "times": "3"}
    assert merged.standing.dropped == ("times",)


def test_corrections_come_last_whenever_the_page_was_sent() -> None:
    parts = [
        part(1, "page/contact", MET),
        part(2, "page/details", TIMES | WHY),
        part(3, "end"),
        part(4, "correction", {"times": "4"}, editor="ana", language="es", way="paper"),
        part(5, "correction", {"why": ""}, editor="ana", version=2),
    ]
    merged = merged_answers(FORM, parts)
    assert merged.answers == {"met": "yes_", "times": "4"}
    assert (merged.corrected, merged.language, merged.way) == (2, "en", "web")


def test_a_whole_form_stands_instead_of_the_pages_before_it() -> None:
    parts = [
        part(1, "page/contact", MET),
        part(2, "page/details", TIMES),
        part(3, "form", {"met": "no_"}, way="paper", place="harbor"),
    ]
    merged = merged_answers(FORM, parts)
    assert merged.given == {"met": "no_"}
    assert (merged.finished, merged.way, merged.place) == (True, "paper", "harbor")


def test_what_came_after_the_form_was_finished_is_set_aside_and_counted() -> None:
    parts = [
        part(1, "page/contact", MET),
        part(2, "end"),
        part(3, "page/contact", {"met": "no_"}, version=2),
        part(4, "form", {"met": "no_"}),
        part(5, "start"),
    ]
    merged = merged_answers(FORM, parts)
    assert (merged.answers, merged.set_aside) == (MET, 2)


def test_of_a_form_that_was_taken_back_nothing_counts() -> None:
    parts = [part(1, "form", MET), part(2, "withdrawn"), part(3, "correction", TIMES)]
    merged = merged_answers(FORM, parts)
    assert (merged.withdrawn, merged.finished) == (True, False)
    assert (merged.answers, merged.given, merged.corrected) == ({}, {}, 0)


def test_of_a_form_that_another_one_replaced_nothing_counts() -> None:
    merged = merged_answers(FORM, [part(1, "form", MET), part(2, "replaced")])
    assert (merged.replaced, merged.withdrawn, merged.finished) == (True, False, False)
    assert merged.answers == {}


def test_the_elements_of_a_code_are_kept_and_an_empty_one_hides_none() -> None:
    parts = [
        part(1, "page/code", more={"code": {"mother": "seal-1", "day": ""}}),
        part(2, "page/code", more={"code": {"mother": "", "day": "seal-2"}}, version=2),
        part(3, "form", more={"code": {"mother": "seal-3", "day": ""}}),
    ]
    assert merged_answers(FORM, parts[:2]).code == {"day": "seal-2"}
    assert merged_answers(FORM, parts).code == {"mother": "seal-3"}


def test_what_somebody_preferred_not_to_answer_is_kept_until_they_answer_it() -> None:
    skipped = part(1, "page/details", {"times": ""}, more={"skipped": ["times", "gone"]})
    assert merged_answers(FORM, [skipped]).skipped == {"times"}
    corrected = part(2, "correction", TIMES)
    assert merged_answers(FORM, [skipped, corrected]).skipped == set()


def test_answers_to_what_the_instrument_no_longer_asks_stand_apart() -> None:
    parts = [part(1, "form", MET | {"gone": "1"}, more={"other": {"node": "2"}})]
    merged = merged_answers(FORM, parts)
    assert merged.answers == MET
    assert merged.other == {"gone": "1", "node": "2"}


def test_items_of_another_occasion_do_not_count() -> None:
    parts = [part(1, "form", {"since": "June"})]
    assert merged_answers(FORM, parts, occasion="post").answers == {"since": "June"}
    assert merged_answers(FORM, parts, occasion="pre").answers == {}


def test_an_answer_that_cannot_stand_is_told() -> None:
    merged = merged_answers(FORM, [part(1, "form", MET | {"times": "400"})])
    assert merged.standing.invalid == ("times",)


def test_a_form_of_which_nothing_was_sent_is_empty() -> None:
    merged = merged_answers(FORM, [])
    assert (merged.instance, merged.finished, merged.answers) == ("", False, {})


def test_parts_of_several_forms_are_refused() -> None:
    with pytest.raises(DataError, match="several forms"):
        merged_answers(FORM, [part(1, "start"), part(2, "start", instance="i-2")])


@pytest.mark.parametrize("body", ["", "[1]", '{"answers": '])
def test_a_body_that_this_program_did_not_write_is_refused(body: str) -> None:
    with pytest.raises(DataError, match=r"submission 7 \(form\)"):
        merged_answers(FORM, [part(7, "form", body=body)])


PARTS = st.sampled_from(["page/contact", "page/details", "start", "end", "form", "correction"])
ANSWERS = st.dictionaries(st.sampled_from(["met", "times", "why"]), st.sampled_from(["yes_", "7"]))


@given(st.lists(st.tuples(PARTS, ANSWERS), max_size=8), st.randoms())
def test_the_order_in_which_parts_are_handed_over_does_not_matter(
    sent: list[tuple[str, dict[str, str]]], chance: Any
) -> None:
    parts = [part(n, name, answers) for n, (name, answers) in enumerate(sent, start=1)]
    mixed = list(parts)
    chance.shuffle(mixed)
    assert merged_answers(FORM, mixed) == merged_answers(FORM, parts)


@given(st.lists(st.tuples(PARTS, ANSWERS), max_size=8), st.integers(0, 7))
def test_a_late_page_never_changes_a_finished_form(
    sent: list[tuple[str, dict[str, str]]], place: int
) -> None:
    before = [part(n, name, answers) for n, (name, answers) in enumerate(sent, start=1)]
    finished = [*before, part(20, "end")]
    late = [*finished, part(21 + place, "page/contact", {"met": "late"}, version=9)]
    assert merged_answers(FORM, late).given == merged_answers(FORM, finished).given
