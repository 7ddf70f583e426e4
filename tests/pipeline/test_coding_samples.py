"""Samples for coding in a study: drawn, enlarged, next to sheets, and what they count for."""

from pathlib import Path

import pandas as pd
import pytest
from coded_study import DAY, add_articles, copy_of, draw, study_with_news
from sqlalchemy import select

from outcomes.errors import DataError, FileError
from outcomes.media.codebook import Code
from outcomes.media.codes import combined_probabilities, one_code_an_article, unsettled_articles
from outcomes.media.coding_design import Design
from outcomes.media.coding_shares import Coding
from outcomes.pipeline.classifying import draw_coding_sample
from outcomes.pipeline.coding import import_codes
from outcomes.pipeline.coding_progress import close_sample, drawn_chances, samples
from outcomes.pipeline.coding_samples import draw_series_sample, enlarge_sample
from outcomes.pipeline.coding_tasks import next_task, save_code
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.store.coding_tables import ADJUDICATED, CODING_SAMPLES
from outcomes.study import Study, open_study

BOTH = Coding(coders=("ana", "ben"), double=0.5)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study_with_news(tmp_path_factory.mktemp("template") / "study", articles=40)


@pytest.fixture
def study(template: Study, tmp_path: Path) -> Study:
    return copy_of(template, tmp_path / "study")


def code_all(study: Study, coder: str, *, tone: int = 0) -> None:
    code = Code(relevant=1, tone=tone)
    while (task := next_task(study, coder=coder)) is not None:
        save_code(
            study, coder=coder, sample=task.sample, url=task.url, code=code, seconds=5, day=DAY
        )


def months_of(study: Study) -> dict[str, str]:
    table = study.read_table("articles")
    return dict(zip(table["url"], table["month"], strict=True))


def test_a_sample_is_drawn_given_out_and_can_be_drawn_again(study: Study, template: Study) -> None:
    made = draw(study, per_month=6, everyone=False, double=0.5)
    assert (made.articles, made.months, made.twice) == (12, 2, 6)
    assert sum(made.tasks.values()) == 18
    assert "12 articles of 2 months" in made.sentences()[0]
    assert "No account at the desk yet for ana, ben" in made.sentences()[1]
    with study.store.connect() as connection:
        design = connection.execute(select(CODING_SAMPLES.c.design)).scalar_one()
    assert (design["kind"], design["seed"], design["per_month"]) == ("random", 1, 6)
    assert {each["articles"] for each in design["strata"].values()} == {20}
    drawn = {url for _, url in drawn_chances(study)}
    other = copy_of(template, study.root.parent / "other")
    draw(other, per_month=6)
    assert {url for _, url in drawn_chances(other)} == drawn


def test_a_name_that_is_taken_or_empty_is_refused_and_nothing_is_kept(study: Study) -> None:
    draw(study)
    for name, said in (("first", "there is a sample 'first' already"), (" ", "is no name")):
        with pytest.raises(DataError, match=said):
            draw(study, name, per_month=2)
    assert len(drawn_chances(study)) == 8
    with pytest.raises(DataError, match="'2026-05' is no whole month of the study"):
        draw_series_sample(
            study,
            "late",
            design=Design(per_month=2),
            coding=BOTH,
            months=("2026-05",),
            day=DAY,
        )


def test_a_sample_may_be_of_some_months_only(study: Study) -> None:
    made = draw_series_sample(
        study, "one", design=Design(per_month=5), coding=BOTH, months=("2026-02",), day=DAY
    )
    assert (made.articles, made.months) == (5, 1)
    more = enlarge_sample(study, "one", per_month=8, coding=BOTH)
    assert (more.articles, more.months) == (3, 1)  # it does not spread to the month before


def test_nothing_is_drawn_before_articles_were_classified(study: Study) -> None:
    (study.results / "articles.csv").unlink()
    with pytest.raises(FileError, match="does not exist yet"):
        draw(study)


def test_an_enlarged_sample_goes_on_where_it_was_and_counts_with_its_new_chances(
    study: Study,
) -> None:
    draw(study, per_month=4)
    code_all(study, "ana")
    code_all(study, "ben")
    before = set(drawn_chances(study))
    both = Coding(coders=("ana", "ben"), everyone=True)
    made = enlarge_sample(study, "first", per_month=10, coding=both)
    assert (made.articles, made.tasks) == (12, {"ana": 12, "ben": 12})
    now = drawn_chances(study)
    assert before <= set(now)
    assert set(now.values()) == {0.5}
    task = next_task(study, coder="ana")
    assert task is not None
    assert (task.done, task.total) == (8, 20)
    waiting = settled_codes(study, months=months_of(study))
    assert waiting.codes["probability"].tolist() == pytest.approx([0.2] * 8)  # 4 of 20 are coded
    assert waiting.sentences()[0].startswith("12 of 20 drawn articles have no settled code yet")
    code_all(study, "ana")
    code_all(study, "ben")
    settled = settled_codes(study, months=months_of(study))
    assert settled.codes["probability"].tolist() == [0.5] * 20
    assert settled.sentences() == ()
    with pytest.raises(DataError, match="has 10 articles or more in every month"):
        enlarge_sample(study, "first", per_month=10, coding=both)


def test_a_sample_is_not_enlarged_after_articles_came_or_it_was_closed(study: Study) -> None:
    draw(study, per_month=4)
    add_articles(study, 40, 42)
    with pytest.raises(DataError, match="2026-01, 2026-02 are not those"):
        enlarge_sample(study, "first", per_month=8, coding=BOTH)
    close_sample(study, "first", day=DAY)
    with pytest.raises(DataError, match="was closed"):
        enlarge_sample(study, "first", per_month=8, coding=BOTH)
    assert len(drawn_chances(study)) == 8


def test_a_sheet_and_a_sample_of_the_same_month_share_it(study: Study) -> None:
    path = study.root / "codes.csv"
    draw_coding_sample(study, path, per_month=5, seed=9)
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet.assign(relevant="1", tone="0", coder="ann").to_csv(path, index=False)
    import_codes(study, path)
    draw(study, per_month=5, coders=("ana",))
    code_all(study, "ana")
    table = settled_codes(study, months=months_of(study)).codes.assign(
        month=lambda codes: codes["url"].map(months_of(study))
    )
    for _, month in table.groupby("month"):
        # each of the two stands for all 20 articles; together they do not stand for 40
        assert (1 / month["probability"]).sum() == pytest.approx(20)
    assert import_codes(study, path).known == 10  # as a run brings the sheet in again


def test_what_a_coder_has_coded_before_is_not_given_again(study: Study) -> None:
    draw(study, per_month=20, coders=("ana",))
    code_all(study, "ana")
    draw(study, "second", per_month=4, coders=("ana", "ben"))
    assert next_task(study, coder="ana") is None
    table = samples(study).set_index(["sample", "coder"])
    assert table.loc[("second", "ana"), "done"] == 8
    assert table.loc[("second", "ben"), "open"] == 8


def test_where_part_of_a_stratum_is_not_coded_its_others_stand_for_it(study: Study) -> None:
    design = Design(kind="stratified", per_month=8, allocation="equal")
    draw_series_sample(study, "first", design=design, coding=Coding(coders=("ana",)), day=DAY)
    for _ in range(5):
        task = next_task(study, coder="ana")
        assert task is not None
        code = Code(relevant=1, tone=0)
        save_code(study, coder="ana", sample="first", url=task.url, code=code, seconds=5, day=DAY)
    settled = settled_codes(study, months=months_of(study)).codes
    outlets = study.read_table("articles").set_index("url")[["month", "outlet"]]
    cell = settled.join(outlets, on="url")
    stands_for = (1 / cell["probability"]).groupby([cell["month"], cell["outlet"]]).sum()
    assert stands_for.tolist() == pytest.approx([10] * len(stands_for))


def test_two_samples_of_a_month_are_weighed_by_what_was_coded() -> None:
    drawn = pd.DataFrame(
        [
            ("a", "2026-01", "", 0.1),
            ("b", "2026-01", "x", 0.3),
            ("c", "2026-01", "x", 0.3),
            ("d", "2026-01", "x", 0.3),
            ("e", "2026-02", "x", 0.25),
        ],
        columns=["url", "month", "sample", "probability"],
    )
    found = combined_probabilities(drawn).set_index("url")["probability"]
    assert found.to_dict() == pytest.approx({"a": 0.4, "b": 0.4, "c": 0.4, "d": 0.4, "e": 0.25})


def test_two_samples_together_give_the_share_without_bias() -> None:
    """One by chance, one with more of what a model called negative: 150 draws of both."""
    import numpy as np

    rng = np.random.default_rng(3)
    negative = np.r_[np.ones(30), np.zeros(170)]
    called = (negative == 1) ^ (rng.random(200) < 0.2)
    found = []
    for _ in range(150):
        plain = rng.permutation(200)[:20]
        more = np.r_[
            rng.permutation(np.flatnonzero(called))[:15],
            rng.permutation(np.flatnonzero(~called))[:10],
        ]
        chance = np.where(called, 15 / called.sum(), 10 / (~called).sum())
        rows = pd.DataFrame(
            {
                "url": np.r_[plain, more],
                "month": "2026-01",
                "sample": np.r_[np.repeat("a", 20), np.repeat("b", 25)],
                "probability": np.r_[np.repeat(0.1, 20), chance[more]],
            }
        )
        both = combined_probabilities(rows)
        weight = 1 / both["probability"].to_numpy()
        found.append((weight * negative[both["url"].astype(int)]).sum() / weight.sum())
    error = np.mean(found) - 0.15
    assert abs(error) < 4 * np.std(found) / np.sqrt(150)


def codes(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["url", "coder", "relevant", "tone"])
    return table.assign(probability=0.5)


def test_two_who_disagree_are_not_settled_by_who_came_first() -> None:
    table = codes(("u1", "ann", 1, -1), ("u1", "bob", 1, 0), ("u2", "ann", 1, 0))
    assert one_code_an_article(table)["url"].tolist() == ["u2"]
    assert unsettled_articles(table) == ["u1"]


def test_an_adjudicated_code_settles_even_against_the_majority() -> None:
    nothing = float("nan")
    table = codes(("u1", "ann", 1, -1), ("u1", "bob", 1, -1), ("u1", ADJUDICATED, 0, nothing))
    (row,) = one_code_an_article(table).to_dict("records")
    assert (row["human_relevant"], row["coders"], row["agreed"]) == (0, 2, True)
    assert pd.isna(row["human_tone"])
    assert unsettled_articles(table) == []


def test_a_study_without_samples_keeps_the_chances_of_its_sheets(study: Study) -> None:
    path = study.root / "codes.csv"
    path.write_text("url,coder,relevant,tone,probability\nhttps://x.example/1,ann,1,0,0.3\n")
    import_codes(study, path)
    settled = settled_codes(open_study(study.root), months=months_of(study))
    assert settled.codes["probability"].tolist() == [0.3]
    assert settled.sentences() == ()
