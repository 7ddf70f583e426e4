"""Time the package against named peers, in one run; ratios count, seconds depend on the machine.

Run: make bench. The last table stands in benchmarks/README.md.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from nltk.sentiment.vader import SentimentIntensityAnalyzer  # noqa: F401 (warms the import)
from survey_load import survey_load

from outcomes.media.classify import classify
from outcomes.sheets import Column, read_sheet
from outcomes.simulate.news import written_articles
from outcomes.stats.permutation import permutation_p
from outcomes.surveys.scoring import scale_means

ROUNDS = 3


def best(work: Callable[[], object]) -> float:
    """Give the best of a few rounds in seconds: the least disturbed by other work."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def scoring() -> tuple[str, str, float, float]:
    """Score 1,000,000 respondents on 10 items with gaps."""
    rng = np.random.default_rng(1)
    values = rng.integers(1, 6, (1_000_000, 10)).astype(float)
    values[rng.random(values.shape) < 0.03] = np.nan
    turned = np.isin(np.arange(10), (1, 4))
    table = pd.DataFrame(values)

    def peer() -> object:
        right = table.copy()
        right.loc[:, turned] = 6 - right.loc[:, turned]
        return right.mean(axis=1).where(right.notna().sum(axis=1) >= 5)

    ours = best(lambda: scale_means(values, turned, low=1, high=5, min_answered=5))
    return "score 1,000,000 x 10 items", "pandas mean and where", ours, best(peer)


def reading() -> tuple[str, str, float, float]:
    """Read and check 200,000 rows of a count table."""
    rows = 200_000
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "place": rng.choice(["a", "b", "c"], rows),
            "day": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 365, rows), "D"),
            "value": rng.integers(0, 50, rows),
        }
    )
    columns = [
        Column(name="place", allowed=("a", "b", "c")),
        Column(name="day", kind="date"),
        Column(name="value", kind="integer", low=0),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        table.to_csv(path, index=False)
        ours = best(lambda: read_sheet(path, columns))
        text = path.read_text()
        peer = best(lambda: pd.read_csv(io.StringIO(text), parse_dates=["day"]))
    return "read and check 200,000 rows", "pandas.read_csv, unchecked", ours, peer


def tone() -> tuple[str, str, float, float]:
    """Read 215 articles for their tone about law enforcement."""
    articles = pd.DataFrame(written_articles())[["id", "title", "text"]]
    ours = best(lambda: classify(articles, model="lexicon"))
    peer = best(lambda: classify(articles, model="vader-article"))
    return "tone of 215 articles", "NLTK VADER, whole articles", ours, peer


def permutation() -> tuple[str, str, float, float]:
    """Test 6 of 12 places over all 924 assignments."""
    from scipy.stats import permutation_test

    rng = np.random.default_rng(3)
    change, treated = rng.normal(size=12), np.arange(12) < 6

    def peer() -> object:
        return permutation_test(
            (change[treated], change[~treated]),
            lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
            vectorized=True,
            n_resamples=np.inf,
        )

    ours = best(lambda: permutation_p(change, treated))
    return "exact permutation, 6 of 12 places", "scipy.stats.permutation_test", ours, best(peer)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prototype", type=Path, help="the peer of survey_load.py; else left out")
    prototype = parser.parse_args().prototype
    print("| work | ours, s | peer | peer, s | ours / peer |")
    print("|---|---|---|---|---|")
    measures = [scoring, reading, tone, permutation]
    if prototype is not None and prototype.exists():
        measures.append(partial(survey_load, prototype))
    for measure in measures:
        work, peer, ours, theirs = measure()
        print(f"| {work} | {ours:.4f} | {peer} | {theirs:.4f} | {ours / theirs:.2f} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
