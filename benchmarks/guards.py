"""How often the guards of a comparison speak where nothing is planted, and where trouble is.

Run: .venv/bin/python benchmarks/guards.py --reps 300. Places by month are simulated: places and
months differ, errors go together within a place (rho). "clean" has no trouble and no change,
"real change" has a change of two standard deviations; each other column plants one trouble.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.specification_curve import specification_curve
from outcomes.analyses.threats import threats

GUARDS = {
    "peak": "stood unusually",
    "moved early": "had moved away",
    "hangs on a place": "the result hangs",
    "drift": "a drift of focus",
    "unmeasured": "something unmeasured",
    "reverse": "of the output followed",
}
CELLS = ("clean", "real change", "peak", "moved early", "outlier", "drift", "reverse")


def panel(
    rng: np.random.Generator, cell: str, *, places: int, months: int, rho: float
) -> PanelTable:
    """Simulate one study; the first half of the places starts in the middle."""
    k, start = places // 2, months // 2
    errors = np.empty((places, months))
    errors[:, 0] = rng.normal(size=places)
    for month in range(1, months):
        fresh = rng.normal(size=places) * np.sqrt(1 - rho**2)
        errors[:, month] = rho * errors[:, month - 1] + fresh
    grid = 20 + 2 * errors + 4 * rng.normal(size=(places, 1)) + rng.normal(size=months)
    dose = np.zeros((places, months))
    dose[:k, start:] = 10 + rng.normal(size=(k, months - start))
    if cell == "real change":
        grid[:k, start:] += 4
    elif cell == "peak":
        grid[:k, start - 3 : start] += 8
    elif cell == "moved early":
        grid[:k, start - 3 :] += 8
    elif cell == "outlier":
        grid[0, start:] += 30
    elif cell == "drift":
        grid[:k] += np.arange(months)
    elif cell == "reverse":
        dose[:k, start + 1 :] += 3 * (grid[:k, start:-1] - grid[:k, start:-1].mean())
    names = [f"p{number:02}" for number in range(places)]
    labels = [str(each) for each in pd.period_range("2024-01", periods=months, freq="M")]
    frame = pd.DataFrame(grid, index=names, columns=labels)
    return PanelTable(
        outcome=frame,
        name="Outcome",
        unit="cases",
        start=dict.fromkeys(names[:k], labels[start]),
        dose=pd.DataFrame(dose, index=names, columns=labels),
        whole="place",
    )


def rates(cell: str, *, reps: int, places: int, months: int, rho: float) -> dict[str, float]:
    """Say in which share of studies each guard speaks, and any of them."""
    spoken: Counter[str] = Counter()
    for rep in range(reps):
        study = panel(np.random.default_rng([rep, places, months]), cell, places=places,
                      months=months, rho=rho)  # fmt: skip
        told = [each for each in threats(study) if not each.startswith("only ")]
        spoken.update(name for name, start in GUARDS.items() if any(start in one for one in told))
        spoken["any"] += bool(told)
        if rep < reps // 5:  # the curve takes longer
            p = specification_curve(study)[0].p
            spoken["curve p <= .05"] += p is not None and p <= 0.05
    return {name: count / (reps // 5 if name.startswith("curve") else reps)
            for name, count in spoken.items()}  # fmt: skip


def rows(reps: int) -> Iterator[str]:
    """Write one line of the table a cell."""
    for places, months, rho in ((8, 24, 0.0), (8, 24, 0.6), (8, 48, 0.3), (16, 24, 0.3)):
        for cell in CELLS if rho != 0.6 else CELLS[:1]:
            found = rates(cell, reps=reps, places=places, months=months, rho=rho)
            shown = [
                f"{100 * found.get(name, 0):.0f}" for name in (*GUARDS, "any", "curve p <= .05")
            ]
            yield f"| {cell} | {places} | {months} | {rho} | {' | '.join(shown)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reps", type=int, default=200)
    reps, began = parser.parse_args().reps, time.process_time()
    head = ("planted", "places", "months", "rho", *GUARDS, "any", "curve p <= .05")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows(reps):
        print(row, flush=True)
    print(f"\n{reps} studies a row, in %; {time.process_time() - began:.0f} s of processor time")


if __name__ == "__main__":
    main()
