import os
from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.study import open_study, study_key, write_whole


def test_a_study_is_found_from_a_folder_inside_it(
    study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = study_folder / "data" / "raw"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert open_study().root == study_folder.resolve()


def test_a_folder_that_is_named_must_be_the_study_itself(study_folder: Path) -> None:
    assert open_study(study_folder).settings.study.name == "Walks in Marlow Falls"
    (study_folder / "data").mkdir()
    with pytest.raises(OutcomesError, match=r"is not in a study folder .*outcomes new FOLDER"):
        open_study(study_folder / "data")


def test_outside_any_study_the_mend_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path.anchor)  # the temporary folder may lie in somebody's study
    with pytest.raises(OutcomesError, match=r"there is no study\.toml.*--study FOLDER"):
        open_study()


def test_a_mistake_in_the_settings_is_answered_with_its_line(study_folder: Path) -> None:
    path = study_folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"focus"', '"fokus"'))
    with pytest.raises(FileError, match=r"study.toml, line \d+, places.role"):
        open_study(study_folder)


def test_a_study_knows_its_folders_and_places(study_folder: Path) -> None:
    study = open_study(study_folder)
    assert study.place_codes() == ("eastbank", "northgate")
    assert [place.code for place in study.places("focus")] == ["eastbank"]
    assert study.instrument_path("academy").relative_to(study.root) == Path("surveys/academy.yaml")
    assert study.rules_path == study.root / "walk_rules.toml"
    assert [path.name for path in (study.raw, study.results, study.reports)] == [
        "raw",
        "results",
        "reports",
    ]


def test_only_whole_months_of_the_study_count(study_folder: Path) -> None:
    path = study_folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("first = 2025-01-01", "first = 2025-01-02").replace(
        "2025-12-31", "2025-04-29"
    )
    path.write_text(text.partition("[plan]")[0], encoding="utf-8")
    assert open_study(study_folder).months() == ["2025-02", "2025-03"]


def test_a_wave_is_found_and_a_wrong_label_answered_with_the_right_one(study_folder: Path) -> None:
    study = open_study(study_folder)
    assert study.wave("spring-pre").instrument == "academy"
    with pytest.raises(DataError, match=r"no wave 'spring-pr'\. Did you mean 'spring-pre'"):
        study.wave("spring-pr")


def test_the_store_is_made_when_it_is_first_needed(study_folder: Path) -> None:
    study = open_study(study_folder)
    assert not (study_folder / "data").exists()
    assert study.store is study.store
    assert (study_folder / "data" / "study.db").exists()


def test_a_folder_may_have_signs_in_its_name_that_mean_something_in_an_address(
    tmp_path: Path, example_settings: str
) -> None:
    folder = tmp_path / "What works? 100% #1 & more"
    folder.mkdir()
    (folder / "study.toml").write_text(example_settings, encoding="utf-8")
    assert open_study(folder).store
    assert (folder / "data" / "study.db").exists()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_table_of_results_comes_back_with_its_places_and_numbers(study_folder: Path) -> None:
    study = open_study(study_folder)
    table = pd.DataFrame(
        {
            "place": ["007", "", "NA"],
            "period": ["2025", "2025-01", ""],
            "value": [0.1 + 0.2, float("nan"), 3e-300],
            "n": [1, 2, 3],
        }
    )
    assert study.write_table("tone", table) == study.results / "tone.csv"
    pd.testing.assert_frame_equal(study.read_table("tone"), table, check_dtype=False)


def test_a_result_that_no_command_has_written_says_what_to_run(study_folder: Path) -> None:
    with pytest.raises(FileError, match=r"does not exist yet\. Run: outcomes run"):
        open_study(study_folder).read_table("tone")


def test_a_whole_write_makes_its_folder_and_leaves_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / "results" / "a.csv"
    write_whole(path, "café\r\nb\n")
    assert path.read_bytes() == "café\r\nb\n".encode()
    assert [found.name for found in path.parent.iterdir()] == ["a.csv"]


def test_a_write_that_is_interrupted_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    write_whole(path, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "the disk is full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FileError, match=r"a\.csv: it cannot be written \(the disk is full\)"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.csv"]


def test_the_study_key_is_drawn_once_and_only_its_owner_can_read_it(
    study_folder: Path,
) -> None:
    study = open_study(study_folder)
    first = study_key(study)
    assert len(first) == 32
    assert study_key(study) == first
    assert study.key_path.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert "data" not in study.key_path.relative_to(study.root).parts


def test_a_key_that_was_destroyed_or_damaged_is_not_drawn_anew(study_folder: Path) -> None:
    study = open_study(study_folder)
    study_key(study)
    study.key_path.write_text("sealed\n", encoding="ascii")
    with pytest.raises(FileError, match="was destroyed when the study was sealed"):
        study_key(study)
    study.key_path.write_text("abc\n", encoding="ascii")
    with pytest.raises(FileError, match="not a study key"):
        study_key(study)
