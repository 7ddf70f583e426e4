"""Coding articles at the desk: tasks, codes, training, corrections, and what coders disagree on."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from coded_study import DAY, copy_of, draw, study_with_news
from sqlalchemy import select

from outcomes.errors import DataError, FileError
from outcomes.media.codebook import Code
from outcomes.pipeline.coding import import_codes
from outcomes.pipeline.coding_progress import close_sample
from outcomes.pipeline.coding_tasks import (
    Task,
    adjudicate,
    adjudication_queue,
    load_codebook,
    next_task,
    own_code,
    read_article,
    samples,
    save_code,
    skip_task,
    undo_last,
)
from outcomes.pipeline.coding_training import draw_training_sample
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.store import read_facts
from outcomes.store.coding_tables import ADJUDICATED, TRAINING_CODES
from outcomes.store.desk_tables import AUDIT
from outcomes.store.schema import CODES
from outcomes.study import Study, open_study

NEUTRAL = Code(relevant=1, tone=0, confidence=3)
NEGATIVE = replace(NEUTRAL, tone=-1, note="A lawsuit.")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study_with_news(tmp_path_factory.mktemp("template") / "study", articles=24)


@pytest.fixture
def study(template: Study, tmp_path: Path) -> Study:
    return copy_of(template, tmp_path / "study")


def code_next(study: Study, coder: str, code: Code = NEUTRAL) -> Task:
    task = next_task(study, coder=coder)
    assert task is not None
    save_code(study, coder=coder, sample=task.sample, url=task.url, code=code, seconds=20, day=DAY)
    return task


def code_all(study: Study, coder: str, code: Code = NEUTRAL) -> list[str]:
    urls = []
    while next_task(study, coder=coder) is not None:
        urls.append(code_next(study, coder, code).url)
    return urls


def test_a_coder_gets_every_task_once_and_then_none(study: Study) -> None:
    draw(study)
    first = next_task(study, coder="ana")
    assert first is not None
    assert (first.sample, first.purpose, first.done, first.total) == ("first", "series", 0, 8)
    urls = code_all(study, "ana")
    assert len(urls) == len(set(urls)) == 8
    assert next_task(study, coder="ana") is None
    assert next_task(study, coder="ben") is not None
    assert next_task(study, coder="nobody") is None
    assert next_task(study, coder="ben", sample="other") is None


def test_a_code_is_kept_with_its_chance_its_codebook_and_the_day_only(study: Study) -> None:
    draw(study)
    task = code_next(study, "ana", replace(NEGATIVE, target="A department", prompted=0))
    (row,) = read_facts(study.store, "codes").to_dict("records")
    assert row["url"] == task.url
    assert row["probability"] == pytest.approx(4 / 12)
    assert (row["sample"], row["coder"], row["tone"], row["prompted"]) == ("first", "ana", -1, 0)
    assert (row["seconds"], row["coded_on"]) == (20, "2026-04-02")
    assert row["codebook"] == load_codebook(study).version


def test_the_last_one_may_be_corrected_as_a_new_version(study: Study) -> None:
    draw(study)
    assert undo_last(study, coder="ana") is None
    code_next(study, "ana")
    last = code_next(study, "ana")
    again = undo_last(study, coder="ana")
    assert again is not None
    assert (again.url, again.done) == (last.url, 1)
    assert own_code(study, coder="ana", sample="first", url=last.url) == NEUTRAL
    assert own_code(study, coder="ben", sample="first", url=last.url) is None
    assert code_next(study, "ana", NEGATIVE).url == last.url
    assert own_code(study, coder="ana", sample="first", url=last.url) == NEGATIVE
    with study.store.connect() as connection:
        query = select(CODES.c.tone).where(CODES.c.url == last.url).order_by(CODES.c.version)
        assert connection.execute(query).scalars().all() == [0, -1]


def test_two_may_be_taken_back_one_after_the_other(study: Study) -> None:
    draw(study)
    done = [code_next(study, "ana").url for _ in range(3)]
    back = [undo_last(study, coder="ana"), undo_last(study, coder="ana")]
    assert [task.url for task in back if task] == [done[2], done[1]]
    assert next_task(study, coder="ana") == back[1]


def test_a_skipped_article_needs_a_reason_and_may_come_back(study: Study) -> None:
    draw(study)
    task = next_task(study, coder="ana")
    assert task is not None
    where = {"coder": "ana", "sample": "first", "url": task.url, "day": DAY}
    with pytest.raises(DataError, match="say why"):
        skip_task(study, reason=" ", **where)  # type: ignore[arg-type]
    skip_task(study, reason="cut off", **where)  # type: ignore[arg-type]
    after = next_task(study, coder="ana")
    assert after is not None
    assert (after.url != task.url, after.done) == (True, 1)
    again = undo_last(study, coder="ana")
    assert again is not None
    assert again.url == task.url


def test_a_code_that_was_given_up_for_a_skip_does_not_count(study: Study) -> None:
    draw(study)
    task = code_next(study, "ana")
    undo_last(study, coder="ana")
    assert len(settled_codes(study, months={}).codes) == 1
    skip_task(study, coder="ana", sample="first", url=task.url, reason="cut off", day=DAY)
    assert settled_codes(study, months={}).codes.empty


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"coder": "eve"}, "eve has no task"),
        ({"sample": "other"}, "has no task"),
        ({"url": "https://x.example/none"}, "has no task"),
        ({"code": replace(NEUTRAL, tone=None)}, "needs a tone"),
    ],
)
def test_a_code_without_a_task_or_against_the_rules_is_refused(
    study: Study, changes: dict[str, object], said: str
) -> None:
    draw(study)
    task = next_task(study, coder="ana")
    assert task is not None
    given = {"coder": "ana", "sample": "first", "url": task.url, "code": NEUTRAL, **changes}
    with pytest.raises(DataError, match=said):
        save_code(study, seconds=1, day=DAY, **given)  # type: ignore[arg-type]
    assert read_facts(study.store, "codes").empty
    assert next_task(study, coder="ana") == task


def test_a_closed_sample_takes_no_codes(study: Study) -> None:
    draw(study)
    task = code_next(study, "ana")
    assert "15 tasks were not done" in close_sample(study, "first", day=DAY)
    assert next_task(study, coder="ana") is None
    assert undo_last(study, coder="ana") is None
    with pytest.raises(DataError, match="was closed on 2026-04-02"):
        save_code(
            study,
            coder="ana",
            sample="first",
            url=task.url,
            code=NEGATIVE,
            seconds=1,
            day=DAY,
        )
    with pytest.raises(DataError, match="closed on 2026-04-02 already"):
        close_sample(study, "first", day=DAY)
    with pytest.raises(DataError, match=r"no sample is called 'frist'\. Did you mean 'first'"):
        close_sample(study, "frist", day=DAY)


def test_training_comes_first_is_told_what_is_right_and_never_counts(study: Study) -> None:
    draw(study)
    draw_training_sample(study, "practice", gold=None, coders=("ana",), day=DAY)
    task = next_task(study, coder="ana")
    assert task is not None
    assert (task.purpose, task.total) == ("training", len(load_codebook(study).examples))
    article = read_article(study, task.url)
    assert article is not None
    assert article.text
    seen = set()
    for _ in range(task.total):
        current = next_task(study, coder="ana")
        assert current is not None
        saved = save_code(
            study,
            coder="ana",
            sample="practice",
            url=current.url,
            code=NEUTRAL,
            seconds=9,
            day=DAY,
        )
        assert saved.feedback is not None
        assert saved.feedback.why
        gold = saved.feedback.gold
        assert saved.feedback.right == ((gold.relevant, gold.tone) == (1, 0))
        seen.add(saved.feedback.right)
    assert seen == {True, False}
    assert own_code(study, coder="ana", sample="practice", url=task.url) == NEUTRAL
    assert read_facts(study.store, "codes").empty
    with study.store.connect() as connection:
        kept = connection.execute(select(TRAINING_CODES.c.right)).scalars().all()
    assert len(kept) == task.total
    following = next_task(study, coder="ana")
    assert following is not None
    assert following.purpose == "series"


def test_a_gold_sheet_is_checked_row_by_row(study: Study) -> None:
    path = study.root / "gold.csv"
    header = "url,relevant,tone,why,title,text\n"
    path.write_text(f"{header}https://x.example/1,1,-1,A lawsuit.,,\nmade,0,,A fair.,T,Fair.\n")
    made = draw_training_sample(study, "practice", gold=path, coders=("ana", "ben"), day=DAY)
    assert (made.articles, made.tasks) == (2, {"ana": 2, "ben": 2})
    article = read_article(study, "made")
    assert article is not None
    assert (article.title, article.text) == ("T", "Fair.")
    path.write_text(f"{header}nowhere,1,0,Why.,,\n")
    with pytest.raises(FileError, match="'nowhere' is no article of this study"):
        draw_training_sample(study, "more", gold=path, coders=("ana",), day=DAY)
    path.write_text(f"{header}https://x.example/1,1,,Why.,,\n")
    with pytest.raises(FileError, match="row 2: A relevant article needs a tone"):
        draw_training_sample(study, "more", gold=path, coders=("ana",), day=DAY)


def test_what_coders_disagree_on_waits_until_all_are_done_and_names_nobody(study: Study) -> None:
    draw(study)
    code_all(study, "ana")
    assert adjudication_queue(study) == []
    first = code_next(study, "ben", NEGATIVE).url
    code_next(study, "ben")
    (waiting,) = adjudication_queue(study)
    assert (waiting.sample, waiting.url) == ("first", first)
    assert [label for label, _ in waiting.codes] == ["A", "B"]
    assert {code for _, code in waiting.codes} == {NEUTRAL, NEGATIVE}


def test_what_a_sheet_says_otherwise_waits_to_be_settled_too(study: Study) -> None:
    draw(study, coders=("ana",))
    url = code_next(study, "ana").url
    path = study.root / "codes.csv"
    path.write_text(f"url,coder,relevant,tone,probability\n{url},ann,1,-1,0.5\n")
    import_codes(study, path)
    (waiting,) = adjudication_queue(study)
    assert {code.tone for _, code in waiting.codes} == {0, -1}
    path.write_text(f"url,coder,relevant,tone,probability\n{url},adjudicated,1,-1,0.5\n")
    import_codes(study, path)
    assert adjudication_queue(study) == []


def test_tasks_left_open_in_a_closed_sample_hold_nothing_up(study: Study) -> None:
    draw(study, coders=("ana", "ben", "cleo"))
    urls = {code_next(study, "ana", NEGATIVE).url for _ in range(8)}
    code_all(study, "ben")
    assert adjudication_queue(study) == []
    close_sample(study, "first", day=DAY)
    assert {waiting.url for waiting in adjudication_queue(study)} == urls


def test_no_letter_always_stands_for_the_same_coder(study: Study) -> None:
    draw(study)
    code_all(study, "ana")
    code_all(study, "ben", NEGATIVE)
    first = {waiting.codes[0][1].tone for waiting in adjudication_queue(study)}
    assert first == {0, -1}


def test_what_was_settled_counts_and_who_settled_it_is_logged(study: Study) -> None:
    draw(study)
    code_all(study, "ana")
    code_all(study, "ben", NEGATIVE)
    queue = adjudication_queue(study)
    months = dict.fromkeys(read_facts(study.store, "articles")["url"], "2026-01")
    before = settled_codes(study, months=months)
    assert (len(before.codes), len(before.unsettled)) == (0, 8)
    assert "8 articles are left out" in before.sentences()[0]
    adjudicate(
        study, user="cleo", sample="first", url=queue[0].url, code=NEGATIVE, day=date(2026, 4, 9)
    )
    assert len(adjudication_queue(study)) == 7
    after = settled_codes(study, months=months)
    (row,) = after.codes.to_dict("records")
    assert (row["human_tone"], row["coders"], row["agreed"]) == (-1, 2, False)
    assert len(after.unsettled) == 7
    facts = read_facts(study.store, "codes")
    assert (facts["coder"] == ADJUDICATED).sum() == 1
    with study.store.connect() as connection:
        logged = connection.execute(select(AUDIT.c.user, AUDIT.c.action)).all()
    assert ("cleo", "settled a code") in [tuple(row) for row in logged]
    with pytest.raises(DataError, match="is no article of the sample"):
        adjudicate(study, user="cleo", sample="first", url="other", code=NEGATIVE, day=DAY)


def test_the_list_of_samples_says_how_far_everybody_is(study: Study) -> None:
    assert samples(study).empty
    draw(study)
    code_next(study, "ana")
    table = samples(study).set_index("coder")
    assert table.loc["ana", ["articles", "done", "open"]].tolist() == [8, 1, 7]
    assert table.loc["ben", ["sample", "kind", "purpose"]].tolist() == ["first", "random", "series"]


def test_a_study_may_have_a_codebook_of_its_own(study: Study, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "src/outcomes/media/codebook.toml"
    text = shipped.read_text(encoding="utf-8").replace('version = "2"', 'version = "2-ours"')
    (study.root / "ours.toml").write_text(text, encoding="utf-8")
    with (study.root / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[news]\ncodebook = "ours.toml"\n')
    assert load_codebook(open_study(study.root)).version == "2-ours"


def test_an_article_that_is_not_there_cannot_be_read(study: Study) -> None:
    assert read_article(study, "https://x.example/none") is None
    article = read_article(study, "https://x.example/0")
    assert article is not None
    assert (article.title, article.outlet) == ("Title 0", "Courier")
