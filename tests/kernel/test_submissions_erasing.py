from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import StatementError

from outcomes.store import (
    Appended,
    Erased,
    GroupWriter,
    Source,
    Submission,
    append,
    count_instances,
    erase,
    fingerprint,
    open_store,
    parts_of,
    read_facts,
    read_submissions,
)
from outcomes.store.desk_tables import ERASURES
from outcomes.store.schema import ANSWERS
from outcomes.store.submission_tables import SUBMISSIONS

SECRET = "the answer that must go"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path / 'study.db'}")


def send(engine: Engine, *parts: str, instance: str = "i-1", **changes: Any) -> list[str]:
    writer = GroupWriter(engine)
    writer.start()
    about = {
        "wave": "pre",
        "place": "agency",
        "instance": instance,
        "respondent": f"r-{instance}",
        "body": f'{{"answers": {{"why": "{SECRET}"}}}}',
        "digest": "sealed-digest",
        "way": "web",
        "language": "en",
        "instrument": "academy",
        "instrument_version": "1.0",
        "instrument_hash": "h",
        "day": "2026-03-02",
        **changes,
    }
    replies = [writer.submit(Submission(part=part, **about)) for part in parts]
    writer.stop()
    return [reply.result(timeout=0) for reply in replies]


def collect(
    engine: Engine, instance: str, *, answer: str = SECRET, amend: bool = False
) -> Appended:
    row = {
        "key": f"pre/r-{instance}",
        "wave": "pre",
        "instrument": "academy",
        "instrument_version": "1.0",
        "instrument_hash": "h",
        "respondent": f"r-{instance}",
        "place": "agency",
        "weight": 1.5,
        "answers": {"why": answer},
    }
    return append(engine, "answers", [row], source=Source(step="test", read=1), amend=amend)


def erase_it(engine: Engine, instance: str = "i-1", **changes: str) -> Erased:
    words = {"user": "ana", "reason": "asked by the respondent", "day": "2026-03-09", **changes}
    return erase(engine, wave="pre", instance=instance, **words)


def test_what_was_sent_is_gone_and_a_tombstone_says_so(engine: Engine) -> None:
    send(engine, "start", "page/trust", "end")
    send(engine, "form", instance="i-2")
    assert erase_it(engine) == Erased(parts=3, answers=0)
    assert [one.instance for one in read_submissions(engine, "pre")] == ["i-2", "i-1"]
    (mark,) = parts_of(engine, "i-1")
    assert (mark.part, mark.body, mark.editor, mark.day) == ("withdrawn", "{}", "ana", "2026-03-09")
    with engine.connect() as connection:
        bodies = connection.execute(
            select(SUBMISSIONS.c.body, SUBMISSIONS.c.digest).where(SUBMISSIONS.c.instance == "i-1")
        ).fetchall()
        tombstones = connection.execute(select(ERASURES)).mappings().all()
    assert set(bodies) == {("", ""), ("{}", "")}
    assert [dict(one) for one in tombstones] == [
        {
            "id": 1,
            "wave": "pre",
            "instance": "i-1",
            "day": "2026-03-09",
            "user": "ana",
            "reason": "asked by the respondent",
        }
    ]
    assert count_instances(engine, "pre").withdrawn == 1


def test_what_was_erased_is_in_no_byte_of_the_store(engine: Engine, tmp_path: Path) -> None:
    long = SECRET + " and more of it" * 2_000  # over many pages of the file
    send(engine, "start", "form", body=f'{{"answers": {{"why": "{long}"}}}}')
    collect(engine, "i-1", answer=long)
    assert b"and more of it" in b"".join(path.read_bytes() for path in tmp_path.glob("study.db*"))
    with engine.connect():  # as while the server runs: its log stays when others close the store
        collect(engine, "i-1", answer=long + "!", amend=True)
        erase_it(engine)
        left = b"".join(path.read_bytes() for path in tmp_path.glob("study.db*"))
    assert SECRET.encode() not in left
    assert b"and more of it" not in left


def test_the_collected_answers_go_too_in_all_their_versions(engine: Engine) -> None:
    for instance in ("i-1", "i-2"):
        send(engine, "form", instance=instance)
        collect(engine, instance)
    collect(engine, "i-1", answer="corrected", amend=True)
    before = fingerprint(engine)["answers"]
    assert erase_it(engine) == Erased(parts=1, answers=2)
    assert read_facts(engine, "answers")["respondent"].tolist() == ["r-i-2"]
    assert fingerprint(engine)["answers"] != before
    with engine.connect() as connection:
        rows = connection.execute(
            select(ANSWERS.c.answers, ANSWERS.c.weight, ANSWERS.c.version)
            .where(ANSWERS.c.respondent == "r-i-1")
            .order_by(ANSWERS.c.version)
        ).fetchall()
    assert [tuple(row) for row in rows] == [({}, None, 1), ({}, None, 2)]


@pytest.mark.parametrize("amend", [False, True])
def test_erased_answers_do_not_come_back_with_the_next_import(engine: Engine, amend: bool) -> None:
    send(engine, "form")
    collect(engine, "i-1")
    erase_it(engine)
    assert collect(engine, "i-1", amend=amend) == Appended(new=0, known=0, erased=1)
    assert read_facts(engine, "answers").empty


def test_what_is_sent_to_an_erased_form_later_is_refused(engine: Engine) -> None:
    send(engine, "start", "page/trust")
    erase_it(engine)
    assert send(engine, "page/trust", "end", "form", "correction") == ["withdrawn"] * 4
    assert [one.part for one in parts_of(engine, "i-1")] == ["withdrawn"]


def test_a_form_that_the_respondent_took_back_keeps_one_mark(engine: Engine) -> None:
    send(engine, "form", "withdrawn", body="{}")
    assert erase_it(engine, user="").parts == 1
    (mark,) = parts_of(engine, "i-1")
    assert (mark.part, mark.editor) == ("withdrawn", "")


def test_erasing_twice_or_what_is_not_there_changes_nothing(engine: Engine) -> None:
    send(engine, "form")
    assert erase_it(engine).parts == 1
    for instance in ("i-1", "nobody"):
        assert erase_it(engine, instance) == Erased(parts=0, answers=0)
    with engine.connect() as connection:
        assert len(connection.execute(select(ERASURES)).fetchall()) == 1


def test_a_failed_erasure_leaves_everything_as_it_was(engine: Engine) -> None:
    send(engine, "form")
    collect(engine, "i-1")
    with pytest.raises(StatementError, match="hidden") as caught:
        erase_it(engine, day=object())  # type: ignore[arg-type]
    assert "asked by" not in str(caught.value)  # an error never tells what was to be stored
    assert parts_of(engine, "i-1")[0].body.count(SECRET) == 1
    assert len(read_facts(engine, "answers")) == 1
