"""One estimate from a complex sample with its standard error, before it is put into words."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.design_effect import (
    design_effect,
    kish_design_effect,
    taken_without_replacement,
)
from outcomes.stats.replicate_weights import replicate_variance
from outcomes.stats.sampling_stages import Floats
from outcomes.stats.survey_design import SurveyDesign, degrees_of_freedom, survey_design
from outcomes.stats.taylor import linearized_covariance, scored_covariance

FEW = 10  # answers, or degrees of freedom, below which t and logit intervals are rough
NO_SPREAD = 1e-12  # of the value: a standard error below it is rounding
_INDEPENDENT = "respondents were drawn and answered independently of each other"
_CLUSTERS = "clusters were drawn independently of each other"
_WEIGHTS = "the weights make up for unequal chances to be in the sample"
_TOTALS = "the known totals hold for the population that was asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyStatistic:
    """An estimate with everything that its interval, its words and its table row need."""

    value: float
    se: float
    df: int
    deff: float  # variance by that of a simple random sample of as many answers
    n: int  # answers with a weight above 0
    dropped: int
    kish: float  # design effect of the weights alone
    design: SurveyDesign

    def without_spread(self) -> "SurveyStatistic":
        """Give the same with a standard error of exactly 0, where only rounding is left of it."""
        return replace(self, se=0.0, deff=0.0 if self.deff == self.deff else self.deff)

    def reach(self, level: float) -> float:
        """Half the width of the t interval."""
        return self.se * float(stats.t.ppf((1 + level) / 2, self.df))

    def how(self) -> str:
        """Say how the standard error was found, and with which degrees of freedom."""
        made = self.design.replicates
        freedom = f"t({self.df})"
        if made is None:
            plain = not (self.design.clustered or self.design.stratified)
            freedom = "t(n-1)" if plain else "t(clusters - strata)"
        deff = f", Kish design effect {self.kish:.2f}" if self.design.weighted else ""
        return f"{'linearized' if made is None else made.kind}, {freedom}{deff}"

    def kind(self) -> str:
        """Begin the name of the method."""
        return "weighted " if self.design.weighted else "unweighted "

    def assumptions(self) -> tuple[str, ...]:
        """Say what must hold for the interval to mean what it says."""
        drawn = _CLUSTERS if self.design.clustered else _INDEPENDENT
        known = (_TOTALS,) if self.design.calibration is not None else ()
        return (drawn, _WEIGHTS, *known) if self.design.weighted else (drawn, *known)

    def warnings(self, term: str, *, fewest: int, what: str) -> tuple[str, ...]:
        """Say what in these data speaks against the interval."""
        found = []
        if fewest < FEW:
            found.append(f"{term}: only {fewest} {what}, so the interval is rough")
        elif self.df < FEW:
            found.append(
                f"{term}: only {self.df} more clusters than strata, so the interval is rough"
            )
        if self.kish >= 1.5:
            found.append(
                f"{term}: unequal weights make {self.n} answers worth {self.n / self.kish:.0f} "
                f"(design effect {self.kish:.2f})"
            )
        return tuple(found)

    def estimate(self, name: str, *, term: str, unit: str, level: float) -> Estimate:
        """Put it into words, with a t interval."""
        reach = self.reach(level)
        return Estimate(
            term=term,
            value=self.value,
            se=self.se,
            low=self.value - reach,
            high=self.value + reach,
            level=level,
            n=self.n,
            dropped=self.dropped,
            unit=unit,
            method=f"{self.kind()}{name}, {self.how()}",
            assumptions=self.assumptions(),
            warnings=self.warnings(term, fewest=self.n, what="answers"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Whose values enter an estimate."""

    used: NDArray[np.bool_] | None  # (rows,); None: all of them
    n: int
    dropped: int  # of the group and sampled, but without a value

    def only(self, values: Floats) -> Floats:
        """Give the values with 0 for whoever does not enter."""
        return values if self.used is None else np.where(self.used, values, 0.0)

    def members(self, size: int) -> Floats:
        """Give 1 for whoever enters, 0 for the others."""
        return np.ones(size) if self.used is None else self.used.astype(float)


def as_design(
    design: ArrayLike | SurveyDesign | None,
    *,
    size: int,
    term: str,
    population: int | None = None,
) -> SurveyDesign:
    """Take a design as it is, or make one of weights (or of nothing but the number of rows).

    Raises:
        DataError: Sizes differ, or the population is smaller than the sample or given twice.
    """
    if isinstance(design, SurveyDesign):
        if design.weights.size != size:
            raise DataError(f"{term}: {size} values but {design.weights.size} rows in the design")
        if population is not None:
            raise DataError(f"{term}: the design holds the populations already; give them there")
        return design
    weights = None if design is None else np.asarray(design, dtype=float).ravel()
    if weights is not None and weights.size != size:
        raise DataError(f"{term}: {size} values but {weights.size} weights")
    if population is None:
        return survey_design(weights, rows=size)
    if population < size:
        raise DataError(f"{term}: the sample ({size}) is larger than its population ({population})")
    whole = [np.full(size, float(population))]
    found = survey_design(np.ones(size) if weights is None else weights, populations=whole)
    return found if weights is not None else replace(found, weighted=False)


def answered(
    values: Floats, design: SurveyDesign, *, term: str, domain: ArrayLike | None
) -> Answers:
    """Find whose values enter: sampled, of the group, and not missing.

    Raises:
        DataError: The marks of the group have another length, or fewer than two answers remain.
    """
    if domain is None and design.sampled is None and not np.isnan(values.sum()) and values.size > 1:
        return Answers(used=None, n=values.size, dropped=0)
    sampled = np.ones(values.size, dtype=bool) if design.sampled is None else design.sampled
    inside = sampled
    if domain is not None:
        marks = np.asarray(domain, dtype=bool).ravel()
        if marks.size != values.size:
            raise DataError(
                f"{term}: {values.size} values but {marks.size} marks of who is in the group"
            )
        inside = marks & sampled
    known = ~np.isnan(values)
    used = inside & known
    n = int(used.sum())
    if n < 2:
        raise DataError(f"{term}: two answers or more are needed, got {n}")
    dropped = int(inside.sum()) - n
    return Answers(used=None if n == values.size else used, n=n, dropped=dropped)


def survey_statistic(
    design: SurveyDesign,
    answers: Answers,
    *,
    value: float,
    influence: Floats,
    columns: Callable[[], list[Floats]],
    of_totals: Callable[[Floats], Floats],
    lost: int = 0,
) -> SurveyStatistic:
    """Give an estimate its standard error, by linearization or by the design's replicates.

    Args:
        design: How the sample was drawn.
        answers: Who entered.
        value: The estimate.
        influence: As ``linearized_covariance`` takes it.
        columns: The variables whose weighted totals make up the estimate, for replicates.
        of_totals: From such totals to the estimate.
        lost: Degrees of freedom beyond those of the strata.

    Raises:
        DataError: There are not more clusters than strata, which leaves no spread.
    """
    carried = influence * design.weights
    if design.replicates is not None:
        variance = replicate_variance(design, columns(), of_totals=of_totals)
    elif design.calibration is not None:
        variance = float(linearized_covariance(design, [influence])[0, 0])
    else:
        variance = float(scored_covariance(design, [carried])[0, 0])
    df = degrees_of_freedom(design, answers.used) - lost
    if df < 1:
        raise DataError(
            "the answers come from too few clusters: there must be more clusters than strata"
        )
    own = design.weights if answers.used is None else design.weights[answers.used]
    people = float(own.sum())
    deff = design_effect(variance, influence=influence, carried=carried, people=people, n=answers.n)
    deff /= taken_without_replacement(design, people=people, n=answers.n)
    return SurveyStatistic(
        value=value,
        se=float(np.sqrt(variance)),
        df=df,
        deff=deff,
        n=answers.n,
        dropped=answers.dropped,
        kish=kish_design_effect(own),
        design=design,
    )
