"""How often the interval of a change covers, where some people answer in both survey waves.

Run: .venv/bin/python benchmarks/overlapping_waves.py --reps 4000. Nothing changes. Answers of one
person in two waves correlate by .64; weights are log-normal. Beside ours stands the interval as R's
survey gives it (svyglm with the person as cluster: factor n / (n - 1) and n - 2 degrees of freedom
over both waves).
"""

import argparse

import numpy as np
from scipy import stats

from outcomes.stats.overlapping_change import overlapping_change

CELLS = [
    (before, after, spread)
    for before, after in ((10, 10), (12, 20), (30, 10), (40, 40))
    for spread in (0.0, 0.5, 0.8)
]
OVERLAPS = (0.0, 0.3, 1.0)


def theirs(waves: np.ndarray, weights: np.ndarray) -> tuple[float, int]:
    """Give the standard error and the degrees of freedom of svyglm."""
    moved = np.zeros(waves.shape[1])
    for sign, answers, weight in zip((-1, 1), waves, weights, strict=True):
        seen = ~np.isnan(answers)
        share = weight[seen] / weight[seen].sum()
        moved[seen] += sign * share * (answers[seen] - share @ answers[seen])
    people = moved.size
    return float(np.sqrt(people / (people - 1) * (moved**2).sum())), people - 2


def covered(
    rng: np.random.Generator, *, before: int, after: int, spread: float, overlap: float
) -> tuple[bool, bool]:
    """Make one study and say whether each interval holds 0."""
    both = round(overlap * min(before, after))
    people = before + after - both
    person, waves = rng.normal(0, 0.8, people), np.full((2, people), np.nan)
    again = np.r_[np.arange(both), np.arange(before, people)]
    waves[0, :before] = person[:before] + rng.normal(0, 0.6, before)
    waves[1, again] = person[again] + rng.normal(0, 0.6, after)
    weights = np.exp(rng.normal(0, spread, (2, people)))
    found = overlapping_change(*waves, weights=(weights[0], weights[1]), term="change")
    ours = stats.t.ppf(0.975, found.df) * found.se
    se, df = theirs(waves, weights)
    return abs(found.value) <= ours, abs(found.value) <= stats.t.ppf(0.975, df) * se


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reps", type=int, default=1000)
    reps = parser.parse_args().reps
    kinds = [f"{who}, {overlap:.0%} twice" for who in ("ours", "survey") for overlap in OVERLAPS]
    print(f"| before | after | spread of log weights | {' | '.join(kinds)} |")
    print("|---|---|---|" + "---|" * len(kinds))
    for before, after, spread in CELLS:
        rates = []
        for overlap in OVERLAPS:
            rng = np.random.default_rng([before, after, round(10 * spread), round(10 * overlap)])
            held = [
                covered(rng, before=before, after=after, spread=spread, overlap=overlap)
                for _ in range(reps)
            ]
            rates.append(np.mean(held, axis=0))
        shown = [f"{100 * rate:.1f}" for side in np.transpose(rates) for rate in side]
        print(f"| {before} | {after} | {spread} | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
