"""Media steps: estimate the monthly shares of tone, and give them as measures."""

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import from_estimates, join
from outcomes.media.coded import prepare_coded
from outcomes.media.codes import one_code_an_article
from outcomes.media.tone import model_accuracy, monthly_shares, share_by_scope
from outcomes.store import read_facts
from outcomes.study import AGENCY, Study


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
