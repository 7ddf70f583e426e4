"""Time scoring and reliability of a million respondents against pandas, pingouin and R's psych.

Run: .venv/bin/python benchmarks/scoring_speed.py, which says "skipped" for a peer that is not
there. Seconds are of the processor (all threads together), the best of three; ratios count.
pingouin is GPL and no part of the package's environment; one of its own can run this file:
PYTHONPATH=src ENVIRONMENT/bin/python benchmarks/scoring_speed.py
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.stats.alpha import cronbach_alpha
from outcomes.stats.item_moments import item_moments
from outcomes.stats.item_statistics import item_statistics
from outcomes.stats.omega import mcdonald_omega
from outcomes.stats.polychoric import polychoric_correlations
from outcomes.surveys.scoring import scale_means

ROUNDS = 3
Row = tuple[str, str, float, float | None]  # work, peer, ours, peer's; None where it is not there


def answers(rows: int, items: int) -> np.ndarray:
    """Answers from 1 to 5 that share one factor, 3 in 100 of them missing."""
    rng = np.random.default_rng(1)
    behind = rng.normal(size=(rows, 1)) + rng.normal(size=(rows, items))
    values = np.clip(np.round(3 + behind), 1, 5)
    values[rng.random(values.shape) < 0.03] = np.nan
    return values


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def everything(values: np.ndarray) -> None:
    """Score, alpha with its interval, omega with its interval, and the item table."""
    turned = np.arange(values.shape[1]) % 5 == 4
    scale_means(values, turned, low=1, high=5, min_answered=values.shape[1] // 2)
    cronbach_alpha(values, term="scale")
    mcdonald_omega(values, term="scale")
    item_statistics(item_moments(values))


def plain_pandas(table: pd.DataFrame) -> None:
    """Scores, alpha and item-rest correlations as one would write them; no omega, no interval."""
    turned = table.columns[4::5]
    right = table.copy()
    right[turned] = 6 - right[turned]
    right.mean(axis=1).where(right.notna().sum(axis=1) >= table.shape[1] // 2)
    covariance = table.cov().to_numpy()
    k = len(covariance)
    k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())
    total = table.sum(axis=1)
    for name in table.columns:
        table[name].corr(total - table[name])


def pingouin_alpha(table: pd.DataFrame) -> Callable[[], object] | None:
    if find_spec("pingouin") is None:
        return None
    import pingouin

    return lambda: pingouin.cronbach_alpha(table)


def psych_alpha(values: np.ndarray) -> float | None:
    """Processor seconds of psych::alpha by its own clock, without reading the file."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        pd.DataFrame(values).to_csv(path, index=False)
        script = (
            f'x <- read.csv("{path}"); suppressMessages(library(psych)); '
            "cat(sum(system.time(suppressWarnings(alpha(x)))[1:2]))"
        )
        done = subprocess.run(
            ["Rscript", "-e", script], capture_output=True, text=True, check=False
        )
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def rows() -> list[Row]:
    ten, forty = answers(1_000_000, 10), answers(1_000_000, 40)
    alpha = seconds(lambda: cronbach_alpha(ten, term="scale"))
    peer = pingouin_alpha(pd.DataFrame(ten))
    table = pd.DataFrame(forty)
    whole = seconds(lambda: everything(forty))
    polychoric = seconds(lambda: polychoric_correlations(forty))
    return [
        ("alpha and interval, 1,000,000 x 10", "pingouin", alpha, peer and seconds(peer)),
        ("alpha and interval, 1,000,000 x 10", "psych (R)", alpha, psych_alpha(ten)),
        (
            "scores, alpha, omega, items, 1,000,000 x 40",
            "plain pandas, without omega",
            whole,
            seconds(lambda: plain_pandas(table)),
        ),
        ("polychoric correlations, 1,000,000 x 40", "none", polychoric, None),
    ]


def main() -> None:
    print("| work | ours, CPU s | peer | peer, CPU s | ours / peer |\n|---|---|---|---|---|")
    for work, peer, ours, theirs in rows():
        beside = "skipped | " if theirs is None else f"{theirs:.3f} | {ours / theirs:.2f}"
        print(f"| {work} | {ours:.3f} | {peer} | {beside} |")


if __name__ == "__main__":
    main()
