"""Monthly shares of a class from labels and few codes: each estimator's bias, coverage and width.

Run: .venv/bin/python benchmarks/tone_shares.py --reps 200. Archives are simulated, so that every
month's true share is known: 24 months of 400 articles in 4 outlets, 12 % negative in quiet months
and about 35 % in four event months. "weak" labels are right for about 62 % of the articles,
"strong" ones for 78 %; both were learned where all classes are equally frequent.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from outcomes.stats.adjusted_count import adjusted_count
from outcomes.stats.class_calibration import Items
from outcomes.stats.partially_pooled_share import partially_pooled_shares
from outcomes.stats.prediction_powered import large_sample_interval, prediction_powered_share
from outcomes.stats.share import domain_share

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

MONTHS, ARTICLES, OUTLETS, CLASSES = 24, 400, 4, 3
NEUTRAL, NEGATIVE, POSITIVE = range(CLASSES)
EVENTS = (6, 7, 14, 20)
QUIET, EVENT = np.array([0.78, 0.12, 0.10]), np.array([0.57, 0.35, 0.08])
MIX = np.array([0.4, 0.3, 0.2, 0.1])  # of outlets
LEAN = np.array([0.35, 0.8, 2.0, 4.0])  # how much more often they are negative
WEAK, STRONG = 1.4, 2.2  # distance between the classes
OVERSURE = 1.5  # how much surer of itself the model is than right
SCENARIOS = ("prior shift", "outlets shift", "text shifts", "scores move", "coder drifts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an archive is like, and how much of it is coded."""

    scenario: str
    codes: int = 12  # a month; or in all, if more than a month has articles to spare
    in_all: bool = False
    strength: float = WEAK


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Articles; all arrays have shape (n,) but the scores, (n, 3)."""

    month: np.ndarray
    outlet: np.ndarray
    truth: np.ndarray
    scores: Floats
    codes: np.ndarray  # -1 where not coded
    probability: Floats

    @property
    def label(self) -> np.ndarray:
        return self.scores.argmax(axis=1)

    def true_shares(self) -> Floats:
        return np.array([(self.truth[self.month == m] == NEGATIVE).mean() for m in range(MONTHS)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an estimator says of each month; NaN where it refuses."""

    value: Floats
    low: Floats
    high: Floats


def archive(setting: Setting, rng: np.random.Generator) -> Archive:
    """Make up an archive."""
    centers = np.vstack([np.zeros(2), setting.strength * np.eye(2)])
    reading = rng.normal(0, 0.5, (OUTLETS, 2)) * (setting.scenario == "outlets shift")
    months = [_month(setting, rng, month, reading) for month in range(MONTHS)]
    outlet, truth = (np.concatenate([m[part] for m in months]) for part in (0, 1))
    marks = np.vstack([m[2] for m in months])
    logs = OVERSURE * (marks @ centers.T - 0.5 * (centers**2).sum(axis=1))
    scores = np.exp(logs - logs.max(axis=1, keepdims=True))
    month = np.repeat(np.arange(MONTHS), ARTICLES)
    codes, probability = _coded(setting, rng, truth, month)
    return Archive(
        month=month,
        outlet=outlet,
        truth=truth,
        scores=scores / scores.sum(axis=1, keepdims=True),
        codes=codes,
        probability=probability,
    )


def _month(
    setting: Setting, rng: np.random.Generator, month: int, reading: Floats
) -> tuple[np.ndarray, np.ndarray, Floats]:
    """One month's outlets, true classes and marks (what the model sees of an article)."""
    event = month in EVENTS
    mix, chances = MIX, np.tile(EVENT if event else QUIET, (ARTICLES, 1))
    if setting.scenario == "outlets shift":
        mix = rng.dirichlet(8 * (MIX[::-1] if event else MIX))
    outlet = rng.choice(OUTLETS, ARTICLES, p=mix)
    if setting.scenario == "outlets shift":  # nothing else changes: not what an outlet publishes
        chances = np.tile(QUIET, (ARTICLES, 1))
        chances[:, NEGATIVE] *= LEAN[outlet]
    chances = chances / chances.sum(axis=1, keepdims=True)
    centers = np.vstack([np.zeros(2), setting.strength * np.eye(2)])
    if setting.scenario == "text shifts":
        return (outlet, *_tilted(rng, centers, tilt=0.75 if event else -0.35))
    truth = (rng.random(ARTICLES)[:, None] > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
    marks = centers[truth] + rng.normal(size=(ARTICLES, 2)) + reading[outlet]
    if setting.scenario == "scores move":
        marks = marks + rng.normal(0, 0.35, 2)
    return outlet, truth, marks


def _tilted(rng: np.random.Generator, centers: Floats, *, tilt: float) -> tuple[np.ndarray, Floats]:
    """Articles whose marks are drawn otherwise than usual; what a mark means stays as it is."""
    usual = rng.choice(CLASSES, 10 * ARTICLES, p=0.66 * QUIET + 0.34 * EVENT)
    marks = centers[usual] + rng.normal(size=(len(usual), 2))
    weight = np.exp(tilt * marks[:, 0])
    drawn = rng.choice(len(usual), ARTICLES, p=weight / weight.sum(), replace=False)
    return usual[drawn], marks[drawn]


def _coded(
    setting: Setting, rng: np.random.Generator, truth: np.ndarray, month: np.ndarray
) -> tuple[np.ndarray, Floats]:
    """Codes of a random sample of each month; a drifting coder errs more and more."""
    many = np.full(MONTHS, setting.codes)
    if setting.in_all:
        many = np.full(MONTHS, setting.codes // MONTHS)
        many[rng.choice(MONTHS, setting.codes - many.sum(), replace=False)] += 1
    codes = np.full(len(truth), -1)
    for number in range(MONTHS):
        drawn = rng.choice(np.flatnonzero(month == number), many[number], replace=False)
        codes[drawn] = truth[drawn]
    if setting.scenario == "coder drifts":  # from 0 to 15 % of the neutral are called negative
        wrong = (codes == NEUTRAL) & (rng.random(len(codes)) < 0.15 * month / (MONTHS - 1))
        codes[wrong] = NEGATIVE
    return codes, many[month] / ARTICLES


def naive_count(made: Archive) -> Found:
    """Count labels; a binomial interval."""
    share = np.array([(made.label[made.month == m] == NEGATIVE).mean() for m in range(MONTHS)])
    half = 1.96 * np.sqrt(share * (1 - share) / ARTICLES)
    return Found(value=share, low=share - half, high=share + half)


def hand_labels(made: Archive) -> Found:
    """Use the month's own codes alone."""

    def one(month: int) -> tuple[float, float, float]:
        own = (made.month == month) & (made.codes >= 0)
        found = domain_share(
            made.codes[own] == NEGATIVE,
            np.ones(own.sum()),
            probability=made.probability[own],
            term="negative",
            unit="share of articles",
        )
        return found.value, found.low, found.high

    return _by_month(one)


def published_ppi(made: Archive) -> Found:
    """PPI++ with its normal interval, by month."""

    def one(month: int) -> tuple[float, float, float]:
        here, coded = made.month == month, made.codes >= 0
        negative = made.scores[:, NEGATIVE]
        found = large_sample_interval(
            made.codes[here & coded] == NEGATIVE,
            negative[here & coded],
            others=negative[here & ~coded],
        )
        return found.value, found.low, found.high

    return _by_month(one)


def powered(made: Archive) -> Found:
    """Ours for months with codes of their own: the same estimator with an interval that holds."""

    def one(month: int) -> tuple[float, float, float]:
        here = made.month == month
        codes = made.codes[here]
        found = prediction_powered_share(
            np.where(codes >= 0, codes == NEGATIVE, np.nan),
            made.scores[here, NEGATIVE],
            probability=made.probability[here],
        )
        return found.value, found.low, found.high

    return _by_month(one)


def pooled_acc(made: Archive) -> Found:
    """Adjust counts by how the model confuses the classes in all coded articles."""
    coded = made.codes >= 0

    def one(month: int) -> tuple[float, float, float]:
        found = adjusted_count(
            made.label[made.month == month],
            coded_labels=made.label[coded],
            codes=made.codes[coded],
            classes=CLASSES,
            seed=month,
        )[NEGATIVE]
        return found.value, found.low, found.high

    return _by_month(one)


def partial_pooling(made: Archive) -> Found:
    """Ours for all months at once."""
    found = partially_pooled_shares(
        Items(
            scores=made.scores,
            codes=made.codes,
            classes=CLASSES,
            period=made.month,
            group=made.outlet,
            probability=made.probability,
        ),
        target=np.array([0.0, 1.0, 0.0]),
        counted=np.ones(CLASSES),
    )
    return Found(**{k: np.array([getattr(p, k) for p in found.periods]) for k in Found.__slots__})


def _by_month(one: Callable[[int], tuple[float, float, float]]) -> Found:
    value, low, high = np.array([one(month) for month in range(MONTHS)]).T
    return Found(value=value, low=low, high=high)


ESTIMATORS: dict[str, Callable[[Archive], Found]] = {
    "naive count": naive_count,
    "hand labels alone": hand_labels,
    "PPI++ as published": published_ppi,
    "prediction-powered": powered,
    "pooled ACC": pooled_acc,
    "partial pooling": partial_pooling,
}


def judge(
    setting: Setting, reps: int, *, seed: int = 0, only: tuple[str, ...] = tuple(ESTIMATORS)
) -> dict[str, dict[str, tuple[float, float]]]:
    """Try the estimators on simulated archives.

    Returns:
        For each estimator its figures, in points, each with its Monte-Carlo error: bias, cover
        and width of quiet and of event months, and the root mean squared error of all.
    """
    events = np.isin(np.arange(MONTHS), EVENTS)
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in only}
    for number in range(reps):
        made = archive(setting, np.random.default_rng((seed, number)))
        truth = made.true_shares()
        for name in only:
            seen[name].append(_account(ESTIMATORS[name](made), truth, events))
    return {
        name: {
            figure: _with_error(np.array([row[figure] for row in rows]), squared=figure == "rmse")
            for figure in rows[0]
        }
        for name, rows in seen.items()
    }


def _account(found: Found, truth: Floats, events: np.ndarray) -> dict[str, float]:
    error, inside = found.value - truth, (found.low <= truth) & (truth <= found.high)
    account = {"rmse": 1e4 * float((error**2).mean())}
    for kind, rows in (("quiet", ~events), ("event", events)):
        account[f"bias {kind}"] = 100 * float(error[rows].mean())
        account[f"cover {kind}"] = 100 * float(inside[rows].mean())
        account[f"width {kind}"] = 100 * float((found.high - found.low)[rows].mean())
    return account


def _with_error(values: Floats, *, squared: bool) -> tuple[float, float]:
    mean = float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
    if squared:
        return float(np.sqrt(mean)), error / (2 * float(np.sqrt(mean)))
    return mean, error


COLUMNS = tuple(
    f"{figure} {kind}" for figure in ("bias", "cover", "width") for kind in ("quiet", "event")
)


def line(name: str, figures: dict[str, tuple[float, float]]) -> str:
    """One row of the table."""
    cells = [
        f"{mean:.1f} ± {error:.1f}" for mean, error in (figures[c] for c in (*COLUMNS, "rmse"))
    ]
    return " | ".join((f"| {name}", *cells)) + " |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=200)
    parser.add_argument("--scenario", action="append", choices=SCENARIOS)
    parser.add_argument("--strength", choices=("weak", "strong", "both"), default="both")
    parser.add_argument("--estimator", action="append", choices=tuple(ESTIMATORS))
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    only = tuple(chosen.estimator or ESTIMATORS)
    strengths = {"weak": (WEAK,), "strong": (STRONG,), "both": (WEAK, STRONG)}[chosen.strength]
    for scenario in chosen.scenario or SCENARIOS:
        for strength in strengths:
            for codes, in_all in ((12, False), (200, True)):
                setting = Setting(scenario=scenario, strength=strength, codes=codes, in_all=in_all)
                start = time.process_time()
                found = judge(setting, chosen.reps, seed=chosen.seed, only=only)
                print(
                    f"\n{scenario}, {'weak' if strength == WEAK else 'strong'} model, "
                    f"{codes} codes {'in all' if in_all else 'a month'}, {chosen.reps} archives, "
                    f"{time.process_time() - start:.0f} s\n"
                )
                print(" | ".join(("| estimator", *COLUMNS, "RMSE")) + " |")
                print("|---" * (len(COLUMNS) + 2) + "|")
                for name, figures in found.items():
                    print(line(name, figures), flush=True)


if __name__ == "__main__":
    main()
