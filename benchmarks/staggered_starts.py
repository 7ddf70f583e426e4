"""Places that start at different times: false alarms, coverage and power of each way to judge.

Run: .venv/bin/python benchmarks/staggered_starts.py --reps 2000. Places have lasting levels (SD 1),
shocks that all share (SD .5) and AR(1) errors (SD 1) over 12 months. A change is planted that is
the same everywhere ("same"), or grows with every month, in each place one, two or three times as
fast ("growing"; drawn anew in each study). Limits should hold the mean change of such places, from
which these few were drawn; beside it stands how often they hold the mean change of just these.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
from scipy import stats

from outcomes.stats.adoption_permutation import adoption_permutation
from outcomes.stats.cluster_design import cluster_design
from outcomes.stats.cluster_robust import cluster_errors
from outcomes.stats.cohort_panel import NEVER, CohortPanel, Floats, cohort_panel
from outcomes.stats.group_time_effects import (
    Contrasts,
    aggregated,
    group_time_effects,
    sampling_covariance,
)
from outcomes.stats.path_arrangements import treatment_paths
from outcomes.stats.pooled_spread import pooled_spread
from outcomes.stats.two_way_weights import two_way_weights

MONTHS = 12
PACES = (1.0, 2.0, 3.0)  # at which a change grows, as likely each
DESIGNS = {
    "8 places, 6 start in months 4 to 9": [3, 4, 5, 6, 7, 8, NEVER, NEVER],
    "8 places, 2 + 2 + 2 start": [3, 3, 6, 6, 9, 9, NEVER, NEVER],
    "6 places, all start": [3, 4, 5, 6, 7, 8],
    "8 places, 4 start together": [6, 6, 6, 6, NEVER, NEVER, NEVER, NEVER],
    "20 places, 10 start": [3, 3, 5, 5, 6, 6, 8, 8, 9, 9] + [NEVER] * 10,
}
COLUMNS = ("pooled t (ours)", "permuted dates (ours)", "by cohort, normal (did)",
           "two-way, plain errors", "two-way, clustered, normal", "two-way, CR2")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    start: Floats
    rho: float
    effect: Floats  # (places, months), on average
    differs: bool  # from place to place
    permuted: int  # studies whose dates are swapped: it is the slowest


def planted(start: Floats, kind: str, size: float) -> Floats:
    since = np.arange(MONTHS) - start[:, None] + 1
    on = since > 0
    if kind == "growing":
        return np.where(on, 0.1 * size * np.where(on, since, 0) * np.mean(PACES), 0.0)
    return np.where(on, size, 0.0)


def of_places(setting: Setting, reps: int, *, seed: int) -> Floats:
    """The change of each place in each study, shape (reps, places, months)."""
    shape = (reps, len(setting.start), 1)
    pace = np.ones(shape)
    if setting.differs:
        pace = np.random.default_rng((seed, 1)).choice(PACES, shape) / np.mean(PACES)
    return setting.effect * pace


def studies(rng: np.random.Generator, setting: Setting, reps: int) -> Floats:
    n = len(setting.start)
    errors = np.empty((reps, n, MONTHS))
    errors[..., 0] = rng.normal(size=(reps, n))
    for t in range(1, MONTHS):
        fresh = rng.normal(0, np.sqrt(1 - setting.rho**2), (reps, n))
        errors[..., t] = setting.rho * errors[..., t - 1] + fresh
    shared = rng.normal(0, 0.5, (reps, 1, MONTHS)) + rng.normal(0, 1, (reps, n, 1))
    return errors + shared


def plain_error(panel: CohortPanel, contrast: Floats) -> float:
    """The standard error of two-way fixed effects that takes months for independent."""
    left = panel.outcome - panel.outcome.mean(axis=1, keepdims=True)
    left = left - left.mean(axis=0)
    length = (contrast**2 / panel.sizes[:, None]).sum()
    value = (contrast * panel.means).sum()
    df = (panel.n - 1) * (MONTHS - 1) - 1
    return float(np.sqrt(((left**2).sum() - value**2 / length) / df * length))


def judge(setting: Setting, reps: int, *, seed: int) -> tuple[dict[str, float], list[float], float]:
    """Share of studies in which each way sees a change; both coverages and the bias of ours."""
    rng = np.random.default_rng(seed)
    seen: dict[str, list[bool]] = {name: [] for name in COLUMNS}
    covered: list[list[bool]] = [[], []]
    apart = []
    effects = of_places(setting, reps, seed=seed)
    grids = studies(rng, setting, reps) + effects
    seen[COLUMNS[5]] = by_cr2(grids, setting.start)
    for number, grid in enumerate(grids):
        panel = cohort_panel(grid, setting.start)
        overall, _ = aggregated(panel, group_time_effects(panel), together="simple")
        value, weights = overall.value[0], overall.weights[0]
        truths = [
            (weights * cohort_panel(each, setting.start).means).sum()
            for each in (setting.effect, effects[number])
        ]
        ours = pooled_spread(panel, overall, overall)
        margin = stats.t.ppf(0.975, ours.df[0]) * ours.se[0]
        seen[COLUMNS[0]].append(abs(value) > margin)
        for held, truth in zip(covered, truths, strict=True):
            held.append(abs(value - truth) <= margin)
        apart.append(value - truths[0])
        if number < setting.permuted:
            seen[COLUMNS[1]].append(adoption_permutation(panel, weights) <= 0.05)
        seen[COLUMNS[2]].append(abs(value) > 1.96 * by_cohort(panel, overall))
        two = two_way_weights(panel)
        se = plain_error(panel, two.contrast)
        seen[COLUMNS[3]].append(abs(two.value) > 1.98 * se)
        seen[COLUMNS[4]].append(abs(two.value) > 1.96 * two.se)
    shares = {name: float(np.mean(found)) if found else np.nan for name, found in seen.items()}
    return shares, [float(np.mean(held)) for held in covered], float(np.mean(apart))


def by_cohort(panel: CohortPanel, overall: Contrasts) -> float:
    """The standard error of R's did: a cohort of one place seems to be known exactly."""
    apart = panel.outcome - panel.means[panel.member]
    spread = np.stack(
        [apart[panel.member == k].T @ apart[panel.member == k] / size
         for k, size in enumerate(panel.sizes)]
    )  # fmt: skip
    return float(np.sqrt(sampling_covariance(panel, overall, covariances=spread)[0, 0]))


def by_cr2(grids: Floats, start: Floats) -> list[bool]:
    """Whether two-way fixed effects with CR2 errors and Satterthwaite df see a change."""
    paths = treatment_paths(np.where(start == NEVER, -1, start).astype(int), periods=MONTHS)
    place, month = (grid.ravel() for grid in np.indices(paths.shape))
    design = cluster_design(paths.ravel(), cluster=place, effects=(place, month))
    found = cluster_errors(grids.reshape(len(grids), -1).T, design)
    limit = stats.t.ppf(0.975, float(found.df[0]))
    return [bool(one) for one in np.abs(found.slope[0]) > limit * found.cr2[0]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=1000)
    parser.add_argument("--permuted", type=int, default=300)
    parser.add_argument("--rho", type=float, action="append")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    print(
        "| design | rho | planted |",
        " | ".join(COLUMNS),
        "| holds mean of such places | of just these | bias |",
    )
    print("|---" * (len(COLUMNS) + 6) + "|")
    begin = time.process_time()
    for name, start in DESIGNS.items():
        dates = np.array(start, dtype=float)
        for rho in chosen.rho or (0.0, 0.6, 0.9):
            for kind, size in (("none", 0.0), ("same", 1.5), ("growing", 1.5)):
                setting = Setting(
                    start=dates,
                    rho=rho,
                    effect=planted(dates, kind, size),
                    differs=kind == "growing",
                    permuted=chosen.permuted,
                )
                shares, covered, bias = judge(setting, chosen.reps, seed=chosen.seed)
                cells = " | ".join(f"{100 * shares[column]:.1f}" for column in COLUMNS)
                held = " | ".join(f"{100 * share:.1f}" for share in covered)
                print(f"| {name} | {rho} | {kind} | {cells} | {held} | {bias:+.3f} |", flush=True)
    print(f"\n{chosen.reps} studies a row, {time.process_time() - begin:.0f} s")


if __name__ == "__main__":
    main()
