import math
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from given_answers import ALL, choice, dataset, instrument, part, random_answers
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.surveys.data_files.dataset import lost_cells
from outcomes.surveys.data_files.formats import dataset_files
from outcomes.surveys.data_files.legal_names import legal_names
from outcomes.surveys.data_files.spss import spss_file
from outcomes.surveys.data_files.stata import stata_file, stata_letters
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.wording import in_language

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))
AGREE = [choice(1, "No"), choice(2, "Yes"), choice(-9, "Prefer not to say")]


def read(content, folder, program):
    path = folder / f"x.{program}"
    path.write_bytes(content)
    reader = pyreadstat.read_sav if program == "sav" else pyreadstat.read_dta
    return reader(str(path), user_missing=True)


def spss(data, folder, *, language="en"):
    written = spss_file(data, language=language, stem="x")
    return (*read(written.files["x.sav"], folder, "sav"), written)


def stata(data, folder, *, language="en"):
    written = stata_file(data, language=language, stem="x")
    return (*read(written.files["x.dta"], folder, "dta"), written)


def as_text(value):
    """A value as it was answered."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_instrument_comes_back_as_it_was_in_every_language(path, tmp_path) -> None:
    form = read_instrument(path)
    data = dataset(part(form, random_answers(form, 30, seed=5), place="eastbank"))
    letters = stata_letters(data)
    for language in form.languages:
        table, about, written = spss(data, tmp_path, language=language)
        again, told, _ = stata(data, tmp_path, language=language)
        assert written.notes == ()
        names, others = (legal_names(data.names(), program) for program in ("spss", "stata"))
        for variable in data.variables:
            codes = data.codes_of(variable)
            back = {float(each.number): each.code for each in codes}
            given_ = list(data.table[variable.name])
            name, other = names[variable.name], others[variable.name]
            assert [back.get(each, as_text(each)) for each in table[name]] == given_
            back |= {letters[each.code]: each.code for each in codes if each.missing}
            assert [back.get(each, as_text(each)) for each in again[other]] == given_
            full = " ".join(in_language(variable.label, language).split())
            for label in (about.column_names_to_labels[name], told.column_names_to_labels[other]):
                assert full.startswith(label.removesuffix("…"))
            labels = {float(each.number): in_language(each.label, language) for each in codes}
            assert about.variable_value_labels.get(name, {}) == labels
            missing = [float(each.number) for each in codes if each.missing]
            ranges = about.missing_ranges.get(name, [])
            assert [(each["lo"], each["hi"]) for each in ranges] == [(one, one) for one in missing]


def test_codes_that_mean_no_answer_are_missing_in_both_programs(tmp_path) -> None:
    form = instrument(
        {"name": "fair", "type": "select_one agree"}, {"name": "age"}, choices={"agree": AGREE}
    )
    data = dataset(part(form, [{"fair": "-9", "age": "-9"}, {"fair": "2", "age": "41"}]))
    table, about, _ = spss(data, tmp_path)
    assert list(table["fair"]) == [-9.0, 2.0]
    assert about.missing_ranges["age"] == [{"lo": -9.0, "hi": -9.0}]
    again, told, _ = stata(data, tmp_path)
    assert list(again["age"]) == ["a", 41.0]
    assert told.missing_user_values == {"fair": ["a"], "age": ["a"]}
    assert told.variable_value_labels["fair"] == {1: "No", 2: "Yes", "a": "Prefer not to say"}
    assert told.variable_value_labels["age"] == {"a": "(no answer)"}
    plain = pd.read_stata(tmp_path / "x.dta", convert_categoricals=False)
    assert plain["age"].isna().tolist() == [True, False]


def test_answers_named_in_words_get_numbers_and_keep_their_labels(tmp_path) -> None:
    form = instrument(
        {"name": "color", "type": "select_one colors"},
        choices={"colors": [choice("red", "Red"), choice("blue", "Blue"), choice("none", "None")]},
        missing=["none"],
    )
    data = dataset(part(form, [{"color": "blue"}, {"color": "red"}, {"color": "none"}]))
    table, about, _ = spss(data, tmp_path)
    assert list(table["color"]) == [2.0, 1.0, -901.0]
    assert about.variable_value_labels["color"] == {1.0: "Red", 2.0: "Blue", -901.0: "None"}
    assert list(stata(data, tmp_path)[0]["color"]) == [2.0, 1.0, "a"]


def test_a_made_up_number_is_never_one_that_somebody_answered(tmp_path) -> None:
    form = instrument({"name": "age"}, missing=["refused"])
    data = dataset(part(form, [{"age": "-901"}, {"age": "refused"}]))
    assert list(spss(data, tmp_path)[0]["age"]) == [-901.0, -902.0]


def test_several_choices_are_marks_beside_the_answer_as_it_was_given(tmp_path) -> None:
    form = instrument(
        {"name": "why", "type": "select_multiple reasons"},
        choices={"reasons": [choice(1, "Time"), choice(2, "Fear"), choice(-9, "Rather not")]},
    )
    data = dataset(part(form, [{"why": "1 2"}, {"why": "2"}, {"why": ""}, {"why": "-9"}]))
    assert data.names() == ["link_id", "why", "why_1", "why_2", "why_-9"]
    assert list(data.table["why"]) == ["1 2", "2", "", "-9"]
    assert list(data.table["why_1"]) == ["1", "0", "", ""]
    assert list(data.table["why_-9"]) == ["0", "0", "", "1"]
    table, about, _ = spss(data, tmp_path)
    assert about.column_names_to_labels["why_2"] == "Fear - x"
    assert table["why_1"].fillna(-1).tolist() == [1.0, 0.0, -1.0, -1.0]


def test_items_of_one_list_share_one_label_set_in_stata(tmp_path) -> None:
    names = [f"item_{at}" for at in range(6)]
    form = instrument(
        *({"name": name, "type": "select_one agree"} for name in names),
        {"name": "met", "type": "select_one yes_no"},
        choices={"agree": AGREE, "yes_no": [choice(0, "Never"), choice(1, "Once")]},
    )
    data = dataset(part(form, random_answers(form, 8, seed=1)))
    table, told, _ = stata(data, tmp_path)
    assert {told.variable_to_label[name] for name in names} == {"agree"}
    assert told.variable_to_label["met"] == "yes_no"
    assert told.variable_value_labels["item_5"][2] == "Yes"
    content = (tmp_path / "x.dta").read_bytes()
    assert content.count(b"<lbl>") == 2
    labelled = pd.read_stata(tmp_path / "x.dta", convert_missing=False)
    assert set(labelled["met"].dropna()) <= {"Never", "Once", "(no answer)"}
    assert len(table) == 8


@pytest.mark.parametrize(
    ("missing", "ranges", "said"),
    [
        ([-9], [(-9, -9)], False),
        ([-9, -8, -7], [(-9, -9), (-8, -8), (-7, -7)], False),
        ([-9, -8, -7, -6], [(-9, -6)], False),
        ([-9, -8, -7, 99], [(-9, -7), (99, 99)], False),
        ([-9, 95, 98, 99], [(95, 99), (-9, -9)], False),
        ([-9, -7, 95, 99], [(-9, -9), (-7, -7), (95, 95)], True),
    ],
)
def test_spss_gets_three_missing_codes_or_a_range_that_holds_nothing_else(
    missing, ranges, said, tmp_path
) -> None:
    form = instrument({"name": "age"}, missing=missing)
    rows = [{"age": "12"}, {"age": "97" if said else "3"}, {"age": "-8"}]
    data = dataset(part(form, rows if said else rows[:2]))
    _, about, written = spss(data, tmp_path)
    found = [(each["lo"], each["hi"]) for each in about.missing_ranges["age"]]
    assert found == ranges
    assert any("at most three" in note for note in written.notes) == said


def test_dates_are_dates_and_what_is_none_is_counted(tmp_path) -> None:
    form = instrument({"name": "born", "type": "date"})
    data = dataset(part(form, [{"born": "1580-02-01"}, {"born": ""}, {"born": "-9"}]))
    for table, _, written in (spss(data, tmp_path), stata(data, tmp_path)):
        assert [as_text(each) for each in table["born"]] == ["1580-02-01", "", ""]
        assert any(note.startswith("born: 1 cell could not") for note in written.notes)
    assert lost_cells({"a": 0}, program="SPSS") == ()


def test_names_are_legal_short_and_different() -> None:
    long = "how_often_did_you_meet_an_officer_on_foot"
    names = [
        "all",
        "trust",
        "Trust",
        "_n",
        "a-b",
        "a_b",
        "str5",
        "if",
        "x.",
        f"{long}_1",
        f"{long}_2",
    ]
    assert list(legal_names(names, "stata").values()) == [
        "all", "trust", "Trust_2", "v_n", "a_b_2", "a_b", "v_str5", "v_if", "x_",
        "how_often_did_you_meet_an_office", "how_often_did_you_meet_an_offi_2",
    ]  # fmt: skip
    in_spss = legal_names(names, "spss")
    assert (in_spss["all"], in_spss["x."], in_spss[f"{long}_2"]) == ("v_all", "x", f"{long}_2")
    assert legal_names(["if", "a-b", "T"], "r") == {"if": "v_if", "a-b": "a_b", "T": "v_T"}


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,70}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8, unique=True), st.sampled_from(["spss", "stata"]))
def test_both_programs_take_every_name_that_an_item_may_have(names, program) -> None:
    found = legal_names(names, program)
    table = pd.DataFrame({name: [1.0] for name in found.values()})
    assert len({name.lower() for name in found.values()}) == len(names)
    assert list(found) == names
    assert legal_names(list(found.values()), program) == {each: each for each in found.values()}
    with_writer(table, program)


def with_writer(table, program) -> None:
    from tempfile import TemporaryDirectory

    write = pyreadstat.write_sav if program == "spss" else pyreadstat.write_dta
    with TemporaryDirectory() as folder:
        write(table, f"{folder}/x")


AWKWARD = st.text(
    st.one_of(
        st.sampled_from(list("\"'\\%$<>&\n\t,;é😀\u202e\u0301`")), st.characters(codec="utf-8")
    ),
    min_size=1,
    max_size=400,
).filter(lambda text: text.strip())


@settings(max_examples=25, deadline=None)
@given(AWKWARD, AWKWARD, AWKWARD, st.lists(AWKWARD, min_size=1, max_size=4))
def test_awkward_words_survive_in_every_format(tmp_path_factory, label, one, two, texts) -> None:
    folder = tmp_path_factory.mktemp("awkward")
    form = instrument(
        {"name": "a", "type": "select_one agree", "label::en": label},
        {"name": "t", "type": "text", "privacy": "free text"},
        choices={"agree": [choice(1, one), choice(2, two)]},
    )
    data = dataset(part(form, [{"a": "2", "t": text} for text in texts]))
    table, about, _ = spss(data, folder)
    assert list(table["a"]) == [2.0] * len(texts)
    assert len((about.column_names_to_labels["a"] or "").encode()) <= 255
    assert all(len(each.encode()) <= 120 for each in about.variable_value_labels["a"].values())
    again, told, _ = stata(data, folder)
    assert len(told.column_names_to_labels["a"] or "") <= 80
    assert [each.rstrip() for each in table["t"]] == [each.rstrip() for each in again["t"]]
    for to in ("csv", "r", "ddi"):
        assert dataset_files(data, to).files


def test_an_empty_column_and_a_wave_of_one_are_written(tmp_path) -> None:
    form = instrument({"name": "n"}, {"name": "t", "type": "text"}, {"name": "d", "type": "date"})
    data = dataset(part(form, [{}]))
    for table, _, written in (spss(data, tmp_path), stata(data, tmp_path)):
        assert [as_text(each) for each in table.iloc[0]] == ["p0", "", "", ""]
        assert written.notes == ()


def test_long_texts_are_whole_in_stata_and_cut_and_counted_in_spss(tmp_path) -> None:
    form = instrument({"name": "t", "type": "text", "privacy": "free text"})
    data = dataset(part(form, [{"t": "é" * 20_000}]), wanted=ALL)
    assert stata(data, tmp_path)[0]["t"][0] == "é" * 20_000
    table, _, written = spss(data, tmp_path)
    assert table["t"][0] == "é" * 16_383
    assert "t: 1 cell could not be written for SPSS as answered" in written.notes[0]
