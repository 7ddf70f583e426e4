"""Which model read which months: a month's shares rest on one model, and a change shows.

A model's mistakes are its own. So the readings of two models are never mixed in one month, and the
codes of months that one model read calibrate no other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from outcomes.media.classify import P_COLUMNS

UNREAD = "unread"  # a column: another model read the article than the one of its period


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthModels:
    """The model of each period, and how many of its articles another one read."""

    reader: Mapping[str, str]  # in the order of the periods
    others: Mapping[str, int]  # only of periods that mix models
    articles: Mapping[str, int]

    @property
    def breaks(self) -> tuple[tuple[str, str], ...]:
        """The first period of each model after the first, and its name."""
        runs = [(next(iter(months))[0], model) for model, months in self._runs()]
        return tuple(runs[1:])

    def sentences(self) -> tuple[str, ...]:
        """Say which model read which periods, if there is more than one, and which mix them."""
        runs = [(model, [month for month, _ in months]) for model, months in self._runs()]
        told = []
        if len(runs) > 1:
            spans = ", then ".join(f"{model} for {_span(months)}" for model, months in runs)
            told.append(
                f"the series breaks where the model changed: {spans}. A change from one to the "
                "other may be the model's and not the news'"
            )
        for month, many in self.others.items():
            told.append(
                f"{many} of {self.articles[month]} articles of {month} were read by another model "
                f"than {self.reader[month]} and count as not read: the codes alone speak for them"
            )
        return tuple(told)

    def _runs(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        for model, months in groupby(self.reader.items(), key=lambda each: each[1]):
            yield model, list(months)


def _span(months: list[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


def month_models(periods: pd.Series, models: pd.Series) -> MonthModels:
    """Find the model of each period: the one that read most of its articles.

    Args:
        periods: Of each article; those without one are left out.
        models: The model that read it; "" where it is not known.

    Returns:
        The models by period. Between models that read equally many, the one that read more in
        other periods is taken.
    """
    table = pd.DataFrame({"period": periods.to_numpy(), "model": models.fillna("").to_numpy()})
    table = table[(table["period"] != "") & (table["model"] != "")]
    everywhere = table["model"].value_counts()
    reader, others, articles = {}, {}, {}
    for period, read in table.groupby("period", sort=True)["model"]:
        counts = read.value_counts()
        best = max(counts.index, key=lambda name: (counts[name], everywhere[name], name))
        reader[str(period)], articles[str(period)] = str(best), int(counts.sum())
        if len(counts) > 1:
            others[str(period)] = int(counts.sum() - counts[best])
    return MonthModels(reader=reader, others=others, articles=articles)


def apart(coded: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Part a table of articles by the model of their period.

    Args:
        coded: From ``prepare_coded``.

    Returns:
        The models' names and the articles of their periods, by the first of these. An article that
        another model read keeps its codes and loses its scores; ``unread`` marks it. Where all was
        read by one model, or nothing is said of models, the table as it is.
    """
    if "model" not in coded or coded.loc[coded["model"] != "", "model"].nunique() < 2:
        return [("", coded)]
    models = month_models(coded["period"], coded["model"])
    reader = coded["period"].map(models.reader).fillna("")
    unread = (coded["model"] != reader) & (coded["model"] != "")
    scores = [name for name in ("tone", *P_COLUMNS) if name in coded]
    table = coded.assign(**{name: coded[name].mask(unread) for name in scores}, unread=unread)
    return [(model, table[reader == model]) for model in dict.fromkeys(models.reader.values())]


def is_unread(coded: pd.DataFrame) -> pd.Series:
    """Say which articles lack a reading by the model of their period, from ``apart``."""
    if UNREAD not in coded:
        return pd.Series(False, index=coded.index)
    return coded[UNREAD]
