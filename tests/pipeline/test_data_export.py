"""What leaves a study for other programs, and what never does."""

import io
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from click.testing import CliRunner
from fielded_forms import fill

from outcomes.cli.survey import survey
from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.data_asking import Ask
from outcomes.pipeline.data_export import export_data
from outcomes.pipeline.data_labelling import label_answers
from outcomes.pipeline.data_writing import write_data
from outcomes.pipeline.surveys import import_answers
from outcomes.sheets import Reading
from outcomes.study import SEALED, open_study, study_key
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.keyed_codes import respondent_of

ROOT = Path(__file__).resolve().parents[2]
CODES = make_codes(12, seed=8)
FORM = """\
id: academy
version: 1
title::en: A form
title::es: Un formulario
languages: [en, es]
population: other
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
notice::es: Usted decide.
missing: [-9]
choices:
  agree:
    - {name: 1, label::en: Never, label::es: Nunca}
    - {name: 2, label::en: Always, label::es: Siempre}
items:
  - {name: kind, type: select_one agree, label::en: Are officers kind?, label::es: ¿Amables?}
  - {name: age, type: integer, label::en: Age, label::es: Edad, privacy: describes the person}
  - {name: more, type: text, label::en: More?, label::es: ¿Más?, privacy: free text}
scales:
  kindness: {label: Kindness, items: [kind]}
"""
POST = """
[[waves]]
label = "spring-post"
instrument = "academy"
group = "spring"
occasion = "post"
opens = 2025-05-05
closes = 2025-05-09
"""


@pytest.fixture
def study(study_folder):
    (study_folder / "surveys").mkdir()
    shutil.copyfile(ROOT / "walk_rules.toml", study_folder / "walk_rules.toml")
    (study_folder / "surveys/academy.yaml").write_text(FORM, encoding="utf-8")
    with (study_folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(POST)
    study = open_study(study_folder)
    for wave, codes, age in (("spring-pre", CODES, 40), ("spring-post", CODES[:11], 40)):
        for at, code in enumerate(codes):
            answers = {"kind": str(1 + at % 2), "age": str(age + (at == 0)), "more": f"said {at}"}
            fill(study, wave, code, answers, place="eastbank")
    yield study
    study.store.dispose()


def test_a_person_has_one_link_in_all_waves_that_leads_back_to_nothing(study) -> None:
    data = export_data(study, ["spring-post", "spring-pre"], Ask())
    table = data.table
    assert table["wave"].value_counts().to_dict() == {"spring-pre": 12, "spring-post": 11}
    assert table["link_id"].nunique() == 12
    assert export_data(study, ["spring-pre"], Ask()).table["link_id"].isin(table["link_id"]).all()
    key = study_key(study)
    text = table.to_csv()
    for code in CODES:
        assert code not in text
        assert respondent_of(key, code) not in text  # the one in the store


def test_the_rows_stand_in_an_order_that_says_nothing_of_who_came_first(study) -> None:
    table = export_data(study, ["spring-pre", "spring-post"], Ask()).table
    assert list(table["wave"]) == ["spring-pre"] * 12 + ["spring-post"] * 11
    assert table["link_id"][:12].is_monotonic_increasing


def test_no_more_is_in_it_than_was_asked_for(study) -> None:
    assert export_data(study, ["spring-pre"], Ask()).names() == [
        "link_id", "wave", "place", "day", "kind",
    ]  # fmt: skip
    more = export_data(study, ["spring-pre"], Ask(person_items=True, free_text=True, scores=True))
    assert more.names()[-4:] == ["kind", "age", "more", "score_kindness"]
    assert set(more.table["day"]) == {"2025-02-04"}
    assert "read it before you pass it on" in more.notes[0]
    assert "is not said" in more.notes[1]  # one person of 41 among twelve


def test_places_and_waves_are_labelled_in_every_language(study) -> None:
    data = export_data(study, ["spring-pre"], Ask())
    wave, place = (data.label_sets[name].codes[0] for name in ("wave", "place"))
    assert wave.label == {"en": "spring-pre (before)", "es": "spring-pre (antes)"}
    assert (place.code, place.label["es"]) == ("eastbank", "Eastbank")


def test_what_is_published_has_no_day_no_free_text_and_nobody_who_stands_out(study) -> None:
    public = Ask(public=True)
    assert "day" not in export_data(study, ["spring-pre"], public).names()
    with pytest.raises(DataError, match="never published row by row"):
        export_data(study, ["spring-pre"], Ask(public=True, free_text=True))
    with pytest.raises(DataError, match="fewer than 10 people share a combination of age"):
        export_data(study, ["spring-pre"], Ask(public=True, person_items=True))
    banded = Ask(public=True, person_items=True, coarsen={"age": "10"})
    assert set(export_data(study, ["spring-pre"], banded).table["age"]) == {"40"}
    left = Ask(public=True, person_items=True, leave_out=("age",))
    assert "age" not in export_data(study, ["spring-pre"], left).names()
    with pytest.raises(DataError, match="share a combination of wave"):
        export_data(study, ["spring-pre", "spring-post"], public)  # one person came only once


def test_a_sealed_study_joins_its_waves_by_chance_links_and_says_so(study) -> None:
    before = export_data(study, ["spring-pre"], Ask())
    study.key_path.write_text(SEALED, encoding="ascii")
    # nothing new can be collected, for what there is was hashed already
    after = export_data(study, ["spring-pre", "spring-post"], Ask())
    assert "sealed" in after.notes[-1]
    assert after.table["link_id"].nunique() == 12
    assert not after.table["link_id"].isin(before.table["link_id"]).any()


def test_answers_to_an_earlier_text_are_labelled_by_that_text_or_not_at_all(
    study, tmp_path
) -> None:
    export_data(study, ["spring-pre"], Ask())  # collected with the first text
    path = study.instrument_path("academy")
    newer = FORM.replace("version: 1", "version: 2").replace("kind?", "unkind?")
    path.write_text(newer, encoding="utf-8")
    with pytest.raises(DataError, match="--earlier FILE"):
        export_data(study, ["spring-pre"], Ask())
    (tmp_path / "old.yaml").write_text(FORM, encoding="utf-8")
    data = export_data(study, ["spring-pre"], Ask(earlier=(tmp_path / "old.yaml",)))
    assert len(data.table) == 12
    (kind,) = [each for each in data.variables if each.item == "kind"]
    assert (kind.label["en"], kind.versions) == ("Are officers kind?", ("academy 1",))


def test_an_export_is_written_whole_and_written_down(study, tmp_path) -> None:
    ask = ["export-data", "spring-pre", "--study", str(study.root), "--out", str(tmp_path / "out")]
    said = CliRunner().invoke(survey, [*ask, "--to", "spss", "--with-person-items"])
    assert said.exit_code == 0, said.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "spring-pre-codebook.html", "spring-pre-codebook.json",
        "spring-pre-en.sav", "spring-pre-es.sav",
    ]  # fmt: skip
    _, about = pyreadstat.read_sav(str(tmp_path / "out/spring-pre-es.sav"))
    assert about.variable_value_labels["kind"] == {
        1.0: "Nunca",
        2.0: "Siempre",
        -9.0: "(sin respuesta)",
    }
    (line,) = read_audit(study.store)
    assert (line.user, line.action, line.about) == ("(terminal)", "exported answers", "spring-pre")
    assert line.detail == "12 rows; 1 columns that describe the person, 0 of free text"


def test_a_file_of_the_wrong_ending_is_refused_before_anything_is_recorded(study, tmp_path) -> None:
    ask = ["export-data", "spring-pre", "--study", str(study.root), "--to", "stata"]
    said = CliRunner().invoke(survey, [*ask, "--out", str(tmp_path / "a.sav")])
    assert isinstance(said.exception, OutcomesError)
    assert "a file for stata ends in .dta" in str(said.exception)
    assert read_audit(study.store) == []
    with pytest.raises(OutcomesError, match="write it as age=10"):
        CliRunner().invoke(
            survey, [*ask, "--out", str(tmp_path), "--coarsen", "age"], catch_exceptions=False
        )


def answers_file(folder, rows, columns="respondent,kind,age,more"):
    path = folder / "answers.csv"
    path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def form(tmp_path):
    path = tmp_path / "academy.yaml"
    path.write_text(FORM, encoding="utf-8")
    return path


def test_a_file_is_labelled_without_a_study(tmp_path, form) -> None:
    path = answers_file(tmp_path, ["S-1,2,41,", "S-2,-9,,x"])
    ask = ["label", str(path), "--instrument", str(form), "--to", "stata", "--scores"]
    said = CliRunner().invoke(survey, [*ask, "--out", str(tmp_path / "o.dta"), "--language", "es"])
    assert said.exit_code == 0, said.output
    table, about = pyreadstat.read_dta(str(tmp_path / "o.dta"), user_missing=True)
    assert list(table.columns) == ["link_id", "kind", "score_kindness"]
    assert list(table["kind"]) == [2.0, "a"]
    assert list(table["link_id"]) == ["S-1", "S-2"]
    assert about.column_names_to_labels["kind"] == "¿Amables?"
    told = json.loads((tmp_path / "o-codebook.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in told["variables"]] == list(table.columns)


def test_a_public_file_does_not_keep_the_codes_that_an_agency_gave(tmp_path, form) -> None:
    path = answers_file(tmp_path, [f"S-{at},1,40," for at in range(10)])
    table = label_answers(path, form, Ask(public=True)).table
    assert all(re.fullmatch("[0-9a-f]{20}", each) for each in table["link_id"])
    with pytest.raises(DataError, match="fewer than 11 people"):
        label_answers(path, form, Ask(public=True), floor=11)


def test_rows_of_several_versions_are_each_read_by_their_own(tmp_path, form) -> None:
    newer = tmp_path / "newer.yaml"
    newer.write_text(FORM.replace("version: 1", "version: 2").replace(" kind?", " unkind?"))
    rows = ["a,1,1", "b,2,2"]
    path = answers_file(tmp_path, rows, columns="respondent,kind,version")
    data = label_answers(path, newer, Ask(earlier=(form,)))
    by_person = data.table.set_index("link_id")
    assert by_person["kind_v1"].to_dict() == {"a": "1", "b": ""}
    assert by_person["kind"].to_dict() == {"a": "", "b": "2"}
    with pytest.raises(FileError, match="no text of the version '3' is at hand"):
        label_answers(
            answers_file(tmp_path, ["a,1,3"], columns="respondent,kind,version"),
            newer, Ask(earlier=(form,)),
        )  # fmt: skip
    with pytest.raises(FileError, match="nothing says which version"):
        label_answers(
            answers_file(tmp_path, ["a,1"], columns="respondent,kind"), newer, Ask(earlier=(form,))
        )


def test_a_row_that_breaks_a_rule_stops_the_labelling_unless_it_may_be_left_out(tmp_path, form):
    path = answers_file(tmp_path, ["S-1,7,41,", "S-2,1,30,"])
    with pytest.raises(FileError, match="7 is not an answer of this item"):
        label_answers(path, form, Ask())
    data = label_answers(path, form, Ask(), reading=Reading(leave_out_refused=True))
    assert list(data.table["link_id"]) == ["S-2"]
    assert data.notes[0].startswith("Left out: row 2, column kind")


def test_imported_answers_have_no_day_and_keep_their_weights(study, tmp_path) -> None:
    path = answers_file(
        tmp_path, ["S-1,2,41,,1.5", "S-2,1,42,,0.25"], columns="respondent,kind,age,more,weight"
    )
    toml = study.root / "study.toml"
    later = POST.replace("spring", "fall").replace("2025-05", "2025-09")
    toml.write_text(toml.read_text(encoding="utf-8") + later, encoding="utf-8")
    again = open_study(study.root)
    try:
        import_answers(again, path, wave="fall-post")
        data = export_data(again, ["fall-post"], Ask())
        assert data.names() == ["link_id", "wave", "place", "weight", "kind"]
        assert sorted(data.table["weight"]) == ["0.25", "1.5"]
        written = write_data(data, to="csv", out=tmp_path / "c")
        content = (tmp_path / "c/fall-post.csv").read_bytes()
        assert list(pd.read_csv(io.BytesIO(content))["weight"]) == [
            float(w) for w in data.table["weight"]
        ]
        assert len(written.paths) == 3
    finally:
        again.store.dispose()
