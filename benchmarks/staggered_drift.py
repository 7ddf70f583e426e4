"""Staggered starts whose places drift: does the bound cover, and how often does the guard speak?

Run: .venv/bin/python benchmarks/staggered_drift.py --reps 600. Ten places of 18 months, of which
six start in month 6, 9 or 12; months differ by 1 standard deviation, and resemble the month before
by rho. "Holds" is how often the interval holds the true change, plain and with a drift as fast as
before the start allowed for. "Told" is how often the plain interval leaves out zero, and "undone"
how often of those such a drift would undo it.
"""

import argparse
from functools import partial

import numpy as np

from outcomes.stats.cohort_panel import cohort_panel
from outcomes.stats.group_time_effects import aggregated, group_time_effects
from outcomes.stats.pooled_spread import pooled_spread
from outcomes.stats.staggered_drift import StaggeredDrift, staggered_drift

STARTS = np.array([6.0, 6, 9, 9, 12, 12, np.inf, np.inf, np.inf, np.inf])
MONTHS = np.arange(18)
CELLS = ((0, 0), (0, 0.1), (0, 0.25), (0, 0.5), (2, 0), (4, 0))


def study(rng: np.random.Generator, *, rho: float, change: float, slope: float) -> StaggeredDrift:
    """Make one study; places that ever start drift away from the others."""
    errors = rng.normal(size=(STARTS.size, MONTHS.size))
    for month in MONTHS[1:]:
        fresh = errors[:, month] * np.sqrt(1 - rho**2)
        errors[:, month] = rho * errors[:, month - 1] + fresh
    grid = errors + change * (STARTS[:, None] <= MONTHS)
    panel = cohort_panel(grid + slope * np.isfinite(STARTS)[:, None] * MONTHS, STARTS)
    effects = group_time_effects(panel)
    overall, _ = aggregated(panel, effects, together="simple")
    found = staggered_drift(panel, effects, spread=partial(pooled_spread, panel, overall))
    assert found is not None
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reps", type=int, default=200)
    reps = parser.parse_args().reps
    head = (
        "rho",
        "change, SD",
        "drift a month, SD",
        "plain holds",
        "bound holds",
        "told",
        "undone",
    )
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for rho in (0.0, 0.6):
        for change, slope in CELLS:
            held, told, undone = np.zeros(2), 0, 0
            for rep in range(reps):
                rng = np.random.default_rng([rep, round(10 * rho)])
                found = study(rng, rho=rho, change=change, slope=slope)
                limits = np.array([found.bounds(most=most) for most in (0, 1)])
                held += (limits[:, 0] <= change) & (change <= limits[:, 1])
                apart = (limits[:, 0] > 0) | (limits[:, 1] < 0)
                told += bool(apart[0])
                undone += bool(apart[0] and not apart[1])
            rates = [*held / reps, told / reps, undone / max(told, 1)]
            shown = " | ".join(f"{100 * rate:.0f}" for rate in rates)
            print(f"| {rho} | {change} | {slope} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
