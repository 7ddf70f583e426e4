"""The model of a series is frozen: only what is new is read, and a change is asked for and told."""

from datetime import date
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
from click.testing import CliRunner
from coded_study import add_articles, copy_of, study_with_news

from outcomes.cli.media import media
from outcomes.errors import DataError, OutcomesError
from outcomes.media.lexicon import Lexicon
from outcomes.pipeline import tone_scores
from outcomes.pipeline.classifying import classify_articles
from outcomes.pipeline.news_retention import forget_texts, overdue_texts
from outcomes.pipeline.series_model import model_breaks
from outcomes.pipeline.tone_base import tone_base
from outcomes.pipeline.tone_series import tone_shares, write_diagnostics
from outcomes.study import Study, open_study


@pytest.fixture(scope="module", autouse=True)
def word_list_by_default():
    """The word list reads where no model is named: it is fast, and its tones are known here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tone_scores, "DEFAULT_MODEL", "lexicon")
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Study:
    return study_with_news(tmp_path_factory.mktemp("series") / "study", articles=24)


@pytest.fixture
def study(made, tmp_path) -> Study:
    return copy_of(made, tmp_path / "study")


def with_model(study: Study, name: str, *, months: int | None = None) -> Study:
    path = study.root / "study.toml"
    kept = f"text_months = {months}\n" if months else ""
    text = path.read_text(encoding="utf-8") + f'\n[news]\ntone_model = "{name}"\n{kept}'
    path.write_text(text, encoding="utf-8")
    return open_study(study.root)


def run(*words: object):
    return CliRunner().invoke(media, [str(word) for word in words])


def models(study: Study) -> pd.Series:
    return study.read_table("articles").groupby("month")["model"].agg(set)


class Counting(Lexicon):
    """The word list, which remembers what it is given."""

    read: ClassVar[list[str]] = []

    def classify(self, titles, texts):
        Counting.read += texts
        return super().classify(titles, texts)


@pytest.fixture
def read(monkeypatch) -> list[str]:
    Counting.read = []
    monkeypatch.setattr(tone_scores, "find_model", lambda *_args, **_how: Counting())
    return Counting.read


def test_only_new_articles_are_read(study, read):
    before = study.read_table("articles")
    classify_articles(study)
    assert read == []
    add_articles(study, 24, 28)
    assert len(read) == 4
    after = study.read_table("articles")
    pd.testing.assert_frame_equal(after.iloc[:24], before, check_dtype=False)


def test_kept_scores_may_be_deleted_or_damaged_at_any_time(study, read):
    before = study.read_table("articles")
    path = tone_scores.scores_path(study)
    for mend in (path.unlink, lambda: path.write_bytes(b"PAR1")):
        mend()
        read.clear()
        classify_articles(study)
        assert len(read) == 24
        pd.testing.assert_frame_equal(study.read_table("articles"), before)


def test_scores_do_not_outlive_the_code_that_made_them(study, read, monkeypatch):
    monkeypatch.setattr(tone_scores, "reading_mark", lambda *_args, **_how: "another")
    classify_articles(study)
    assert len(read) == 24


def test_an_answer_that_a_model_did_not_give_is_asked_for_again(study, monkeypatch):
    class Silent(Lexicon):
        asked = 0

        def classify(self, titles, texts):
            Silent.asked += len(texts)
            return [
                type(each)(relevant=True, probabilities=None, deciding=())
                for each in super().classify(titles, texts)
            ]

    monkeypatch.setattr(tone_scores, "find_model", lambda *_args, **_how: Silent())
    monkeypatch.setattr(tone_scores, "reading_mark", lambda *_args, **_how: "another")
    for asked in (24, 48):
        classify_articles(study)
        assert Silent.asked == asked
        assert study.read_table("articles")["tone"].isna().all()


def test_another_model_is_refused_and_what_would_happen_is_said(study):
    changed = with_model(study, "vader-article")
    before = (study.results / "articles.csv").read_bytes()
    with pytest.raises(DataError) as refused:
        classify_articles(changed)
    said = str(refused.value)
    assert "was read by the model lexicon, and now vader-article is to read" in said
    assert "24 articles of 2026-01 to 2026-02 are read anew" in said
    assert "outcomes media classify --rescore" in said
    assert 'tone_model = "lexicon" under [news] in study.toml' in said
    assert (study.results / "articles.csv").read_bytes() == before


def test_rescore_reads_all_texts_anew(study):
    changed = with_model(study, "vader-article")
    said = run("classify", "--study", changed.root, "--rescore")
    assert said.exit_code == 0, said.output
    assert "(model vader-article)" in said.output
    assert models(changed).tolist() == [{"vader-article"}] * 2
    assert classify_articles(changed)  # from now on it is the model of the series
    assert model_breaks(changed) == ()


def let_go(study: Study) -> Study:
    """Erase the texts of January, and let another model read what is left."""
    changed = with_model(study, "vader-article", months=1)
    overdue = overdue_texts(changed, today=date(2026, 2, 20))
    assert len(overdue.urls) == 12
    forget_texts(changed, overdue, today=date(2026, 2, 20))
    return changed


def test_what_has_no_text_any_more_keeps_the_older_model_and_the_break_shows(study):
    changed = let_go(study)
    with pytest.raises(DataError, match=r"12 articles whose text was let go \(of 2026-01\) keep"):
        classify_articles(changed)
    said = classify_articles(changed, rescore=True)
    told = "the series breaks where the model changed: lexicon for 2026-01, then vader-article for"
    assert told in said
    assert models(changed).to_dict() == {"2026-01": {"lexicon"}, "2026-02": {"vader-article"}}
    assert model_breaks(changed) == (("2026-02", "vader-article"),)
    base = tone_base(changed)
    assert any(told in line for line in base.cautions)


def test_a_month_that_mixes_models_is_marked_and_its_labels_are_not_counted_together(study):
    add_articles(study, 24, 32, month=1)
    older = study.read_table("articles")["url"].tolist()
    changed = let_go_some(study, older[:8:2])
    said = classify_articles(changed, rescore=True)
    assert "4 of 20 articles of 2026-01 were read by another model than vader-article" in said
    table = write_diagnostics(changed, tone_shares(changed))
    counts = table.groupby("month")["model_count"].sum().to_dict()
    assert counts == {"2026-01": 16, "2026-02": 12}


def let_go_some(study: Study, urls: list[str]) -> Study:
    changed = with_model(study, "vader-article", months=1)
    overdue = overdue_texts(changed, today=date(2026, 2, 20))
    kept = [(k, u) for k, u in zip(overdue.articles, overdue.urls, strict=True) if u in urls]
    some = type(overdue)(
        articles=tuple(key for key, _ in kept),
        urls=tuple(url for _, url in kept),
        outlets=overdue.outlets,
        waiting=0,
        has_end=True,
    )
    assert len(kept) == 4
    forget_texts(changed, some, today=date(2026, 2, 20))
    return changed


def test_scores_of_texts_that_were_let_go_are_let_go(study):
    before = len(pd.read_parquet(tone_scores.scores_path(study)))
    changed = let_go(study)
    classify_articles(changed, "lexicon")
    assert len(pd.read_parquet(tone_scores.scores_path(changed))) < before


def test_a_text_that_is_read_otherwise_than_before_is_counted(study):
    table = study.read_table("articles")
    study.write_table("articles", table.assign(tone=table["tone"].where(table.index > 2, 1)))
    said = classify_articles(study)
    assert "articles that lexicon had read before have another tone or relevance now" in said
    assert "another tone" not in classify_articles(study)


def test_a_model_of_the_study_is_named_by_its_folder(study, tmp_path):
    tiny = Path(__file__).resolve().parents[1] / "media/tiny_tone_model"
    own = study.root / "data" / "models" / "ours"
    own.mkdir(parents=True)
    for path in tiny.iterdir():
        (own / path.name).write_bytes(path.read_bytes())
    changed = with_model(study, "ours")
    classify_articles(changed, rescore=True)
    assert models(changed).tolist() == [{"tiny 1"}] * 2
    out = tmp_path / "out.csv"
    source = changed.root / "articles-0.jsonl"
    done = run("classify", source, "--study", changed.root, "--out", out)
    assert "24 rows written" in done.output
    assert set(pd.read_csv(out)["model"]) == {"tiny 1"}
    with pytest.raises(OutcomesError, match=r"Allowed: .*lexicon, vader-article, ours"):
        raise run("classify", source, "--study", changed.root, "--model", "theirs").exception


@pytest.mark.parametrize("option", [("--model", "lexicon"), ("--out", "x.csv"), ("--explain",)])
def test_what_belongs_to_a_file_is_refused_for_a_study(study, option):
    done = run("classify", "--study", study.root, *option)
    assert isinstance(done.exception, OutcomesError)
    assert f"{option[0]} belongs to a file of articles" in str(done.exception)


def test_rescore_belongs_to_a_study(study):
    done = run("classify", study.root / "articles-0.jsonl", "--rescore")
    assert "--rescore changes the model of a study" in str(done.exception)
