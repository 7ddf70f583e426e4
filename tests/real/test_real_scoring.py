"""Reliability, invariance, pooling and scores beside R's numbers and SPSS's listings."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.stats.alpha import alpha_of, cronbach_alpha
from outcomes.stats.invariance import STEPS, group_invariance, longitudinal_invariance
from outcomes.stats.item_moments import item_moments
from outcomes.stats.item_statistics import item_statistics
from outcomes.stats.omega import mcdonald_omega
from outcomes.stats.one_factor import one_factor
from outcomes.stats.polychoric import polychoric_correlations
from outcomes.stats.reliable_change import error_of_difference
from outcomes.stats.rubin_pooling import pooled_estimate

STATS = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "stats"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not STATS.exists(), reason="the folder shared/refdata is not there"),
]
BFI = ("agree", "conscientious", "extraversion")
EXACT, FITTED = 1e-9, 1e-6


def reference(name: str) -> dict:
    return json.loads((STATS / f"ref_{name}.json").read_text(encoding="utf-8"))


def bfi(want: dict) -> pd.DataFrame:
    """The items of one scale of the bfi data, reversed ones turned."""
    items = pd.read_csv(STATS / "psych_bfi.csv")[want["items"]].copy()
    for name in np.atleast_1d(want["reversed"]):
        items[name] = 7 - items[name]
    return items


def in_order(numbers: dict) -> list[float]:
    return list(numbers.values())


@pytest.mark.parametrize("scale", BFI)
@pytest.mark.parametrize("missing", ["pairwise", "listwise"])
def test_alpha_and_items_are_those_of_psych(scale, missing) -> None:
    reliability = reference("reliability")
    values, want = bfi(reliability[scale]), reliability[scale][missing]
    found = cronbach_alpha(values, term=scale, missing=missing)
    low, high = in_order(want["feldt"])
    assert found.value == pytest.approx(want["alpha"], abs=EXACT)
    assert (found.low, found.high) == (
        pytest.approx(low, abs=EXACT),
        pytest.approx(high, abs=EXACT),
    )
    moments = item_moments(values, missing=missing)
    assert alpha_of(moments.correlation) == pytest.approx(want["std_alpha"], abs=EXACT)
    items = item_statistics(moments)
    np.testing.assert_allclose(items.item_rest, in_order(want["item_r_drop"]), atol=EXACT)
    np.testing.assert_allclose(
        items.alpha_if_dropped, in_order(want["alpha_if_dropped"]), atol=EXACT
    )
    if missing == "pairwise":
        np.testing.assert_allclose(items.item_total, in_order(want["item_raw_r"]), atol=EXACT)


def test_alpha_of_the_attitude_data_is_the_published_one() -> None:
    want = reference("reliability")["attitude"]
    values = pd.read_csv(STATS / "r_attitude.csv")
    found = cronbach_alpha(values, term="attitude")
    assert round(found.value, 2) == 0.84
    low, high = in_order(want["feldt"])
    assert [found.value, found.low, found.high] == pytest.approx(
        [want["alpha"], low, high], abs=EXACT
    )
    items = item_statistics(item_moments(values))
    np.testing.assert_allclose(items.item_rest, in_order(want["r_drop"]), atol=EXACT)


def test_alpha_of_published_correlations() -> None:
    table = pd.read_csv(STATS / "psych_Thurstone_cor.csv").to_numpy()
    assert alpha_of(table) == pytest.approx(0.891458, abs=1e-6)


@pytest.mark.parametrize("scale", BFI)
def test_omega_its_error_and_its_fit_are_those_of_lavaan(scale) -> None:
    reliability = reference("reliability")
    want = reliability[scale]
    values = bfi(want)
    found = mcdonald_omega(values, term=scale)
    wald = want["omega_wald"]
    assert [found.value, found.se, found.low, found.high] == pytest.approx(
        [wald["est"], wald["se"], wald["lower"], wald["upper"]], abs=FITTED
    )
    complete = values.dropna()
    fit = one_factor(np.cov(complete.T, bias=True), n=len(complete))
    assert fit.chi_square == pytest.approx(want["cfa"]["chisq"], abs=FITTED)
    np.testing.assert_allclose(fit.loadings, in_order(want["cfa_loadings"]), atol=FITTED)
    np.testing.assert_allclose(fit.residuals, in_order(want["cfa_resid"]), atol=3 * FITTED)
    assert fit.standardized().omega == pytest.approx(want["omega_total_1f_ml"], abs=FITTED)


def test_polychoric_correlations_are_those_of_lavaan() -> None:
    columns = [f"A{at}" for at in range(1, 6)]
    table = pd.read_csv(STATS / "psych_bfi.csv")[[*columns, "gender"]].dropna()
    want = np.array(reference("invariance")["bfi_agree_polychoric"])
    np.testing.assert_allclose(polychoric_correlations(table[columns]), want, atol=FITTED)


def holzinger() -> list[np.ndarray]:
    table = pd.read_csv(STATS / "lavaan_HolzingerSwineford1939.csv")
    items = [f"x{at}" for at in range(1, 10)]
    return [
        table.loc[table["school"] == school, items].to_numpy()
        for school in ("Pasteur", "Grant-White")
    ]


def bfi_groups() -> list[np.ndarray]:
    columns = [f"A{at}" for at in range(1, 6)]
    table = pd.read_csv(STATS / "psych_bfi.csv")[[*columns, "gender"]].dropna()
    return [table.loc[table["gender"] == gender, columns].to_numpy() for gender in (1, 2)]


@pytest.mark.parametrize("data", ["groups", "bfi_agree_ml"])
def test_invariance_across_groups_is_that_of_lavaan(data) -> None:
    want = reference("invariance")[data]
    if data == "groups":
        steps = (*STEPS, "means")
        found = group_invariance(holzinger(), factor_of=[0, 0, 0, 1, 1, 1, 2, 2, 2], steps=steps)
    else:
        found = group_invariance(bfi_groups())
    for step in found:
        numbers = want[step.step]
        assert step.fit.df == numbers["df"]
        assert step.fit.chi_square == pytest.approx(numbers["chisq"], abs=FITTED)
        assert step.fit.cfi == pytest.approx(numbers["cfi"], abs=EXACT)
        assert step.fit.rmsea == pytest.approx(numbers["rmsea"], abs=EXACT)
        assert step.fit.srmr == pytest.approx(numbers["srmr"], abs=FITTED)
        assert step.fit.p == pytest.approx(numbers["pvalue"], abs=EXACT)


def test_the_ratio_tests_between_steps_are_those_of_lavaan() -> None:
    want = reference("invariance")["lrt"]
    steps = ("configural", "metric", "scalar", "means")
    found = group_invariance(holzinger(), factor_of=[0, 0, 0, 1, 1, 1, 2, 2, 2], steps=steps)[1:]
    assert [step.d_chi_square for step in found] == pytest.approx(want["dchi"][1:], abs=FITTED)
    assert [step.d_df for step in found] == want["ddf"][1:]
    assert [step.d_p for step in found] == pytest.approx(want["p"][1:], rel=1e-6)


def test_invariance_across_two_waves_is_that_of_lavaan() -> None:
    # 23.841, 27.135, 33.131, 40.802: the model of 04_invariance.R, as noted to three digits
    table = pd.read_csv(STATS / "lavaan_PoliticalDemocracy.csv")
    found = longitudinal_invariance(
        table[["y1", "y2", "y3", "y4"]], table[["y5", "y6", "y7", "y8"]]
    )
    chi_squares = [round(step.fit.chi_square, 3) for step in found]
    assert chi_squares == [23.841, 27.135, 33.131, 40.802]
    assert [step.fit.df for step in found] == [15, 18, 21, 25]


def test_pooling_the_imputations_of_mice_gives_its_numbers() -> None:
    want = reference("mixed_missing")["mice_nhanes_pool"]
    table = pd.read_csv(STATS / "mice_nhanes_20imputations_long.csv")
    values, errors = [], []
    for _, one in table.groupby(".imp"):
        design = np.column_stack([np.ones(len(one)), one["age"], one["bmi"]])
        slopes, left, *_ = np.linalg.lstsq(design, one["chl"].to_numpy(), rcond=None)
        values.append(slopes)
        errors.append(np.sqrt(left[0] / 22 * np.diag(np.linalg.inv(design.T @ design))))
    for at, (name, estimate) in enumerate(want["est"].items()):
        found = pooled_estimate(
            np.array(values)[:, at],
            np.array(errors)[:, at],
            df_complete=22,
            term=name,
            unit="mg/dL",
            n=25,
        )
        assert found.value == pytest.approx(estimate, abs=EXACT)
        assert found.se == pytest.approx(want["se"][name], abs=EXACT)
        assert f"df {want['df'][name]:.1f}" in found.method


def test_reliable_change_is_that_of_jacobson_and_truax() -> None:
    want = reference("change")["rci_jt1991"]
    scores = np.array([-7.5, 7.5]) / np.sqrt(2)
    spread = error_of_difference(scores, scores, reliability=0.8, error="jacobson-truax")
    assert spread == pytest.approx(want["sdiff"], abs=EXACT)
    assert 15 / spread == pytest.approx(want["rc"], abs=EXACT)


def test_alpha_and_items_are_those_that_spss_prints() -> None:
    listing = (STATS / "spss_mariposa" / "reliability_output.txt").read_text(encoding="utf-8-sig")
    table = pd.read_csv(STATS / "spss_mariposa" / "survey_data.csv")
    scales = {
        "Trust Scale": ["trust_government", "trust_media", "trust_science"],
        "Attitude Scale": ["life_satisfaction", "environmental_concern", "political_orientation"],
    }
    for name, items in scales.items():
        printed = re.search(rf"Scale: {name}.*?\n +(-?\.\d+) +(-?\.\d+) +3 ", listing, re.S)
        assert printed is not None
        moments = item_moments(table[items], missing="listwise")
        assert alpha_of(moments.covariance) == pytest.approx(float(printed[1]), abs=5e-4)
        assert alpha_of(moments.correlation) == pytest.approx(float(printed[2]), abs=5e-4)
    rest = item_statistics(item_moments(table[scales["Attitude Scale"]], missing="listwise"))
    np.testing.assert_allclose(rest.item_rest, [0.004, -0.399, -0.419], atol=5e-4)
    assert rest.against[1]
    assert rest.against[2]
