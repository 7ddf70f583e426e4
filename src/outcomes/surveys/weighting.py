"""Which columns say how a sample was drawn, and what its weights are to meet?"""

from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.design_effect import effective_size, kish_design_effect
from outcomes.stats.lonely_psu import LonelyRule
from outcomes.stats.post_stratification import post_stratification
from outcomes.stats.raking import margins_met, raking
from outcomes.stats.replicate_weights import (
    given_replicates,
    jackknife_1,
    jackknife_n,
    rao_wu_bootstrap,
)
from outcomes.stats.sampling_stages import Floats
from outcomes.stats.survey_design import SurveyDesign, calibrated, limited, survey_design
from outcomes.stats.trimming import Trimming
from outcomes.surveys.margins import KnownMargin, placed

ReplicateKind = Literal["", "jk1", "jkn", "bootstrap", "brr"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """Which replicate weights tell the standard errors; none where they are linearized."""

    kind: ReplicateKind = ""
    columns: tuple[str, ...] = ()  # replicate weights in the file; empty where they are made here
    scale: float | None = None  # what a squared deviation counts, where the file's maker says so
    count: int = 500  # of bootstrap replicates
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The columns of a file that say how its sample was drawn, and what is known beside it."""

    weights: str = ""  # empty where all count alike
    strata: str = ""
    clusters: tuple[str, ...] = ()  # one a stage
    populations: tuple[str, ...] = ()  # one a stage
    nest: bool = False  # clusters are numbered anew in each stratum
    lonely: LonelyRule = "refuse"
    rake: tuple[KnownMargin, ...] = ()
    post_stratify: tuple[KnownMargin, ...] = ()
    trim: tuple[float, float] | None = None
    replication: Replication = field(default_factory=Replication)

    def text_columns(self) -> tuple[str, ...]:
        """Columns that name groups."""
        margins = (*self.rake, *self.post_stratify)
        crossed = [column for margin in margins for column in margin.columns]
        return tuple(dict.fromkeys([*filter(None, [self.strata]), *self.clusters, *crossed]))

    def number_columns(self) -> tuple[str, ...]:
        """Columns that hold weights and populations."""
        named = [*filter(None, [self.weights]), *self.populations, *self.replication.columns]
        return tuple(dict.fromkeys(named))


def sample_design(table: pd.DataFrame, sample: Sample, *, numbers: pd.DataFrame) -> SurveyDesign:
    """Make the design of a file's sample, with its weights adjusted as asked.

    Args:
        table: The text columns.
        sample: Which columns say what.
        numbers: The number columns, same rows.

    Raises:
        DataError: A rule of the design, of the margins or of the limits is broken.
    """
    if sample.rake and sample.post_stratify:
        raise DataError("rake or post-stratify, not both: put all that is known into one file")
    if len(sample.post_stratify) > 1:
        names = ", ".join(margin.name for margin in sample.post_stratify)
        raise DataError(
            f"post-stratification needs one column, or several crossed (sex:age), and got {names}. "
            "For several margins, rake"
        )
    design = survey_design(
        numbers[sample.weights] if sample.weights else None,
        rows=len(table),
        strata=table[sample.strata] if sample.strata else None,
        clusters=[table[column] for column in sample.clusters],
        populations=[numbers[column] for column in sample.populations],
        nest=sample.nest,
        lonely=sample.lonely,
    )
    people = float(design.weights.sum())
    if sample.rake:
        design = calibrated(design, raking(placed(table, sample.rake, people=people)))
    elif sample.post_stratify:
        (cells,) = placed(table, sample.post_stratify, people=people)
        design = calibrated(design, post_stratification(cells))
    if sample.trim is not None:
        design = limited(design, Trimming(low=sample.trim[0], high=sample.trim[1]))
    return _replicated(design, sample.replication, numbers=numbers)


def _replicated(design: SurveyDesign, how: Replication, *, numbers: pd.DataFrame) -> SurveyDesign:
    if how.columns:
        if how.kind not in ("jk1", "bootstrap", "brr"):
            raise DataError(
                "replicate weights in the file need a kind: brr, jk1 or bootstrap. For JKn choose "
                "jk1 and the scale that comes with the weights"
            )
        columns = numbers[list(how.columns)].to_numpy(dtype=float)
        return given_replicates(design, columns, kind=how.kind, scale=how.scale)
    if how.kind == "brr":
        raise DataError("balanced repeated replication needs its replicate weights in the file")
    if how.kind == "jk1":
        return jackknife_1(design)
    if how.kind == "jkn":
        return jackknife_n(design)
    if how.kind == "bootstrap":
        return rao_wu_bootstrap(design, count=how.count, seed=how.seed)
    return design


def weighting_sentences(table: pd.DataFrame, design: SurveyDesign, *, sample: Sample) -> list[str]:
    """Say what weighting did: how uneven the weights became, and what they meet."""
    weights = design.weights[design.weights > 0]
    lines = [
        f"Design effect of the weights (Kish): {kish_design_effect(weights):.3f}; "
        f"{weights.size} answers are worth {effective_size(weights):.1f}.",
        f"Smallest weight {weights.min():.6g}, largest {weights.max():.6g} "
        f"({weights.max() / weights.mean():.2f} times the mean); they add up to "
        f"{weights.sum():.10g}.",
    ]
    known = sample.rake or sample.post_stratify
    if known:
        people = float(design.base.sum())
        lines.append(_met(design.weights, table, known, people=people))
    if sample.trim is not None:
        before = design.base if design.calibration is None else (
            design.calibration.reweight(design.base)
        )  # fmt: skip
        low, high = sample.trim
        cut = int(((before[before > 0] < low) | (before > high)[before > 0]).sum())
        lines.append(f"Trimming held {cut} weights within {low:g} and {high:g}.")
    return lines


def _met(
    weights: Floats, table: pd.DataFrame, known: tuple[KnownMargin, ...], *, people: float
) -> str:
    off = margins_met(weights, placed(table, known, people=people))
    if max(off.values()) < 1e-8:
        return f"Margins met: {', '.join(off)}."
    worst = ", ".join(f"{name} off by {100 * share:.2g} %" for name, share in off.items())
    return f"Margins no longer met exactly after trimming: {worst}."
