"""How often many small places are told a change that is none: made-up blocks, some of them treated.

Run: .venv/bin/python benchmarks/small_areas.py --reps 300. Counts of 300 blocks over 12 quarters,
15 treated from the eighth on; "more": the treated had half as many more from the beginning; drift:
SD of the logarithm of each block's mean, which lasts at .8 from quarter to quarter.
"""

import argparse

import numpy as np
import pandas as pd

from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.small_areas import small_areas
from outcomes.errors import DataError

PLACES, TREATED, PERIODS, FIRST = 300, 15, 12, 8


def made(seed: int, *, more: bool, drift: float) -> PanelTable:
    """Make blocks up without any change."""
    draw = np.random.default_rng(seed)
    mean = draw.gamma(2, 2, PLACES)
    if more:
        mean[:TREATED] = draw.gamma(3, 2, TREATED)
    shock = draw.normal(size=(PLACES, PERIODS)) * drift
    log = shock.copy()
    for at in range(1, PERIODS):
        log[:, at] = 0.8 * log[:, at - 1] + 0.6 * shock[:, at]
    counts = draw.poisson(mean[:, None] * np.exp(log - drift**2 / 2))
    names = [f"block {number}" for number in range(PLACES)]
    grid = pd.DataFrame(counts, index=names, columns=range(1, PERIODS + 1))
    starts = dict.fromkeys(names[:TREATED], FIRST)
    return PanelTable(outcome=grid, name="calls", unit="calls", start=starts, when="quarter")


def main() -> None:
    """Print false alarms, a line a cell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=300)
    reps = parser.parse_args().reps
    for more in (False, True):
        for drift in (0.0, 0.4):
            told = []
            for seed in range(reps):
                try:
                    found = small_areas(made(seed, more=more, drift=drift), placebos=39)[0]
                except DataError:
                    continue
                told.append(found.p is not None and found.p <= 0.0501)
            print(f"more {more}, drift {drift}: {100 * np.mean(told):.1f} % of {len(told)}")


if __name__ == "__main__":
    main()
