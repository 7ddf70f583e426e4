"""Media steps: import articles and codes, classify, draw a sample, and share out the tones."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcomes.errors import DataError, FileError, one_of
from outcomes.estimate import Estimate
from outcomes.measures import from_estimates, join
from outcomes.media.articles import month_of, read_archive
from outcomes.media.classify import classify
from outcomes.media.coded import prepare_coded
from outcomes.media.codes import one_code_an_article, read_codes
from outcomes.media.confusion import confusion_table
from outcomes.media.feeds import read_feed
from outcomes.media.sample import coding_sheet, draw_sample
from outcomes.media.tone import model_accuracy, monthly_shares, share_by_scope
from outcomes.pipeline.importing import Imported, store_sheet
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.store import read_facts
from outcomes.study import AGENCY, Study, write_whole

CLASSIFIED = (
    "url", "outlet", "scope", "month", "relevant", "tone",
    "p_negative", "p_neutral", "p_positive", "prompted", "model",
)  # fmt: skip


def import_archive(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import an archive of articles into the store, all rows or none.

    Raises:
        DataError: An article is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    outlets = [outlet.name for outlet in study.settings.outlets]
    sheet = read_archive(path, outlets=outlets, reading=reading).or_refuse(
        leave_out=reading.leave_out_refused
    )
    notes = _undated(sheet.table)
    return store_sheet(
        study,
        sheet,
        _article_rows(sheet.table),
        table="articles",
        step="media import",
        amend=amend,
        notes=notes,
    )


def import_feed(study: Study, path: Path, *, outlet: str, amend: bool = False) -> Imported:
    """Import the entries of a feed file as articles of one outlet.

    A feed gives a summary, not the article. An article whose url is stored already stays as it
    is, unless this is an amendment. Entries that cannot be used are left out and listed: nobody
    who reads a feed can mend it.

    Raises:
        DataError: The outlet is not one of study.toml.
        FileError: The file is no feed.
    """
    known = [each.name for each in study.settings.outlets]
    if known and outlet not in known:
        raise DataError(f"{outlet!r} is not an outlet of study.toml. {one_of(outlet, known)}")
    sheet = read_feed(path, outlet=outlet)
    stored = read_facts(study.store, "articles").set_index("url")
    rows = _article_rows(sheet.table)
    if not amend:
        rows = [
            _article_rows(stored.loc[[row["url"]]].reset_index())[0]
            if row["url"] in stored.index
            else row
            for row in rows
        ]
    notes = ("A feed holds summaries: the tone rests on the title and a sentence or two.",)
    return store_sheet(
        study,
        sheet,
        rows,
        table="articles",
        step="media import-feed",
        amend=amend,
        notes=notes + _undated(sheet.table),
    )


def _article_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "key": _key(row["url"]),
            **{name: str(row[name]) for name in ("url", "outlet", "published", "title", "text")},
            "prompted": None if pd.isna(row["prompted"]) else int(row["prompted"]),
        }
        for row in table.to_dict("records")
    ]


def _key(*parts: str) -> str:
    """Make the store's key, at most 200 characters whatever the length of the url."""
    key = " ".join(parts)
    return key if len(key) <= 200 else f"{key[:135]} {hashlib.sha256(key.encode()).hexdigest()}"


def _undated(table: pd.DataFrame) -> tuple[str, ...]:
    undated = int((table["published"] == "").sum())
    if not undated:
        return ()
    return (f"{undated} articles have no date: they are stored, but belong to no month.",)


def classify_articles(study: Study, model: str = "lexicon") -> str:
    """Find relevance and tone of every stored article; write results/articles.csv, without texts.

    Returns:
        What was found, as a sentence.

    Raises:
        DataError: No model has that name.
    """
    table = _classify(study, model=model)
    study.write_table("articles", table[list(CLASSIFIED)])
    relevant = int(table["relevant"].sum())
    return f"{len(table)} articles, {relevant} about law enforcement (model {model})"


def _classify(study: Study, *, model: str) -> pd.DataFrame:
    articles = read_facts(study.store, "articles")
    found = classify(articles.assign(id=articles["url"]), model=model)
    scopes = {outlet.name: outlet.scope for outlet in study.settings.outlets}
    zone = study.settings.study.time_zone
    return pd.concat([articles, found.drop(columns="id")], axis=1).assign(
        scope=articles["outlet"].map(scopes).fillna("").astype(object),
        month=[month_of(published, zone) for published in articles["published"]],
        prompted=articles["prompted"].astype("Int64"),
        model=model,
    )


def draw_coding_sample(study: Study, out: Path, *, per_month: int, seed: int) -> str:
    """Write a sheet of randomly drawn relevant articles for people to code.

    Args:
        study: The study.
        out: The CSV file to write.
        per_month: How many articles of each month of the study.
        seed: The same seed draws the same articles.

    Returns:
        What was drawn, as a sentence.

    Raises:
        FileError: The file is there already: codes in it would be lost.
        DataError: There is nothing to draw from, or too few are asked for.
    """
    if out.exists():
        raise FileError(out, "", "the file is there already", "Give --out another name")
    table = _classify(study, model="lexicon")
    drawn = draw_sample(table[table["month"].isin(study.months())], per_month=per_month, seed=seed)
    text = coding_sheet(drawn).to_csv(index=False, lineterminator="\n")
    write_whole(out, "\ufeff" + text)  # so that Excel reads it as UTF-8
    months = drawn["month"].nunique()
    return f"{len(drawn)} articles of {months} months drawn for coding, written to {out}"


def import_codes(
    study: Study, path: Path, *, reading: Reading = AS_IT_IS, amend: bool = False
) -> Imported:
    """Import a coding sheet that people filled in, all rows or none.

    Raises:
        DataError: A coder's code is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    urls = set(read_facts(study.store, "articles")["url"])
    sheet = read_codes(path, urls=urls, reading=reading).or_refuse(
        leave_out=reading.leave_out_refused
    )
    rows = [
        {
            "key": _key(str(row["coder"]), str(row["url"])),
            "url": row["url"],
            "coder": row["coder"],
            "relevant": int(row["relevant"]),
            "tone": None if pd.isna(row["tone"]) else int(row["tone"]),
            "probability": float(row["probability"]),
        }
        for row in sheet.table.to_dict("records")
    ]
    return store_sheet(study, sheet, rows, table="codes", step="media import-codes", amend=amend)


def tone_shares(study: Study) -> list[Estimate]:
    """Estimate the shares of tones by month and by scope, and how often the model is right.

    They rest on ``results/articles.csv``, which ``classify_articles`` writes, and the codes.

    Returns:
        Estimates with ``analysis`` "tone" (by month), "tone by scope" (local and national, whole
        study) and "tone model". None for a month without two coded relevant articles.

    Raises:
        FileError: No article was classified yet.
        DataError: An article that people coded was imported after the others were classified.
    """
    articles = study.read_table("articles")
    codes = one_code_an_article(read_facts(study.store, "codes"))
    if late := len(set(codes["url"]) - set(articles["url"])):
        raise DataError(
            f"results/articles.csv lacks {late} of the coded articles: they were imported after it "
            "was written. Run: outcomes evaluate"
        )
    inside = _inside(study, articles)
    if inside.empty:
        return []
    coded, _ = prepare_coded(inside.merge(codes, on="url", how="left"), period="month")
    return [
        *monthly_shares(coded),
        *share_by_scope(coded),
        *model_accuracy(coded, model=str(inside["model"].iloc[0])),
    ]


def _inside(study: Study, articles: pd.DataFrame) -> pd.DataFrame:
    return articles[articles["month"].isin(study.months())]


def tone_measures(study: Study, estimates: list[Estimate]) -> pd.DataFrame:
    """Give the monthly shares, and how many articles there were, as rows of the measures table.

    Args:
        study: The study; its articles were classified.
        estimates: From ``tone_shares``.
    """
    table = _inside(study, study.read_table("articles"))
    parts = [from_estimates(each for each in estimates if each.analysis == "tone")]
    for measure, rows in (
        ("articles_collected", table),
        ("articles_relevant", table[table["relevant"] == 1]),
    ):
        counts = rows.groupby("month").size()
        counts = counts.reindex(sorted(table["month"].unique()), fill_value=0)
        parts.append(
            pd.DataFrame(
                {
                    "stream": "media",
                    "unit": AGENCY,
                    "place": AGENCY,
                    "period": counts.index.astype(object),
                    "measure": measure,
                    "value": counts.to_numpy(dtype=float),
                    "se": np.nan,
                    "n": counts.to_numpy(),
                }
            )
        )
    return join(parts)


def model_check(study: Study) -> pd.DataFrame:
    """Set each model's tones against the human codes; write results/tone_check.csv.

    Returns:
        As ``outcomes.media.confusion.confusion_table``.
    """
    codes = one_code_an_article(read_facts(study.store, "codes"))
    coded = read_facts(study.store, "articles").merge(codes, on="url")
    table = confusion_table(coded.assign(id=coded["url"]))
    study.write_table("tone_check", table)
    return table
