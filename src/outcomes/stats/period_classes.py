"""How many items of each class a period holds, from a model that people's codes calibrate.

For each period it uses the codes of the *other* periods, so that the period's own codes can say
how wrong it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from outcomes.stats.class_calibration import (
    Calibration,
    Floats,
    Ints,
    Items,
    calibrate,
    predictors,
    softmax,
)

SHIFTS = (0.0, 0.25, 0.5, 0.75, 1.0)
_PRIOR_ITEMS = 0.3  # slows the updates of a class that seems to be absent
_MOST_STEPS = 300
_RIDGE = 1e-3  # of information, where two classes can hardly be told apart
_BOLD = 1.5  # power of the update, which halves the steps; after some it is taken plainly
_BOLD_STEPS = 200
_ASIDE = 0.5  # by how much the odds of a class that does not count vary between periods, in logs


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClasses:
    """The predicted shares of K classes in M periods under each of the shifts (first axis)."""

    shares: Floats  # (shifts, M, K): may lie a little below 0, where chance would have it so
    covariance: Floats  # (shifts, M, K, K): of prediction minus truth, if the shift is right
    residual: Floats  # (shifts, M, K): what the period's own codes say is missing
    residual_covariance: Floats  # (shifts, M, K, K); NaN where the period has no codes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Study:
    """What is the same for all periods."""

    items: Items
    table: Floats
    penalty: Floats
    weight: Floats  # of coded items: how many they stand for; 0 elsewhere
    group_sizes: Floats
    by_group: csr_array  # (groups, n): adds up the items of each group
    start: Floats
    held: Floats  # (K,): how strongly each class is held to its usual odds; 0 is not at all

    def fit(self, keep: Ints, start: Floats | None = None) -> Calibration:
        weight = self.weight[keep]
        return calibrate(
            self.table[keep],
            self.items.codes[keep],
            classes=self.items.classes,
            weight=weight * len(weight) / weight.sum(),
            penalty=self.penalty,
            center=self.table.mean(axis=0),
            start=start,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """One period under the calibration of the others."""

    rows: Ints
    chance: Floats  # (n, K): of each class where its shares are those of the coded items
    expected: Floats  # (n, K): the shares of the item's group there
    expected_slopes: Floats  # (groups, K, (K-1)d): of the logs of the groups' shares
    covariance: Floats  # of the calibration's weights


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flow:
    """How the log-multipliers of the classes after the reference vary."""

    inverse: Floats  # their covariance, (K-1, K-1)
    slopes: Floats  # in the calibration's weights, (K-1, (K-1)d)
    step: Floats  # what is left of the way to the best fit, beyond a share of 0, (K-1,)


def predict_periods(items: Items, *, counted: Floats | None = None) -> PeriodClasses:
    """Predict the class shares of every period, and say what its own codes add to that.

    Between the coded items and a period the shares of the classes may have shifted, or what the
    items look like. ``SHIFTS`` says how much of a change in the model's scores is read as a change
    of shares: all of it (1: the classes look as they always do, the prior shift of a confusion
    matrix), or none beyond what the scores say of each item (0: covariate shift). Which of them
    holds is left to whoever compares ``residual`` with its covariance.

    Args:
        items: All items that could have been drawn.
        counted: 0 for classes that are set aside, shape (K,); all count if omitted. Scores may
            not tell such a class from others: its odds are therefore taken to vary little.

    Raises:
        numpy.linalg.LinAlgError: There are too few codes outside a period to calibrate anything;
            ``partially_pooled_shares`` refuses that before.

    Source:
        Saerens, Latinne & Decaestecker (2002), Neural Computation 14: 21-41 (the mixture);
        Alexandari, Kundaje & Shrikumar (2020), ICML (with recalibration). Variances by the delta
        method; derived on the method page.
    """
    study = _study(items, np.ones(items.classes) if counted is None else counted)
    periods = int(items.period.max()) + 1
    size = (len(SHIFTS), periods, items.classes)
    found = PeriodClasses(
        shares=np.zeros(size),
        covariance=np.zeros((*size, items.classes)),
        residual=np.zeros(size),
        residual_covariance=np.full((*size, items.classes), np.nan),
    )
    for number in range(periods):
        period = _outside(study, number)
        multipliers, mixed, reached = _mixture(period, held=study.held)
        flow = _flow(study, period, (multipliers, mixed, reached))
        # between no change and all of it: what a code's chance error would usually be
        likely = (period.chance + mixed) / 2
        for shift, power in enumerate(SHIFTS):
            chance = _normed(period.chance * multipliers**power)
            # a share of 0 may be cut off; going on below it keeps the estimate unbiased
            beyond = power * _spread(chance)[:, 1:] @ flow.step / len(chance)
            beyond = beyond / max(1.0, float(np.abs(beyond).max()))
            found.shares[shift, number] = chance.mean(axis=0) + beyond
            found.covariance[shift, number] = _variance(study, period, chance, flow, power=power)
            found.residual[shift, number] = -beyond
            _add_residual(found, study, period, (chance, likely), at=(shift, number))
    return found


def _study(items: Items, counted: Floats) -> _Study:
    table, penalty = predictors(items)
    weight = np.where(items.coded, 1.0 / np.where(items.coded, items.probability, 1.0), 0.0)
    sizes = np.maximum(np.bincount(items.group), 1).astype(float)
    places = (items.group, np.arange(len(items.group)))
    whole = _Study(
        items=items,
        table=table,
        penalty=penalty,
        weight=weight,
        group_sizes=sizes,
        by_group=csr_array((np.ones(len(items.group)), places)),
        start=np.zeros((table.shape[1], items.classes - 1)),
        held=np.r_[0.0, np.where(counted[1:] == 0, _ASIDE**-2, 0.0)],
    )
    return replace(whole, start=whole.fit(np.flatnonzero(items.coded)).weights)


def _outside(study: _Study, number: int) -> _Period:
    """Calibrate on the codes of the other periods."""
    items, table = study.items, study.table
    rows = np.flatnonzero(items.period == number)
    fitted = study.fit(np.flatnonzero(items.coded & (items.period != number)), study.start)
    chance = softmax(table @ fitted.weights)
    groups, width = len(study.group_sizes), table.shape[1]
    shares = (
        np.stack([np.bincount(items.group, each, groups) for each in chance.T], axis=1)
        / study.group_sizes[:, None]
    )
    shares = np.clip(shares, 1e-6, 1.0)
    slopes = np.zeros((groups, items.classes, (items.classes - 1) * width))
    for free in range(items.classes - 1):
        for kind in range(items.classes):
            pull = chance[:, kind] * ((kind == free + 1) - chance[:, free + 1])
            total = study.by_group @ (table * pull[:, None])
            slopes[:, kind, free * width : (free + 1) * width] = total / (
                study.group_sizes[:, None] * shares[:, [kind]]
            )
    return _Period(
        rows=rows,
        chance=chance[rows],
        expected=shares[items.group[rows]],
        expected_slopes=slopes,
        covariance=fitted.covariance,
    )


def _mixture(period: _Period, *, held: Floats) -> tuple[Floats, Floats, Floats]:
    """Find the multipliers of the class odds under which the period's scores fit best.

    Returns:
        The multipliers, shape (K,), that of the reference being 1; with them, each item's chances
        given its scores, and given its group alone.
    """
    kinds = period.chance.shape[1]
    found = np.ones(kinds)
    prior = _PRIOR_ITEMS * period.expected.mean(axis=0) + 2 * np.r_[held.sum(), held[1:]]
    for step in range(_MOST_STEPS):
        reached = _normed(period.expected * found)
        mixed = _normed(period.chance * found)
        back = _toward_usual(found, held)
        up, down = prior + np.maximum(back, 0.0), prior - np.minimum(back, 0.0)
        ratio = (mixed.sum(axis=0) + up) / (reached.sum(axis=0) + down)
        found = found * ratio ** (_BOLD if step < _BOLD_STEPS else 1.0)
        found = found / found[0]
        if float((np.abs(ratio - 1) * reached.mean(axis=0)).max()) < 1e-7:
            break
    return found, _normed(period.chance * found), _normed(period.expected * found)


def _toward_usual(multipliers: Floats, held: Floats) -> Floats:
    """The slope of the held classes' normal log-prior; what they gain the reference loses."""
    back = -held * np.log(multipliers)
    return np.asarray(np.r_[-back[1:].sum(), back[1:]])


def _flow(study: _Study, period: _Period, fit: tuple[Floats, Floats, Floats]) -> _Flow:
    """Give the covariance of the log-multipliers, and what they depend on.

    The information is that of the missing-information principle: what the classes would tell if
    they were known, less what is lost because only scores are. Only classes that do not count
    have a prior: of the others, near a share of 0, it would pass for knowledge.
    """
    multipliers, mixed, reached = fit
    kinds, pull = mixed.shape[1], (mixed - reached)[:, 1:]
    information = pull.T @ pull + np.diag(study.held[1:])
    left = pull.sum(axis=0) + _toward_usual(multipliers, study.held)[1:]
    size = np.sqrt(np.diag(information)) + 1e-12
    both = np.outer(size, size)
    inverse = np.linalg.inv(information / both + _RIDGE * np.eye(kinds - 1)) / both
    slopes = _slopes(study, period, mixed)
    for group, (first, many) in enumerate(_firsts(study.items.group[period.rows])):
        if many:
            share = reached[first]
            spread = np.diag(share) - np.outer(share, share)
            slopes = slopes - many * spread @ period.expected_slopes[group]
    return _Flow(inverse=inverse, slopes=inverse @ slopes[1:kinds], step=inverse @ left)


def _firsts(groups: Ints) -> Iterator[tuple[int, int]]:
    """For each group the place of its first item, and how many it has."""
    for group in range(int(groups.max()) + 1 if len(groups) else 0):
        places = np.flatnonzero(groups == group)
        yield (int(places[0]) if len(places) else 0), len(places)


def _slopes(study: _Study, period: _Period, chance: Floats) -> Floats:
    """The slopes of the summed chances in the calibration's weights, shape (K, (K-1)d)."""
    table, kinds = study.table[period.rows], chance.shape[1]
    return np.vstack(
        [
            np.concatenate(
                [
                    (chance[:, kind] * ((kind == free + 1) - chance[:, free + 1])) @ table
                    for free in range(kinds - 1)
                ]
            )
            for kind in range(kinds)
        ]
    )


def _variance(
    study: _Study, period: _Period, chance: Floats, flow: _Flow, *, power: float
) -> Floats:
    """The covariance of prediction minus truth: multipliers, the items' own chance, calibration."""
    size, spread = len(chance), _spread(chance)
    by_multipliers = power * spread[:, 1:] / size
    by_weights = _slopes(study, period, chance) / size + by_multipliers @ flow.slopes
    return np.asarray(
        by_multipliers @ flow.inverse @ by_multipliers.T
        + spread / size**2
        + by_weights @ period.covariance @ by_weights.T
    )


def _add_residual(
    found: PeriodClasses,
    study: _Study,
    period: _Period,
    chances: tuple[Floats, Floats],
    *,
    at: tuple[int, int],
) -> None:
    """Weigh what the period's own codes differ from what was expected of those items."""
    own = study.items.coded[period.rows]
    if not own.any():
        return
    rows, expected, likely = period.rows[own], chances[0][own], chances[1][own]
    weight, size = study.weight[rows], len(period.rows)
    given = np.eye(study.items.classes)[study.items.codes[rows]]
    found.residual[at] += ((given - expected) * weight[:, None]).sum(axis=0) / size
    part = weight**2 * (1 - study.items.probability[rows])
    found.residual_covariance[at] = _spread(likely, part) / size**2


def _spread(chance: Floats, part: Floats | None = None) -> Floats:
    weighed = chance if part is None else chance * part[:, None]
    return np.diag(weighed.sum(axis=0)) - weighed.T @ chance


def _normed(values: Floats) -> Floats:
    return np.asarray(values / values.sum(axis=1, keepdims=True))
