"""How often the guard of codes speaks where no code changed, and where one did.

Run: .venv/bin/python benchmarks/code_changes.py --reps 300. Calls under three codes; twice as many
from the middle on, which is no change of codes. Shares wander from month to month: logarithms with
that spread, each month like the one before by rho. Planted from the middle on: a code begins, one
stops, one takes another's place, or one is used three times as readily.
"""

import argparse

import numpy as np
import pandas as pd

from outcomes.analyses.threats_of_codes import code_changes

SHARES = np.log([[0.5], [0.3], [0.2]])
UNSTEADY = ((0.0, 0.0), (0.3, 0.0), (0.3, 0.6), (0.5, 0.6))
PLANTED = ("begins", "stops", "renamed", "jumps")


def calls(
    rng: np.random.Generator, *, months: int, mean: int, spread: float, rho: float, planted: str
) -> pd.DataFrame:
    """Make one study: a row a code, a column a month."""
    drift = rng.normal(size=(3, months))
    for month in range(1, months):
        fresh = drift[:, month] * np.sqrt(1 - rho**2)
        drift[:, month] = rho * drift[:, month - 1] + fresh
    share, start = np.exp(SHARES + spread * drift), months // 2
    if planted in ("begins", "renamed"):
        share[2, :start] = 0
    if planted in ("stops", "renamed"):
        share[1, start:] = 0
    if planted == "jumps":
        share[1, start:] *= 3
    many = mean * (1 + (np.arange(months) >= start))
    totals = rng.negative_binomial(5, 5 / (5 + many))
    parts = (share / share.sum(axis=0)).T
    made = [rng.multinomial(n, p) for n, p in zip(totals, parts, strict=True)]
    return pd.DataFrame(np.transpose(made), index=["A", "B", "C"])


def rate(
    reps: int, *, months: int, mean: int, spread: float, rho: float, planted: str = ""
) -> float:
    """Say in how many % of studies the guard speaks."""
    spoken = 0
    for rep in range(reps):
        rng = np.random.default_rng([rep, months, mean])
        found = code_changes(
            calls(rng, months=months, mean=mean, spread=spread, rho=rho, planted=planted)
        )
        spoken += bool(found)
    return 100 * spoken / reps


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reps", type=int, default=100)
    reps = parser.parse_args().reps
    clean = [f"clean, {spread}, rho {rho}" for spread, rho in UNSTEADY]
    head = ("months", "calls a month", *clean, *PLANTED)
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for months in (12, 24, 48):
        for mean in (10, 40):
            rates = [
                rate(reps, months=months, mean=mean, spread=spread, rho=rho)
                for spread, rho in UNSTEADY
            ]
            rates += [
                rate(reps, months=months, mean=mean, spread=0.3, rho=0.6, planted=planted)
                for planted in PLANTED
            ]
            shown = " | ".join(f"{each:.1f}" for each in rates)
            print(f"| {months} | {mean} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
