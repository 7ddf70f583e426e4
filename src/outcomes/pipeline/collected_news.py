"""What a report shows of the news beside its tone: coverage, counts, and what is left out."""

from collections.abc import Mapping

import pandas as pd

from outcomes.media.coder_pairs import ANSWERS
from outcomes.pipeline.agreement import confusion_counts
from outcomes.pipeline.coverage import series_bases
from outcomes.pipeline.news_prompted import unmarked_contacts
from outcomes.pipeline.series_model import model_breaks
from outcomes.pipeline.tone_drift import drift_cautions, drift_requests
from outcomes.report.coverage import OutletMonth
from outcomes.report.news import NO_NEWS, News
from outcomes.study import Study

_COUNTS = ("articles_collected", "articles_relevant", "stories_collected", "stories_relevant")


def collected_news(study: Study, *, public: bool = False) -> News:
    """Read from results/ what was collected; nothing where no article and no poll is there.

    Args:
        study: The study.
        public: Whether it is for the public, which sees no coder.
    """
    if not (study.results / "coverage.csv").exists():
        return NO_NEWS
    table = study.read_table("coverage")
    table = table.assign(mark=table["mark"].fillna(""))
    if not (table["coverage"] > 0).any():
        return NO_NEWS
    return News(
        coverage=[_cell(row) for row in table.to_dict("records")],
        counts=_counts(study),
        left_out=[*series_bases(study, table)[0].cautions(), *_unmarked(study)],
        agreement=() if public else _agreement(study),
        confusion={} if public else _confusion(study),
        answers=ANSWERS,
        breaks=model_breaks(study),
        drift=list(drift_cautions(study).items()),
        requests=() if public else list(drift_requests(study).values()),
    )


def _unmarked(study: Study) -> list[str]:
    """Say where media contacts are on record and no article is marked as prompted (A8)."""
    if not (study.results / "articles.csv").exists():
        return []
    articles = study.read_table("articles")
    return unmarked_contacts(study, articles["month"], pd.to_numeric(articles["prompted"]))


def _agreement(study: Study) -> list[str]:
    """Say how far the coders agree, of tone and of relevance."""
    if not (study.results / "agreement.csv").exists():
        return []
    table = study.read_table("agreement")
    alphas = table[(table["statistic"] == "alpha") & (table["level"] == "nominal")]
    told = zip(alphas["question"], alphas["reading"].fillna(""), strict=True)
    return [f"Agreement of coders, {question}: {reading}" for question, reading in told if reading]


def _confusion(study: Study) -> dict[str, list[list[int]]]:
    if not (study.results / "agreement_confusion.csv").exists():
        return {}
    return confusion_counts(study)


def _cell(row: Mapping[str, object]) -> OutletMonth:
    number = {name: float(str(value)) for name, value in row.items() if name in _NUMBERS}
    return OutletMonth(
        outlet=str(row["outlet"]),
        panel=bool(row["panel"]),
        month=str(row["month"]),
        coverage=number["coverage"],
        mark=str(row["mark"]),
        planned=int(number["polls_planned"]),
        made=int(number["polls_made"]),
        failed=int(number["polls_failed"]),
        silence=number["longest_silence_hours"],
        articles=int(number["articles"]),
    )


_NUMBERS = (
    "coverage", "polls_planned", "polls_made", "polls_failed", "longest_silence_hours", "articles",
)  # fmt: skip


def _counts(study: Study) -> list[tuple[str, dict[str, int]]]:
    """Read from the measures how many articles and stories each month holds."""
    if not (study.results / "measures.csv").exists():
        return []
    measures = study.read_table("measures")
    rows = measures[measures["measure"].isin(_COUNTS)]
    found: dict[str, dict[str, int]] = {}
    for month, measure, value in zip(rows["period"], rows["measure"], rows["value"], strict=True):
        if pd.notna(value):
            found.setdefault(str(month), {})[str(measure)] = int(value)
    return sorted(found.items())
