"""Doses of places: false alarms of ours and of common tests without any tie, and coverage.

Run: .venv/bin/python benchmarks/dose.py --reps 300. Eight places, 12 months; doses are counts
around a level that wanders, or random walks cut at 0; outcomes are numbers, overdispersed counts
(mean 20 or 2), or estimates whose errors differ from month to month. A false alarm is p <= .05; its
Monte-Carlo error at 300 studies is 1.3 points. "holds it" is the share of intervals that hold the
true slope, where one was planted, and "finds it" the share of studies that then call it real.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from outcomes.analyses.dose import dose
from outcomes.analyses.panel_table import PanelTable
from outcomes.estimate import Estimate

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
PLACES, MONTHS, LEVEL = 8, 12, 0.05
SLOPE = {"numbers": 0.3, "estimates": 0.3, "counts": 0.1}  # a unit of dose, where one is planted
BESIDE = ("errors of places", "one slope a place", "errors: Poisson", "errors: quasi", "check")


def drifting(rng: np.random.Generator, together: float) -> Floats:
    found = rng.normal(size=(PLACES, MONTHS))
    for month in range(1, MONTHS):
        found[:, month] *= np.sqrt(1 - together**2)
        found[:, month] += together * found[:, month - 1]
    return found


def walks(rng: np.random.Generator) -> Floats:
    found: Floats = np.maximum(rng.normal(size=(PLACES, MONTHS)).cumsum(axis=1) + 3, 0)
    return found


def persistent(rng: np.random.Generator) -> Floats:
    level = drifting(rng, 0.7) + rng.normal(size=(PLACES, 1))
    return rng.poisson(np.exp(0.9 + 0.35 * level)).astype(float)


def numbers(
    rng: np.random.Generator, doses: Floats, *, slope: float, together: float
) -> PanelTable:
    shared = rng.normal(size=(PLACES, 1)) + 0.5 * rng.normal(size=(1, MONTHS))
    return laid_out(drifting(rng, together) + shared + slope * doses, doses)


def estimates(
    rng: np.random.Generator, doses: Floats, *, slope: float, together: float
) -> PanelTable:
    made = numbers(rng, doses, slope=slope, together=together)
    errors = rng.choice([0.3, 1.0, 3.0], size=(PLACES, MONTHS))
    noisy = made.outcome + rng.normal(0, errors)
    return replace(made, outcome=noisy, se=noisy * 0 + errors)


def counts(mean: float, spread: float) -> Callable[..., PanelTable]:
    def made(
        rng: np.random.Generator, doses: Floats, *, slope: float, together: float
    ) -> PanelTable:
        shared = 0.3 * rng.normal(size=(PLACES, 1)) + 0.1 * rng.normal(size=(1, MONTHS))
        rate = np.exp(np.log(mean) + shared + spread * drifting(rng, together) + slope * doses)
        found = laid_out(rng.poisson(rate).astype(float), doses)
        return replace(found, exposure=found.outcome * 0 + 1000.0)

    return made


def laid_out(outcome: Floats, doses: Floats) -> PanelTable:
    return PanelTable(
        outcome=pd.DataFrame(outcome),
        dose=pd.DataFrame(doses),
        name="tips",
        unit="tips",
        start={},
    )


CELLS = (
    ("numbers, persistent doses", persistent, numbers, 0.6),
    ("numbers, random walks", walks, numbers, 0.9),
    ("estimates with errors, persistent doses", persistent, estimates, 0.6),
    ("counts, mean 20, persistent doses", persistent, counts(20, 0.3), 0.6),
    ("counts, mean 20, random walks", walks, counts(20, 0.3), 0.6),
    ("counts, mean 2, persistent doses", persistent, counts(2, 0.5), 0.6),
)


def p_of(found: list[Estimate], words: str) -> float:
    told = [each.p for each in found if words in each.term and each.p is not None]
    return told[0] if told else float("nan")


def share(values: list[float]) -> str:
    known = np.array(values)[np.isfinite(values)]
    return f"{100 * known.mean():.1f}" if known.size else "-"


def main(reps: int, seed: int, *, only: str = "") -> None:
    """Print one row a cell."""
    finding = ("leading finds it", *(f"{words} find it" for words in BESIDE[:2]))
    names = ("raw correlation", "leading", *BESIDE, "holds it", *finding)
    print(f"False alarms in %, 8 places by 12 months, {reps} studies a cell\n")
    print("| outcome and doses | together | " + " | ".join(names) + " |")
    print("|---" * (len(names) + 2) + "|")
    for number, (name, doses_of, made, together) in enumerate(CELLS):
        if only not in name:
            continue
        rng = np.random.default_rng((seed, number))
        seen: dict[str, list[float]] = {column: [] for column in names}
        for _ in range(reps):
            doses = doses_of(rng)
            panel = made(rng, doses, slope=0.0, together=together)
            found = dose(panel)
            raw = stats.pearsonr(doses.ravel(), panel.outcome.to_numpy().ravel()).pvalue
            told = [raw, found[0].p or 0.0, *(p_of(found, words) for words in BESIDE)]
            for column, p in zip(names, told, strict=False):
                seen[column].append(p <= LEVEL + 1e-12 if np.isfinite(p) else np.nan)
            slope = SLOPE[name.split()[0].rstrip(",")]
            panel = made(rng, doses, slope=slope, together=together)
            found = dose(panel, leads=())
            true = np.exp(slope) if panel.exposure is not None else slope
            seen["holds it"].append(float(found[0].low <= true <= found[0].high))
            told = [found[0].p or 0.0, *(p_of(found, words) for words in BESIDE[:2])]
            for column, p in zip(finding, told, strict=True):
                seen[column].append(p <= LEVEL + 1e-12 if np.isfinite(p) else np.nan)
        rates = " | ".join(share(seen[column]) for column in names)
        print(f"| {name} | {together} | {rates} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--only", default="", help='Words of cells, such as "counts".')
    given = parser.parse_args()
    start = time.process_time()
    main(given.reps, given.seed, only=given.only)
    print(f"\n{time.process_time() - start:.0f} s of processor time")
