"""Critical values for series with AR(1) errors, from many series in which nothing changed."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from outcomes.errors import DataError
from outcomes.stats.ar1_reml import Floats, ar1_errors, ar1_reml_many

DRAWS = 4_999  # series that tell how large a ratio chance makes
DRAWS_OF_PHI = 999  # series that tell how far below the truth phi is found
SEED = 1922  # the same series must give the same p
MOST_NOISE = 0.9  # share from which the rest can no longer be told apart
PEAK = 0.7  # phi up to which ratios surely grow
PHIS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A design as something that can be looked up again."""

    shape: tuple[int, int]
    design: bytes
    times: bytes
    contrasts: bytes
    noise: float

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """Give the design, the times and the contrasts back."""
        n, k = self.shape
        design = np.frombuffer(self.design).reshape(n, k)
        return design, np.frombuffer(self.times), np.frombuffer(self.contrasts).reshape(-1, k)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalValues:
    """How large the ratio of a contrast to its standard error gets by chance alone."""

    unbiased: float  # phi, corrected for being found too low in short series
    phi: float  # one standard error above it: the largest phi of the simulated series
    ratios: Floats  # (q, draws): their absolute ratios, rising

    def critical(self, which: int, *, level: float) -> float:
        """Say by which factor to widen the standard error of a contrast.

        Raises:
            DataError: The level asks for rarer series than were simulated.
        """
        draws = self.ratios.shape[1]
        return float(self.ratios[which, draws - place_of(level, draws=draws)])

    def p(self, which: int, ratio: float) -> float:
        """Say how often chance alone gives a ratio as large, two-sided; never zero."""
        row = self.ratios[which]
        as_large = len(row) - int(np.searchsorted(row, abs(ratio), side="left"))
        return (1 + as_large) / (1 + len(row))


def place_of(level: float, *, draws: int) -> int:
    """Say which of the ratios that fall from the largest on is the critical value.

    Raises:
        DataError: The level asks for rarer series than were simulated.
    """
    place = int((1 - level) * (draws + 1) + 1e-9)
    if place < 1:
        raise DataError(
            f"level {level} asks for rarer chances than {draws} simulated series can show; "
            f"ask for {1 - 1 / (draws + 1):.4f} at most"
        )
    return place


def setting_of(design: Floats, *, times: Floats, contrasts: Floats, noise: float) -> Setting:
    """Put a design so that it can be looked up again."""
    return Setting(
        shape=(design.shape[0], design.shape[1]),
        design=np.ascontiguousarray(design, dtype=float).tobytes(),
        times=np.ascontiguousarray(times - times[0], dtype=float).tobytes(),
        contrasts=np.ascontiguousarray(contrasts, dtype=float).tobytes(),
        noise=noise,
    )


def simulated_critical_values(
    phi: float, design: Floats, *, times: Floats, contrasts: Floats, noise: float = 0.0
) -> CriticalValues:
    """Simulate what the t ratios of ``ar1_reml`` look like when nothing changed.

    In a short series phi is found too low, and its own doubt is not in the standard errors. So phi
    is first corrected to what it would be on average, then taken one standard error higher, and
    series without a change and with the phi between the two that makes the largest ratios are
    fitted in the same way. (It need not be the largest phi: next to a random walk the level of a
    series is hardly looked at, and ratios fall again.) With 24 to 60 periods and phi up to 0.6 a
    test by them calls 4 to 6 % of series without a change changed, where the t test of the same
    fit calls 6 to 12 %.

    Counts, and estimates such as shares of articles, hold noise that is fresh in each period. It
    hides how long the rest hangs together, and without it counts of 20 a period raise false alarms
    in 8 to 9 % where phi is 0.6. So the share of it is part of the simulated series.

    Args:
        phi: As ``ar1_reml`` found it.
        design: Shape (n, k).
        times: Whole numbers that rise, shape (n,).
        contrasts: Weights of the coefficients, shape (q, k).
        noise: Share of the errors' variance that is counting or measurement error, 0 to 1.

    Returns:
        The ratios chance makes. The same input gives the same values, and asking again is quick.

    Raises:
        DataError: The columns of the design depend on one another, or the share is none.

    Source:
        Mean-unbiased phi: MacKinnon & Smith (1998), J. Econometrics 85: 205-230. Simulated p
        values: Davison & Hinkley (1997), Bootstrap Methods and their Application, section 4.2.
    """
    if not 0 <= noise <= 1:
        raise DataError(f"the share of noise lies between 0 and 1, got {noise}")
    fresh = round(min(noise, MOST_NOISE), 1)
    setting = setting_of(design, times=times, contrasts=contrasts, noise=fresh)
    average, first = np.unique(_found_on_average(setting), return_index=True)
    unbiased = float(np.interp(phi, average, np.array(PHIS)[first]))
    df = design.shape[0] - design.shape[1]
    seen = (1 - fresh) * unbiased  # the correlation of neighboring errors, noise included
    upper = min(unbiased + float(np.sqrt((1 - seen**2) / df)) / (1 - fresh), PHIS[-1])
    above = max(int(np.searchsorted(PHIS, upper)), 1)
    share = (upper - PHIS[above - 1]) / (PHIS[above] - PHIS[above - 1])
    ratios = (1 - share) * ratios_by_chance(setting, above - 1) + share * ratios_by_chance(
        setting, above
    )
    for between in range(max(int(np.searchsorted(PHIS, unbiased)), PHIS.index(PEAK)), above):
        ratios = np.maximum(ratios, ratios_by_chance(setting, between))
    return CriticalValues(unbiased=unbiased, phi=upper, ratios=ratios)


@lru_cache(maxsize=256)
def _found_on_average(setting: Setting) -> Floats:
    """The mean phi that REML finds for each of PHIS, shape (PHIS,), never falling."""
    design, times, contrasts = setting.arrays()
    series = [
        unchanged_series(times, at, noise=setting.noise, many=DRAWS_OF_PHI, seed=0)
        for at in range(len(PHIS))
    ]
    fits = ar1_reml_many(np.hstack(series), design, times=times, contrasts=contrasts[:1])
    return np.maximum.accumulate(fits.phi.reshape(len(PHIS), -1).mean(axis=1))


@lru_cache(maxsize=256)
def ratios_by_chance(setting: Setting, at: int) -> Floats:
    """The absolute ratios of series without a change and with phi ``PHIS[at]``, rising."""
    design, times, contrasts = setting.arrays()
    errors = unchanged_series(times, at, noise=setting.noise, many=DRAWS, seed=1)
    found = ar1_reml_many(errors, design, times=times, contrasts=contrasts)
    return np.sort(np.abs(found.ratios), axis=1)


def unchanged_series(times: Floats, at: int, *, noise: float, many: int, seed: int) -> Floats:
    """Errors of phi ``PHIS[at]``, a share of them fresh in each period, shape (n, many)."""
    rng = np.random.default_rng((SEED, seed, at))
    errors = ar1_errors(times, phi=PHIS[at], many=many, rng=rng)
    if not noise:
        return errors
    mixed: Floats = np.sqrt(1 - noise) * errors
    mixed += np.sqrt(noise) * rng.standard_normal(errors.shape)
    return mixed
