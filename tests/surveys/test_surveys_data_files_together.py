import pandas as pd
import pytest
from given_answers import ALL, choice, dataset, instrument, part

from outcomes.errors import DataError
from outcomes.surveys.data_files import Code, Part, Wanted, caution, refuse_recognizable
from outcomes.surveys.data_files.coarsening import coarsened, without
from outcomes.surveys.scoring import score

LIST = [choice(1, "No"), choice(2, "Yes")]
OLD = instrument(
    {"name": "fair", "type": "select_one agree", "label::en": "Fair?"},
    {"name": "kind", "type": "select_one agree", "label::en": "Kind?"},
    {"name": "gone", "type": "integer"},
    choices={"agree": [choice(1, "No"), choice(2, "Yes"), choice(3, "Perhaps")]},
)
NEW = instrument(
    {"name": "fair", "type": "select_one agree", "label::en": "Fair?"},
    {"name": "kind", "type": "select_one agree", "label::en": "Unkind?"},
    choices={"agree": LIST},
    version=2,
)


def column(data, name):
    return list(data.table[name])


def test_a_question_that_stayed_the_same_keeps_one_column_over_all_versions() -> None:
    data = dataset(part(NEW, [{"fair": "1"}]), part(OLD, [{"fair": "3"}]))
    assert column(data, "fair") == ["1", "3"]
    (fair,) = [each for each in data.variables if each.name == "fair"]
    assert fair.versions == ("short 2", "short 1")
    assert [code.code for code in data.codes_of(fair)] == ["1", "2", "-9", "3"]
    assert column(data, "version") == ["short 2", "short 1"]


def test_a_question_that_was_changed_gets_a_column_of_its_own() -> None:
    data = dataset(part(NEW, [{"kind": "1"}]), part(OLD, [{"kind": "2"}]))
    assert column(data, "kind") == ["1", ""]
    assert column(data, "kind_v1") == ["", "2"]


@pytest.mark.parametrize(
    "changed",
    [
        {"choices": {"agree": [choice(1, "Yes"), choice(2, "No")]}},
        {"missing": [-9, 2]},
        {"items": [{"name": "fair", "type": "text", "label::en": "Fair?", "label::es": "x"}]},
        {"items": [{"name": "fair", "type": "select_one agree", "label::en": "Fair?",
                    "label::es": "y", "privacy": "answer"}]},
        {"items": [{"name": "fair", "type": "select_one agree", "label::en": "Fair?",
                    "label::es": "x", "privacy": "free text"}]},
    ],
)  # fmt: skip
def test_codes_kinds_words_and_privacy_must_be_the_same_to_share_a_column(changed) -> None:
    other = instrument(
        {"name": "fair", "type": "select_one agree", "label::en": "Fair?"},
        **({"choices": {"agree": LIST}, "version": 3} | changed),
    )
    assert "fair_v3" in dataset(part(NEW, [{}]), part(other, [{}])).names()


def test_the_same_version_number_with_other_words_is_kept_apart_too() -> None:
    edited = instrument(
        {"name": "kind", "type": "select_one agree", "label::en": "Very unkind?"},
        choices={"agree": LIST}, version=2,
    )  # fmt: skip
    names = dataset(part(NEW, [{}]), part(edited, [{}])).names()
    assert any(name.startswith("kind_v2_") for name in names)


def test_another_instrument_with_items_of_the_same_name_is_kept_apart() -> None:
    other = instrument({"name": "kind", "label::en": "What kind?"}, id="other")
    assert "kind_other" in dataset(part(NEW, [{}]), part(other, [{"kind": "4"}])).names()


def test_answers_to_a_version_that_is_not_at_hand_are_never_labelled_by_guess() -> None:
    lost = Part(
        instrument=None,
        version="0",
        about=pd.DataFrame({"link": ["q"], "version": ["short 0"]}),
        answers=pd.DataFrame({"fair": ["2"]}),
    )
    kept = dataset(part(NEW, [{"fair": "1"}]), lost)
    assert column(kept, "fair") == ["1", ""]
    assert column(kept, "fair_v0") == ["", "2"]
    (unknown,) = [each for each in kept.variables if each.name == "fair_v0"]
    assert (unknown.label_set, unknown.privacy) == ("", "free text")
    careful = dataset(part(NEW, [{"fair": "1"}]), lost, wanted=Wanted(person_items=True))
    assert "fair_v0" not in careful.names()
    assert len(careful.table) == 2
    assert "are left out" in careful.notes[0]
    assert "--earlier FILE" in careful.notes[0]


def test_scores_stand_beside_the_answers_and_other_scales_apart() -> None:
    def form(version, items):
        return instrument(
            *({"name": name, "type": "select_one agree"} for name in ("a", "b")),
            choices={"agree": LIST}, version=version,
            scales={"trust": {"label": "Trust", "items": items, "reversed": items[1:]}},
        )  # fmt: skip

    parts = []
    for version, items in ((2, ["a", "b"]), (1, ["a"])):
        own = form(version, items)
        answers = pd.DataFrame({"respondent": ["r"], "a": ["2"], "b": ["2"]})
        scores = score(answers, own).table.drop(columns="respondent")
        parts.append(part(own, [{"a": "2", "b": "2"}], scores=scores))
    data = dataset(*parts)
    assert column(data, "score_trust") == ["1.5", ""]
    assert column(data, "score_trust_v1") == ["", "2.0"]
    assert column(data, "b") == ["2", "2"]  # as answered: nothing is turned around in place
    (trust,) = [each for each in data.variables if each.name == "score_trust"]
    assert trust.how == "mean of a, b; reversed: b; 1 must be answered"


def test_an_item_that_has_the_name_of_a_column_about_the_form_keeps_it() -> None:
    form = instrument({"name": "day", "type": "text"})
    data = dataset(part(form, [{"day": "Monday"}], day="2025-02-04"))
    assert column(data, "day") == ["Monday"]
    assert column(data, "survey_day") == ["2025-02-04"]


def test_places_and_waves_are_called_by_name() -> None:
    codes = {"place": [Code(code="eb", label={"en": "Eastbank"}, missing=False)]}
    data = dataset(part(NEW, [{}], place="eb"), wanted=Wanted(codes=codes))
    (place,) = [each for each in data.variables if each.role == "place"]
    assert [(each.number, each.label) for each in data.codes_of(place)] == [(1, {"en": "Eastbank"})]


def test_what_is_not_wanted_is_not_there() -> None:
    form = instrument(
        {"name": "age", "privacy": "describes the person"},
        {"name": "why", "type": "text", "privacy": "free text"},
        {"name": "n"},
    )
    given = part(form, [{"age": "40", "why": "Ann", "n": "1"}])
    assert dataset(given, wanted=Wanted()).names() == ["link_id", "n"]
    assert "age" in dataset(given, wanted=Wanted(person_items=True)).names()
    assert "why" in dataset(given, wanted=Wanted(free_text=True)).names()


ABOUT = instrument(
    {"name": "age", "privacy": "describes the person"},
    {"name": "born", "type": "date", "privacy": "describes the person"},
    {"name": "sex", "type": "select_one sexes", "privacy": "describes the person"},
    {"name": "fair"},
    choices={"sexes": [choice("f", "Woman"), choice("m", "Man")]},
)


def people(ages, *, sexes="f", links=None, **meta):
    rows = [
        {"age": str(age), "sex": sexes[at % len(sexes)], "fair": str(at)}
        for at, age in enumerate(ages)
    ]
    links = links or [f"p{at}" for at in range(len(rows))]
    return dataset(part(ABOUT, rows, links=links, **meta))


def test_a_public_file_with_a_rare_combination_is_refused_and_says_what_to_do() -> None:
    data = people([*[40] * 9, 41])
    with pytest.raises(DataError, match=r"fewer than 5 people share a combination of age, so") as e:
        refuse_recognizable(data, floor=5)
    assert "Leave out age (--leave-out)" in str(e.value)
    assert "--coarsen age=10" in str(e.value)
    refuse_recognizable(coarsened(data, {"age": "10"}), floor=5)
    refuse_recognizable(without(data, ["age"]), floor=5)


def test_items_that_are_common_one_by_one_can_be_rare_together() -> None:
    data = people([40] * 4 + [50] * 6, sexes="fm")
    for one in ("age", "sex"):
        refuse_recognizable(without(data, [one]), floor=4)
    with pytest.raises(DataError, match="age and sex"):
        refuse_recognizable(data, floor=4)


def test_the_rows_of_a_person_in_several_waves_are_taken_together() -> None:
    once = people([40] * 6, links=[f"p{at % 3}" for at in range(6)])
    refuse_recognizable(once, floor=3)
    links = ["p0", "p1", "p2", "p0", "p3", "p4"]
    aged = people([40, 40, 40, 41, 41, 41], links=links)
    with pytest.raises(DataError, match="share a combination"):
        refuse_recognizable(aged, floor=2)  # p0 alone was seen with 40 and with 41


def test_an_answer_does_not_make_a_person_recognizable_but_the_place_and_weight_do() -> None:
    refuse_recognizable(people([40] * 6), floor=6)
    with pytest.raises(DataError, match="Leave out place"):
        refuse_recognizable(people([40] * 6, place=["a", "b"] * 3), floor=6)
    with pytest.raises(DataError, match="weight"):
        refuse_recognizable(people([40] * 6, weight=["1", "2"] * 3), floor=6)


def test_answers_of_too_few_people_are_not_published_at_all() -> None:
    with pytest.raises(DataError, match="fewer than 5 people, which may not be published"):
        refuse_recognizable(people([40] * 4), floor=5)


def test_the_caution_says_no_count_below_the_floor() -> None:
    alone = people([*range(20, 40), *[50] * 20])
    assert caution(alone, floor=10).startswith("20 of 40 people are the only ones")
    assert "is not said" in caution(people([41, *[40] * 30]), floor=10)
    assert "is not said" in caution(people([*range(20, 50), 50, 50]), floor=10)
    assert "Nobody is alone" in caution(people([*[40] * 15, *[41] * 15]), floor=10)
    assert caution(without(alone, ["age", "sex", "born"]), floor=10) == ""


def test_numbers_become_bands_and_dates_years() -> None:
    rows = [{"age": "41", "born": "1984-05-06"}, {"age": "-9"}, {"age": "39.5"}, {"age": "-1"}]
    data = coarsened(dataset(part(ABOUT, rows)), {"age": "10", "born": "year"})
    assert column(data, "age") == ["40", "-9", "30", "-10"]
    assert column(data, "born") == ["1984", "", "", ""]
    age, born = (next(v for v in data.variables if v.name == name) for name in ("age", "born"))
    assert age.label["es"] == "x (el menor de un grupo de 10)"
    assert (born.kind, born.label["en"]) == ("number", "x (year)")
    fine = dataset(part(ABOUT, [{}], weight="1.23"))
    assert column(coarsened(fine, {"weight": "0.5"}), "weight") == ["1"]
    assert column(coarsened(fine, {"weight": "0.1"}), "weight") == ["1.2"]


@pytest.mark.parametrize("step", ["0", "-1", "wide", "inf", "nan"])
def test_a_band_has_a_width(step) -> None:
    with pytest.raises(DataError, match="number above 0"):
        coarsened(people([1]), {"age": step})


def test_only_numbers_and_dates_are_coarsened_and_only_columns_that_there_are() -> None:
    with pytest.raises(DataError, match="only numbers are put into bands"):
        coarsened(people([1]), {"sex": "10"})
    with pytest.raises(DataError, match="no column 'agee'"):
        coarsened(people([1]), {"agee": "10"})
    with pytest.raises(DataError, match="every column is left out"):
        without(people([1]), people([1]).names())


def test_leaving_out_an_item_leaves_out_all_that_was_made_of_it() -> None:
    form = instrument(
        {"name": "why", "type": "select_multiple reasons"}, {"name": "n"},
        choices={"reasons": [choice(1, "Time")]},
    )  # fmt: skip
    assert without(dataset(part(form, [{}]), wanted=ALL), ["why"]).names() == ["link_id", "n"]
