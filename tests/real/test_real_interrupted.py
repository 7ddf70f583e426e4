"""Interrupted series on the Sicilian smoking ban, against numbers of R (ref_its.out)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.interrupted import interrupted
from outcomes.analyses.panel_table import PanelTable, panel_of_table
from outcomes.stats.ar1_reml import ar1_reml
from outcomes.stats.count_series import CountRegression, count_series, negative_binomial_series
from outcomes.stats.newey_west import newey_west
from outcomes.stats.segmented_series import segmented_series

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REFDATA.is_dir(), reason="the reference data are not beside the project"
    ),
]

# R's glm tells the errors of its last step but one, so that they are off by some millionths
LAST_STEP = 5e-6


def sicily() -> pd.DataFrame:
    """Hospital stays for acute coronary events, 2002-01 to 2006-11; the ban came in 2005-01."""
    return pd.read_csv(REFDATA / "causal" / "sicily.csv")


def waves(time: np.ndarray) -> list[np.ndarray]:
    """Season as tsModel's harmonic(time, 2, 12) lays it out: both sines, then both cosines."""
    return [wave(2 * np.pi * pair * time / 12) for wave in (np.sin, np.cos) for pair in (1, 2)]


def columns(*extra: np.ndarray, season: bool) -> np.ndarray:
    table = sicily()
    time = table["time"].to_numpy(dtype=float)
    seasonal = waves(time) if season else []
    return np.column_stack([np.ones(59), table["smokban"], time, *seasonal, *extra])


def of_rates(*extra: np.ndarray, season: bool) -> CountRegression:
    return count_series(sicily()["aces"], columns(*extra, season=season), exposure=stays())


def stays() -> np.ndarray:
    people: np.ndarray = sicily()["stdpop"].to_numpy(dtype=float)
    return people


def quasi(found: CountRegression) -> np.ndarray:
    return np.sqrt(np.diag(found.covariance) * found.dispersion)


def ratio(found: CountRegression, errors: np.ndarray) -> list[float]:
    """The ban's coefficient as a ratio with normal limits, as Epi's ci.lin tells it."""
    margin = stats.norm.ppf(0.975) * errors[1]
    value = found.coefficients[1]
    return [float(np.exp(each)) for each in (value, value - margin, value + margin)]


def test_poisson_and_quasi_poisson_give_the_numbers_of_r() -> None:
    found = of_rates(season=False)
    theirs = [-6.24315091046547, -0.11162844255886, 0.00494499203221]
    assert found.coefficients == pytest.approx(theirs, rel=1e-9)
    plain = np.sqrt(np.diag(found.covariance))
    theirs = [0.011189352608843, 0.017224765058868, 0.000499229549282]
    assert plain == pytest.approx(theirs, rel=LAST_STEP)
    theirs = [0.89437650801819, 0.86468641679323, 0.92508604571511]
    assert ratio(found, plain) == pytest.approx(theirs, rel=1e-6)
    assert found.dispersion == pytest.approx(3.55919463201, rel=LAST_STEP)
    theirs = [0.021109640088253, 0.032495945360595, 0.000941837877057]
    assert quasi(found) == pytest.approx(theirs, rel=LAST_STEP)
    theirs = [0.89437650801819, 0.83918900385892, 0.9531933026011]
    assert ratio(found, quasi(found)) == pytest.approx(theirs, rel=1e-6)
    p = 2 * stats.t.sf(abs(found.coefficients / quasi(found)), found.df)
    assert p[1:] == pytest.approx([1.12213727010e-03, 2.42672327059e-06], rel=1e-4)


def test_quasi_poisson_with_a_season_gives_the_numbers_of_r() -> None:
    found = of_rates(season=True)
    theirs = [-6.25237232266885, -0.12208679289851, 0.00538921954052, 0.03709672670548]
    theirs += [-0.0182122023238, 0.03816077550704, 0.01476338825492]
    assert found.coefficients == pytest.approx(theirs, rel=1e-8)
    theirs = [0.01756890880844, 0.027031107255406, 0.000795537232369, 0.010024071088357]
    theirs += [0.009643504464086, 0.009684814820038, 0.009722095349943]
    assert quasi(found) == pytest.approx(theirs, rel=LAST_STEP)
    assert found.dispersion == pytest.approx(2.26218641456, rel=LAST_STEP)
    theirs = [0.88507154724393, 0.83940095565853, 0.93322700964308]
    assert ratio(found, quasi(found)) == pytest.approx(theirs, rel=1e-6)
    assert np.exp(12 * found.coefficients[2]) == pytest.approx(1.06680759688, rel=1e-9)


def test_the_corrected_slope_model_gives_the_numbers_of_r_and_our_layout_is_that_one() -> None:
    time = sicily()["time"].to_numpy(dtype=float)
    found = of_rates(np.maximum(time - 36, 0), season=True)
    assert found.coefficients[[1, 2, 7]] == pytest.approx(
        [-0.13185917124976, 0.00510260219697, 0.00148222799809], rel=1e-7
    )
    theirs = [0.029791299244032, 0.000874528140392, 0.001854631632253]
    assert quasi(found)[[1, 2, 7]] == pytest.approx(theirs, rel=LAST_STEP)
    theirs = [0.87646441777702, 0.82675320969735, 0.92916467286582]
    assert ratio(found, quasi(found)) == pytest.approx(theirs, rel=1e-6)
    assert np.exp(found.coefficients[7]) == pytest.approx(1.00148332704095, rel=1e-9)
    p = 2 * stats.t.sf(found.coefficients[7] / quasi(found)[7], 51)
    assert p == pytest.approx(4.27878994089e-01, rel=1e-5)
    assert found.dispersion == pytest.approx(2.27456254548, rel=LAST_STEP)
    without = of_rates(season=True)
    assert (without.deviance, found.deviance) == pytest.approx((117.2661195, 115.8131484), abs=5e-8)
    f = (without.deviance - found.deviance) / found.dispersion
    assert (f, stats.f.sf(f, 1, 51)) == pytest.approx((0.63879, 0.42786), abs=5e-6)
    parts = segmented_series(time, start=37, season=12)
    ours = count_series(sicily()["aces"], parts.design, exposure=stays())
    assert ours.coefficients[2:4] == pytest.approx(found.coefficients[[1, 7]], rel=1e-8)


def test_the_published_error_of_uncounted_time_is_seen_and_cannot_be_laid_out() -> None:
    """The jump at time zero, 0.831, was published as that of the ban and then corrected."""
    table = sicily()
    uncentered = of_rates((table["smokban"] * table["time"]).to_numpy(dtype=float), season=True)
    theirs = [0.83092197687305, 0.70539606627885, 0.97878534437088]
    assert ratio(uncentered, quasi(uncentered)) == pytest.approx(theirs, rel=2e-6)
    for by in (0, 500):
        parts = segmented_series(table["time"] + by, start=37 + by, season=12)
        ours = count_series(table["aces"], parts.design, exposure=stays())
        assert np.exp(ours.coefficients[2]) == pytest.approx(0.87646441777702, rel=1e-8)


def test_the_negative_binomial_model_gives_the_numbers_of_r() -> None:
    found = negative_binomial_series(sicily()["aces"], columns(season=True), exposure=stays())
    assert found.theta == pytest.approx(840.013818283, rel=1e-9)
    assert found.theta_se == pytest.approx(309.128282888, rel=1e-8)
    theirs = [-6.252382428628, -0.12308612536, 0.0054027271084, 0.0365001390075]
    theirs += [-0.018465278855, 0.0382098274284, 0.0148496182992]
    assert found.coefficients == pytest.approx(theirs, rel=1e-9)
    theirs = [0.01621948738006, 0.025429261546976, 0.000743606216743, 0.009380510617808]
    theirs += [0.009038330152738, 0.009100255350335, 0.009118624090318]
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize(
    ("lag", "theirs"),
    [
        (
            3,
            (
                0.0203931216998,
                0.0231869281018,
                0.0008290029963,
                0.0085423767710,
                0.0085261706171,
                0.0101263270093,
                0.0068577584483,
            ),
        ),
        (
            12,
            (
                0.0174562441469,
                0.0163938676254,
                0.0007086562444,
                0.0107251848452,
                0.0051725683339,
                0.0110491712750,
                0.0054389259361,
            ),
        ),
    ],
)
def test_newey_west_errors_of_the_count_model_give_the_numbers_of_sandwich(
    lag: int, theirs: tuple[float, ...]
) -> None:
    found = of_rates(season=True)
    errors = np.sqrt(np.diag(newey_west(found.scores, found.covariance, lag=lag)))
    assert errors == pytest.approx(theirs, rel=LAST_STEP)


def of_rate(*, season: bool) -> tuple[np.ndarray, np.ndarray]:
    """Events by 100,000 people, and the segmented columns in the order of ref_its.out."""
    table = sicily()
    time = table["time"].to_numpy(dtype=float)
    rate = table["aces"].to_numpy() / stays() * 1e5
    post = table["smokban"].to_numpy(dtype=float)
    parts = [np.ones(59), time, post, post * (time - 36)]
    return rate, np.column_stack([*parts, *(waves(time) if season else [])])


def test_least_squares_and_its_newey_west_errors_give_the_numbers_of_r() -> None:
    import statsmodels.api as sm
    from statsmodels.stats.stattools import durbin_watson

    rate, design = of_rate(season=False)
    fit = sm.OLS(rate, design).fit()
    theirs = [194.10874049635, 1.035848635313, -24.844363586437, 0.127220442891]
    assert fit.params == pytest.approx(theirs, rel=1e-10)
    inverse = np.linalg.inv(design.T @ design)
    errors = np.sqrt(np.diag(newey_west(design * fit.resid[:, None], inverse, lag=3)))
    theirs = [4.0724275092, 0.1783789407, 7.3464251891, 0.4256106177]
    # this one without sandwich's small-sample factor
    assert errors * np.sqrt(55 / 59) == pytest.approx(theirs, rel=1e-8)
    assert durbin_watson(fit.resid) == pytest.approx(1.59396363674, rel=1e-10)
    lagged = [np.concatenate([np.zeros(lag), fit.resid[:-lag]]) for lag in range(1, 13)]
    score = 59 * sm.OLS(fit.resid, np.column_stack([design, *lagged])).fit().rsquared
    assert (score, stats.chi2.sf(score, 12)) == pytest.approx(
        (33.4878436, 0.000812004548), rel=1e-6
    )
    rate, design = of_rate(season=True)
    seasonal = sm.OLS(rate, design).fit()
    theirs = [193.091735482205, 1.090821879321, -28.649146405195, 0.351472671683]
    assert seasonal.params[:4] == pytest.approx(theirs, rel=1e-10)
    assert seasonal.bse[:4] == pytest.approx(
        [3.960552721742, 0.187959516549, 6.495051606081, 0.407087606009], rel=1e-9
    )


def test_ar1_by_ml_gives_the_gls_of_the_reference_and_by_reml_that_of_nlme() -> None:
    rate, design = of_rate(season=False)
    found = ar1_reml(rate, design, restricted=False)
    assert found.phi == pytest.approx(0.199667716072, rel=1e-6)
    assert found.log_likelihood == pytest.approx(-237.172763677, abs=1e-8)
    theirs = [194.114239091131, 1.031331564031, -24.335024425299, 0.109645427653]
    assert found.coefficients == pytest.approx(theirs, rel=1e-6)
    errors = np.sqrt(np.diag(found.covariance))
    theirs = [5.829353158354, 0.273504084837, 9.003012885800, 0.602516682070]
    assert errors == pytest.approx(theirs, rel=1e-6)
    # R 4.2.2, nlme: the same with method = "REML", and with periods 5, 6, 20 and 41 left out
    found = ar1_reml(rate, design)
    assert found.phi == pytest.approx(0.28382830113741, rel=1e-6)
    assert found.coefficients[2] == pytest.approx(-23.988327596393152, rel=1e-6)
    assert np.sqrt(found.covariance[2, 2]) == pytest.approx(9.77507312510263, rel=1e-6)
    assert found.log_likelihood == pytest.approx(-232.97715406965, abs=1e-8)
    kept = ~np.isin(np.arange(1, 60), [5, 6, 20, 41])
    found = ar1_reml(rate[kept], design[kept], times=np.arange(1, 60)[kept])
    assert found.phi == pytest.approx(0.28001988184586, rel=1e-5)
    assert found.coefficients[2] == pytest.approx(-26.52414288065044, rel=1e-5)
    assert np.sqrt(found.covariance[2, 2]) == pytest.approx(9.95876244495159, rel=1e-5)
    assert found.log_likelihood == pytest.approx(-217.20791261532, abs=1e-8)


def panel() -> PanelTable:
    table = sicily().assign(place="Sicily")
    table["month"] = [
        f"{year}-{month:02d}" for year, month in zip(table["year"], table["month"], strict=True)
    ]
    stays = panel_of_table(table, "stdpop", unit="place", time="month").outcome
    found = panel_of_table(table, "aces", unit="place", time="month", treated="smokban")
    return replace(found, exposure=stays)


def test_our_design_finds_the_fall_of_the_corrected_paper_with_a_wider_interval() -> None:
    """Its authors: 0.876 (0.827 to 0.929), with months taken as independent."""
    level, slope, *_ = found = interrupted(panel(), season=12)
    assert "(2005-01)" in level.term
    assert level.value == pytest.approx(0.876, abs=0.005)
    assert level.high < 1
    assert np.log(level.high / level.low) > np.log(0.92916467286582 / 0.82675320969735) * 0.9
    assert slope.low < 1 < slope.high
    (poisson,) = [one for one in found if "quasi-Poisson" in one.term]
    assert poisson.value == pytest.approx(0.87646441777702, rel=1e-8)
    assert poisson.p == pytest.approx(5.07171726883e-05, rel=1e-4)
    assert "36 periods before and 23 after" in level.method
