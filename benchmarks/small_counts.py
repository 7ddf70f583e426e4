"""Few treated places and small counts: false alarms without any change, ours and the usual ones.

Run: .venv/bin/python benchmarks/small_counts.py --reps 1000. Counts are simulated for 8 places and
12 months (start in month 7): mean 20, places differ (sd 0.4), months that all share (sd 0.1), and
a drift of each place (sd 0.3) that goes together from month to month at 0.6. A false alarm is
p <= .05, its Monte-Carlo error 0.7 points at 1,000 studies. With --mixes the synthetic control, how
often the customary placebo rank comes first, and a step in one series, for which a peer moves the
start through the whole series; with --parallel the limits of the synthetic difference.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from outcomes.analyses.few_treated import few_treated
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.ar1_reml import ar1_reml_many
from outcomes.stats.log_ratio_change import log_ratio_change, log_ratios
from outcomes.stats.permutation import permutation_p
from outcomes.stats.rate_ratio import rate_ratio
from outcomes.stats.restricted_critical_values import restricted_critical_many
from outcomes.stats.simulated_critical_values import simulated_critical_values
from outcomes.stats.synthetic_control import placebo_test
from outcomes.stats.weighted_displacement import BeforeAfter, weighted_displacement

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
PLACES, MONTHS, START, MEAN, DRIFT, TOGETHER = 8, 12, 6, 20, 0.3, 0.6
# treated, places, months, months before, together, sd of how far places go with a shared wave
PARALLEL = (
    *((1, 8, 24, 12, at, 0.0) for at in (0.6, 0.0, 0.9)),
    *((1, 8, 24, 12, 0.6, 1.0), (2, 8, 24, 12, 0.6, 0.0), (1, 6, 24, 12, 0.6, 0.0)),
    *((1, 12, 24, 12, 0.6, 0.0), (1, 8, 36, 24, 0.6, 0.0), (1, 8, 36, 24, 0.6, 1.0)),
    *((2, 12, 24, 12, 0.6, 0.0), (1, 20, 24, 12, 0.6, 0.0)),
)
NAMES = (
    *("weighted displacement difference", "rate ratio, four counts", "Poisson fixed effects"),
    *("log ratio of change, t(6)", "permutation of places"),
)


def together(rng: np.random.Generator, *, places: int, months: int, at: float) -> Floats:
    """Drift of places, sd 1, months of a place going together."""
    found = np.empty((places, months))
    found[:, 0] = rng.normal(size=places)
    for month in range(1, months):
        fresh = np.sqrt(1 - at**2) * rng.normal(size=places)
        found[:, month] = at * found[:, month - 1] + fresh
    return found


def counts(rng: np.random.Generator, *, drift: float, at: float, lift: float, many: int) -> Floats:
    """Counts of a study; the treated places' rates are multiplied by `lift` from the start on."""
    logs = 0.4 * rng.normal(size=(PLACES, 1)) + 0.1 * rng.normal(size=(1, MONTHS))
    logs = logs + drift * together(rng, places=PLACES, months=MONTHS, at=at) - drift**2 / 2
    rates = MEAN * np.exp(logs)
    rates[:many, START:] *= lift
    return rng.poisson(rates).astype(float)


def of_study(table: Floats, *, many: int) -> list[float]:
    """The p of every method; NaN where it refuses."""
    chosen = np.arange(PLACES) < many
    before, after = table[:, :START].sum(axis=1), table[:, START:].sum(axis=1)
    areas = [
        BeforeAfter(before=before[side].sum(), after=after[side].sum(), size=side.sum())
        for side in (chosen, ~chosen)
    ]
    naive = [
        weighted_displacement(*areas, term="events", unit="events").p,
        rate_ratio(*areas, term="events", unit="events").p,
    ]
    naive.append(poisson_fixed_effects(table, chosen))
    try:
        ratios = log_ratios(before, after)
    except DataError:
        return [float(p or np.nan) for p in naive] + [np.nan] * 2
    ours = log_ratio_change(ratios, chosen, term="events", unit="events")
    honest = [ours.p, permutation_p(ratios, chosen)]
    return [float(p or np.nan) for p in (*naive, *honest)]


def poisson_fixed_effects(table: Floats, chosen: np.ndarray) -> float:
    """The customary model: places, months, treated after the start; its own standard error."""
    place, month = np.indices(table.shape)
    x = np.column_stack(
        [
            *(place.ravel() == one for one in range(PLACES)),
            *(month.ravel() == one for one in range(1, MONTHS)),
            (chosen[:, None] & (month >= START)).ravel(),
        ]
    ).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(sm.GLM(table.ravel(), x, family=sm.families.Poisson()).fit().pvalues[-1])


def cell(*, many: int, drift: float, at: float, lift: float, reps: int) -> list[float]:
    """The share of studies with p <= .05, in percent, by method."""
    rng = np.random.default_rng((many, int(100 * drift), int(100 * lift)))
    found = [
        of_study(counts(rng, drift=drift, at=at, lift=lift, many=many), many=many)
        for _ in range(reps)
    ]
    return [100 * float(share) for share in (np.array(found) <= 0.05 + 1e-12).mean(axis=0)]


def mixes(reps: int) -> None:
    """Print how often mixes put one treated place first, and how often their limits hold."""
    print("\n| places | months | first by ours | customary | right | limits hold |")
    print("|---" * 6 + "|")
    for places, months, start in ((8, 24, 12), (20, 24, 12)):
        rng = np.random.default_rng(places)
        seen = []
        for _ in range(reps):
            errors = together(rng, places=places, months=months, at=TOGETHER)
            level = rng.normal(size=(places, 1)) + 0.5 * rng.normal(size=(1, months))
            seen.append(_of_mix(errors + level, before=start))
        shares = 100 * np.mean(seen, axis=0)
        cells = [f"{share:.1f}" for share in (shares[0], shares[1], 100 / places, *shares[2:])]
        print(" | ".join((f"| {places} | {months}", *cells)) + " |", flush=True)


def steps(reps: int) -> None:
    """Print false alarms, and in brackets how often a step of 1.5 sd is found, in one series."""
    print("\nA step in one series: ours / moving the start through all months\n")
    ats = (0.0, 0.3, 0.6, 0.8, 0.9)
    print("| months | before | " + " | ".join(f"at {at}" for at in ats) + " |")
    print("|---" * (len(ats) + 2) + "|")
    for months, start in ((16, 8), (20, 12), (24, 14), (24, 20), (36, 24), (60, 36)):
        rng = np.random.default_rng((months, start))
        cells = []
        for at in ats:
            rows = together(rng, places=reps, months=months, at=at)
            lifted = rows + 1.5 * (np.arange(months) >= start)
            shares = [
                [
                    100 * float((p <= 0.05 + 1e-12).mean())
                    for p in (by_step(t, start), by_moving(t, start))
                ]
                for t in (rows, lifted)
            ]
            cells.append(
                " / ".join(f"{none:.1f} ({true:.0f})" for none, true in zip(*shares, strict=True))
            )
        print(" | ".join((f"| {months} | {start}", *cells)) + " |", flush=True)


def counted_steps(reps: int) -> None:
    """Print false alarms of the step of one count less another, and in brackets those refused."""
    print("\nA step in one count less another, in brackets refused\n")
    ats = (0.0, 0.6, 0.8, 0.9)
    print("| months | before | mean | " + " | ".join(f"at {at}" for at in ats) + " |")
    print("|---" * (len(ats) + 3) + "|")
    for months, start in ((16, 8), (24, 14), (36, 24)):
        for mean in (20, 100):
            rng = np.random.default_rng((months, start, mean))
            cells = []
            for at in ats:
                counts = [
                    rng.poisson(
                        mean * np.exp(0.25 * together(rng, places=reps, months=months, at=at))
                    ).astype(float)
                    for _ in range(2)
                ]
                noise = counts[0].mean(axis=1) + counts[1].mean(axis=1)
                p = by_step(counts[0] - counts[1], start, noise=noise)
                cells.append(f"{100 * (p <= 0.05).mean():.1f} ({100 * (p > 1).mean():.1f})")
            print(" | ".join((f"| {months} | {start} | {mean}", *cells)) + " |", flush=True)


def by_step(rows: Floats, before: int, *, noise: Floats | None = None) -> Floats:
    """The p of ``step_change``, for every series at once: 2 where it is refused."""
    times = np.arange(1, rows.shape[1] + 1.0)
    design, step = np.column_stack([np.ones(times.size), times > before]), np.array([[0.0, 1.0]])
    fits = ar1_reml_many(rows.T, design, times=times, contrasts=step)
    known = np.zeros(len(rows)) if noise is None else noise
    shares = np.minimum(known / fits.sd**2, 1).round(1)
    pairs = list(zip(fits.phi.tolist(), shares.tolist(), strict=True))
    judges = {
        (phi, share): simulated_critical_values(
            phi, design, times=times, contrasts=step, noise=share
        )
        for phi, share in set(pairs)
    }
    found = zip(pairs, fits.ratios[0].tolist(), strict=True)
    p = np.array([judges[pair].p(0, ratio) for pair, ratio in found])
    if (clear := np.flatnonzero(p <= 0.05)).size:
        critical = restricted_critical_many(
            rows.T[:, clear],
            design,
            times=times,
            contrasts=step,
            which=0,
            noise=known[clear],
            level=0.95,
        )
        p[clear[np.abs(fits.ratios[0, clear]) <= critical]] = 2.0
    return p


def by_moving(rows: Floats, before: int) -> Floats:
    """The share of all starts, the end joined to the beginning, whose means lie as far apart."""
    months = rows.shape[1]
    block = np.where(np.arange(months) >= before, 1 / (months - before), -1 / before)
    apart = np.abs(rows @ np.array([np.roll(block, shift) for shift in range(months)]).T)
    found: Floats = (apart >= apart[:, :1] - 1e-9).mean(axis=1)
    return found


def _of_mix(table: Floats, *, before: int) -> list[bool]:
    own, rest = table[0], table[1:]
    found = placebo_test(own, rest, before=before)
    first = all(found.control.ratio > one.ratio for one in found.placebos)
    inside = abs(found.control.change) <= stats.t.ppf(0.975, len(rest) - 1) * found.se
    return [found.p <= found.smallest_p + 1e-9, first, bool(inside)]


def parallel(reps: int) -> None:
    """Print how often limits of the synthetic difference hold no change, where there is none."""
    heads = ("treated", "months", "before", "together", "shared wave", "limits hold", "rank first")
    print("\n| " + " | ".join((*heads, "right")) + " |")
    print("|---" * (len(heads) + 1) + "|")
    for many, places, months, before, at, wave in PARALLEL:
        rng = np.random.default_rng((many, places, months, before, int(10 * at), int(10 * wave)))
        held, first = [], []
        for _ in range(reps):
            errors = together(rng, places=places, months=months, at=at)
            level = rng.normal(size=(places, 1)) + 0.5 * rng.normal(size=(1, months))
            shared = together(rng, places=1, months=months, at=0.9)
            table = errors + level + wave * rng.normal(size=(places, 1)) * shared
            found = _of_parallel(table, many=many, before=before)
            held.append(found.low <= 0 <= found.high)
            first.append(np.nan if found.p is None else found.p < 1.5 / places)
        shares = f"{100 * np.mean(held):.1f} | {100 * np.mean(first):.1f} | {100 / places:.1f}"
        print(
            f"| {many} of {places} | {months} | {before} | {at} | {wave} | {shares} |", flush=True
        )


def _of_parallel(table: Floats, *, many: int, before: int) -> Estimate:
    """The synthetic difference of a study."""
    grid = pd.DataFrame(table, columns=range(1, table.shape[1] + 1))
    grid.index = [f"place {number}" for number in range(len(table))]
    start = dict.fromkeys(grid.index[:many], before + 1)
    found = few_treated(PanelTable(outcome=grid, name="outcome", unit="points", start=start))
    (mixed,) = (one for one in found if one.method.startswith("synthetic difference"))
    return mixed


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=1000)
    parser.add_argument(
        "--lift", type=float, default=1.0, help="1.5 for power at half as many more"
    )
    parser.add_argument("--mixes", action="store_true")
    parser.add_argument("--parallel", action="store_true")
    chosen = parser.parse_args()
    start = time.process_time()
    if chosen.mixes:
        mixes(chosen.reps)
        steps(4 * chosen.reps)
        counted_steps(4 * chosen.reps)
    elif chosen.parallel:
        parallel(chosen.reps)
    else:
        cells = [(4, DRIFT, TOGETHER), (1, DRIFT, TOGETHER), (4, 0.0, 0.0), (1, 0.0, 0.0)]
        columns = [
            cell(many=many, drift=drift, at=at, lift=chosen.lift, reps=chosen.reps)
            for many, drift, at in cells
        ]
        print("| p <= .05, % | " + " | ".join(f"{m}/8, drift {d}" for m, d, _ in cells) + " |")
        print("|---" * (1 + len(cells)) + "|")
        for name, row in zip(NAMES, zip(*columns, strict=True), strict=True):
            print(" | ".join((f"| {name}", *(f"{share:.1f}" for share in row))) + " |")
    print(f"\n{chosen.reps} studies a cell, {time.process_time() - start:.0f} s of processor time")


if __name__ == "__main__":
    main()
