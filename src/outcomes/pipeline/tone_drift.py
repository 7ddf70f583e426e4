"""Media step: say which months' articles are no longer what the model was checked on."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.media.checked_on import CheckedOn, checked_on
from outcomes.media.classify import P_COLUMNS
from outcomes.media.coding_plan import Corpus
from outcomes.media.drift_words import caution, codes_for_month, sentence
from outcomes.media.model_drift import MOST, DriftArticles, MonthDrift, model_drift
from outcomes.media.story_kind import story_kinds
from outcomes.pipeline.coding_plan import corpus_of
from outcomes.pipeline.news_targets import readable_articles
from outcomes.pipeline.series_model import models_of_months
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.pipeline.tone_base import articles_inside
from outcomes.pipeline.tone_scores import study_model
from outcomes.study import Study

DRIFT = (
    "month", "model", "n", "n_compared", "n_coded", "compared_with", "n_before",
    "sure", "sure_before", "confidence_shift", "confidence_p", "feature_shift", "feature_p",
    "right", "right_before", "right_p", "drifted", "verdict", "codes_needed", "caution", "sentence",
)  # fmt: skip
_TABLE = "tone_drift"


def find_drift(study: Study) -> list[str]:
    """Compare each month's articles with those that people coded; write results/tone_drift.csv.

    Months are judged among those that the same model read. It rests on ``results/articles.csv``,
    which ``classify_articles`` writes, the codes, and the texts that are still there; where
    ``find_stories`` ran before, each story counts once.

    Args:
        study: The study.

    Returns:
        A sentence for each month that drifted and asks for codes.

    Raises:
        FileError: No article was classified yet.
    """
    articles = _read_articles(study)
    rows = [
        row for model, part in articles.groupby("model") for row in _of_model(study, model, part)
    ]
    table = pd.DataFrame(rows, columns=list(DRIFT)).sort_values("month", ignore_index=True)
    study.write_table(_TABLE, table)
    return [str(said) for said in table.loc[table["verdict"] == "drifted", "sentence"]]


def drift_cautions(study: Study) -> dict[str, str]:
    """Give the caution of each month that drifted and asks for codes, for everybody to read."""
    return _told(study, "caution")


def drift_requests(study: Study) -> dict[str, str]:
    """Give the sentence of each month that drifted, with what to do; not for the public."""
    return _told(study, "sentence")


def _told(study: Study, column: str) -> dict[str, str]:
    if not (study.results / f"{_TABLE}.csv").exists():
        return {}
    table = study.read_table(_TABLE)
    asking = table[table["verdict"] == "drifted"]
    return dict(zip(asking["month"].astype(str), asking[column].astype(str), strict=True))


def _read_articles(study: Study) -> pd.DataFrame:
    """Read what each month's model said of its relevant articles, and what people said of them."""
    whole = study.read_table("articles")
    months = dict(zip(whole["url"], whole["month"].fillna(""), strict=True))
    inside = articles_inside(study, whole)
    reader = inside["month"].map(models_of_months(study, whole).reader)
    chances = inside.reindex(columns=list(P_COLUMNS)).apply(pd.to_numeric)
    read = (inside["relevant"] == 1) & (inside["model"] == reader) & chances.notna().all(axis=1)
    codes = settled_codes(study, months=months).codes
    names = ["url", "human_relevant", "human_tone", "probability"]
    table = inside[read].merge(codes[names], on="url", how="left")
    return table.assign(
        order=[hashlib.sha256(str(url).encode()).hexdigest() for url in table["url"]],
        story=_stories(study, table),
        coded=table["human_relevant"].notna(),
    )


def _stories(study: Study, table: pd.DataFrame) -> pd.Series:
    if not (study.results / "stories.csv").exists():
        return table["url"]
    known = study.read_table("stories").set_index("id")["story"]
    return table["url"].map(known).fillna(table["url"])


def _of_model(study: Study, model: object, part: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Judge the months that one model read."""
    counts = part.groupby("month").agg(articles=("url", "size"), coded=("coded", "sum"))
    articles_of = _drift_articles(study, part)
    check = _own_check(study, str(model))
    findings = model_drift(articles_of, months=sorted(set(part["month"])), check=check)
    asks = any(found.verdict == "drifted" for found in findings)
    corpus = corpus_of(study)[0] if asks else Corpus()
    for found in findings:
        articles, coded = (int(counts.loc[found.month, name]) for name in ("articles", "coded"))
        settled = _settled(found, articles=articles, coded=coded, corpus=corpus)
        yield _row(settled, model=str(model), articles=articles, coded=coded)


def _drift_articles(study: Study, part: pd.DataFrame) -> DriftArticles:
    """Take each story of a month once, and no more of a month than are compared."""
    first = part.assign(uncoded=~part["coded"]).sort_values(["uncoded", "order"], kind="stable")
    table = first.drop_duplicates(["month", "story"]).sort_values("order", ignore_index=True)
    compared = table.groupby("month").cumcount() < MOST
    table = table[compared | table["coded"]]
    texts = readable_articles(study).articles.drop_duplicates("url").set_index("url")
    there = table["url"].isin(texts.index)
    shown = texts.loc[table.loc[there, "url"], ["title", "text"]].fillna("").astype(str)
    toned = table["human_tone"].notna() & table["tone"].notna()
    same = pd.to_numeric(table["tone"]) == table["human_tone"]
    return DriftArticles(
        month=table["month"].to_numpy(str),
        outlet=table["outlet"].fillna("").to_numpy(str),
        chances=table[list(P_COLUMNS)].to_numpy(float),
        compared=compared[table.index].to_numpy(bool),
        weight=(1 / table["probability"]).where(table["coded"]).to_numpy(float),
        right=same.astype(float).where(toned).to_numpy(float),
        kinds=story_kinds(list(shown["title"]), list(shown["text"])),
        text=there.to_numpy(bool),
    )


def _own_check(study: Study, model: str) -> CheckedOn | None:
    """Read on which articles the model was checked when it was made, if its folder says so."""
    from outcomes.media.tone_models.target_reader import TargetReader

    judge = study_model(study)
    if isinstance(judge, TargetReader) and judge.name == model:
        return checked_on(judge.folder.card)
    return None


def _settled(found: MonthDrift, *, articles: int, coded: int, corpus: Corpus) -> MonthDrift:
    """Say how many codes a drifted month needs, and whether it has them."""
    if found.verdict != "drifted":
        return found
    needed = codes_for_month(articles, corpus)
    enough = coded >= needed
    return replace(found, needed=needed, verdict="drifted, coded" if enough else "drifted")


def _row(found: MonthDrift, *, model: str, articles: int, coded: int) -> dict[str, object]:
    return {
        "month": found.month,
        "model": model,
        "n": articles,
        "n_compared": found.n,
        "n_coded": coded,
        "compared_with": found.whence,
        "n_before": found.n_before,
        "sure": np.round(found.sure, 4),
        "sure_before": np.round(found.sure_before, 4),
        "confidence_shift": np.round(found.confidence_shift, 4),
        "confidence_p": np.round(found.confidence_p, 5),
        "feature_shift": np.round(found.kind_shift, 4),
        "feature_p": np.round(found.kind_p, 5),
        "right": np.round(found.right, 4),
        "right_before": np.round(found.right_before, 4),
        "right_p": np.round(found.right_p, 5),
        "drifted": ", ".join(found.found),
        "verdict": found.verdict,
        "codes_needed": found.needed or "",
        "caution": caution(found),
        "sentence": sentence(found, articles=articles, coded=coded),
    }
