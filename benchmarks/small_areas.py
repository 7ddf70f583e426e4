"""How often many small places are told a change that is none: made-up blocks, some of them treated.

Run: .venv/bin/python benchmarks/small_areas.py --reps 1000. Counts of 300 blocks over 12 quarters,
15 treated from the eighth on; "times": how many times as many the treated had from the beginning;
"by counts": treated for what was counted before, each block as likely as it had more; drift: SD of
the logarithm of each block's mean, which lasts at .8 from quarter to quarter. Groups that cannot be
matched are refused, and so are those for which no placebo groups are like them: both count as not
told. "widened" is how often limits allow for others that fall back.
"""

import argparse

import numpy as np
import pandas as pd

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.small_areas import small_areas
from outcomes.errors import DataError

PLACES, TREATED, PERIODS, FIRST = 300, 15, 12, 8
CELLS = ((1.0, False), (1.25, False), (1.5, False), (2.0, False), (3.0, False), (1.0, True))


def made(seed: int, *, times: float, drift: float, by_counts: bool = False) -> PanelTable:
    """Make blocks up without any change."""
    draw = np.random.default_rng(seed)
    mean = draw.gamma(2, 2, PLACES)
    mean[:TREATED] = draw.gamma(2 * times, 2, TREATED)
    shock = draw.normal(size=(PLACES, PERIODS)) * drift
    log = shock.copy()
    for at in range(1, PERIODS):
        log[:, at] = 0.8 * log[:, at - 1] + 0.6 * shock[:, at]
    counts = draw.poisson(mean[:, None] * np.exp(log - drift**2 / 2))
    names = [f"block {number}" for number in range(PLACES)]
    treated = np.arange(TREATED)
    if by_counts:
        seen = counts[:, : FIRST - 1].sum(axis=1) + 1.0
        treated = draw.choice(PLACES, TREATED, replace=False, p=seen / seen.sum())
    grid = pd.DataFrame(counts, index=names, columns=range(1, PERIODS + 1))
    starts = {names[one]: FIRST for one in treated}
    return PanelTable(outcome=grid, name="calls", unit="calls", start=starts, when="quarter")


def cell(reps: int, *, times: float, drift: float, by_counts: bool) -> list[float]:
    """Shares in percent: told a change, refused, widened."""
    told = []
    for seed in range(reps):
        try:
            panel = made(seed, times=times, drift=drift, by_counts=by_counts)
            found = small_areas(panel, placebos=39)[0]
        except DataError:
            told.append((False, True, False))
            continue
        widened = any("limits reach" in warning for warning in found.warnings)
        told.append((found.p is not None and found.p <= 0.0501, found.p is None, widened))
    return [100 * float(share) for share in np.mean(told, axis=0)]


def main() -> None:
    """Print false alarms, a line a cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=1000)
    reps = parser.parse_args().reps
    print("| times as many before | drift | false alarms % | refused % | widened % |")
    print("|---|---|---|---|---|")
    for times, by_counts in CELLS:
        for drift in (0.0, 0.4):
            shares = cell(reps, times=times, drift=drift, by_counts=by_counts)
            shown = " | ".join(f"{share:.1f}" for share in shares)
            label = "picked by counts" if by_counts else f"{times}"
            print(f"| {label} | {drift} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
