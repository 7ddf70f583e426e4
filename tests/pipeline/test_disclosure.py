"""Disclosure blocks from the records of a study."""

import json
import shutil
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from fielded_forms import fill

from outcomes.cli.survey_rates import COMMANDS
from outcomes.errors import DataError, FileError
from outcomes.pipeline import cards as card_module
from outcomes.pipeline.cards import draw_cards
from outcomes.pipeline.collecting import collect_answers
from outcomes.pipeline.disclosure import disclosures, method_lines, write_disclosures
from outcomes.study import open_study
from outcomes.surveys.code_cards import make_codes

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2025, 2, 5)
CODES = make_codes(20, seed=8)
TRUST = ("trust_1", "trust_2", "trust_3", "trust_4", "trust_5")


@pytest.fixture
def study(study_folder, monkeypatch):
    """Twelve of twenty people with a card have finished a form, one has begun one."""
    (study_folder / "surveys").mkdir()
    shutil.copyfile(ROOT / "surveys/academy.yaml", study_folder / "surveys/academy.yaml")
    path = study_folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('group = "spring"', 'group = "spring"\nentry = "code card"'), "utf-8"
    )
    study = open_study(study_folder)
    monkeypatch.setattr(card_module, "make_codes", lambda n: CODES)
    draw_cards(study, "spring", n=20, title="Class", language="en", today=TODAY)
    for place, code in enumerate(CODES[:12]):
        answers = dict.fromkeys(TRUST, str(1 + place % 5))
        fill(study, "spring-pre", code, answers, way="paper" if place < 2 else "web")
    fill(study, "spring-pre", CODES[12], {"trust_1": "1"}, finished=False)
    return study


def block(study):
    (found,) = disclosures(study, today=TODAY)
    return [" ".join((*part.stated, *part.gaps)) for part in found.parts]


def test_the_block_tells_what_is_on_record(study) -> None:
    collect_answers(study, "spring-pre")
    lines = block(study)
    assert "questions on this occasion" in lines[2]
    assert "English, Spanish" in lines[5]
    assert "from 2025-02-04 to 2025-02-04" in lines[6]
    assert "Forms finished: 12; begun and not finished: fewer than 10" in lines[7]
    assert "Trust in the police: mean score of 12 people" in lines[7]
    assert "60 %, 12 finished forms of 20 cards" in lines[7]
    assert "not weighted" in lines[8]
    assert "(10)" not in lines[5]  # with 12 in all, it would tell that two answered on paper


def test_before_the_answers_are_collected_that_is_said(study) -> None:
    assert "not collected yet" in block(study)[7]


def test_the_interval_is_that_of_the_mean(study) -> None:
    import numpy as np
    from scipy.stats import t

    collect_answers(study, "spring-pre")
    scores = np.array([(4 * (1 + i % 5) + 6 - (1 + i % 5)) / 5 for i in range(12)])
    half = t.ppf(0.975, 11) * scores.std(ddof=1) / np.sqrt(12)
    assert f"plus or minus {half:.2f} points" in block(study)[7]


def test_a_changed_questionnaire_leaves_the_rest_of_the_block_standing(study) -> None:
    collect_answers(study, "spring-pre")
    path = study.instrument_path("academy")
    text = path.read_text(encoding="utf-8")
    assert "{name: 5, " in text
    path.write_text(text.replace("{name: 5, ", "{name: 6, "), encoding="utf-8")
    assert "No precision can be told" in block(study)[7]


def test_a_study_without_answers_is_refused_and_has_no_method_lines(study_folder) -> None:
    (study_folder / "surveys").mkdir()
    shutil.copyfile(ROOT / "surveys/academy.yaml", study_folder / "surveys/academy.yaml")
    study = open_study(study_folder)
    with pytest.raises(DataError, match="nobody has answered"):
        disclosures(study, today=TODAY)
    assert method_lines(study, today=TODAY) == []
    (found,) = disclosures(study, today=TODAY, wave="spring-pre")
    assert found.parts[7].stated == ("Nobody has answered yet.",)


def test_the_method_section_gets_eleven_lines_a_wave(study) -> None:
    ((wave, lines),) = method_lines(study, today=TODAY)
    assert wave == "spring-pre"
    assert [line.partition(".")[0] for line in lines] == [str(n) for n in range(1, 12)]


def test_the_file_is_text_or_json_with_every_question_word_by_word(study, tmp_path) -> None:
    found = disclosures(study, today=TODAY)
    write_disclosures(found, tmp_path / "told.json")
    (wave,) = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["waves"]
    first = next(one for one in wave["questions"] if one["name"] == "trust_1")
    assert {"en", "es"} == first["question"].keys()
    assert {answer["code"] for answer in first["answers"]} >= {"1", "5"}
    assert "class_change" not in {one["name"] for one in wave["questions"]}  # only after it
    with pytest.raises(FileError, match=r"End it in \.txt or \.json"):
        write_disclosures(found, tmp_path / "told.docx")


def test_the_command_writes_the_block_and_counts_the_gaps(study, tmp_path) -> None:
    group = click.Group(commands={str(each.name): each for each in COMMANDS})
    out = tmp_path / "told.txt"
    result = CliRunner().invoke(
        group, ["disclosure", "--study", str(study.root), "--out", str(out)], catch_exceptions=False
    )
    assert "1 wave, 4 points not stated" in result.output
    assert out.read_text(encoding="utf-8").count("Not stated:") == 4
