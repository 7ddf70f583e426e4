import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from outcomes.store import (
    Counts,
    GroupWriter,
    NotSaved,
    Submission,
    count_instances,
    group_writer,
    open_store,
    parts_of,
    read_submissions,
)
from outcomes.store.group_writer import judge
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import Tally

BROKEN = "\ud800"  # half a character: no store can keep it


def sent(part: str = "form", *, instance: str = "i-1", **changes: Any) -> Submission:
    about = Submission(
        wave="pre",
        place="agency",
        instance=instance,
        part=part,
        respondent="r-" + instance,
        body='{"answers": {"trust_1": "4"}}',
        digest="d-1",
        way="web",
        language="en",
        instrument="academy",
        instrument_version="1.0",
        instrument_hash="h",
        day="2026-03-02",
    )
    return replace(about, **changes)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_store(f"sqlite:///{tmp_path / 'study.db'}")


@pytest.fixture
def writer(engine: Engine) -> Iterator[GroupWriter]:
    writer = GroupWriter(engine)
    writer.start()
    yield writer
    writer.stop()


def verdicts(writer: GroupWriter, *submissions: Submission) -> list[str]:
    return [reply.result(timeout=20) for reply in [writer.submit(one) for one in submissions]]


def test_a_submission_is_stored_as_it_was_sent(engine: Engine, writer: GroupWriter) -> None:
    one = sent("page/trust", seconds=40, language="es", body='{"answers": {"trust_1": "¿4?"}}')
    assert verdicts(writer, one) == ["new"]
    (stored,) = read_submissions(engine, "pre")
    assert (stored.id, stored.version) == (1, 1)
    assert {name: getattr(stored, name) for name in Submission.__slots__} == {
        name: getattr(one, name) for name in Submission.__slots__
    }


@pytest.mark.parametrize("part", ["start", "form", "end"])
def test_what_comes_once_is_known_again_and_never_replaced(
    engine: Engine, writer: GroupWriter, part: str
) -> None:
    assert verdicts(writer, sent(part), sent(part)) == ["new", "same"]
    assert verdicts(writer, sent(part), sent(part, digest="d-2", body="{}")) == [
        "same",
        "different",
    ]
    assert [one.digest for one in parts_of(engine, "i-1")] == ["d-1"]


@pytest.mark.parametrize("part", ["page/trust", "correction"])
def test_a_page_or_a_correction_with_other_content_is_a_newer_version(
    engine: Engine, writer: GroupWriter, part: str
) -> None:
    there_and_back = [sent(part, digest=digest) for digest in ("a", "a", "b", "a")]
    assert verdicts(writer, *there_and_back) == ["new", "same", "new", "new"]
    assert [(one.version, one.digest) for one in parts_of(engine, "i-1")] == [
        (1, "a"),
        (2, "b"),
        (3, "a"),
    ]


def test_a_page_that_comes_long_after_the_end_is_refused_as_well(
    engine: Engine, writer: GroupWriter
) -> None:
    for part, verdict in (("start", "new"), ("end", "new"), ("page/trust", "finished")):
        assert verdicts(writer, sent(part)) == [verdict]  # each in a batch of its own
    assert [each.part for each in read_submissions(engine, "pre")] == ["start", "end"]


@pytest.mark.parametrize("finish", ["end", "form"])
def test_a_page_that_comes_after_the_form_was_finished_is_not_stored(
    engine: Engine, writer: GroupWriter, finish: str
) -> None:
    came = [sent("page/trust"), sent(finish), sent("page/trust", digest="late"), sent("page/more")]
    assert verdicts(writer, *came) == ["new", "new", "finished", "finished"]
    assert verdicts(writer, sent("page/trust")) == ["same"]  # the retry of one that did arrive
    assert verdicts(writer, sent("correction")) == ["new"]
    assert [one.part for one in parts_of(engine, "i-1")] == ["page/trust", finish, "correction"]


def test_nothing_is_stored_after_the_respondent_took_the_form_back(
    engine: Engine, writer: GroupWriter
) -> None:
    parts = ["page/trust", "withdrawn", "page/trust", "form", "end", "correction", "withdrawn"]
    assert verdicts(writer, *map(sent, parts)) == ["new", "new"] + ["withdrawn"] * 5
    assert verdicts(writer, sent("form", instance="i-2")) == ["new"]
    assert len(parts_of(engine, "i-1")) == 2


def test_two_of_one_batch_are_held_against_each_other() -> None:
    known = {("i-1", "page/trust"): (4, "old")}
    came = [sent("page/trust", digest=digest) for digest in ("x", "x", "y")]
    said, fresh = judge(known, [*came, sent("end"), sent("end")])
    assert said == ["new", "same", "new", "new", "same"]
    assert [(one.part, version) for one, version in fresh] == [
        ("page/trust", 5),
        ("page/trust", 6),
        ("end", 1),
    ]


def test_fifty_identical_submissions_at_once_are_kept_once(
    engine: Engine, writer: GroupWriter
) -> None:
    with ThreadPoolExecutor(50) as people:
        replies = list(people.map(lambda _: writer.submit(sent()).result(timeout=20), range(50)))
    assert sorted(replies) == ["new"] + ["same"] * 49
    assert len(read_submissions(engine, "pre")) == 1


def test_of_five_bodies_under_one_name_the_first_is_kept(
    engine: Engine, writer: GroupWriter
) -> None:
    bodies = [sent(digest=f"d-{n}", body=f'{{"n": {n}}}') for n in range(5)]
    with ThreadPoolExecutor(5) as people:
        replies = list(people.map(lambda one: writer.submit(one).result(timeout=20), bodies))
    assert sorted(replies) == ["different"] * 4 + ["new"]
    assert parts_of(engine, "i-1")[0].body == bodies[replies.index("new")].body


def test_what_waits_is_stored_before_the_writer_stops(engine: Engine) -> None:
    writer = GroupWriter(engine)
    writer.start()
    writer.start()  # a second start is none
    replies = [writer.submit(sent(instance=f"i-{n}")) for n in range(700)]
    writer.stop()
    assert {reply.result(timeout=0) for reply in replies} == {"new"}
    assert len(read_submissions(engine, "pre")) == 700
    with pytest.raises(NotSaved, match="closing"):
        writer.submit(sent()).result(timeout=0)
    writer.stop()


def test_a_writer_that_was_stopped_can_be_started_again(engine: Engine) -> None:
    writer = GroupWriter(engine)
    for turn in range(2):
        writer.start()
        reply = writer.submit(sent(instance=f"i-{turn}"))
        writer.stop()
        assert reply.result(timeout=0) == "new"


def test_a_submission_whose_sender_no_longer_waits_is_stored_all_the_same(engine: Engine) -> None:
    writer = GroupWriter(engine)
    writer.start()
    with engine.begin():  # the writer waits until everything has been handed in
        first = writer.submit(sent(instance="first"))
        given_up = writer.submit(sent(instance="given-up"))
        assert given_up.cancel()
    assert first.result(timeout=20) == "new"
    writer.stop()
    assert {one.instance for one in read_submissions(engine, "pre")} == {"first", "given-up"}


def test_coroutines_wait_for_what_they_sent_and_one_that_gave_up_harms_nobody(
    engine: Engine, writer: GroupWriter
) -> None:
    async def all_at_once() -> list[object]:
        bodies = ["{}"] * 9 + [BROKEN]
        sending = [
            asyncio.ensure_future(writer.stored(sent(instance=f"i-{n}", body=body)))
            for n, body in enumerate(bodies)
        ]
        with engine.begin():  # nothing is stored before all have been handed in
            await asyncio.sleep(0)
            sending[3].cancel()
        return await asyncio.gather(*sending, return_exceptions=True)

    replies = asyncio.run(all_at_once())
    assert isinstance(replies.pop(), NotSaved)
    assert isinstance(replies.pop(3), asyncio.CancelledError)
    assert replies == ["new"] * 8
    assert len(read_submissions(engine, "pre")) == 9  # the cancelled one, too: it was sent


def test_a_coroutine_hears_that_the_writer_has_stopped(engine: Engine) -> None:
    with pytest.raises(NotSaved, match="closing"):
        asyncio.run(GroupWriter(engine).stored(sent()))


def test_a_broken_submission_is_refused_and_those_beside_it_are_stored(engine: Engine) -> None:
    batches: list[str] = []
    writer = GroupWriter(engine, at=batches.append)
    with engine.begin():
        writer.start()
        first = writer.submit(sent(instance="first"))
        bodies = ["{}"] * 5 + [f'{{"answers": "{BROKEN}"}}'] + ["{}"] * 5
        replies = [
            writer.submit(sent(instance=f"i-{n}", body=body)) for n, body in enumerate(bodies)
        ]
    assert first.result(timeout=20) == "new"
    writer.stop()
    with pytest.raises(NotSaved, match="not saved: they hold something that no store can keep"):
        replies.pop(5).result(timeout=0)
    assert {reply.result(timeout=0) for reply in replies} == {"new"}
    assert len(read_submissions(engine, "pre")) == 11
    assert batches.count("after commit") == 11  # the first, and then each of its batch by itself


def test_what_waits_is_stored_in_one_transaction_of_at_most_256(engine: Engine) -> None:
    moments: list[str] = []
    writer = GroupWriter(engine, at=moments.append)
    with engine.begin():
        writer.start()
        replies = [writer.submit(sent(instance=f"i-{n}")) for n in range(600)]
    writer.stop()
    assert {reply.result(timeout=0) for reply in replies} == {"new"}
    one = ["before begin", "after insert", "after commit"]
    assert moments in [one * 3, one * 4]  # the first batch may have been of few


def test_who_sends_alone_is_not_held_up_and_many_at_once_are_gathered(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=waited.append)  # all in one moment
    monkeypatch.setattr(group_writer, "time", clock)
    writer = GroupWriter(engine)
    writer.start()
    assert verdicts(writer, sent(instance="alone")) == ["new"]
    with engine.begin():
        replies = [writer.submit(sent(instance=f"i-{n}")) for n in range(100)]
    assert {reply.result(timeout=20) for reply in replies} == {"new"}
    assert verdicts(writer, sent(instance="after")) == ["new"]
    writer.stop()
    assert waited[:2] == [0.0, group_writer.LINGER_EACH]
    assert waited[-1] == group_writer.LINGER > 10 * group_writer.LINGER_EACH


def test_no_reply_is_given_before_the_commit(engine: Engine) -> None:
    """At the last moment before the commit, nobody was told anything yet, and nobody sees it."""
    seen: list[tuple[str, bool, int]] = []
    reply_of: dict[str, Any] = {}

    def look(moment: str) -> None:
        with engine.connect().execution_options(reads=True) as other:
            rows = other.execute(select(SUBMISSIONS.c.id)).fetchall()
        seen.append((moment, reply_of["one"].done(), len(rows)))

    writer = GroupWriter(engine, at=look)
    with engine.begin():
        writer.start()
        reply_of["one"] = writer.submit(sent())
    assert reply_of["one"].result(timeout=20) == "new"
    writer.stop()
    assert seen == [
        ("before begin", False, 0),
        ("after insert", False, 0),
        ("after commit", False, 1),
    ]


def test_forms_are_counted_by_way_place_and_day(engine: Engine, writer: GroupWriter) -> None:
    monday, tuesday = "2026-03-02", "2026-03-03"
    verdicts(
        writer,
        sent("start", instance="a", day=monday),
        sent("page/trust", instance="a", day=monday),
        sent("end", instance="a", day=tuesday),
        sent("start", instance="b", day=monday),
        sent("form", instance="c", way="tablet", place="eastbank", day=tuesday),
        sent("start", instance="d", day=monday),
        sent("end", instance="d", day=monday),
        sent("withdrawn", instance="d", day=tuesday),
        sent("form", instance="e", wave="post"),
        sent("form", instance="f", way="tablet"),
        sent("replaced", instance="f", way="tablet"),
    )
    on_tablet = Tally("tablet", "eastbank", tuesday)
    assert count_instances(engine, "pre") == Counts(
        started=3,
        finished=2,
        withdrawn=1,
        started_by={Tally("web", "agency", monday): 2, on_tablet: 1},
        finished_by={Tally("web", "agency", tuesday): 1, on_tablet: 1},
    )
    assert count_instances(engine, "nowhere").started == 0


def test_submissions_of_one_form_or_of_one_wave_can_be_read(
    engine: Engine, writer: GroupWriter
) -> None:
    verdicts(writer, sent(instance="a"), sent(instance="b"), sent(instance="c", wave="post"))
    assert [one.instance for one in read_submissions(engine, "pre")] == ["a", "b"]
    assert [one.instance for one in read_submissions(engine, "pre", instance="b")] == ["b"]
    assert read_submissions(engine, "pre", instance="c") == []
    assert [one.wave for one in parts_of(engine, "c")] == ["post"]
