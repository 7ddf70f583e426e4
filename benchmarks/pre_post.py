"""Pre/post of a class: coverage of intervals for sizes and odds, and how often no change is found.

Run: .venv/bin/python benchmarks/pre_post.py --sizes 4000 --odds 200. Classes are simulated, so that
the true change is known. "rule of thumb" is the interval that a popular package gives for a paired
d: its error is sqrt(1/n + d^2 / 2n), whatever the correlation of the two scores.
"""

import argparse
import time
from collections.abc import Iterable

import numpy as np
from scipy import special, stats

from outcomes.errors import DataError
from outcomes.stats.cumulative_link import NODES, LinkFit, cumulative_link, sorted_answers
from outcomes.stats.marginal_homogeneity import marginal_homogeneity
from outcomes.stats.odds_change import Profile
from outcomes.stats.standardized_change import shared_df, small_sample_factor

SIZE = 0.5
CUTS = [-3, -1, 1, 3]


def sizes(n: int, correlation: float, *, ratio: float, reps: int, seed: int) -> list[str]:
    """Cover the true d_av, and average d_av and g_av, over simulated classes."""
    rng = np.random.default_rng([seed, n, round(100 * correlation)])
    spread = np.array([[1.0, correlation * ratio], [correlation * ratio, ratio**2]])
    shift = SIZE * np.sqrt((1 + ratio**2) / 2)
    people = rng.multivariate_normal([0.0, shift], spread, size=(reps, n))
    change = people[:, :, 1] - people[:, :, 0]
    between = np.sqrt(people.var(axis=1, ddof=1).mean(axis=1))
    error = change.std(axis=1, ddof=1) / np.sqrt(n)
    t, d = change.mean(axis=1) / error, change.mean(axis=1) / between
    sign = np.where(t < 0, -1.0, 1.0)  # the inversion is accurate for positive t
    near, far = (special.nctdtrinc(n - 1, tail, np.abs(t)) for tail in (0.975, 0.025))
    low, high = (np.where(sign > 0, a, -b) for a, b in ((near, far), (far, near)))
    ours = (low * error / between <= SIZE) & (high * error / between >= SIZE)
    reach = stats.t.ppf(0.975, n - 1) * np.sqrt(1 / n + d * d / (2 * n))
    thumb = np.abs(d - SIZE) <= reach
    some = people[: min(reps, 500)]
    factor = np.mean([small_sample_factor(shared_df(each[:, 0], each[:, 1])) for each in some])
    mean, corrected = float(d.mean()), float(d.mean() * factor)
    shown = [f"{100 * each.mean():.1f}" for each in (ours, thumb)]
    return [str(n), str(correlation), str(ratio), *shown, f"{mean:.3f}", f"{corrected:.3f}"]


def odds(n: int, shift: float, *, unlinked: int, reps: int, seed: int) -> list[str]:
    """Cover a planted shift of ordered answers, and count findings."""
    rng = np.random.default_rng([seed, n, unlinked, round(100 * shift)])
    refused, swapped, told = 0, 0, []
    start = time.process_time()
    for _ in range(reps):
        stands = rng.normal(0, 1.5, n)
        before, after = (
            np.digitize(stands + by + rng.logistic(size=n), CUTS).astype(float)
            for by in (0.0, shift)
        )
        swapped += _swapped(before, after)
        before[:unlinked], after[unlinked : 2 * unlinked] = np.nan, np.nan
        try:
            told.append(_judged(before, after, shift=shift))
        except DataError:
            refused += 1
    covered, found, shifts = np.array(told).T
    seconds = (time.process_time() - start) / reps
    return [
        *(str(n), str(2 * unlinked), f"{shift:g}", f"{100 * covered.mean():.1f}"),
        *(f"{100 * found.mean():.1f}", f"{np.median(shifts):.2f}", str(refused)),
        *(f"{100 * swapped / reps:.1f}", f"{1000 * seconds:.0f}"),
    ]


def _judged(before: np.ndarray, after: np.ndarray, *, shift: float) -> tuple[bool, bool, float]:
    """Whether the limits of ``odds_change`` hold the shift, whether p < .05, and the estimate.

    Limits lie where the likelihood has fallen so far (tested), so that looking at the shift itself
    tells the same without a search for them.
    """
    both = np.r_[before, after]
    rows = np.flatnonzero(~np.isnan(both))
    later, people = (rows >= before.size).astype(float), rows % before.size
    best = cumulative_link(both[rows], later, people=people)
    data = sorted_answers(both[rows], later, people=people)
    curve = Profile(fit=LinkFit(data=data, link="logit", nodes=NODES, people=True), best=best)
    most = float(stats.t.ppf(0.975, min(later.sum(), (1 - later).sum()) - 1)) ** 2
    return curve.fall(shift) <= most, curve.fall(0.0) > most, float(best.slopes[0])


def _swapped(before: np.ndarray, after: np.ndarray) -> bool:
    table = np.zeros((len(CUTS) + 1, len(CUTS) + 1))
    np.add.at(table, (before.astype(int), after.astype(int)), 1)
    try:
        return marginal_homogeneity(table).p_swapped < 0.05
    except DataError:
        return False


def show(heads: list[str], rows: Iterable[list[str]]) -> None:
    """Print one table, each row as soon as it is there."""
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print()


def main() -> None:
    """Simulate, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=4000, help="classes a row of the first table")
    parser.add_argument("--odds", type=int, default=200, help="classes a row of the second table")
    parser.add_argument("--seed", type=int, default=1)
    how = parser.parse_args()
    grid = [(n, r, 1.0) for n in (10, 20, 30, 50) for r in (0.2, 0.5, 0.8)] + [(30, 0.5, 1.5)]
    heads = ["people", "correlation", "SD after / before", "Algina-Keselman covers %"]
    heads += ["rule of thumb covers %", "mean d_av", "mean g_av"]
    show(
        heads,
        (sizes(n, r, ratio=ratio, reps=how.sizes, seed=how.seed) for n, r, ratio in grid),
    )
    heads = ["people", "of them unlinked", "shift", "covers %", "p < .05 %", "median shift"]
    heads += ["refused", "Stuart-Maxwell, swapped, p < .05 %", "CPU ms"]
    linked = ((12, 0.0, 0), (25, 0.0, 0), (25, 1.0, 0), (60, 0.5, 0))
    settings = ((25, 0.0, 8), (25, 1.0, 8), (40, 1.0, 8), (40, 1.0, 16), *linked)
    show(
        heads,
        (odds(n, by, unlinked=u, reps=how.odds, seed=how.seed) for n, by, u in settings),
    )


if __name__ == "__main__":
    main()
