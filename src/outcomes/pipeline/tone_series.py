"""Media steps: estimate the monthly shares of tone, and give them as measures."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import from_estimates, join
from outcomes.media.coded import prepare_coded
from outcomes.media.codes import one_code_an_article
from outcomes.media.fixed_panel import SeriesBase
from outcomes.media.tone import model_accuracy, monthly_shares, share_by_scope
from outcomes.pipeline.coverage import coverage_table, series_bases
from outcomes.store import read_facts
from outcomes.study import AGENCY, Study

FIXED, ALL = "tone", "tone, all sources"  # analyses: the monthly shares, in two versions
_COUNTS = {  # measure: column of results/story_counts.csv
    "stories_collected": "stories",
    "stories_relevant": "stories_relevant",
}


def tone_shares(study: Study, coverage: pd.DataFrame | None = None) -> list[Estimate]:
    """Estimate the shares of tones by month and by scope, and how often the model is right.

    They rest on ``results/articles.csv``, which ``classify_articles`` writes, and the codes.

    Args:
        study: The study.
        coverage: From ``find_coverage``, if it is known already.

    Returns:
        Estimates with ``analysis`` "tone" (by month, of the fixed panel: outlets that were covered
        in every month of the series), "tone, all sources" (by month, of everything), "tone by
        scope" (local and national, whole study) and "tone model". None for a month that was
        covered too little, or without two coded relevant articles; what is left out is said in the
        warnings of the others.

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
    panel, everything = series_bases(study, coverage_table(study) if coverage is None else coverage)
    with_codes = inside.merge(codes, on="url", how="left")
    coded, _ = prepare_coded(with_codes, period="month")
    coded = coded.assign(outlet=with_codes.loc[coded.index, "outlet"])
    return [
        *_series(coded, panel, analysis=FIXED),
        *_series(coded, everything, analysis=ALL),
        *share_by_scope(coded),
        *model_accuracy(coded, model=str(inside["model"].iloc[0])),
    ]


def left_out(study: Study, coverage: pd.DataFrame) -> list[dict[str, str]]:
    """Say which months and outlets the series of tone leave out, as questions left open."""
    panel, everything = series_bases(study, coverage)
    rows = [(FIXED, "Tone of news, fixed panel", line) for line in panel.sentences()]
    rows += [(ALL, "Tone of news, all sources", line) for line in everything.sentences()]
    return [
        {"analysis": analysis, "measure": measure, "reason": reason}
        for analysis, measure, reason in rows
    ]


def _inside(study: Study, articles: pd.DataFrame) -> pd.DataFrame:
    return articles[articles["month"].isin(study.months())]


def _series(coded: pd.DataFrame, base: SeriesBase, *, analysis: str) -> list[Estimate]:
    """Estimate one version of the monthly shares, and say with each what it leaves out."""
    rows = coded[coded["period"].isin(base.months)]
    rows = _standing_for(rows, rows["outlet"].isin(base.outlets))
    warnings = tuple(line.replace("; ", ", ") for line in base.cautions())
    return [
        replace(
            each,
            analysis=analysis,
            term=each.term if analysis == FIXED else f"{each.term}, all sources",
            warnings=(*each.warnings, *warnings),
        )
        for each in monthly_shares(rows)
    ]


def _standing_for(coded: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Take the articles of some outlets; their sampled ones stand for them, and for no others.

    A sample of a month falls by chance more or less often on the outlets that are chosen. How many
    articles those have is known, so the probabilities are set such that the codes stand for as
    large a share of them as they did of all articles.
    """
    if chosen.all():
        return coded
    represented, ours = _represented(coded), _represented(coded[chosen])
    scale = coded["period"].map(lambda month: ours.get(month, 1.0) / represented.get(month, 1.0))
    probability = (coded["probability"] * scale).clip(upper=1.0)
    return coded.assign(probability=probability)[chosen]


def _represented(coded: pd.DataFrame) -> Mapping[str, float]:
    """Say of each month for which share of its articles the coded ones stand."""
    sampled = coded[coded["human_relevant"].notna()]
    stands_for = (1 / sampled["probability"]).groupby(sampled["period"]).sum()
    shares: Mapping[str, float] = (stands_for / coded.groupby("period").size()).dropna().to_dict()
    return shares


def tone_measures(study: Study, estimates: list[Estimate]) -> pd.DataFrame:
    """Give the monthly shares, and how much was collected, as rows of the measures table.

    Articles say how often people could read something, stories how much was written: a story that
    several outlets carry counts once, in the month in which it was first published (B14).

    Args:
        study: The study; its articles were classified.
        estimates: From ``tone_shares``.
    """
    table = _inside(study, study.read_table("articles"))
    months = sorted(table["month"].unique())
    counts = {
        "articles_collected": table.groupby("month").size(),
        "articles_relevant": table[table["relevant"] == 1].groupby("month").size(),
        **_story_counts(study),
    }
    parts = [from_estimates(each for each in estimates if each.analysis == FIXED)]
    for measure, by_month in counts.items():
        found = by_month.reindex(months, fill_value=0)
        parts.append(
            pd.DataFrame(
                {
                    "stream": "media",
                    "unit": AGENCY,
                    "place": AGENCY,
                    "period": found.index.astype(object),
                    "measure": measure,
                    "value": found.to_numpy(dtype=float),
                    "se": np.nan,
                    "n": found.to_numpy(),
                }
            )
        )
    return join(parts)


def _story_counts(study: Study) -> dict[str, pd.Series]:
    """Read how many stories there were, where ``find_stories`` has counted them."""
    if not (study.results / "story_counts.csv").exists():
        return {}
    table = study.read_table("story_counts").set_index("month")
    return {measure: table[name] for measure, name in _COUNTS.items() if name in table}
