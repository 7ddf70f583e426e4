"""How often do the intervals of agreement hold the truth? python benchmarks/agreement_intervals.py

Coders who see the true tone and slip now and then, on 20 to 100 articles; with few and many slips,
quiet and even shares of tone, two and three coders, and articles drawn with unequal chances.
Printed: the share of intervals that hold the true value, their mean width, and how often the truth
lies below or above them. Beside alpha's interval stands that of a plain bootstrap (no imaginary
units), by the same code.
"""

import sys
from dataclasses import dataclass

import numpy as np

from outcomes.errors import DataError
from outcomes.stats import resampled_units
from outcomes.stats.gwet_ac1 import gwet_ac1
from outcomes.stats.krippendorff_alpha import krippendorff_alpha
from outcomes.stats.percent_agreement import percent_agreement
from outcomes.stats.resampled_units import Resampling

TONES = (-1, 0, 1)
HOW = Resampling(draws=400)


@dataclass(frozen=True, kw_only=True)
class Setting:
    name: str
    shares: tuple[float, float, float]  # negative, neutral, positive
    slip: float  # chance that a coder gives a tone at random
    coders: int = 2
    unequal: bool = False  # articles that are not neutral are drawn three times as often


SETTINGS = (
    Setting(name="even shares, many slips", shares=(0.3, 0.5, 0.2), slip=0.20),
    Setting(name="usual, some slips", shares=(0.2, 0.7, 0.1), slip=0.10),
    Setting(name="usual, few slips", shares=(0.2, 0.7, 0.1), slip=0.03),
    Setting(name="quiet, some slips", shares=(0.08, 0.87, 0.05), slip=0.05),
    Setting(name="usual, three coders", shares=(0.2, 0.7, 0.1), slip=0.10, coders=3),
    Setting(name="usual, unequal chances", shares=(0.2, 0.7, 0.1), slip=0.10, unequal=True),
)


def drawn(setting: Setting, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Codes of n articles, and the chance with which each was drawn."""
    chance = np.array([0.3, 0.1, 0.3]) if setting.unequal else np.full(3, 0.1)
    there = np.array(setting.shares) * chance
    truth = rng.choice(3, n, p=there / there.sum())
    slips = rng.random((n, setting.coders)) < setting.slip
    random = rng.choice(3, (n, setting.coders), p=setting.shares)
    return np.where(slips, random, truth[:, None]) - 1.0, chance[truth]


def estimates(codes: np.ndarray, probability: np.ndarray) -> dict:
    shared = {"term": "t", "categories": TONES, "probability": probability, "resampling": HOW}
    found = {}
    for name, of in (
        ("alpha", lambda: krippendorff_alpha(codes, **shared)),
        ("alpha ordinal", lambda: krippendorff_alpha(codes, level="ordinal", **shared)),
        ("AC1", lambda: gwet_ac1(codes, **shared)),
        ("percent", lambda: percent_agreement(codes, **shared)),
        ("alpha, plain", lambda: plain(lambda: krippendorff_alpha(codes, **shared))),
    ):
        try:
            found[name] = of()
        except DataError:
            continue  # everything had one code
    return found


def plain(of):
    kept, resampled_units.IMAGINARY = resampled_units.IMAGINARY, 0.0
    try:
        return of()
    finally:
        resampled_units.IMAGINARY = kept


def main(repeats: int) -> None:
    print(
        f"{'setting':26}{'n':>4}  {'statistic':15}{'truth':>7}{'covers':>8}{'width':>7}"
        "  below above"
    )
    for setting in SETTINGS:
        many = drawn(setting, 400_000, np.random.default_rng(0))
        truth = {name: each.value for name, each in estimates(*many).items()}
        for n in (20, 40, 100):
            rng = np.random.default_rng(n)
            rows: dict[str, list] = {}
            for _ in range(repeats):
                for name, each in estimates(*drawn(setting, n, rng)).items():
                    rows.setdefault(name, []).append(
                        (truth[name] < each.low, truth[name] > each.high, each.high - each.low)
                    )
            for name, found in rows.items():
                below, above, width = np.mean(found, axis=0)
                print(
                    f"{setting.name:26}{n:>4}  {name:15}{truth[name]:7.3f}{1 - below - above:8.3f}"
                    f"{width:7.2f}  {below:.3f} {above:.3f}"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
