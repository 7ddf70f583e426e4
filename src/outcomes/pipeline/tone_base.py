"""Media step: the articles with their settled codes, on which every share of tone rests."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from outcomes.errors import DataError
from outcomes.media.coded import prepare_coded
from outcomes.media.fixed_panel import SeriesBase
from outcomes.pipeline.agreement import agreement_warning
from outcomes.pipeline.coverage import coverage_table, series_bases
from outcomes.pipeline.series_model import models_of_months
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.study import Study

_KEPT = ("url", "prompted", "about_us")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneBase:
    """What the series of tone rest on."""

    coded: pd.DataFrame  # as prepare_coded, with url, prompted and about_us
    panel: SeriesBase
    everything: SeriesBase
    model: str  # that read the first article; ``coded`` says it of each
    cautions: tuple[str, ...]  # that stand beside every share

    def rows(self, base: SeriesBase) -> pd.DataFrame:
        """Take the articles of one version's months and outlets, the codes standing for them."""
        rows = self.coded[self.coded["period"].isin(base.months)]
        return standing_for(rows, rows["outlet"].isin(base.outlets))


def tone_base(study: Study, coverage: pd.DataFrame | None = None) -> ToneBase | None:
    """Gather the classified articles of the study's months, and what people said of them.

    Args:
        study: The study.
        coverage: From ``find_coverage``, if it is known already.

    Returns:
        The base, or None where no article lies in the study's months.

    Raises:
        FileError: No article was classified yet.
        DataError: An article that people coded was imported after the others were classified.
    """
    articles = study.read_table("articles")
    months = dict(zip(articles["url"], articles["month"].fillna(""), strict=True))
    settled = settled_codes(study, months=months)
    if late := len(set(settled.codes["url"]) - set(articles["url"])):
        raise DataError(
            f"results/articles.csv lacks {late} of the coded articles: they were imported after it "
            "was written. Run: outcomes evaluate"
        )
    inside = articles_inside(study, articles)
    if inside.empty:
        return None
    panel, everything = series_bases(study, coverage_table(study) if coverage is None else coverage)
    with_codes = inside.merge(settled.codes, on="url", how="left")
    coded, _ = prepare_coded(with_codes, period="month")
    kept = with_codes.reindex(columns=list(_KEPT)).loc[coded.index]
    warning = agreement_warning(study)
    told = warning.replace("; ", ", ").removesuffix(".")
    cautions = (told,) if told and len(settled.codes) else ()
    return ToneBase(
        coded=coded.assign(**{name: kept[name] for name in _KEPT}),
        panel=panel,
        everything=everything,
        model=str(inside["model"].iloc[0]),
        cautions=(
            *cautions,
            *settled.sentences(),
            *models_of_months(study, inside).sentences(),
        ),
    )


def articles_inside(study: Study, articles: pd.DataFrame) -> pd.DataFrame:
    """Take the articles of the study's months."""
    return articles[articles["month"].isin(study.months())]


def standing_for(coded: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """Take some of the articles; the sampled ones among them stand for them, and for no others.

    A sample of a month falls by chance more or less often on the articles that are chosen. How
    many those are is known, so the probabilities are set such that the codes stand for as large a
    share of them as they did of all articles.
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
