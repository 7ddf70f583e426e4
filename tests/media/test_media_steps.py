"""The steps and commands of the media room, in a study folder and from file to file."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.media import media
from outcomes.errors import DataError, FileError, OutcomesError, RowsRefused
from outcomes.pipeline import article_import, classifying, coding, tone_series
from outcomes.sheets import Reading
from outcomes.store import read_facts, read_imports
from outcomes.study import Study, open_study

STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31
time_zone = "America/New_York"

[[outlets]]
name = "Courier"
scope = "local"

[[outlets]]
name = "Wire"
scope = "national"
"""
TEXTS = (
    "Police said a man was killed on Weaver Street.",
    "An officer used excessive force, according to a lawsuit against the police.",
    "Police officers were honored for rescuing a girl.",
    "The library opens at nine.",
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return open_study(tmp_path)


def articles(size: int = 40) -> list[dict[str, object]]:
    return [
        {
            "url": f"https://x.example/{k}",
            "outlet": ("Courier", "Wire")[k % 2],
            "published": f"2026-0{1 + k % 2}-10",
            "title": f"Title {k}",
            "text": TEXTS[k // 2 % 4],
        }
        for k in range(size)
    ]


def archive(study: Study, rows: list[dict[str, object]] | None = None) -> Path:
    path = study.root / "articles.jsonl"
    lines = [json.dumps(row) for row in (articles() if rows is None else rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def code(study: Study, *, per_month: int = 6, tone: str = "0") -> Path:
    """Fill in the coding sheet as a person would."""
    path = study.root / f"codes-{per_month}.csv"
    classifying.draw_coding_sample(study, path, per_month=per_month, seed=1)
    sheet = pd.read_csv(path, dtype=str, keep_default_na=False)
    sheet.assign(relevant="1", tone=tone, coder="ann").to_csv(path, index=False)
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(media, [str(word) for word in words])


def test_an_archive_is_stored_once(study: Study):
    first = article_import.import_archive(study, archive(study))
    again = article_import.import_archive(study, archive(study))
    assert (first.read, first.new, first.known) == (40, 40, 0)
    assert (again.read, again.new, again.known) == (40, 0, 40)


def test_an_archive_with_one_bad_row_stores_nothing(study: Study):
    bad = [*articles(), {**articles()[0], "url": "https://x.example/new", "published": "soon"}]
    with pytest.raises(RowsRefused):
        article_import.import_archive(study, archive(study, bad))
    assert read_facts(study.store, "articles").empty
    assert read_imports(study.store).empty
    account = article_import.import_archive(
        study, archive(study, bad), reading=Reading(leave_out_refused=True)
    )
    assert (account.new, len(account.refusals)) == (40, 1)


def test_an_undated_article_is_counted_and_belongs_to_no_month(study: Study):
    rows = [{**articles()[0], "published": ""}]
    assert (
        "1 articles have no date"
        in article_import.import_archive(study, archive(study, rows)).notes[0]
    )
    classifying.classify_articles(study)
    assert study.read_table("articles")["month"].tolist() == [""]


def test_an_article_that_changed_needs_a_word(study: Study):
    article_import.import_archive(study, archive(study))
    changed = [{**articles()[0], "text": "Police said more."}]
    with pytest.raises(DataError, match="--amend"):
        article_import.import_archive(study, archive(study, changed))
    assert article_import.import_archive(study, archive(study, changed), amend=True).new == 1


def feed(study: Study, *links: str) -> Path:
    items = "".join(f"<item><link>{link}</link><title>Police call</title></item>" for link in links)
    path = study.root / "feed.xml"
    path.write_text(f"<rss version='2.0'><channel>{items}</channel></rss>", encoding="utf-8")
    return path


def test_a_feed_adds_only_what_is_new(study: Study):
    article_import.import_archive(study, archive(study))
    path = feed(study, "https://x.example/0", "https://x.example/new", "https://x.example/new", "")
    account = article_import.import_feed(study, path, outlet="Courier")
    assert (account.read, account.new, account.known, len(account.refusals)) == (4, 1, 1, 2)
    assert read_facts(study.store, "articles").iloc[0]["text"] == TEXTS[0]
    again = article_import.import_feed(study, path, outlet="Courier")
    assert (again.new, again.known) == (0, 2)


def test_a_feed_of_an_unknown_outlet_is_refused(study: Study):
    with pytest.raises(DataError, match="Did you mean 'Courier'"):
        article_import.import_feed(study, feed(study, "https://x.example/0"), outlet="Courrier")


def test_a_page_that_is_no_feed_is_refused_with_its_file(study: Study):
    path = study.root / "feed.xml"
    path.write_text("<html>Not found</html>", encoding="utf-8")
    with pytest.raises(FileError, match=r"feed\.xml: this is not a feed"):
        article_import.import_feed(study, path, outlet="Courier")


def test_classified_articles_are_written_without_their_texts(study: Study):
    article_import.import_archive(study, archive(study))
    assert classifying.classify_articles(study).startswith("40 articles, 30 about law enforcement")
    table = study.read_table("articles")
    assert list(table.columns) == list(classifying.CLASSIFIED)
    assert set(table["scope"]) == {"local", "national"}
    assert table.loc[table["relevant"] == 1, "tone"].value_counts().to_dict() == {
        0: 10,
        -1: 10,
        1: 10,
    }


def test_a_coding_sheet_is_not_overwritten(study: Study):
    article_import.import_archive(study, archive(study))
    path = code(study)
    with pytest.raises(FileError, match="there already"):
        classifying.draw_coding_sample(study, path, per_month=6, seed=1)


def test_shares_come_from_human_codes(study: Study):
    article_import.import_archive(study, archive(study))
    classifying.classify_articles(study)
    assert tone_series.tone_shares(study) == []
    account = coding.import_codes(study, code(study))
    assert (account.read, account.new) == (12, 12)
    again = coding.import_codes(study, study.root / "codes-6.csv")
    assert (again.new, again.known) == (0, 12)
    found = tone_series.tone_shares(study)
    monthly = [each for each in found if each.analysis == "tone"]
    assert {each.period for each in monthly} == {"2026-01", "2026-02"}
    assert all(each.value == 1 for each in monthly if each.measure == "tone_neutral")
    assert {each.place for each in found if each.analysis == "tone by scope"} == {
        "local",
        "national",
    }
    assert [each.n for each in found if each.analysis == "tone model"]


def test_shares_rest_on_the_articles_as_they_were_classified(study: Study):
    with pytest.raises(FileError, match=r"articles.csv: this result does not exist yet"):
        tone_series.tone_shares(study)
    article_import.import_archive(study, archive(study, articles(20)))
    classifying.classify_articles(study, "vader-article")
    article_import.import_archive(study, archive(study))
    coding.import_codes(study, code(study, per_month=20))
    with pytest.raises(DataError, match=r"lacks 14 of the coded articles: .* outcomes evaluate"):
        tone_series.tone_shares(study)
    classifying.classify_articles(study, "vader-article")
    (model,) = [each for each in tone_series.tone_shares(study) if each.analysis == "tone model"]
    assert "the model vader-article gives" in model.term


def test_measures_hold_the_shares_and_how_many_articles_there_were(study: Study):
    article_import.import_archive(study, archive(study))
    coding.import_codes(study, code(study))
    classifying.classify_articles(study)
    table = tone_series.tone_measures(study, tone_series.tone_shares(study))
    wide = table.pivot(index="period", columns="measure", values="value")
    assert wide["articles_collected"].tolist() == [20, 20]
    assert wide["articles_relevant"].tolist() == [15, 15]
    assert wide["tone_neutral"].tolist() == [1, 1]


def test_measures_of_an_empty_study_are_empty(study: Study):
    assert classifying.classify_articles(study).startswith("0 articles")
    assert tone_series.tone_measures(study, tone_series.tone_shares(study)).empty
    assert classifying.model_check(study)["articles"].sum() == 0


def test_the_models_are_set_against_the_codes(study: Study):
    article_import.import_archive(study, archive(study))
    coding.import_codes(study, code(study, per_month=20, tone="-1"))
    table = classifying.model_check(study)
    row = table[(table["model"] == "lexicon") & (table["human"] == "negative")].iloc[0]
    assert row["articles"] == 30
    assert row["called_negative"] == row["called_neutral"] == row["called_positive"] == 10
    assert row["share_right"] == pytest.approx(1 / 3)
    assert (study.results / "tone_check.csv").exists()


@pytest.mark.parametrize("model", ["lexicon", "vader-article"])
def test_classify_goes_from_file_to_file(study: Study, model: str):
    path, out = study.root / "in.csv", study.root / "out.csv"
    pd.DataFrame([{"id": k, "title": "T", "text": text} for k, text in enumerate(TEXTS)]).to_csv(
        path, index=False
    )
    assert run("classify", path, "--model", model, "--out", out).exit_code == 0
    table = pd.read_csv(out)
    assert list(table.columns) == [
        "id", "relevant", "tone", "p_negative", "p_neutral", "p_positive", "model",
    ]  # fmt: skip
    assert set(table["model"]) == {model}
    assert table["id"].tolist() == [0, 1, 2, 3]
    assert table["relevant"].tolist() == [1, 1, 1, 0]


def test_classify_targets_goes_from_file_to_file(study: Study):
    path, out = study.root / "in.jsonl", study.root / "out.jsonl"
    line = {"id": "a", "text": "They praised the officer.", "from": 17, "to": 24}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert run("classify-targets", path, "--out", out).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["tone"] == 1


def test_parse_feed_goes_from_file_to_file(study: Study):
    out = study.root / "out.jsonl"
    assert run("parse-feed", feed(study, "https://x.example/1"), "--out", out).exit_code == 0
    entry = json.loads(out.read_text(encoding="utf-8"))
    assert list(entry) == ["id", "url", "title", "published", "summary"]


def test_share_goes_from_file_to_file_and_warns(study: Study):
    path, out = study.root / "coded.csv", study.root / "shares.csv"
    pd.DataFrame(
        {
            "month": ["2026-01"] * 6 + ["2026-02"] * 2,
            "tone": [-1, 0, 0, 1, 0, None, 1, 1],
            "human_tone": [-1, 0, 0, None, None, None, None, None],
        }
    ).to_csv(path, index=False)
    done = run("share", path, "--period", "month", "--out", out)
    assert done.exit_code == 0
    assert "No interval for 2026-02" in done.stderr
    table = pd.read_csv(out)
    assert list(table.columns)[:2] == ["period", "tone"]
    assert table["n"].tolist() == [5, 5, 5, 2, 2, 2]
    assert table["low"].isna().tolist() == [False] * 3 + [True] * 3


def test_a_sample_and_its_codes_go_through_the_commands(study: Study):
    out = study.root / "to-code.csv"
    done = run("import", archive(study), "--study", study.root)
    assert "40 rows read, 40 stored" in done.output
    done = run("sample", "--per-month", 4, "--out", out, "--study", study.root)
    assert "8 articles of 2 months" in done.output
    done = run("import-codes", out, "--study", study.root)
    assert isinstance(done.exception, RowsRefused)  # nobody has filled it in yet
    done = run("import-feed", feed(study, "https://x.example/n"), "--outlet", "Wire",
               "--study", study.root)  # fmt: skip
    assert "1 stored" in done.output


@pytest.mark.parametrize("name", ["parse-feed", "classify", "classify-targets", "share"])
def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path, name: str):
    more = ["--period", "month"] if name == "share" else []
    done = run(name, tmp_path / "none.csv", *more)
    assert isinstance(done.exception, OutcomesError)
    assert "no such file" in str(done.exception)


@pytest.mark.parametrize("name", sorted(media.commands))
def test_every_command_has_an_example(name: str):
    assert f"Example: outcomes media {name}" in run(name, "--help").output.replace("\n", " ")
