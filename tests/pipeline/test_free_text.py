"""The queue of texts in people's own words, themes, and what an export holds."""

from datetime import date

import click
import pandas as pd
import pytest
from click.testing import CliRunner
from fielded_forms import part, send
from sqlalchemy import select

from outcomes.cli.survey_texts import COMMANDS
from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.free_text import (
    collected_texts,
    decide,
    flags_of,
    items_of_texts,
    texts_of_wave,
)
from outcomes.pipeline.surveys import import_answers
from outcomes.pipeline.text_export import export_reviewed
from outcomes.pipeline.text_themes import (
    add_theme,
    code_text,
    count_themes,
    next_to_code,
    take_off,
    themes_of,
)
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.store.desk_tables import TEXT_CODES, TEXT_REVIEWS
from outcomes.store.engine import reading
from outcomes.store.erasing import Mark, erase
from outcomes.store.erasing_elsewhere import erase_imported
from outcomes.study import open_study
from outcomes.surveys.code_cards import make_codes

TODAY = date(2025, 2, 4)
WAVE = "spring-pre"
CODES = make_codes(12, seed=31)
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
  quote: [{name: 1, label::en: You may}, {name: 2, label::en: Rather not}]
items:
  - {name: may_quote, type: select_one quote, label::en: "May we quote you?"}
  - {name: age, type: integer, label::en: "Your age?", privacy: describes the person}
  - {name: why, type: text, label::en: "Why?", privacy: free text}
  - {name: more, type: text, label::en: "Anything else?", privacy: free text}
"""


@pytest.fixture
def study(study_folder):
    """Twelve people; each has said why, one has said more."""
    (study_folder / "surveys").mkdir()
    (study_folder / "surveys/academy.yaml").write_text(FORM, encoding="utf-8")
    path = study_folder / "study.toml"
    text = path.read_text(encoding="utf-8") + "\n[publish]\nsmallest_cell = 5\n"
    path.write_text(text, encoding="utf-8")
    study = open_study(study_folder)
    for place, code in enumerate(CODES):
        answers = {
            "may_quote": "1" if place < 6 else "2",
            "age": "40" if place < 10 else str(60 + place),
            "why": f"Officer Smith came {place}",
            "more": "=1+1" if place == 0 else "",
        }
        send(study, form(study, code, answers, place="eastbank"))
    return study


def form(study, code, answers, **more):
    return part(study, WAVE, code, "form", {"answers": answers}, way="tablet", **more)


def look(study, text):
    """The one text that is, or contains, these words."""
    (found,) = [each for each in texts_of_wave(study, WAVE) if text in each.written.text]
    return found


def judge(study, each, verdict="edited", text="[name] came", user="Ann"):
    decide(study, WAVE, each, verdict=verdict, text=text, user=user, today=TODAY)


def judge_all(study, verdict="accepted", item="why"):
    for each in collected_texts(study, WAVE):
        if each.written.item == item:
            judge(study, each, verdict)


def stored(study, table):
    with reading(study.store) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def test_the_queue_counts_item_by_item(study) -> None:
    texts = collected_texts(study, WAVE)
    instrument = wave_instrument(study, WAVE)
    judge(study, texts_with(texts, "came 1"))
    judge(study, texts_with(texts, "came 2"), "withheld")
    why, more = items_of_texts(texts_of_wave(study, WAVE), instrument)
    assert (why.texts, why.waiting, why.edited, why.withheld) == (12, 10, 1, 1)
    assert (more.item, more.texts, more.waiting) == ("more", 1, 1)


def texts_with(texts, words):
    return next(each for each in texts if each.written.text.endswith(words))


def test_names_are_flagged_and_places_of_the_study_are_not(study) -> None:
    text = "I saw Officer Smith in Eastbank"
    assert [text[flag.start : flag.end] for flag in flags_of(study, text)] == ["Officer Smith"]


def test_a_decision_is_a_new_row_and_goes_into_the_audit_log_without_the_text(study) -> None:
    collected_texts(study, WAVE)
    judge(study, look(study, "came 3"))
    judge(study, look(study, "came 3"), "accepted")
    rows = stored(study, TEXT_REVIEWS)
    assert [(row.version, row.verdict) for row in rows] == [(1, "edited"), (2, "accepted")]
    assert look(study, "came 3").shown == "Officer Smith came 3"
    log = [row for row in read_audit(study.store) if row.action == "reviewed a free text"]
    assert [(row.user, row.detail) for row in log] == [
        ("Ann", "why: edited"),
        ("Ann", "why: accepted"),
    ]


def test_two_people_at_once_do_not_decide_over_each_other(study) -> None:
    collected_texts(study, WAVE)
    seen = look(study, "came 3")
    judge(study, seen)
    with pytest.raises(DataError, match="somebody else has decided"):
        judge(study, seen, "accepted", user="Bo")
    assert look(study, "came 3").shown == "[name] came"


def test_a_corrected_text_comes_back_to_the_queue(study) -> None:
    collected_texts(study, WAVE)
    judge(study, look(study, "came 3"))
    answers = {"answers": {"why": "I meant Captain Jones 3"}}
    first = form(study, CODES[3], {"why": "Officer Smith came 3"}, place="eastbank")
    send(study, part(study, WAVE, CODES[3], "correction", answers, editor="Ann", way="tablet",
                     reason="keyed wrongly", instance=first.instance))  # fmt: skip
    collected_texts(study, WAVE)
    again = look(study, "Captain Jones")
    assert again.waiting
    assert again.shown == ""


def test_an_export_holds_reviewed_texts_and_nothing_of_who_wrote_them(study) -> None:
    judge_all(study)
    found = export_reviewed(study, WAVE)
    assert list(found.table.columns) == ["item", "text"]
    assert len(found.table) == 12
    assert found.waiting == 1
    assert list(found.table["text"]) == sorted(found.table["text"])
    said = " ".join(found.sentences())
    assert "nobody has reviewed them yet: 1" in said
    assert "To quote some: --consent" in said


def test_an_edited_text_stands_for_the_first_and_a_withheld_one_stays_away(study) -> None:
    texts = collected_texts(study, WAVE)
    judge(study, texts_with(texts, "came 1"))
    judge(study, texts_with(texts, "came 2"), "withheld")
    judge(study, texts_with(texts, "=1+1"), "accepted")
    found = export_reviewed(study, WAVE)
    assert found.table["text"].tolist() == ["'=1+1", "[name] came"]
    assert found.withheld == 1


def test_quotes_are_only_of_those_who_agreed(study) -> None:
    judge_all(study)
    found = export_reviewed(study, WAVE, consent="may_quote=1")
    assert found.table["text"].tolist() == [f"Officer Smith came {n}" for n in range(6)]
    assert found.without_consent == 6
    with pytest.raises(DataError, match="no item 'agree'"):
        export_reviewed(study, WAVE, consent="agree=1")


def test_of_few_people_nobody_is_quoted(study) -> None:
    path = study.root / "study.toml"
    path.write_text(path.read_text("utf-8").replace("smallest_cell = 5", "smallest_cell = 20"))
    with pytest.raises(DataError, match="12 people, fewer than 20"):
        export_reviewed(open_study(study.root), WAVE, consent="may_quote=1")


def test_beside_a_text_stands_only_what_enough_people_share(study) -> None:
    judge_all(study)
    found = export_reviewed(study, WAVE, by=["place"])
    assert set(found.table["place"]) == {"eastbank"}
    found = export_reviewed(study, WAVE, by=["place", "age"])
    assert "60" not in " ".join(found.table["age"])
    assert not {"70", "71"} & set(found.table["age"])
    assert found.blanked >= 2
    with pytest.raises(DataError, match="cannot stand beside a text"):
        export_reviewed(study, WAVE, by=["may_quote"])


@pytest.mark.parametrize("imported", [False, True])
def test_what_is_erased_is_erased_from_reviews_and_codes_too(study, imported, tmp_path) -> None:
    mark = Mark(day="2025-02-04", user="Ada", reason="asked for")
    if imported:
        pd.DataFrame({"respondent": ["S-1"], "why": ["My secret"]}).to_csv(tmp_path / "a.csv")
        import_answers(study, tmp_path / "a.csv", wave=WAVE)
    else:
        code = make_codes(1, seed=77)[0]
        sent = form(study, code, {"why": "My secret"}, place="eastbank")
        send(study, sent)
    collected_texts(study, WAVE)
    add_theme(study, WAVE, "why", label="More walks", user="Ann", today=TODAY)
    seen = look(study, "My secret")
    judge(study, seen, "edited", "My [redacted] secret")
    code_text(study, WAVE, mark=seen.written.mark, ticked=["more-walks"], coder="Ann", today=TODAY)
    if imported:
        erase_imported(study.store, wave=WAVE, respondent="S-1", mark=mark)
    else:
        erase(study.store, wave=WAVE, instance=sent.instance, user="Ada", reason="asked for",
              day="2025-02-04")  # fmt: skip
    assert {row.text for row in stored(study, TEXT_REVIEWS)} == {""}
    assert [row.themes for row in stored(study, TEXT_CODES)] == [[]]
    for path in (study.root / "data").iterdir():
        assert b"[redacted] secret" not in path.read_bytes(), path
    with pytest.raises(DataError, match="may have taken it back"):
        judge(study, seen)  # from a page that was open all the while
    assert len(stored(study, TEXT_REVIEWS)) == 1


def code_all(study, coder, themes):
    """Code whatever is offered, by what stands in the text."""
    seen = []
    while (one := next_to_code(study, WAVE, "why", coder=coder)) is not None:
        ticked = [theme for words, theme in themes.items() if words in one.text] or ["none"]
        code_text(study, WAVE, mark=one.mark, ticked=ticked, coder=coder, today=TODAY)
        seen.append(one.text)
    return seen


def test_two_coders_see_each_text_once_in_orders_of_their_own_and_a_third_sees_none(study) -> None:
    judge_all(study)
    add_theme(study, WAVE, "why", label="More walks", user="Ann", today=TODAY)
    first, second = (code_all(study, name, {"came": "more-walks"}) for name in ("Ann", "Bo"))
    assert len(first) == 12
    assert set(first) == set(second)
    assert first != second
    assert next_to_code(study, WAVE, "why", coder="Cy") is None
    (row,) = count_themes(study, WAVE, item="why").to_dict("records")
    assert (row["texts"], row["of"], row["coded_by_two"], row["agreement"]) == (12, 12, 12, 1)


def test_a_third_coder_is_refused_and_so_is_a_text_that_nobody_reviewed(study) -> None:
    judge_all(study)
    add_theme(study, WAVE, "why", label="More walks", user="Ann", today=TODAY)
    mark = look(study, "came 3").written.mark
    for coder in ("Ann", "Bo"):
        code_text(study, WAVE, mark=mark, ticked=["none"], coder=coder, today=TODAY)
    with pytest.raises(DataError, match="two people have coded"):
        code_text(study, WAVE, mark=mark, ticked=["none"], coder="Cy", today=TODAY)
    unread = look(study, "=1+1").written.mark
    with pytest.raises(DataError, match="not to be coded any more"):
        code_text(study, WAVE, mark=unread, ticked=["none"], coder="Ann", today=TODAY)


def test_a_theme_that_is_added_later_brings_texts_back_with_what_was_ticked(study) -> None:
    judge_all(study)
    add_theme(study, WAVE, "why", label="More walks", user="Ann", today=TODAY)
    code_all(study, "Ann", {"came": "more-walks"})
    add_theme(study, WAVE, "why", label="Street lights", user="Ann", today=TODAY)
    again = next_to_code(study, WAVE, "why", coder="Ann")
    assert (again.before, again.left) == (("more-walks",), 12)
    take_off(study, WAVE, "why", code="street-lights", user="Ann", today=TODAY)
    assert next_to_code(study, WAVE, "why", coder="Ann") is None
    assert [theme.code for theme in themes_of(study, "academy", "why")] == ["more-walks"]
    with pytest.raises(DataError, match="not on the list"):
        take_off(study, WAVE, "why", code="street-lights", user="Ann", today=TODAY)


def test_what_was_coded_of_a_text_does_not_count_once_it_was_corrected(study) -> None:
    judge_all(study)
    add_theme(study, WAVE, "why", label="More walks", user="Ann", today=TODAY)
    code_all(study, "Ann", {"came": "more-walks"})
    first = form(study, CODES[3], {"why": "Officer Smith came 3"}, place="eastbank")
    send(study, part(study, WAVE, CODES[3], "correction", {"answers": {"why": "Nothing"}},
                     editor="Ann", way="tablet", reason="keyed wrongly",
                     instance=first.instance))  # fmt: skip
    collected_texts(study, WAVE)
    assert count_themes(study, WAVE)["of"].tolist() == [11]
    judge(study, look(study, "Nothing"), "accepted")
    assert next_to_code(study, WAVE, "why", coder="Ann").text == "Nothing"


def test_a_list_holds_a_theme_once_and_only_for_texts(study) -> None:
    add_theme(study, WAVE, "why", label="More walks", user="Ann", today=TODAY)
    with pytest.raises(DataError, match="on the list already"):
        add_theme(study, WAVE, "why", label="more  WALKS", user="Bo", today=TODAY)
    with pytest.raises(DataError, match="in people's own words"):
        add_theme(study, WAVE, "age", label="Old", user="Bo", today=TODAY)


def test_small_counts_of_themes_are_withheld(study) -> None:
    judge_all(study)
    add_theme(study, WAVE, "why", label="Walks", user="Ann", today=TODAY)
    code_all(study, "Ann", {"came 3": "walks"})
    (row,) = count_themes(study, WAVE).to_dict("records")
    assert pd.isna(row["texts"])
    assert row["withheld"]


def run(*arguments):
    group = click.Group(commands={str(each.name): each for each in COMMANDS})
    return CliRunner().invoke(group, [str(each) for each in arguments], catch_exceptions=False)


def test_the_commands_write_texts_and_counts_and_leave_a_trace(study, tmp_path) -> None:
    judge_all(study)
    shared = ("--wave", WAVE, "--study", study.root)
    result = run("texts", *shared, "--consent", "may_quote=1", "--out", tmp_path / "quotes.csv")
    assert len(pd.read_csv(tmp_path / "quotes.csv")) == 6
    assert "did not agree to be quoted: 6" in result.stderr
    assert read_audit(study.store)[-1].detail == "6 reviewed texts, as quotes"
    result = run("themes", *shared, "--out", tmp_path / "themes.csv")
    assert "Write it at the desk" in result.stderr
    assert list(pd.read_csv(tmp_path / "themes.csv").columns)[:3] == ["item", "theme", "label"]
