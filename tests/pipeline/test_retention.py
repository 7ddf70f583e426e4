import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from outcomes.cli.survey_keeping import COMMANDS
from outcomes.errors import FileError
from outcomes.pipeline.deleting import what_would_go
from outcomes.pipeline.fielding import close_wave, freeze_wave, open_wave, reopen_wave
from outcomes.pipeline.retention import erase_what_is_over, months_after, over, terms
from outcomes.store import Source, append, read_facts
from outcomes.study import Study, open_study

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
POST = """
[[waves]]
label = "spring-post"
instrument = "academy"
group = "spring"
occasion = "post"
opens = 2025-04-14
closes = 2025-04-18

[[waves]]
label = "alone"
instrument = "academy"
group = "alone"
occasion = "pre"
opens = 2025-01-20
closes = 2025-01-31
"""


@pytest.fixture
def make(study_folder: Path):
    def made(retention: str = "\n[retention]\nmonths = 1\n") -> Study:
        (study_folder / "surveys").mkdir()
        shutil.copyfile(SURVEYS / "academy.yaml", study_folder / "surveys" / "academy.yaml")
        settings = study_folder / "study.toml"
        settings.write_text(settings.read_text(encoding="utf-8") + POST + retention, "utf-8")
        study = open_study(study_folder)
        for wave in study.settings.waves:
            rows = [
                {
                    "key": f"{wave.label}/S-1",
                    "wave": wave.label,
                    "instrument": "academy",
                    "instrument_version": "1",
                    "instrument_hash": "0",
                    "respondent": "S-1",
                    "place": "agency",
                    "weight": None,
                    "answers": {"trust_1": "4"},
                }
            ]
            append(study.store, "answers", rows, source=Source(step="test", read=1))
        return study

    return made


def overdue(study: Study, today: date) -> list[str]:
    return [term.wave for term in terms(study, today=today) if term.over]


def why(study: Study, wave: str, today: date) -> str:
    return next(term.why for term in terms(study, today=today) if term.wave == wave)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 2, 28), 12, date(2026, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
    ],
)
def test_months_are_counted_as_people_count_them(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_a_wave_is_over_the_day_after_its_last_day_and_not_before(make) -> None:
    study = make()
    assert overdue(study, date(2025, 2, 28)) == []  # closed on 31 January, kept one month
    assert overdue(study, date(2025, 3, 1)) == ["alone"]
    assert "kept until 2025-02-28" in why(study, "alone", date(2025, 2, 28))
    assert "over since 2025-02-28" in why(study, "alone", date(2025, 3, 1))


def test_without_a_term_nothing_is_ever_over(make) -> None:
    study = make("")
    assert overdue(study, date(2099, 1, 1)) == []
    assert "sets no end" in why(study, "alone", date(2099, 1, 1))
    assert erase_what_is_over(
        study, what_would_go(study, "alone"), user="Ada", today=date(2099, 1, 1)
    ) == 0  # fmt: skip


def test_a_pre_wave_is_kept_while_its_post_wave_is_planned_open_or_still_kept(make) -> None:
    study = make()
    assert "spring-post, of the same group, is planned" in why(
        study, "spring-pre", date(2025, 4, 13)
    )
    assert "spring-post, of the same group, is open" in why(study, "spring-pre", date(2025, 4, 18))
    assert "kept until 2025-05-18" in why(study, "spring-pre", date(2025, 5, 18))
    for day in (date(2025, 4, 13), date(2025, 4, 14), date(2025, 4, 18), date(2025, 5, 18)):
        assert not {"spring-pre", "spring-post"} & set(overdue(study, day))
    assert overdue(study, date(2025, 5, 19)) == ["spring-pre", "spring-post", "alone"]


def test_a_wave_that_staff_hold_open_is_never_over_whatever_the_dates_say(make) -> None:
    study = make()
    late = date(2025, 6, 1)
    open_wave(study, "spring-post", user="Cleo", today=late)
    assert overdue(study, date(2030, 1, 1)) == ["alone"]
    assert erase_what_is_over(
        study, what_would_go(study, "spring-pre"), user="Ada", today=date(2030, 1, 1)
    ) == 0  # fmt: skip
    close_wave(study, "spring-post", user="Cleo", today=late + timedelta(days=1))
    assert not {"spring-pre"} & set(overdue(study, date(2025, 7, 2)))
    assert "spring-pre" in overdue(study, date(2025, 7, 3))


def test_the_term_runs_from_the_day_on_which_staff_closed_the_wave(make) -> None:
    study = make()
    close_wave(study, "alone", user="Cleo", today=date(2025, 1, 25))
    assert overdue(study, date(2025, 2, 25)) == []
    assert overdue(study, date(2025, 2, 26)) == ["alone"]
    reopen_wave(study, "alone", user="Cleo", today=date(2025, 1, 26))
    assert overdue(study, date(2025, 2, 26)) == []  # now it closed by its date, 31 January
    freeze_wave(study, "alone", user="Cleo", today=date(2025, 2, 20))
    assert overdue(study, date(2025, 3, 1)) == ["alone"]  # freezing does not prolong it


def test_only_what_is_over_goes_and_a_wave_reopened_meanwhile_is_left_alone(make) -> None:
    study, today = make(), date(2025, 3, 10)
    (going,) = over(study, today=today)
    assert going.wave == "alone"
    reopen_wave(study, "alone", user="Cleo", today=today)
    assert erase_what_is_over(study, going, user="Ada", today=today) == 0
    assert len(read_facts(study.store, "answers")) == 3
    close_wave(study, "alone", user="Cleo", today=today)
    assert over(study, today=today) == []
    later = date(2025, 4, 11)
    (going,) = over(study, today=later)
    assert erase_what_is_over(study, going, user="Ada", today=later) == 1
    assert list(read_facts(study.store, "answers")["wave"]) == ["spring-pre", "spring-post"]
    assert over(study, today=later) == []


def test_a_term_of_no_months_is_refused(make) -> None:
    with pytest.raises(FileError, match="months"):
        make("\n[retention]\nmonths = 0\n")


def run(study: Study, name: str, *words: str):
    command = next(each for each in COMMANDS if each.name == name)
    return CliRunner().invoke(command, [*words, "--study", str(study.root)])


def test_the_command_erases_nothing_unless_it_is_told_to(make) -> None:
    study = make()
    said = run(study, "retention")
    assert said.exit_code == 0
    assert "Nothing was erased. Say --yes" in said.output
    assert len(read_facts(study.store, "answers")) == 3
    said = run(study, "retention", "--yes")
    assert "the answers of 1 person in alone" in said.output
    assert read_facts(study.store, "answers").empty
    assert len(list((study.root / "exports").glob("erased-*.csv"))) == 3
    assert "There is nothing to erase." in run(study, "retention").output


def test_the_command_writes_the_copy_before_it_erases(make, tmp_path: Path) -> None:
    study, out = make(""), tmp_path / "copy.csv"
    words = ("erase", "alone", "--reason", "asked for by the agency", "--export", str(out))
    assert "Nothing was erased" in run(study, *words).output
    assert not out.exists()
    done = run(study, *words, "--yes")
    assert "the answers of 1 person" in done.output
    assert "trust_1" in out.read_text(encoding="utf-8")
    assert "alone" not in set(read_facts(study.store, "answers")["wave"])
    out_again = run(study, "erase", "spring-pre", *words[2:], "--yes")
    assert out_again.exit_code != 0
    assert "there is a file of that name" in str(out_again.exception)
    assert "spring-pre" in set(read_facts(study.store, "answers")["wave"])
