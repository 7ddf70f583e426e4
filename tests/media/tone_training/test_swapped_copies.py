"""Copies of sentences with another gender, origin, name, place or agency keep target and tone."""

import pytest

from outcomes.media.model_checks.swap_templates import fill_templates
from outcomes.media.tone_training.material import TargetRow
from outcomes.media.tone_training.swapped_copies import swapped_copies, swapped_words


def _row(marked, *, tone=0):
    before, rest = marked.split("[", 1)
    target, after = rest.split("]", 1)
    start = len(before)
    return TargetRow(
        text=before + target + after,
        start=start,
        end=start + len(target),
        tone=tone,
        group="g",
        source="own",
    )


def _copies(marked, *, most=5, seed=0):
    rows = swapped_copies([_row(marked)], most=most, seed=seed)
    return [f"{r.text[: r.start]}[{r.text[r.start : r.end]}]{r.text[r.end :]}" for r in rows]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("He thanked her, [police] said.", "She thanked him, [police] said."),
        ("Her sister saw her at the door, [police] said.", "His brother saw him at the door, "
         "[police] said."),
        ("[The officer who shot her] wept.", "[The officer who shot him] wept."),
        ("[His own chief] sued the boy's father.", "[Her own chief] sued the girl's mother."),
    ],
)  # fmt: skip
def test_all_words_of_gender_are_swapped_at_once(before, after):
    assert after in _copies(before)


def test_an_origin_is_put_before_an_indefinite_person_with_the_right_article():
    found = {
        copy
        for seed in range(40)
        for copy in _copies("A man was seen, [police] said.", seed=seed)
        if copy.endswith(" man was seen, [police] said.")
    }
    assert "A Black man was seen, [police] said." in found
    assert "An Asian man was seen, [police] said." in found
    assert all(copy.split()[1] in " ".join(swapped_words().origins).split() for copy in found)


def test_an_origin_that_stands_there_is_replaced_and_an_age_stays():
    found = _copies("An 18-year-old white driver was hurt, [troopers] said.")
    others = [
        f"An 18-year-old {each} driver was hurt, [troopers]" for each in swapped_words().origins
    ]
    assert any(copy.startswith(tuple(others)) for copy in found)
    assert not any("white white" in copy or "white driver driver" in copy for copy in found)


def test_a_name_is_replaced_wherever_it_stands_again():
    (one,) = [
        copy
        for copy in _copies("Raymond Coates, 50, said that [police] took Coates home.")
        if "Coates" not in copy
    ]
    surname = one.split(",")[0].split()[1]
    assert one.endswith(f"took {surname} home.")


def test_the_name_of_a_street_is_no_persons():
    assert not any(
        "Ash Street" not in copy for copy in _copies("The corner of Ash Street, [it] said.")
    )


def test_the_target_is_swapped_for_an_agency_of_the_same_number():
    many = _copies("[Officers] were thanked.")
    assert any(copy.split("]")[0].lstrip("[").lower() in swapped_words().agencies for copy in many)
    one = _copies("He thanked [an officer] for it.", seed=1)
    assert any(copy.split("[")[1].split("]")[0].split(" ", 1)[1] in swapped_words().officers
               for copy in one)  # fmt: skip


def test_two_officers_are_no_agency_and_a_part_of_a_name_is_left_alone():
    for sentence in ("Two [officers] left.", "The [police] Athletic League met.", "Lee [police]."):
        assert _copies(sentence) == []


def test_copies_keep_tone_group_and_what_is_not_swapped():
    row = _row("She told [campus police] that residents were afraid of a teenager.", tone=-1)
    copies = swapped_copies([row], most=5, seed=3)
    assert len(copies) >= 3
    assert {(copy.tone, copy.group, copy.source) for copy in copies} == {(-1, "g", "own")}
    assert all(0 <= copy.start < copy.end <= len(copy.text) for copy in copies)
    assert len({copy.text for copy in copies}) == len(copies)


def test_the_seed_decides_and_no_more_than_wanted_are_made():
    rows = [_row(f"He saw a man near [police] {n}.") for n in range(20)]
    assert swapped_copies(rows, most=1, seed=1) == swapped_copies(rows, most=1, seed=1)
    assert swapped_copies(rows, most=1, seed=1) != swapped_copies(rows, most=1, seed=2)
    assert len(swapped_copies(rows, most=1, seed=1)) == 20
    assert swapped_copies(rows, most=0, seed=1) == []


def test_no_name_by_which_fairness_is_judged_is_trained():
    judged = " ".join(text.text for text in fill_templates())
    assert not [name for name in swapped_words().names if name.split()[1] in judged]
