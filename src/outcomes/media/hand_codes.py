"""The coded articles of a table, what they stand for, and the shares that they make alone."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.media.classify import TONES
from outcomes.settings import AGENCY
from outcomes.stats.share import domain_share

UNIT = "share of articles"
METHOD = (
    "human codes of a random sample of articles (Hájek ratio, Korn-Graubard interval), from those "
    "that a model takes for relevant"
)
CENSUS = "all articles of the period coded by people: an exact count"
ASSUMPTIONS = (
    "the coded articles were drawn at random within each period with the probabilities given",
    "articles that were not collected, or that the model took for irrelevant, do not count",
    "the coders followed the codebook, whose tone is about law enforcement and not the event",
)
_COLUMNS = ("period", "tone", "human_relevant", "human_tone", "probability")
_NEARLY = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One period and its articles."""

    label: str
    rows: pd.DataFrame
    level: float

    @property
    def coded(self) -> bool:
        """Whether any of its articles was coded."""
        return bool(self.rows["human_relevant"].notna().any())


def require_coded(coded: pd.DataFrame) -> None:
    """Refuse a table that ``prepare_coded`` did not make.

    Raises:
        DataError: A column is missing.
    """
    missing = [name for name in _COLUMNS if name not in coded.columns]
    if missing:
        raise DataError(f"the coded articles lack the column(s) {', '.join(missing)}")


def stratum_of(coded: pd.DataFrame) -> pd.Series:
    """In what each article was drawn: the period, or the month inside a longer period."""
    return coded["stratum"] if "stratum" in coded else coded["period"]


def sampled_articles(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Take the coded articles, with probabilities such that they stand for all of each stratum.

    Part of a sample may not have been coded, or part of the articles may have been left out since,
    or chance took more or fewer of a month. How many articles there are is known.

    Args:
        rows: From ``prepare_coded``; perhaps with ``stratum``.

    Returns:
        The coded rows with ``probability`` and ``stratum``, and sentences on what speaks against
        them.
    """
    table = rows.assign(stratum=stratum_of(rows))
    sampled = table[table["human_relevant"].notna()]
    sizes = table.groupby("stratum").size()
    warnings: list[str] = []
    parts = []
    for stratum, group in sampled.groupby("stratum"):
        size, stands_for = int(sizes[stratum]), float((1 / group["probability"]).sum())
        if stands_for / size < _NEARLY:
            number = f"{stands_for:.1f}".removesuffix(".0")
            warnings.append(
                f"{stratum}: the codes stand for {number} of {size} articles, as when part "
                "of a sample was not coded. If that part differs, the shares are off"
            )
        parts.append(group.assign(probability=_scaled(group["probability"], size=size)))
    if "agreed" in sampled and (split := int((sampled["agreed"] == False).sum())):  # noqa: E712
        warnings.append(f"coders disagreed on {split} of {len(sampled)} coded articles")
    return (pd.concat(parts) if parts else sampled), tuple(warnings)


def _scaled(probability: pd.Series, *, size: int) -> pd.Series:
    """Make the weights add up to the articles; one that was certain to be drawn stays so."""
    total = float((1 / probability).sum())
    if total <= size:
        return probability * (total / size)
    certain = probability >= 1
    left, known = size - int(certain.sum()), float((1 / probability[~certain]).sum())
    if left <= 0 or not known:
        return probability
    return (probability * (known / left)).clip(upper=1.0).where(~certain, 1.0)


def human_shares(
    rows: pd.DataFrame, *, about: str, level: float, period: str = "", scope: str = ""
) -> list[Estimate]:
    """Estimate the three shares of one period, or of all together, from the codes alone.

    Args:
        rows: As for ``sampled_articles``.
        about: Of what, for the term.
        level: Confidence level.
        period: To be written into the estimates.
        scope: Only of articles of this scope; empty for all.

    Returns:
        Three estimates, or none where fewer than two relevant articles were coded.
    """
    sampled, warnings = sampled_articles(rows)
    inside = sampled["human_relevant"] == 1
    if scope:
        inside &= sampled["scope"] == scope
    if int(inside.sum()) < 2:
        return []
    whole = len(sampled) == len(rows) and bool((sampled["probability"] >= 1).all())
    found = []
    for tone, word in TONES.items():
        share = domain_share(
            (sampled["human_tone"] == tone).astype(float),
            inside.astype(float),
            probability=sampled["probability"],
            strata=sampled["stratum"],
            term=f"articles {word} about law enforcement, {about}",
            unit=UNIT,
            level=level,
        )
        found.append(
            replace(
                share,
                method=CENSUS if whole else METHOD,
                assumptions=ASSUMPTIONS,
                warnings=(*share.warnings, *warnings),
                analysis="tone",
                measure=f"tone_{word}",
                place=AGENCY,
                period=period,
            )
        )
    return found


def uncovered(coded: pd.DataFrame) -> tuple[str, ...]:
    """Name the periods in which nothing was coded, of which a figure over all says nothing."""
    with_codes = set(coded.loc[coded["human_relevant"].notna(), "period"])
    absent = sorted(set(coded["period"]) - with_codes)
    if not absent:
        return ()
    return (f"says nothing of {', '.join(absent)}, for which no article was coded",)


def model_accuracy(coded: pd.DataFrame, *, model: str, level: float = 0.95) -> list[Estimate]:
    """Estimate which share of relevant articles a model gives the tone that people gave.

    Args:
        coded: From ``prepare_coded``.
        model: Its name, for the term.
        level: Confidence level.

    Returns:
        One estimate with ``analysis`` ``"tone model"``, or none if fewer than two relevant
        articles were coded.
    """
    sampled, warnings = sampled_articles(coded)
    inside = sampled["human_relevant"] == 1
    if int(inside.sum()) < 2:
        return []
    share = domain_share(
        (sampled["tone"] == sampled["human_tone"]).astype(float),
        inside.astype(float),
        probability=sampled["probability"],
        strata=sampled["stratum"],
        term=f"articles to which the model {model} gives the tone that people gave",
        unit=UNIT,
        level=level,
    )
    warnings = (*share.warnings, *warnings, *uncovered(coded))
    return [
        replace(
            share, assumptions=ASSUMPTIONS, warnings=warnings, analysis="tone model", place=AGENCY
        )
    ]


def counted(rows: pd.DataFrame) -> int:
    """How many articles people coded and found relevant."""
    return int(np.count_nonzero(rows["human_relevant"] == 1))
