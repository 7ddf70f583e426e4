"""Media step: the study's own settled codes, as rows that a model can be checked with."""

import pandas as pd

from outcomes.errors import DataError
from outcomes.media.gazetteer import build_gazetteer
from outcomes.media.model_checks.checked_rows import CheckedRows
from outcomes.pipeline.news_targets import readable_articles, spell_out
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.pipeline.tone_training import CODES
from outcomes.study import Study


def coded_rows(study: Study) -> CheckedRows:
    """Gather the articles that people coded, with outlet, scope and place.

    An article counts as much as the articles that it stands for: one over the probability with
    which it was drawn. The same headline in several outlets is one group.

    Args:
        study: The study.

    Raises:
        DataError: Nobody has coded an article yet.
    """
    months = _months(study)
    articles = readable_articles(study).articles
    table = articles.merge(settled_codes(study, months=months).codes, on="url")
    table = table[table["human_relevant"].notna()].reset_index(drop=True)
    if not (table["human_relevant"] == 1).any():
        raise DataError(
            "nobody has coded an article about law enforcement yet, so nothing is known to check "
            "the model with. Code some articles, or name --targets or --articles"
        )
    relevant = table["human_relevant"] == 1
    gazetteer = build_gazetteer(study.settings)
    outlets = {outlet.name: outlet for outlet in study.settings.outlets}
    titles = table["title"].fillna("").astype(str)
    rows = pd.DataFrame(
        {
            "id": table["url"],
            "title": spell_out(table["title"], gazetteer),
            "text": spell_out(table["text"], gazetteer),
            "relevant": relevant.astype(int),
            "tone": pd.to_numeric(table["human_tone"]).astype(float).where(relevant),
            "group": titles.str.casefold().str.strip().where(titles != "", table["url"]),
            "grouped": False,
            "weight": 1 / table["probability"].astype(float),
            "outlet": table["outlet"],
            "scope": [getattr(outlets.get(name), "scope", "") for name in table["outlet"]],
            "place": [getattr(outlets.get(name), "place", "") for name in table["outlet"]],
            "month": [months.get(url, "") for url in table["url"]],
        }
    )
    return CheckedRows(kind="articles", name=CODES, sha256="", table=rows)


def _months(study: Study) -> dict[str, str]:
    """Say in which month each article appeared, where the articles were classified."""
    if not (study.results / "articles.csv").exists():
        return {}
    table = study.read_table("articles")
    return dict(zip(table["url"], table["month"].fillna(""), strict=True))
