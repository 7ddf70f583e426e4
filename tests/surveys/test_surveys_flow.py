import random
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.surveys.flow import page_is_shown, pages, state
from outcomes.surveys.instrument import Instrument

CHOICES = {
    "yes_no": [{"name": "yes_", "label::en": "Yes"}, {"name": "no_", "label::en": "No"}],
    "color": [{"name": name, "label::en": name} for name in ("red", "blue", "green")],
}


def instrument(*items: dict[str, object], **more: object) -> Instrument:
    content: dict[str, object] = {
        "id": "short",
        "version": 1,
        "title::en": "A short survey",
        "languages": ["en"],
        "population": "residents",
        "source": {"construct": "trust", "items": "own items"},
        "licence": "MIT",
        "notice::en": "Taking part is your choice.",
        "choices": CHOICES,
        "missing": [-9],
        "items": [{"type": "integer", "label::en": "x", **item} for item in items],
    }
    return Instrument.model_validate(content | more)


VISIT = instrument(
    {"name": "met", "type": "select_one yes_no", "required": True},
    {"name": "times", "group": "details", "constraint": ". > 0 and . < 100",
     "constraint_message::en": "Between 1 and 99, please.", "required": True},
    {"name": "colors", "type": "select_multiple color", "group": "details"},
    {"name": "twice", "type": "calculate", "calculation": "${times} * 2", "group": "details"},
    {"name": "why_so_often", "type": "text", "relevant": "${twice} > 10"},
    {"name": "since", "type": "date", "constraint": ". <= today()", "constraint_message::en": "?"},
    {"name": "later", "waves": ["post", "follow-up"]},
    groups={"details": {"label::en": "Details", "relevant": "${met} = 'yes_'"}},
)  # fmt: skip


def test_what_a_false_relevant_hides_is_neither_asked_nor_counted() -> None:
    standing = state(VISIT, {"met": "no_", "times": "7", "why_so_often": "Often."})
    assert not standing.items["times"].shown
    assert standing.items["twice"].value == ""
    assert standing.answers_that_count == {"met": "no_"}
    assert standing.dropped == ("times", "why_so_often")
    assert standing.complete


def test_a_group_hides_all_of_its_items_and_what_follows_from_them() -> None:
    standing = state(VISIT, {"met": "yes_", "times": 7})
    assert standing.calculated == {"twice": "14"}
    assert standing.items["why_so_often"].shown
    assert standing.missing_required == ()


def test_an_empty_answer_may_be_missing_but_is_never_invalid() -> None:
    standing = state(VISIT, {"met": "yes_", "times": ""})
    assert standing.missing_required == ("times",)
    assert standing.items["times"].valid
    assert standing.items["times"].message == "Please answer this question."
    assert standing.items["since"].valid
    assert not standing.items["since"].message
    assert standing.invalid == ()
    assert not standing.complete


@pytest.mark.parametrize(
    ("name", "answer", "problem"),
    [
        ("times", "7", ""),
        ("times", "0", "constraint"),
        ("times", "2.5", "type"),
        ("times", "many", "type"),
        ("times", "-9", ""),  # a code for no answer is not judged by the constraint
        ("met", "perhaps", "choice"),
        ("met", "-9", ""),
        ("colors", "red blue", ""),
        ("colors", ["red", "green"], ""),
        ("colors", "red  blue", "choice"),
        ("colors", "red red", "choice"),
        ("colors", "red,blue", "choice"),
        ("since", "2025-04-14", ""),
        ("since", date(2025, 4, 14), ""),
        ("since", "2025-04-15", "constraint"),
        ("since", "14.4.2025", "type"),
        ("since", "2025-02-30", "type"),
    ],
)
def test_an_answer_is_judged_by_its_type_its_choices_and_its_constraint(
    name, answer, problem
) -> None:
    standing = state(VISIT, {"met": "yes_", name: answer}, today=date(2025, 4, 14))
    assert standing.items[name].problem == problem
    assert (name in standing.invalid) == bool(problem)


def test_a_message_is_said_in_the_language_asked_for() -> None:
    form = instrument(
        {"name": "age", "label::es": "x", "constraint": ". > 17", "required": True,
         "constraint_message::en": "Adults only.", "constraint_message::es": "Solo adultos."},
        languages=["en", "es"],
    )  # fmt: skip
    assert state(form, {"age": 5}).items["age"].message == "Adults only."
    assert state(form, {"age": 5}, language="es").items["age"].message == "Solo adultos."
    assert state(form, {"age": "x"}, language="es").items["age"].message.startswith("Por favor")
    assert state(form, {}, language="vi").items["age"].message == "Please answer this question."


def test_an_item_of_another_occasion_is_hidden() -> None:
    assert state(VISIT, {"later": 1}).items["later"].shown
    assert state(VISIT, {"later": 1}, occasion="post").items["later"].shown
    before = state(VISIT, {"later": 1}, occasion="pre")
    assert not before.items["later"].shown
    assert before.dropped == ("later",)


def test_the_clock_can_be_set() -> None:
    form = instrument(
        {"name": "day", "type": "calculate", "calculation": "format-date(today(), '%Y-%m-%d')"},
        {"name": "hour", "type": "calculate", "calculation": "format-date-time(now(), '%H')"},
        {"name": "stamp", "type": "calculate", "calculation": "now()"},
        {"name": "true_", "type": "calculate", "calculation": "1 = 1"},
        {"name": "none", "type": "calculate", "calculation": "number('x')"},
    )
    assert state(form, {}, today=datetime(2025, 4, 14, 9, 30)).calculated == {
        "day": "2025-04-14",
        "hour": "09",
        "stamp": "2025-04-14T09:30:00",
        "true_": "1",  # as ODK Collect stores a truth
        "none": "",
    }
    assert state(form, {}).calculated["day"] == f"{date.today():%Y-%m-%d}"


def test_a_value_worked_out_once_is_kept() -> None:
    form = instrument({"name": "day", "type": "calculate", "calculation": "once(today())"})
    first = state(form, {}, today=date(2025, 4, 14))
    again = state(form, first.calculated, today=date(2026, 1, 1))
    assert first.calculated == again.calculated == {"day": "2025-04-14"}


def test_an_answer_to_no_item_is_refused() -> None:
    with pytest.raises(DataError, match=r"short has no item 'tims'\. Did you mean 'times'"):
        state(VISIT, {"tims": 1})


def test_a_top_level_group_is_a_page_and_so_is_a_run_of_other_items() -> None:
    assert [(page.group, page.items) for page in pages(VISIT)] == [
        ("", ("met",)),
        ("details", ("times", "colors")),
        ("", ("why_so_often", "since", "later")),
    ]
    assert pages(VISIT, "pre")[-1].items == ("why_so_often", "since")


def test_a_page_without_a_shown_item_is_not_shown() -> None:
    details = pages(VISIT)[1]
    assert page_is_shown(details, state(VISIT, {"met": "yes_"}))
    assert not page_is_shown(details, state(VISIT, {"met": "no_"}))
    assert not page_is_shown(details, state(VISIT, {}))


def chained(seed: int) -> Instrument:
    """A form in which items show, hide and compute one another, listed in any order."""
    chance = random.Random(seed)
    rows: list[dict[str, object]] = []
    for at in range(12):
        earlier = f"${{q{chance.randrange(at)}}}" if at else "0"
        row: dict[str, object] = {"name": f"q{at}"}
        if at and chance.random() < 0.4:
            row |= {"type": "calculate", "calculation": f"coalesce({earlier}, 0) + {at}"}
        if at and chance.random() < 0.5:
            test = chance.choice(["> 3", "!= ''", "= 2", "< 5"])
            row["relevant"] = f"{earlier} {test}"
        rows.append(row)
    chance.shuffle(rows)
    return instrument(*rows)


FORMS = [chained(seed) for seed in range(6)]
ANSWERS = st.dictionaries(
    st.sampled_from([f"q{at}" for at in range(12)]), st.integers(0, 6).map(str)
)


@settings(deadline=None)
@given(st.sampled_from(FORMS), ANSWERS, ANSWERS)
def test_the_answer_to_a_hidden_item_never_changes_anything(form, answers, others) -> None:
    standing = state(form, answers)
    hidden = {name for name, item in standing.items.items() if not item.shown}
    changed = answers | {name: answer for name, answer in others.items() if name in hidden}
    assert state(form, changed).items == standing.items
    assert state(form, changed).answers_that_count == standing.answers_that_count


@settings(deadline=None)
@given(st.sampled_from(FORMS), ANSWERS)
def test_the_answers_that_count_give_the_same_state_again(form, answers) -> None:
    standing = state(form, answers)
    again = state(form, standing.answers_that_count)
    assert again.items == standing.items
    assert again.dropped == ()


@settings(deadline=None)
@given(st.sampled_from(range(6)), ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_the_items_changes_nothing(seed, answers, shuffled) -> None:
    items = list(FORMS[seed].items)
    shuffled.shuffle(items)
    other = FORMS[seed].model_copy(update={"items": tuple(items)})
    assert state(other, answers).items == state(FORMS[seed], answers).items
