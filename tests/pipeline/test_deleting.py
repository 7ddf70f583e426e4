import json
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import insert, select

from outcomes.errors import DataError, FileError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.collecting import collect_answers
from outcomes.pipeline.deleting import (
    Going,
    erase_answers,
    require_closed,
    what_would_go,
    write_copy,
)
from outcomes.pipeline.surveys import import_answers
from outcomes.store import GroupWriter, Source, Submission, append, read_facts, read_submissions
from outcomes.store.desk_tables import ERASURES, PAPER_ENTRIES
from outcomes.store.engine import reading
from outcomes.store.facts import ERASED
from outcomes.store.schema import ANSWERS
from outcomes.study import Study, open_study
from outcomes.surveys.instrument import content_hash
from outcomes.surveys.instrument_file import read_instrument

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
WAVE = "spring-pre"  # 3 to 7 February 2025
LATER = date(2025, 3, 1)
MARKED = "a sentence that must not stay anywhere"


@pytest.fixture
def study(study_folder: Path) -> Study:
    (study_folder / "surveys").mkdir()
    shutil.copyfile(SURVEYS / "academy.yaml", study_folder / "surveys" / "academy.yaml")
    return open_study(study_folder)


def send(study: Study, instance: str, *, answers: dict[str, str]) -> None:
    instrument = read_instrument(study.instrument_path("academy"))
    writer = GroupWriter(study.store)
    writer.start()
    verdict = writer.submit(
        Submission(
            wave=WAVE,
            place="agency",
            instance=instance,
            part="form",
            respondent=f"hash-of-{instance}",
            body=json.dumps({"answers": answers, "code": {}}),
            digest=instance,
            way="paper",
            language="en",
            instrument=instrument.id,
            instrument_version=instrument.version,
            instrument_hash=content_hash(instrument),
            day="2025-02-04",
        )
    ).result(20)
    writer.stop()
    assert verdict == "new"


def key(study: Study, sheet: str, user: str, version: int, body: dict[str, object]) -> None:
    with study.store.begin() as connection:
        row = {"wave": WAVE, "place": "agency", "sheet": sheet, "user": user, "version": version}
        connection.execute(insert(PAPER_ENTRIES).values(**row, body=body, day="2025-02-04"))


@pytest.fixture
def fielded(study: Study) -> Study:
    """Two forms, of which the first is collected and was keyed from sheet 0001, and sheet 0002."""
    for instance in ("aaaa-1", "bbbb-2"):
        send(study, instance, answers={"trust_1": "4", "trust_2": MARKED[:1]})
    collect_answers(study, WAVE)
    key(study, "0001", "ana", 1, {"stage": "done", "answers": {"trust_1": MARKED}})
    key(study, "0001", "ben", 1, {"stage": "done", "answers": {"trust_1": MARKED}})
    key(study, "0001", "ben", 2, {"stage": "counted", "instance": "aaaa-1"})
    key(study, "0002", "ana", 1, {"stage": "draft", "answers": {"trust_1": "3"}})
    return study


def erase(study: Study, going: Going, *, reason: str = "asked for by the respondent") -> int:
    return erase_answers(study, going, user="Ada", reason=reason, today=LATER)


def tombstones(study: Study) -> list[tuple[str, ...]]:
    columns = ERASURES.c
    query = select(columns.instance, columns.day, columns.user, columns.reason)
    with reading(study.store) as connection:
        return [tuple(row) for row in connection.execute(query.order_by(columns.id))]


def test_a_dry_run_counts_everything_and_erases_nothing(fielded: Study) -> None:
    going = what_would_go(fielded, WAVE)
    assert (going.people, len(going.parts), len(going.facts), going.sheets) == (2, 2, 2, 2)
    assert (
        "the answers of 2 people (forms that arrived here: 2, in 2 parts;" in (going.sentences()[0])
    )
    assert what_would_go(fielded, WAVE) == going
    assert len(read_facts(fielded.store, "answers")) == 2
    assert tombstones(fielded) == []


def test_one_form_goes_with_its_facts_and_its_keyed_sheet_and_leaves_a_tombstone(
    fielded: Study,
) -> None:
    going = what_would_go(fielded, WAVE, instance="aaaa")
    assert (going.people, going.sheets) == (1, 1)
    assert erase(fielded, going) == 1
    assert [part.instance for part in read_submissions(fielded.store, WAVE) if part.part == "form"
            ] == ["bbbb-2"]  # fmt: skip
    assert list(read_facts(fielded.store, "answers")["respondent"]) == ["hash-of-bbbb-2"]
    with reading(fielded.store) as connection:
        query = select(PAPER_ENTRIES.c.body).order_by(PAPER_ENTRIES.c.id)
        bodies = list(connection.execute(query).scalars())
        facts = connection.execute(
            select(ANSWERS.c.answers).where(ANSWERS.c.content == ERASED)
        ).scalars()
        assert list(facts) == [{}]
    assert bodies[:3] == [{}, {}, {}]
    assert bodies[3]["answers"] == {"trust_1": "3"}
    assert tombstones(fielded) == [("aaaa-1", "2025-03-01", "Ada", "asked for by the respondent")]
    assert [row.action for row in read_audit(fielded.store)] == ["began to erase", "erased"]


def test_nothing_that_was_erased_stays_in_the_file(fielded: Study) -> None:
    path = fielded.root / "data" / "study.db"
    files = [path, path.with_name("study.db-wal")]
    assert any(MARKED.encode() in file.read_bytes() for file in files if file.exists())
    erase(fielded, what_would_go(fielded, WAVE))
    assert not any(MARKED.encode() in file.read_bytes() for file in files if file.exists())


def test_a_whole_wave_goes_and_doing_it_again_finds_nothing(fielded: Study) -> None:
    assert erase(fielded, what_would_go(fielded, WAVE)) == 2
    assert what_would_go(fielded, WAVE).empty
    assert read_facts(fielded.store, "answers").empty
    assert len(tombstones(fielded)) == 2
    collect_answers(fielded, WAVE)
    assert read_facts(fielded.store, "answers").empty


def test_an_erasure_that_broke_off_is_finished_by_doing_it_again(
    fielded: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from outcomes.pipeline import deleting

    real, done = deleting.erase, []

    def breaks(*given: object, **more: object) -> object:
        if done:
            raise OSError("the power goes")
        done.append(more)
        return real(*given, **more)

    monkeypatch.setattr(deleting, "erase", breaks)
    with pytest.raises(OSError, match="the power goes"):
        erase(fielded, what_would_go(fielded, WAVE))
    monkeypatch.undo()
    again = what_would_go(fielded, WAVE)
    assert again.instances == ("bbbb-2",)
    assert erase(fielded, again) == 1
    assert what_would_go(fielded, WAVE).empty


def imported(study: Study) -> Path:
    path = study.raw / "pre.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [item.name for item in read_instrument(study.instrument_path("academy")).items]
    asked = [name for name in items if name.startswith(("trust", "support", "understanding"))]
    rows = [{"respondent": code, **dict.fromkeys(asked, "4")} for code in ("S-1", "S-2")]
    pd.DataFrame(rows).to_csv(path, index=False)
    import_answers(study, path, wave=WAVE)
    return path


def test_imported_answers_are_erased_and_importing_the_file_again_does_not_bring_them_back(
    study: Study,
) -> None:
    path = imported(study)
    going = what_would_go(study, WAVE, instance="S-1")
    assert (going.imported, going.instances) == (("S-1",), ())
    assert "pre.csv" in going.sentences()[1]
    assert erase(study, going) == 1
    assert list(read_facts(study.store, "answers")["respondent"]) == ["S-2"]
    import_answers(study, path, wave=WAVE)
    assert list(read_facts(study.store, "answers")["respondent"]) == ["S-2"]
    ((instance, *_),) = tombstones(study)
    assert "S-1" not in instance
    assert erase(study, what_would_go(study, WAVE)) == 1
    assert what_would_go(study, WAVE).empty


def test_every_version_of_an_amended_answer_goes(study: Study) -> None:
    imported(study)
    facts = read_facts(study.store, "answers")
    row = facts.iloc[0].to_dict() | {"key": f"{WAVE}/S-1", "weight": None}
    changed = row | {"answers": row["answers"] | {"trust_1": "1"}}
    append(study.store, "answers", [changed], source=Source(step="test", read=1), amend=True)
    going = what_would_go(study, WAVE, instance="S-1")
    assert len(going.facts) == 2
    erase(study, going)
    with reading(study.store) as connection:
        query = select(ANSWERS.c.answers).where(ANSWERS.c.respondent == "S-1")
        assert list(connection.execute(query).scalars()) == [{}, {}]


def test_the_copy_holds_every_row_and_goes_over_no_other_file(fielded: Study) -> None:
    going = what_would_go(fielded, WAVE)
    path = write_copy(fielded, going, today=LATER)
    assert path.parent == fielded.root / "exports"
    assert path.stat().st_mode & 0o077 == 0
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert table["kind"].value_counts().to_dict() == {
        "keyed sheet": 4, "part of a form": 2, "stored answers": 2,
    }  # fmt: skip
    assert json.loads(table["content"][0])["answers"]["trust_1"] == "4"
    with pytest.raises(FileError, match="there is a file of that name"):
        write_copy(fielded, going, today=LATER, out=path)


def test_a_number_that_fits_none_or_several_is_refused(fielded: Study) -> None:
    send(fielded, "aaaa-9", answers={"trust_1": "2"})
    with pytest.raises(DataError, match="2 forms begin with 'aaaa'"):
        what_would_go(fielded, WAVE, instance="aaaa")
    with pytest.raises(DataError, match="no form begins with 'cc'"):
        what_would_go(fielded, WAVE, instance="cc")
    with pytest.raises(DataError, match="dates no wave"):
        what_would_go(fielded, "spring")


def test_a_wave_that_is_open_is_not_erased_as_a_whole_nor_anything_without_a_reason(
    fielded: Study,
) -> None:
    with pytest.raises(DataError, match="is open: people are answering it"):
        require_closed(fielded, WAVE, today=date(2025, 2, 7))
    require_closed(fielded, WAVE, today=date(2025, 2, 8))
    with pytest.raises(DataError, match="in a few words why"):
        erase(fielded, what_would_go(fielded, WAVE), reason="because")
    assert not what_would_go(fielded, WAVE).empty
