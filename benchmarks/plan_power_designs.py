"""How well `outcomes plan power` foretells the designs beside the one with a common start.

Run by hand: python benchmarks/plan_power_designs.py --reps 20
Prints a markdown table. For each design, outcomes are drawn from a known process: the smallest
detectable change by that process (4,000 studies; for a class the closed form of the paired t
test), what is foretold from a past drawn of it, how often a study without any change finds one,
and the seconds of one run of 2,000 simulated studies.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from statsmodels.stats.power import TTestPower

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.power import Design
from outcomes.analyses.power_crossection import PlannedWaves, power_crossection
from outcomes.analyses.power_dose import power_dose
from outcomes.analyses.power_few import power_few
from outcomes.analyses.power_interrupted import PlannedSeries, power_interrupted
from outcomes.analyses.power_prepost import PlannedClass, power_prepost
from outcomes.analyses.power_staggered import Starts, power_staggered
from outcomes.analyses.power_told import Asked, Power
from outcomes.stats.ar1_reml import ar1_errors
from outcomes.stats.dose_decisions import dose_slopes, found_by_dose
from outcomes.stats.interrupted_decisions import level_tests
from outcomes.stats.minimum_detectable import found_by_test, minimum_detectable
from outcomes.stats.staggered_decisions import (
    found_by_staggered,
    staggered_test,
    staggered_values,
)
from outcomes.stats.step_decisions import found_by_step

STUDIES, SERIAL, PAST = 4_000, 0.4, 24
Found = Callable[[float], np.ndarray]
Line = tuple[str, float, Callable[[], Power]]


def panels(rng: np.random.Generator, shape: tuple[int, int, int]) -> np.ndarray:
    """Draw points of a scale: AR(1) in each place, and months that all places share."""
    studies, places, periods = shape
    drawn = ar1_errors(
        np.arange(float(periods)), phi=SERIAL, many=studies * places, rng=rng
    ).T.reshape(shape)
    return drawn + 0.5 * rng.standard_normal((studies, 1, periods))


def true_change(found: Found, *, error: float) -> float:
    """Find the smallest change that 80 % of studies from the true process find."""
    sizes = np.linspace(0, 8 * error, 33)
    return minimum_detectable(sizes, [found(size).mean() for size in sizes])


def past(rng: np.random.Generator, *, places: int) -> PanelTable:
    """Draw a past of 24 months."""
    grid = pd.DataFrame(panels(rng, (1, places, PAST))[0], index=[f"p{n}" for n in range(places)])
    return PanelTable(outcome=grid, name="outcome", unit="units", start={}, when="month")


def staggered_line(rng: np.random.Generator) -> Line:
    """Eight places, two starting dates."""
    starts = Starts(first=(6, 6, 9, 9), untreated=4, periods=18)
    test = staggered_test([*starts.first, -1, -1, -1, -1], periods=18)
    drawn = panels(rng, (STUDIES, 8, 18))
    true = true_change(
        lambda size: found_by_staggered(drawn + size * test.own, test),
        error=float(staggered_values(drawn, test)[0].std()),
    )
    asked = Asked()
    return (
        "staggered, 2 + 2 places start and 4 never, 18 months",
        true,
        lambda: power_staggered(past(rng, places=8), starts, asked, counts=False),
    )


def dose_line(rng: np.random.Generator) -> Line:
    """Eight places with doses that change from month to month."""
    doses = rng.gamma(2, 100, (8, 12))
    drawn, step = panels(rng, (STUDIES, 8, 12)), doses / doses.mean()
    true = true_change(
        lambda size: found_by_dose(drawn + size * step, doses),
        error=float(dose_slopes(drawn, step).std()),
    )
    return (
        "dose, 8 places, 12 months",
        true,
        lambda: power_dose(past(rng, places=8), doses, Asked(), counts=False),
    )


def few_line(rng: np.random.Generator) -> Line:
    """One place against two."""
    design = Design(treated=1, untreated=2, before=24, after=12, swapping=False)
    drawn = panels(rng, (STUDIES, 3, 36))
    series, later = drawn[:, 0] - drawn[:, 1:].mean(axis=1), np.arange(36) >= 24
    true = true_change(
        lambda size: found_by_step(series + size * later, before=24),
        error=float((series[:, 24:].mean(axis=1) - series[:, :24].mean(axis=1)).std()),
    )
    return (
        "few treated, 1 against 2 places, 24 + 12 months",
        true,
        lambda: power_few(past(rng, places=3), design, Asked(), counts=False),
    )


def interrupted_line(rng: np.random.Generator) -> Line:
    """One series."""

    def draw(months: int, many: int) -> np.ndarray:
        return ar1_errors(np.arange(float(months)), phi=SERIAL, many=many, rng=rng)

    tests = level_tests(draw(36, STUDIES), before=24)
    true = true_change(tests.found, error=float(np.median(1 / tests.per_unit)))
    common = {"before": 24, "after": 12, "name": "outcome", "unit": "units", "places": 1}
    return (
        "interrupted, one series, 24 + 12 months",
        true,
        lambda: power_interrupted(PlannedSeries(past=draw(PAST, 1)[:, 0], **common), Asked()),
    )


def class_line(rng: np.random.Generator) -> Line:
    """A class of 24 after an earlier one of 24: change with a standard deviation of 0.6."""
    covariance = [[0.5, 0.32], [0.32, 0.5]]
    true = 0.6 * float(TTestPower().solve_power(nobs=24, power=0.8, alpha=0.05))

    def foretell() -> Power:
        scores = rng.multivariate_normal([3, 3], covariance, 24)
        return power_prepost(
            PlannedClass(people=24, past=scores, name="outcome", unit="points"), Asked()
        )

    return "prepost, a class of 24, all linked (closed form)", true, foretell


def residents_line(rng: np.random.Generator) -> Line:
    """Four places against four, fifty answers each, places that move by 0.15 by themselves."""
    chosen = np.arange(8) < 4
    changes = np.sqrt(2 / 50 + 0.15**2) * rng.standard_normal((STUDIES, 8))
    true = true_change(lambda size: found_by_test(changes + size * chosen, chosen), error=0.18)

    def foretell() -> Power:
        rows = [
            {"place": place, "period": wave, "value": value}
            for place in range(8)
            for wave in ("first", "second")
            for value in rng.normal(rng.normal(0, 0.15 / np.sqrt(2)), 1, 50)
        ]
        waves = PlannedWaves(
            focus=4, comparison=4, people=50, past=pd.DataFrame(rows), name="outcome", unit="points"
        )
        return power_crossection(waves, Asked())

    return "crossection, 4 against 4 places, 50 answers each", true, foretell


def other_designs(reps: int) -> None:
    """Print the table."""
    print("| design | true | foretold, median (10-90 %) | false alarms | seconds a run of 2,000 |")
    print("|---|---|---|---|---|")
    rng = np.random.default_rng(3)
    lines = (staggered_line, interrupted_line, dose_line, few_line, class_line, residents_line)
    for line in lines:
        name, true, foretell = line(rng)
        started = time.process_time()
        powers = [foretell() for _ in range(reps)]
        taken = (time.process_time() - started) / reps
        low, middle, high = np.quantile([each.detectable.value for each in powers], (0.1, 0.5, 0.9))
        alarms = 100 * np.mean([each.curve.power[0] for each in powers])
        print(
            f"| {name} | {true:.2f} | {middle:.2f} ({low:.2f}-{high:.2f}) | {alarms:.1f} % | "
            f"{taken:.1f} |",
            flush=True,
        )


def main() -> None:
    """Read the option, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=20, help="Pasts of each design.")
    other_designs(parser.parse_args().reps)


if __name__ == "__main__":
    main()
