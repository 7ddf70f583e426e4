"""What may be taken out of a wave's answers, and what stays in."""

import shutil
from pathlib import Path

import pytest
from fielded_forms import part, send

from outcomes.errors import DataError
from outcomes.pipeline.answer_export import export_answers
from outcomes.study import open_study, study_key
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.keyed_codes import respondent_of

ROOT = Path(__file__).resolve().parents[2]
CODES = make_codes(3, seed=21)
FORM = """\
id: academy
version: 1
title::en: A form
languages: [en]
population: other
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
choices:
  agree: [{name: 1, label::en: no}, {name: 2, label::en: yes}]
items:
  - {name: kind, type: select_one agree, label::en: Are officers kind?}
  - {name: age, type: integer, label::en: Your age, privacy: describes the person}
  - {name: more, type: text, label::en: Anything else?, privacy: free text}
  - {name: why, type: text, label::en: Why?, privacy: free text}
"""


@pytest.fixture
def study(study_folder):
    (study_folder / "surveys").mkdir()
    shutil.copyfile(ROOT / "walk_rules.toml", study_folder / "walk_rules.toml")
    (study_folder / "surveys/academy.yaml").write_text(
        FORM.replace("label::en: no}", 'label::en: "no"}').replace("::en: yes}", '::en: "yes"}'),
        encoding="utf-8",
    )
    study = open_study(study_folder)
    said = [("1", "41", "Ann helps", "b"), ("2", "50", "=1+1", ""), ("2", "29", "", "a\nc")]
    for code, answers in zip(CODES, said, strict=True):
        body = {"answers": dict(zip(("kind", "age", "more", "why"), answers, strict=True))}
        send(study, part(study, "spring-pre", code, "form", body, way="paper"))
    return study


def test_free_text_and_what_describes_the_person_are_left_out_unless_asked_for(study) -> None:
    found = export_answers(study, "spring-pre")
    assert list(found.table.columns) == ["respondent", "place", "day", "kind"]
    assert found.left_out == ("age", "more", "why")
    with_person = export_answers(study, "spring-pre", describing=True)
    assert list(with_person.table.columns) == ["respondent", "place", "day", "kind", "age"]


def test_a_row_is_known_by_the_keyed_hash_and_the_day_alone(study) -> None:
    table = export_answers(study, "spring-pre").table
    key = study_key(study)
    assert list(table["respondent"]) == sorted(respondent_of(key, code) for code in CODES)
    assert set(table["day"]) == {"2025-02-04"}
    assert not any(code in table.to_csv() for code in CODES)


def test_exporting_collects_what_is_new(study) -> None:
    assert export_answers(study, "spring-pre").people == 3
    body = {"answers": {"kind": "1"}}
    other = make_codes(1, seed=99)[0]
    send(study, part(study, "spring-pre", other, "form", body, way="tablet"))
    assert export_answers(study, "spring-pre").people == 4


def test_a_wave_without_answers_is_refused(study_folder) -> None:
    (study_folder / "surveys").mkdir()
    shutil.copyfile(ROOT / "surveys/academy.yaml", study_folder / "surveys/academy.yaml")
    with pytest.raises(DataError, match="holds no answers yet"):
        export_answers(open_study(study_folder), "spring-pre")
