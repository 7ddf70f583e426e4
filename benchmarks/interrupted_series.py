"""False alarms of interrupted series in which nothing changed: ours, and customary methods.

Run: .venv/bin/python benchmarks/interrupted_series.py --reps 8000. Series of 24 to 60 periods with
a straight trend, a start in the middle and AR(1) errors of phi 0 to 0.9 are simulated; the table
says in how many percent each method calls a change real at 5 %, among all series: one that ours
refuses is no alarm, and how many are refused stands in a row of its own. The second tables do the
same with counts whose logarithms have AR(1) errors (level / slope / end for ours), the third says
how often the guard against breaks elsewhere speaks. --found adds changes and says how many of them
are found, and how many refused.
"""

import argparse
import time

import numpy as np
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import Floats, ar1_errors, ar1_reml_many
from outcomes.stats.count_series import count_series, negative_binomial_series
from outcomes.stats.largest_break import largest_break
from outcomes.stats.newey_west import newey_west
from outcomes.stats.restricted_critical_values import restricted_critical_many
from outcomes.stats.segmented_series import SegmentedSeries, segmented_series
from outcomes.stats.simulated_critical_values import simulated_critical_values

LENGTHS, PHIS = (24, 36, 48, 60), (0.0, 0.3, 0.6, 0.8, 0.9)
OURS = "AR(1) REML, simulated critical values (ours)"
REFUSED, UNREFUSED = "refused by ours", "ours, had nothing been refused"
ASKED = (SegmentedSeries.LEVEL, SegmentedSeries.SLOPE, SegmentedSeries.END)
NAMES = ("level", "slope", "end")
# counts: phi, standard deviation of the logarithm of what they vary around, and their mean
COUNTS = ((0.0, 0.0, 20), *((phi, 0.25, mean) for mean in (8, 20, 100) for phi in PHIS))
# measured: phi, change of level, change of slope by the last period, in SD of an error
PLANTED = ((0.0, 1.6, 0.0), (0.3, 2.5, 0.0), (0.6, 3.0, 0.0), (0.3, 0.0, 2.5), (0.3, 0.0, 4.0))
COUNT_MODELS = ("Poisson, level", "quasi-Poisson, level", "negative binomial, level")


def layout(length: int, season: int | None) -> tuple[Floats, SegmentedSeries]:
    """Times and columns of a series with its start in the middle."""
    times = np.arange(1, length + 1.0)
    return times, segmented_series(times, start=length // 2 + 1, season=season)


def ours(
    series: Floats, parts: SegmentedSeries, times: Floats, *, noise: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """The p of our test, whether it is then refused, and the p of the same fit's t test.

    Shape (3, r) each. ``noise`` is each series' variance that comes of counting, shape (r,).
    """
    fits = ar1_reml_many(series, parts.design, times=times, contrasts=parts.contrasts)
    found = np.empty((len(ASKED), series.shape[1]))
    known = np.zeros(series.shape[1]) if noise is None else noise
    shares = np.minimum(known / fits.sd**2, 1).round(1)
    judges = {
        (phi, share): simulated_critical_values(
            phi, parts.design, times=times, contrasts=parts.contrasts, noise=share
        )
        for phi, share in set(zip(fits.phi.tolist(), shares.tolist(), strict=True))
    }
    for column, (phi, share) in enumerate(zip(fits.phi, shares, strict=True)):
        chance = judges[float(phi), float(share)]
        for row, which in enumerate(ASKED):
            found[row, column] = chance.p(which, float(fits.ratios[which, column]))
    refused = np.zeros(found.shape, dtype=bool)
    for row, which in enumerate(ASKED):
        alarms = np.flatnonzero(found[row] <= 0.05)
        if not alarms.size:
            continue
        critical = restricted_critical_many(
            series[:, alarms],
            parts.design,
            times=times,
            contrasts=parts.contrasts,
            which=which,
            noise=known[alarms],
            level=0.95,
        )
        refused[row, alarms] = np.abs(fits.ratios[which, alarms]) <= critical
    df = len(times) - parts.design.shape[1]
    return found, refused, 2 * stats.t.sf(np.abs(fits.ratios[list(ASKED)]), df)


def least_squares(series: Floats, parts: SegmentedSeries) -> tuple[Floats, Floats]:
    """Residuals (n, r) and coefficients (k, r)."""
    beta = np.linalg.lstsq(parts.design, series, rcond=None)[0]
    return series - parts.design @ beta, beta


def ordinary(series: Floats, parts: SegmentedSeries) -> Floats:
    """P values of plain least squares."""
    rest, beta = least_squares(series, parts)
    n, k = parts.design.shape
    asked = parts.contrasts[list(ASKED)]
    spread = np.einsum("qk,kl,ql->q", asked, np.linalg.inv(parts.design.T @ parts.design), asked)
    error = np.sqrt(np.outer(spread, (rest**2).sum(axis=0) / (n - k)))
    return 2 * stats.t.sf(np.abs(asked @ beta / error), n - k)


def hac(series: Floats, parts: SegmentedSeries) -> Floats:
    """P values of Newey-West with the usual lag and normal p."""
    rest, beta = least_squares(series, parts)
    n, k = parts.design.shape
    asked, inverse = parts.contrasts[list(ASKED)], np.linalg.inv(parts.design.T @ parts.design)
    error = [
        np.sqrt(
            np.einsum(
                "qk,kl,ql->q",
                asked,
                newey_west(parts.design * each[:, None], inverse) * (n - k) / n,
                asked,
            )
        )
        for each in rest.T
    ]
    return 2 * stats.norm.sf(np.abs(asked @ beta / np.array(error).T))


def prais_winsten(series: Floats, parts: SegmentedSeries) -> Floats:
    """P values of one Prais-Winsten step from the residuals' own correlation."""
    rest, _ = least_squares(series, parts)
    n, k = parts.design.shape
    asked = parts.contrasts[list(ASKED)]
    phis = np.clip((rest[1:] * rest[:-1]).sum(axis=0) / (rest**2).sum(axis=0), -0.95, 0.98)
    found = np.empty((len(ASKED), series.shape[1]))
    for column, phi in enumerate(phis):
        both = np.column_stack([parts.design, series[:, column]])
        both = np.vstack([np.sqrt(1 - phi**2) * both[:1], both[1:] - phi * both[:-1]])
        beta, left, *_ = np.linalg.lstsq(both[:, :k], both[:, k], rcond=None)
        spread = asked @ np.linalg.inv(both[:, :k].T @ both[:, :k]) @ asked.T
        error = np.sqrt(np.diag(spread) * left[0] / (n - k))
        found[:, column] = 2 * stats.t.sf(np.abs(asked @ beta / error), n - k)
    return found


def alarms(length: int, phi: float, *, season: int | None, reps: int, seed: int) -> dict[str, str]:
    """How often each method errs, in percent, as level / slope / end."""
    times, parts = layout(length, season)
    rng = np.random.default_rng((seed, length, round(100 * phi)))
    series = ar1_errors(times, phi=phi, many=reps, rng=rng)
    mine, refused, student = ours(series, parts, times)
    found = {
        OURS: np.where(refused, 1.0, mine),
        REFUSED: np.where(refused, 0.0, 1.0),
        UNREFUSED: mine,
        "AR(1) REML, t test": student,
        "Prais-Winsten, t test": prais_winsten(series, parts),
        "Newey-West, normal": hac(series, parts),
        "least squares": ordinary(series, parts),
    }
    return {name: _shares(p) for name, p in found.items()}


def _shares(p: Floats) -> str:
    return " / ".join(f"{100 * share:.1f}" for share in (p <= 0.05).mean(axis=1))


def planted(length: int, *, reps: int, seed: int) -> dict[str, dict[str, str]]:
    """How many changes are found, how many refused, and how many were found without refusals."""
    times, parts = layout(length, None)
    rows = {}
    for phi, level, slope in PLANTED:
        rng = np.random.default_rng((seed, 5, length, round(100 * phi)))
        change = parts.design[:, 2] * level + parts.design[:, 3] * slope / parts.after
        series = ar1_errors(times, phi=phi, many=reps, rng=rng) + change[:, None]
        mine, refused, _ = ours(series, parts, times)
        rows[f"phi {phi}, level {level}, slope {slope}"] = {
            OURS: _shares(np.where(refused, 1.0, mine)),
            REFUSED: _shares(np.where(refused, 0.0, 1.0)),
            UNREFUSED: _shares(mine),
        }
    return rows


def count_alarms(
    length: int, phi: float, *, latent: float, mean: float, reps: int, models: int, seed: int
) -> dict[str, str]:
    """How often methods for counts err, in percent: ours on all that is asked, others on level."""
    times, parts = layout(length, None)
    rng = np.random.default_rng((seed, 7, length, round(100 * phi), round(mean)))
    wave = latent * ar1_errors(times, phi=phi, many=reps, rng=rng)
    counts = rng.poisson(mean * np.exp(wave)).astype(float)
    counts = np.maximum(counts, 1)  # a zero would be analysed as a difference
    mine, refused, _ = ours(np.log(counts), parts, times, noise=(1 / counts).mean(axis=0))
    told = {
        OURS: _shares(np.where(refused, 1.0, mine)),
        REFUSED: _shares(np.where(refused, 0.0, 1.0)),
        UNREFUSED: _shares(mine),
    }
    if models:
        asked = counts.T[:models]  # one series at a time, and their rates are far from 5
        rates = np.mean([_count_models(each, parts) for each in asked], axis=0)
        told |= {
            name: f"{100 * float(rate):.1f}" for name, rate in zip(COUNT_MODELS, rates, strict=True)
        }
    return told


def _count_models(counts: Floats, parts: SegmentedSeries) -> list[bool]:
    """Whether Poisson, quasi-Poisson and negative binomial call the level changed."""
    plain = count_series(counts, parts.design)
    ratio = abs(plain.coefficients[2]) / np.sqrt(plain.covariance[2, 2])
    poisson = bool(2 * stats.norm.sf(ratio) <= 0.05)
    wide = ratio / np.sqrt(max(plain.dispersion, 1.0))
    quasi = bool(2 * stats.t.sf(wide, plain.df) <= 0.05)
    try:
        spread = negative_binomial_series(counts, parts.design)
    except DataError:
        return [poisson, quasi, poisson]
    ratio = abs(spread.coefficients[2]) / np.sqrt(spread.covariance[2, 2])
    return [poisson, quasi, bool(2 * stats.norm.sf(ratio) <= 0.05)]


def guard(length: int, phi: float, *, jump: float, away: int, reps: int, seed: int) -> str:
    """How often a break is found away from the start, in percent: jump in SD, away from it."""
    times, parts = layout(length, None)
    rng = np.random.default_rng((seed, 9, length, round(100 * phi)))
    series = ar1_errors(times, phi=phi, many=reps, rng=rng)
    start = length // 2 + 1
    series[times >= start + away] += jump
    columns = np.delete(parts.design, (2, 3), axis=1)
    spoke = 0
    fits = ar1_reml_many(series, parts.design, times=times, contrasts=parts.contrasts)
    for each, found in zip(series.T, fits.phi, strict=True):
        chance = simulated_critical_values(
            float(found), parts.design, times=times, contrasts=parts.contrasts
        )
        seen = largest_break(each, columns, times=times, phi=chance.phi, draws=199)
        spoke += seen.p <= 0.05 and abs(seen.time - start) > 2
    return f"{100 * spoke / reps:.0f}"


def table(title: str, rows: dict[str, dict[str, str]]) -> None:
    """Print one column a cell, one row a method."""
    print(f"\n{title}\n")
    print(" | ".join(("| method", *rows)) + " |")
    print("|---" * (len(rows) + 1) + "|")
    for method in next(iter(rows.values())):
        print(" | ".join((f"| {method}", *(cell[method] for cell in rows.values()))) + " |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=4000)
    parser.add_argument("--counts", type=int, default=1000, help="series of counts a cell")
    parser.add_argument("--models", type=int, default=200, help="of these for customary models")
    parser.add_argument("--found", type=int, default=0, help="series a cell with a change")
    parser.add_argument("--guard", type=int, default=200, help="series a cell of the guard")
    parser.add_argument("--length", type=int, action="append")
    parser.add_argument("--season", type=int)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    lengths = chosen.length or LENGTHS
    begin = time.process_time()
    for length in lengths if chosen.reps else ():
        rows = {
            f"phi {phi}": alarms(
                length, phi, season=chosen.season, reps=chosen.reps, seed=chosen.seed
            )
            for phi in PHIS
        }
        table(f"{length} periods, level / slope / end, % of {chosen.reps} series", rows)
    if chosen.counts:
        for length in lengths:
            rows = {
                f"phi {phi}, SD {latent}, mean {mean}": count_alarms(
                    length,
                    phi,
                    latent=latent,
                    mean=mean,
                    reps=chosen.counts,
                    models=chosen.models,
                    seed=chosen.seed,
                )
                for phi, latent, mean in COUNTS
            }
            table(f"counts, {length} periods, % of {chosen.counts} series", rows)
    for length in lengths if chosen.found else ():
        rows = planted(length, reps=chosen.found, seed=chosen.seed)
        table(f"{length} periods, found of changes, % of {chosen.found} series", rows)
    if chosen.guard:
        cells = {
            "nothing changed": (0.0, 0),
            "2 SD at the start": (2.0, 0),
            "3 SD 8 later": (3.0, 8),
        }
        rows = {
            f"36, phi {phi}": {
                name: guard(36, phi, jump=jump, away=away, reps=chosen.guard, seed=chosen.seed)
                for name, (jump, away) in cells.items()
            }
            for phi in (0.0, 0.3, 0.6)
        }
        table(f"a break elsewhere is warned of, % of {chosen.guard} series", rows)
    print(f"\n{time.process_time() - begin:.0f} s of one core")


if __name__ == "__main__":
    main()
