"""Sealing: everything is linked, then the key is gone for good, and the study goes on."""

from datetime import date

import pytest
from click.testing import CliRunner

from linked_class import answers_file, class_folder, fill_class, people
from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError
from outcomes.pipeline import sealing
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.run import run
from outcomes.pipeline.sealing import copy_key, is_locked, seal, seal_plan
from outcomes.pipeline.study_links import links_table, study_links
from outcomes.pipeline.surveys import import_answers
from outcomes.study import key_state, open_study, study_key

AFTER = date(2025, 6, 1)


@pytest.fixture
def study(study_folder):
    return fill_class(class_folder(study_folder))


def command(study, *words):
    return CliRunner().invoke(cli, ["survey", "link", "--study", str(study.root), *words])


def test_a_dry_run_says_what_will_no_longer_work_and_changes_nothing(study):
    before = study.key_path.read_bytes()
    said = " ".join(seal_plan(study, today=AFTER).sentences())
    for words in ("come back to an unfinished form", "by receipt", "No new wave can be linked",
                  "data/raw/answers/spring-pre.csv", "23 of them are linked"):  # fmt: skip
        assert words in said
    assert study.key_path.read_bytes() == before
    found = command(study, "--seal")
    assert found.exit_code == 0, found.output
    assert "Nothing was changed" in found.output
    assert study.key_path.read_bytes() == before
    assert not (study.results / "links.csv").exists()


def test_sealing_writes_the_links_then_destroys_the_key_and_says_so_in_the_audit_log(study):
    key = study_key(study).hex()
    found = command(study, "--seal", "--yes")
    assert found.exit_code == 0, found.output
    assert study.key_path.read_text(encoding="ascii") == "sealed\n"
    assert key_state(study) == "sealed"
    assert len(study.read_table("links")) == 23
    assert read_audit(study.store)[-1].action == "sealed the study"
    held = [path for path in study.root.rglob("*") if path.is_file()]
    assert not [path.name for path in held if key.encode() in path.read_bytes()]
    with pytest.raises(FileError, match="was destroyed when the study was sealed"):
        study_key(study)
    again = command(study, "--seal", "--yes")
    assert again.exit_code == 1
    assert "destroyed when the study was sealed" in str(again.exception)


def test_a_sealed_study_links_and_runs_as_before_but_takes_in_no_new_codes(study):
    before = links_table(study_links(study))
    seal(study, user="Ana", today=AFTER)
    assert links_table(study_links(study)).equals(before)
    said = []
    run(study, say=said.append)
    assert said.count(
        "[import]   answers of spring-pre: stored before, and not read again without the study key"
    )
    assert (study.reports / "evaluation.html").exists()
    new = answers_file(study, "spring-post", [(name, made) for name, made, *_ in people() if name])
    assert not is_locked(study, "survey import spring-post", new)
    with pytest.raises(FileError, match="was destroyed"):
        import_answers(study, new, wave="spring-post", amend=True)


def test_nothing_is_sealed_while_people_may_still_answer(study):
    before = study.key_path.read_bytes()
    for day, words in ((date(2025, 1, 5), "spring-pre is planned, spring-post is planned"),
                       (date(2025, 4, 15), "spring-post is open")):  # fmt: skip
        with pytest.raises(DataError, match=words):
            seal(study, user="Ana", today=day)
    assert study.key_path.read_bytes() == before


def test_a_study_without_a_key_has_nothing_to_seal(study_folder):
    study = class_folder(study_folder)
    with pytest.raises(DataError, match="there is nothing to seal"):
        seal_plan(study, today=AFTER)
    assert not study.key_path.exists()


def test_if_the_links_cannot_be_written_the_key_stays(study, monkeypatch):
    def full(*_):
        raise FileError(study.results, "", "the disk is full", "Make room")

    monkeypatch.setattr(sealing, "write_links", full)
    before = study.key_path.read_bytes()
    with pytest.raises(FileError, match="the disk is full"):
        seal(study, user="Ana", today=AFTER)
    assert study.key_path.read_bytes() == before


def test_the_key_is_overwritten_on_the_disk_before_the_word_takes_its_place(study, monkeypatch):
    seen = []
    whole = sealing.os.fsync

    def note(number):
        seen.append(study.key_path.read_bytes())
        whole(number)

    monkeypatch.setattr(sealing.os, "fsync", note)
    key = study.key_path.read_bytes()
    sealing._destroy(study.key_path)
    assert len(seen) == 2
    assert len(seen[0]) == len(key)
    assert seen[0] != key
    assert seen[1] == b"sealed\n"


def test_a_copy_of_the_key_is_for_its_holder_alone_and_replaces_nothing(study, tmp_path):
    copy = tmp_path / "stick" / "study.key"
    found = command(study, "--key-out", str(copy))
    assert found.exit_code == 0, found.output
    assert copy.read_bytes() == study.key_path.read_bytes()
    assert copy.stat().st_mode & 0o077 == 0
    with pytest.raises(FileError, match="there is a file of this name already"):
        copy_key(study, copy)


def test_a_key_that_somebody_else_holds_is_found_where_study_toml_says(study, tmp_path):
    held = tmp_path / "stick" / "study.key"
    copy_key(study, held)
    key = study_key(study)
    study.key_path.unlink()
    text = (study.root / "study.toml").read_text(encoding="utf-8")
    named = text.replace("[study]\n", f'[study]\nkey_file = "{held.as_posix()}"\n')
    (study.root / "study.toml").write_text(named, encoding="utf-8")
    elsewhere = open_study(study.root)
    assert study_key(elsewhere) == key
    assert seal_plan(elsewhere, today=AFTER).key_file == held


def test_a_key_that_is_gone_is_not_drawn_anew_and_links_go_on_without_it(study):
    before = links_table(study_links(study))
    study.key_path.unlink()
    assert key_state(study) == "absent"
    with pytest.raises(FileError, match="the study key is not here"):
        study_key(study)
    assert not study.key_path.exists()
    assert links_table(study_links(study)).equals(before)
    assert is_locked(study, "survey import spring-pre", study.raw / "answers/spring-pre.csv")


def test_the_key_of_another_study_is_told_from_the_right_one(study):
    study.key_path.write_text("ab" * 32 + "\n", encoding="ascii")
    with pytest.raises(FileError, match="not the key that this study began with"):
        study_key(study)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--seal", "--group", "spring"), "one key serves all groups of a study"),
        (("--yes",), "--yes belongs to --seal"),
        (("--group", "winter"), "no group 'winter' has two waves of the same people"),
        (("--baseline", "trust_1"), "name two files, PRE and POST; or none and no options"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(study, words, sentence):
    found = command(study, *words)
    assert found.exit_code == 1
    assert sentence in str(found.exception)


def test_the_command_links_a_study_and_writes_both_tables(study):
    found = command(study)
    assert found.exit_code == 0, found.output
    assert "Linked 12 by card, 11 by code." in found.output
    assert "1 pair is doubtful" in found.output
    assert len(study.read_table("links")) == 23
    assert len(study.read_table("linking")) > 20


def test_one_file_alone_is_no_pair_and_files_need_the_column_of_ids(study, tmp_path):
    one = study.raw / "answers/spring-pre.csv"
    runner = CliRunner()
    for words, sentence in (
        ([str(one)], "name two files, PRE and POST"),
        ([str(one), str(one)], "--id COL, or --id row"),
        ([str(one), str(one), "--id", "row", "--card", "respondent", "--seal"], "leave out the"),
    ):
        found = runner.invoke(cli, ["survey", "link", *words])
        assert found.exit_code == 1
        assert sentence in str(found.exception)
