"""Media steps: estimate the monthly shares of tone, and give them as measures."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from outcomes.estimate import Estimate
from outcomes.measures import from_estimates, join
from outcomes.media.classify import TONES
from outcomes.media.fixed_panel import SeriesBase
from outcomes.media.month_models import apart, is_unread
from outcomes.media.tone import model_accuracy, monthly_tone, share_by_scope
from outcomes.pipeline.coverage import series_bases
from outcomes.pipeline.series_model import models_of_months
from outcomes.pipeline.tone_base import ToneBase, articles_inside, tone_base
from outcomes.pipeline.tone_drift import drift_cautions
from outcomes.pipeline.tone_versions import tone_versions
from outcomes.study import AGENCY, Study

FIXED, ALL = "tone", "tone, all sources"  # analyses: the monthly shares, in two versions
NET, NET_ALL = "net tone", "net tone, all sources"
DIAGNOSTIC = (
    "month",
    "tone",
    "label",
    "model_count",
    "model_share",
    "value",
    "difference",
    "method",
)
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
        in every month of the series), "tone, all sources" (by month, of everything), "net tone"
        (positive minus negative; also of all sources), "tone by scope" (local and national, whole
        study), those of ``tone_versions``, and "tone model". None for a month that was covered too
        little, or of which the codes cannot tell; what is left out is said in the warnings of the
        others, as is what the coders' agreement speaks against. A month that ``find_drift`` found
        to differ from what the model was checked on says so.

    Raises:
        FileError: No article was classified yet.
        DataError: An article that people coded was imported after the others were classified.
    """
    base = tone_base(study, coverage)
    if base is None:
        return []
    found = [
        *_both_versions(base),
        *share_by_scope(base.coded),
        *_with_cautions(tone_versions(study, base), base.panel),
        *_accuracies(base),
    ]
    drifted = {month: (said,) for month, said in drift_cautions(study).items()}
    return [
        replace(each, warnings=(*base.cautions, *each.warnings, *drifted.get(each.period, ())))
        for each in found
    ]


def write_diagnostics(study: Study, estimates: Iterable[Estimate]) -> pd.DataFrame:
    """Set the model's own count beside each corrected share; write results/tone_diagnostics.csv.

    The count is here alone, to show how far it is off. It is in no series and in no report.

    Args:
        study: The study; its articles were classified.
        estimates: From ``tone_shares``.

    Returns:
        One row a month and tone, of all sources: model_count, model_share, value (the corrected
        share, empty where there is none), difference (in shares) and the method.
    """
    articles = articles_inside(study, study.read_table("articles"))
    reader = articles["month"].map(models_of_months(study, articles).reader)
    labelled = articles[pd.to_numeric(articles["tone"]).notna() & (articles["model"] == reader)]
    known = {(each.period, each.measure): each for each in estimates if each.analysis == ALL}
    table = pd.DataFrame(_diagnosed(labelled, known), columns=list(DIAGNOSTIC))
    study.write_table("tone_diagnostics", table)
    return table


def _diagnosed(
    labelled: pd.DataFrame, known: dict[tuple[str, str], Estimate]
) -> Iterator[tuple[object, ...]]:
    for month, rows in labelled.groupby("month", sort=True):
        for tone, word in TONES.items():
            count = int((pd.to_numeric(rows["tone"]) == tone).sum())
            share, each = count / len(rows), known.get((str(month), f"tone_{word}"))
            value = each.value if each else np.nan
            method = each.method if each else ""
            yield month, tone, word, count, share, value, share - value, method


def left_out(study: Study, coverage: pd.DataFrame) -> list[dict[str, str]]:
    """Say which months and outlets the series of tone leave out, as questions left open."""
    panel, everything = series_bases(study, coverage)
    rows = [(FIXED, "Tone of news, fixed panel", line) for line in panel.sentences()]
    rows += [(ALL, "Tone of news, all sources", line) for line in everything.sentences()]
    return [
        {"analysis": analysis, "measure": measure, "reason": reason}
        for analysis, measure, reason in rows
    ]


def _accuracies(base: ToneBase) -> Iterator[Estimate]:
    """Estimate how often each model is right, on what it has read."""
    for model, part in apart(base.coded):
        yield from model_accuracy(part[~is_unread(part)], model=model or base.model)


def _both_versions(base: ToneBase) -> Iterator[Estimate]:
    """Estimate the monthly shares of the fixed panel and of all sources."""
    panel, everything = base.rows(base.panel), base.rows(base.everything)
    fixed = monthly_tone(panel)
    every = fixed if panel.equals(everything) else monthly_tone(everything)
    for each in _with_cautions(fixed, base.panel):
        yield replace(each, analysis=NET if each.measure == "net_tone" else FIXED)
    for each in _with_cautions(every, base.everything):
        analysis = NET_ALL if each.measure == "net_tone" else ALL
        yield replace(each, analysis=analysis, term=f"{each.term}, all sources")


def _with_cautions(estimates: Iterable[Estimate], version: SeriesBase) -> Iterator[Estimate]:
    """Name with each estimate the months and outlets that are left out."""
    warnings = tuple(line.replace("; ", ", ") for line in version.cautions())
    for each in estimates:
        yield replace(each, warnings=(*each.warnings, *warnings))


def tone_measures(study: Study, estimates: list[Estimate]) -> pd.DataFrame:
    """Give the monthly shares, and how much was collected, as rows of the measures table.

    Articles say how often people could read something, stories how much was written: a story that
    several outlets carry counts once, in the month in which it was first published (B14).

    Args:
        study: The study; its articles were classified.
        estimates: From ``tone_shares``.
    """
    table = articles_inside(study, study.read_table("articles"))
    months = sorted(table["month"].unique())
    counts = {
        "articles_collected": table.groupby("month").size(),
        "articles_relevant": table[table["relevant"] == 1].groupby("month").size(),
        **_story_counts(study),
    }
    parts = [from_estimates(each for each in estimates if each.analysis in {FIXED, NET})]
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
