"""study.toml is changed from a form: only what was asked for, whole or not at all."""

import tomllib
from datetime import date

import pytest

from outcomes.pipeline.folder import new_study
from outcomes.pipeline.wave_file import (
    FormFault,
    add_place,
    add_wave,
    change_about,
    change_wave,
    is_blank,
    mark_of,
    with_block,
)
from outcomes.study import open_study

WAVE = {
    "label": "fall-pre", "instrument": "academy", "group": "fall", "occasion": "pre",
    "respondents": "same people", "opens": "2025-09-08", "closes": "2025-09-12",
    "entry": "code card", "population": 'the "fall" class \\ all', "planned": "28",
}  # fmt: skip


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


def text_of(study):
    return (study.root / "study.toml").read_text(encoding="utf-8")


def test_a_new_wave_stands_behind_the_last_one_and_nothing_else_moves(study) -> None:
    before = text_of(study)
    fresh = add_wave(study, WAVE, mark=mark_of(study))
    after = text_of(study)
    start = after.index('\n[[waves]]\nlabel = "fall-pre"')
    end = after.index("\n[[outlets]]")
    assert before == after[:start] + after[end:]
    wave = fresh.wave("fall-pre")
    assert (wave.population, wave.planned, wave.opens) == (
        'the "fall" class \\ all', 28, date(2025, 9, 8),
    )  # fmt: skip


def test_comments_and_windows_line_ends_are_kept() -> None:
    lines = (
        "# why",
        "[[waves]]",
        "label = 'a' # ours",
        "",
        "# outlets",
        "[[outlets]]",
        "name = 'x'",
        "",
    )
    text = "\r\n".join(lines)
    made = with_block(text, "waves", {"label": "b"})
    assert made == text.replace(
        "ours\r\n", "ours\r\n\r\n[[waves]]\r\nlabel = \"b\"\r\n", 1
    )  # fmt: skip


def test_a_file_without_waves_gets_the_first_one_at_its_end(study) -> None:
    text = '[study]\nname = "x" # ours\n'
    assert with_block(text, "waves", {"label": "b"}) == text + '\n[[waves]]\nlabel = "b"\n'


def test_waves_in_one_line_are_left_alone_and_it_is_said(study) -> None:
    with pytest.raises(FormFault, match=r"Write each as a block, \[\[waves\]\]"):
        with_block('waves = [{label = "a"}]\n[study]\nname = "x"\n', "waves", {"label": "b"})


def test_a_text_of_several_lines_in_the_last_wave_is_not_cut_in_two() -> None:
    text = '[[waves]]\nlabel = "a"\npopulation = """\nall\nof us"""\n\n[walks]\nrules = "x"\n'
    with pytest.raises(FormFault):  # rather than a broken file
        with_block(text, "waves", {"label": "b"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closes": "2025-09-01"}, "closes"),
        ({"opens": "2024-09-01"}, "opens"),
        ({"opens": ""}, "opens"),
        ({"planned": "0"}, "planned"),
        ({"planned": "1.5"}, "planned"),
        ({"label": "spring-pre"}, "group"),
        ({"label": "new"}, "group"),
        ({"occasion": "during"}, "occasion"),
        ({"entry": "by name"}, "entry"),
        ({"label": "Fall Pre"}, "label"),
        ({"group": "spring"}, ""),
    ],
)
def test_what_breaks_a_rule_is_named_and_nothing_is_written(study, wrong, field) -> None:
    before = text_of(study)
    with pytest.raises(FormFault) as fault:
        add_wave(study, {**WAVE, **wrong}, mark=mark_of(study))
    assert fault.value.field == field
    assert text_of(study) == before
    assert [path.name for path in study.root.iterdir()] == ["study.toml"]


def test_a_form_made_before_a_change_is_refused(study) -> None:
    mark = mark_of(study)
    add_place(study, {"code": "hill", "name": "Hill", "role": "comparison"}, mark=mark)
    with pytest.raises(FormFault, match=r"Somebody changed study\.toml while you filled this in"):
        add_wave(study, WAVE, mark=mark)


def test_two_forms_sent_at_once_give_one_wave(study) -> None:
    from concurrent.futures import ThreadPoolExecutor

    mark = mark_of(study)

    def try_it(at):
        try:
            return add_wave(study, {**WAVE, "label": f"w{at}", "group": f"g{at}"}, mark=mark)
        except FormFault:
            return None

    with ThreadPoolExecutor(4) as pool:
        made = [one for one in pool.map(try_it, range(4)) if one]
    assert len(made) == 1
    assert len(tomllib.loads(text_of(study))["waves"]) == 2


def test_a_wave_changes_its_dates_and_loses_what_was_emptied(study) -> None:
    add_wave(study, WAVE, mark=mark_of(study))
    fields = {"opens": "2025-09-09", "closes": "2025-09-19", "population": "all", "planned": ""}
    wave = change_wave(
        open_study(study.root), "fall-pre", fields, mark=mark_of(study)
    ).wave("fall-pre")  # fmt: skip
    assert (wave.closes, wave.population, wave.planned) == (date(2025, 9, 19), "all", None)
    assert wave.entry == "code card"


def test_the_empty_study_is_known_by_its_name_until_it_is_filled_in(tmp_path) -> None:
    study = new_study(tmp_path / "ours", today=date(2026, 1, 5))
    assert is_blank(study)
    comments = [line for line in text_of(study).splitlines() if line.startswith("#")]
    fields = {
        "name": "Academy",
        "agency": "Elm Police",
        "first": "2026-01-01",
        "last": "2027-06-30",
    }
    study = change_about(study, fields, mark=mark_of(study))
    assert not is_blank(study)
    assert study.settings.study.time_zone == "America/New_York"
    assert [line for line in text_of(study).splitlines() if line.startswith("#")] == comments
    assert "# first day of the study, best twelve months before the start" in text_of(study)


def test_a_study_that_ends_before_it_begins_is_refused_beside_its_field(study) -> None:
    fields = {"name": "A", "agency": "B", "first": "2026-01-01", "last": "2025-01-01"}
    with pytest.raises(FormFault, match=r"must be later than first") as fault:
        change_about(study, fields, mark=mark_of(study))
    assert fault.value.field == "last"
