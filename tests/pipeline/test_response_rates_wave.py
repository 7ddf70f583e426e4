"""Response rates of a wave: from its cards and forms, or a refusal that says what to report."""

from datetime import date

import click
import pandas as pd
import pytest
from click.testing import CliRunner
from fielded_forms import fill, form, part, send

from outcomes.cli.survey_rates import COMMANDS
from outcomes.errors import DataError, OutcomesError
from outcomes.pipeline import cards as card_module
from outcomes.pipeline.cards import draw_cards
from outcomes.pipeline.fielding import freeze_wave
from outcomes.pipeline.response_rates import rates_of_wave
from outcomes.pipeline.surveys import import_answers
from outcomes.store.erasing import erase
from outcomes.study import open_study
from outcomes.surveys.code_cards import make_codes

TODAY = date(2025, 2, 4)
CODES = make_codes(10, seed=5)
LATER = """
[[waves]]
label = "open-pre"
instrument = "small"
group = "open"
occasion = "pre"
opens = 2025-02-03
closes = 2025-02-07
population = "residents of Eastbank"

[[waves]]
label = "summer-pre"
instrument = "small"
group = "summer"
occasion = "pre"
opens = 2025-06-03
closes = 2025-06-07
entry = "code card"
"""
SMALL = """\
id: small
version: 1
title::en: A form
languages: [en]
population: other
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
choices:
  agree:
    - {name: 1, label::en: "no"}
    - {name: 2, label::en: "yes"}
    - {name: -9, label::en: rather not say}
missing: [-9]
items:
  - {name: kind, type: select_one agree, label::en: Are officers kind?}
  - {name: fair, type: select_one agree, label::en: Are officers fair?}
  - {name: calm, type: select_one agree, label::en: Are officers calm?}
  - {name: near, type: select_one agree, label::en: Are officers near?}
scales:
  trust: {label: Trust, items: [kind, fair, calm, near]}
"""


@pytest.fixture
def study(study_folder, monkeypatch):
    """A card wave for which ten cards were printed, and an open link."""
    (study_folder / "surveys").mkdir()
    (study_folder / "surveys/small.yaml").write_text(SMALL, encoding="utf-8")
    path = study_folder / "study.toml"
    text = path.read_text(encoding="utf-8").replace(
        'instrument = "academy"', 'instrument = "small"'
    )
    text = text.replace('group = "spring"', 'group = "spring"\nentry = "code card"\nplanned = 8')
    path.write_text(text + LATER, encoding="utf-8")
    study = open_study(study_folder)
    monkeypatch.setattr(card_module, "make_codes", lambda n: CODES)
    draw_cards(study, "spring", n=10, title="Class", language="en", today=TODAY)
    return study


def counts(study, **more):
    table, said = rates_of_wave(study, "spring-pre", today=TODAY, **more)
    return table.set_index("rate"), said


def test_finished_partial_broken_off_taken_back_and_unused_cards_make_the_rates(study) -> None:
    for code in CODES[:4]:
        fill(study, "spring-pre", code, {"kind": "1"})
    fill(study, "spring-pre", CODES[4], {"kind": "1", "fair": "2"}, finished=False)
    fill(study, "spring-pre", CODES[5], {"kind": "1", "fair": "-9"}, finished=False)
    fill(study, "spring-pre", CODES[6], {"kind": "1", "fair": "1", "calm": "1"})
    send(study, part(study, "spring-pre", CODES[6], "withdrawn", {}))
    rates, said = counts(study)
    assert rates.loc["RR1", "value"] == pytest.approx(4 / 10)
    assert rates.loc["RR2", "value"] == pytest.approx(5 / 10)
    assert rates.loc["REF1", "value"] == pytest.approx(2 / 10)
    assert rates.loc["CON1", "value"] == pytest.approx(7 / 10)
    assert rates.loc["RR3", "value"] == rates.loc["RR1", "value"]
    assert (rates["cases"] == 10).all()
    assert "Of 10 cards handed out: 4 finished (I), 1 begun" in said[0]
    assert "say how many were: --issued N" in said[1]
    assert "fewer than 10 people: keep them inside the team" in said[-1]


def test_spare_cards_are_no_cases(study) -> None:
    for code in CODES[:6]:
        fill(study, "spring-pre", code, {"kind": "1"})
    rates, said = counts(study, issued=8)
    assert rates.loc["RR1", "value"] == pytest.approx(6 / 8)
    assert not any("--issued" in line for line in said)
    with pytest.raises(DataError, match="10 were printed, and 6 were used"):
        counts(study, issued=5)


def test_a_form_that_staff_erased_is_another_reason_and_a_person_without_a_card_is_out(
    study,
) -> None:
    fill(study, "spring-pre", CODES[0], {"kind": "1"})
    sent = form(study, "spring-pre", CODES[1], {"kind": "1"})
    send(study, *sent)
    erase(study.store, wave="spring-pre", instance=sent[0].instance, user="Ada",
          reason="a trial run", day="2025-02-04")  # fmt: skip
    fill(study, "spring-pre", make_codes(1, seed=99)[0], {"kind": "1"})
    rates, said = counts(study)
    assert rates.loc["RR1", "numerator"] == 1
    assert rates.loc["CON1", "numerator"] == 2
    assert any("Left out: 1 form without a card" in line for line in said)
    assert any("Staff erased 1 form" in line for line in said)


def test_a_form_that_a_respondent_erased_by_taking_it_back_is_a_refusal(study) -> None:
    sent = form(study, "spring-pre", CODES[1], {"kind": "1"})
    send(study, *sent)
    erase(study.store, wave="spring-pre", instance=sent[0].instance, user="",
          reason="", day="2025-02-04")  # fmt: skip
    assert counts(study)[0].loc["REF1", "numerator"] == 1


def test_a_form_that_a_tablet_replaced_by_another_is_not_counted_beside_it(study) -> None:
    stranger = make_codes(1, seed=99)[0]
    for instance in ("first", "second"):
        body = {"answers": {"kind": "1"}}
        send(study, part(study, "spring-pre", stranger, "form", body, instance=instance))
    send(study, part(study, "spring-pre", stranger, "replaced", {}, instance="first"))
    assert any("Left out: 1 form without" in line for line in counts(study)[1])


def test_it_is_said_that_the_wave_is_still_open_or_that_forms_came_late(study) -> None:
    assert any("still open" in line for line in counts(study)[1])
    freeze_wave(study, "spring-pre", user="Cleo", today=TODAY)
    fill(study, "spring-pre", CODES[0], {"kind": "1"})
    said = counts(study)[1]
    assert any("After the wave was frozen came 1 form" in line for line in said)
    assert not any("still open" in line for line in said)


def test_an_open_link_has_no_response_rate_and_the_refusal_says_what_to_report(study) -> None:
    fill(study, "open-pre", CODES[0], {"kind": "1"})
    fill(study, "open-pre", CODES[1], {"kind": "1"}, finished=False)
    with pytest.raises(DataError, match="no response rate") as refused:
        rates_of_wave(study, "open-pre", today=TODAY)
    assert "1 form finished, 1 only begun" in str(refused.value)
    assert "residents of Eastbank" in str(refused.value)


def test_imported_answers_no_cards_and_a_planned_wave_are_refused_each_in_a_sentence(
    study, tmp_path
) -> None:
    answers = pd.DataFrame(
        {"respondent": ["S-1"], **dict.fromkeys(("kind", "fair", "calm", "near"), "1")}
    )
    answers.to_csv(tmp_path / "answers.csv", index=False)
    import_answers(study, tmp_path / "answers.csv", wave="spring-pre")
    with pytest.raises(DataError, match=r"imported answers \(1\).*one disposition a row"):
        rates_of_wave(study, "spring-pre", today=TODAY)
    with pytest.raises(DataError, match="opens on 2025-06-03"):
        rates_of_wave(study, "summer-pre", today=TODAY)
    with pytest.raises(DataError, match="no code card was printed for the group summer"):
        rates_of_wave(study, "summer-pre", today=date(2025, 6, 4))


def run(*arguments):
    group = click.Group(commands={str(each.name): each for each in COMMANDS})
    return CliRunner().invoke(group, [str(each) for each in arguments])


def test_the_command_writes_the_rates_of_a_wave(study, tmp_path) -> None:
    fill(study, "spring-pre", CODES[0], {"kind": "1"})
    out = tmp_path / "rates.csv"
    result = run("rates", "--wave", "spring-pre", "--study", study.root, "--out", out)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out)
    assert list(table.columns[:4]) == ["rate", "value", "numerator", "denominator"]
    assert table.set_index("rate").loc["RR1", "value"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say FILE or --wave LABEL, one of the two"),
        (("cases.csv", "--wave", "x"), "one of the two"),
        (("cases.csv",), "--column COL: say in which column"),
        (("cases.csv", "--column", "a", "--issued", "3"), "--issued does not go with FILE"),
        (("--wave", "x", "--e", "0.5"), "--e does not go with --wave"),
    ],
)
def test_options_that_do_not_go_together_are_answered_in_a_sentence(arguments, said) -> None:
    result = run("rates", *arguments)
    assert isinstance(result.exception, OutcomesError)
    assert said in str(result.exception)
