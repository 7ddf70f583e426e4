"""How well `outcomes plan power` foretells: studies simulated anew, beside what it said before.

Run by hand: python benchmarks/plan_power.py --reps 40
Prints three markdown tables. The first: for outcomes drawn from a known process, how large the
smallest detectable change came out from 12 months of the past, beside the true one. The second:
families of outcomes without any change, and how often one of them is found by each correction.
The third (plan_power_designs.py): the first one again, for every other design of a plan.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from plan_power_designs import other_designs

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power import Design, power
from outcomes.stats.holm import holm
from outcomes.stats.minimum_detectable import minimum_detectable, power_curve
from outcomes.stats.permutation import permutation_p
from outcomes.stats.westfall_young import westfall_young

Draw = Callable[[np.random.Generator, tuple[int, int, int]], np.ndarray]


def ar1(rng: np.random.Generator, shape: tuple[int, int, int], *, serial: float) -> np.ndarray:
    """Draw standard AR(1) series along the last axis."""
    drawn = rng.standard_normal(shape)
    for period in range(1, shape[2]):
        step = np.sqrt(1 - serial**2) * drawn[:, :, period]
        drawn[:, :, period] = serial * drawn[:, :, period - 1] + step
    return drawn


def normal(serial: float) -> Draw:
    """Draw points of a scale with month shocks that all places share."""
    return lambda rng, shape: (
        ar1(rng, shape, serial=serial) + 0.5 * rng.standard_normal((shape[0], 1, shape[2]))
    )


def counts(latent: float, serial: float) -> Draw:
    """Draw counts with mean 20 whose log rate moves by itself."""
    return lambda rng, shape: rng.poisson(
        20 * np.exp(latent * ar1(rng, shape, serial=serial) - latent**2 / 2)
    ).astype(float)


OUTCOMES: dict[str, tuple[Draw, bool]] = {
    "points, serial 0": (normal(0.0), False),
    "points, serial 0.6": (normal(0.6), False),
    "Poisson counts": (counts(0.0, 0.0), True),
    "counts, latent 0.3, serial 0.6": (counts(0.3, 0.6), True),
}
DESIGNS = ((4, 4), (3, 4), (6, 6), (10, 10))


def panel(grid: np.ndarray) -> PanelTable:
    """Lay one past out."""
    table = pd.DataFrame(grid, index=[f"place-{row}" for row in range(len(grid))])
    return PanelTable(
        outcome=table, name="outcome", unit="units", start={}, whole="place", when="month"
    )


def foretold(reps: int) -> None:
    """Print the first table."""
    print("| outcome | places | true | foretold, median (10-90 %) | seconds a run of 2,000 |")
    print("|---|---|---|---|---|")
    rng = np.random.default_rng(1)
    for name, (draw, counted) in OUTCOMES.items():
        for treated, untreated in DESIGNS:
            places = treated + untreated
            new = draw(rng, (4000, places, 12))
            changes = new[:, :, 6:].mean(axis=2) - new[:, :, :6].mean(axis=2)
            chosen = np.arange(places) < treated
            sizes = np.linspace(0, 8 * changes.std(), 41)
            curve = power_curve(changes, chosen, effects=sizes, periods=6 if counted else 0)
            true = minimum_detectable(curve.effects, curve.power)
            design = Design(treated=treated, untreated=untreated, before=6, after=6)
            started, said = time.process_time(), []
            for past in draw(rng, (reps, places, 12)):
                said.append(power(panel(past), design, counts=counted).detectable.value)
            taken = (time.process_time() - started) / reps
            low, middle, high = np.quantile(said, (0.1, 0.5, 0.9))
            print(
                f"| {name} | {treated} against {untreated} | {true:.2f} | {middle:.2f} "
                f"({low:.2f}-{high:.2f}) | {taken:.2f} |"
            )


def together(reps: int) -> None:
    """Print the second table."""
    print("| outcomes, likeness | places | uncorrected | Holm | Westfall-Young |")
    print("|---|---|---|---|---|")
    rng = np.random.default_rng(2)
    for outcomes, alike in ((3, 0.0), (3, 0.8), (6, 0.5)):
        for treated, untreated in ((4, 4), (5, 5)):
            found = np.zeros(3)
            chosen = np.arange(treated + untreated) < treated
            for _ in range(reps):
                shared = rng.standard_normal(treated + untreated)
                own = rng.standard_normal((outcomes, treated + untreated))
                changes = np.sqrt(alike) * shared + np.sqrt(1 - alike) * own
                p = [permutation_p(row, chosen) for row in changes]
                by = (min(p), holm(p).min(), westfall_young(changes, chosen).min())
                found += np.array(by) <= 0.05
            shown = " | ".join(f"{100 * share:.1f} %" for share in found / reps)
            print(f"| {outcomes}, {alike} | {treated} against {untreated} | {shown} |")


def main() -> None:
    """Read the options, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=40, help="Pasts of each outcome and design.")
    parser.add_argument("--families", type=int, default=1000, help="Families without any change.")
    options = parser.parse_args()
    foretold(options.reps)
    print()
    together(options.families)
    print()
    other_designs(options.reps)


if __name__ == "__main__":
    main()
