"""Published and R's estimates of staggered starts, told again to the digits given.

mpdta.csv and base_stagg.csv: R 4.2.2 with did 2.5.1, DRDID 1.2.3 and fixest 0.12.2 (ref_R.out);
Chicago officers' training: README of the R package staggered 1.2.3 and its own run here.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.panel_table import PanelTable, panel_of_table
from outcomes.analyses.staggered import staggered
from outcomes.stats.cohort_panel import (
    CohortPanel,
    Floats,
    cohort_covariances,
    cohort_panel,
)
from outcomes.stats.doubly_robust_change import adjusted_effects, averaged_influence
from outcomes.stats.efficient_staggered import efficient_staggered
from outcomes.stats.group_time_effects import (
    Comparison,
    Contrasts,
    Together,
    aggregated,
    each,
    group_time_effects,
    sampling_covariance,
)
from outcomes.stats.sun_abraham import sun_abraham
from outcomes.stats.two_way_weights import two_way_weights

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFDATA.exists(), reason="the folder shared/refdata is not there"),
]


@cache
def counties() -> tuple[pd.DataFrame, Floats, Floats]:
    """Teen employment by county and year, first year of a higher minimum wage, log population."""
    table = pd.read_csv(REFDATA / "causal" / "mpdta.csv")
    grid = table.pivot(index="countyreal", columns="year", values="lemp")
    first = table.groupby("countyreal")[["first.treat", "lpop"]].first().reindex(grid.index)
    start = first["first.treat"].replace(0, np.inf).to_numpy(dtype=float)
    return grid, start, first[["lpop"]].to_numpy()


def county_panel() -> CohortPanel:
    grid, start, _ = counties()
    return cohort_panel(grid.to_numpy(), start, times=grid.columns.to_numpy(dtype=float))


def errors_of_did(panel: CohortPanel, contrasts: Contrasts) -> Floats:
    """R's did divides by n where we divide by n - 1."""
    shrunk = cohort_covariances(panel) * ((panel.sizes - 1) / panel.sizes)[:, None, None]
    found: Floats = np.sqrt(np.diag(sampling_covariance(panel, contrasts, covariances=shrunk)))
    return found


GROUP_TIMES = [
    (-0.01050324622096, 0.0232510363682), (-0.07042315810315, 0.0309847667573),
    (-0.13725873888940, 0.0364356642877), (-0.10081136308540, 0.0343592258347),
    (0.00652011242423, 0.0233268051418), (-0.00275081875052, 0.0195585610359),
    (-0.00459460695286, 0.0177551966593), (-0.04122447154622, 0.0202291807041),
    (0.03050665558329, 0.0150335602801), (-0.00272589288612, 0.0163958328955),
    (-0.03108711938969, 0.0178775113133), (-0.02605441071920, 0.0166554353493),
]  # fmt: skip
WITH_POPULATION = [
    (-0.014529668311115, 0.0221291572371), (-0.076421881744046, 0.0286713141520),
    (-0.140448336820237, 0.0353781547102), (-0.106903898121728, 0.0328864930010),
    (-0.000472146088485, 0.0222234370367), (-0.006202524579797, 0.0184957019042),
    (0.000960573746698, 0.0194001954220), (-0.041293865588180, 0.0197211441454),
    (0.026727796203702, 0.0140656607644), (-0.004576570763526, 0.0157177631303),
    (-0.028447487197561, 0.0181808811527), (-0.028781361039487, 0.0162389529662),
]  # fmt: skip


def test_every_group_time_effect_of_the_counties_is_that_of_r() -> None:
    panel = county_panel()
    effects = group_time_effects(panel, comparison="never treated", base="one before")
    found = each(panel, effects)
    told = np.column_stack([found.value, errors_of_did(panel, found)])
    assert told == pytest.approx(np.array(GROUP_TIMES), abs=1e-12)


@pytest.mark.parametrize(
    ("together", "comparison", "value", "se"),
    [
        ("simple", "never treated", -0.0399512751552, 0.0120340127702),
        ("group", "never treated", -0.0310182822287, 0.012446059321),
        ("dynamic", "never treated", -0.0772398214573, 0.0199649890618),
        ("calendar", "never treated", -0.0417004321313, 0.0159718518846),
        ("simple", "not yet treated", -0.039763625623, 0.0120524247873),
    ],
)
def test_every_overall_average_of_the_counties_is_that_of_r(
    together: Together, comparison: Comparison, value: float, se: float
) -> None:
    panel = county_panel()
    effects = group_time_effects(panel, comparison=comparison, base="one before")
    overall, _ = aggregated(panel, effects, together=together)
    assert overall.value[0] == pytest.approx(value, abs=1e-12)
    assert errors_of_did(panel, overall)[0] == pytest.approx(se, abs=1e-12)


@pytest.mark.parametrize(
    ("together", "values", "errors"),
    [
        ("group", [-0.0797491265747, -0.0229095392495, -0.0260544107192],
         [0.0263677994350, 0.0167033302552, 0.0166554353493]),
        ("calendar", [-0.0105032462210, -0.0704231581031, -0.0488159842650, -0.0370593399360],
         [0.0232510363682, 0.0309847667573, 0.0201258612605, 0.0137470791411]),
        ("dynamic",
         [0.030506655583293, -0.000563084626385, -0.024458744971170, -0.019931816789259,
          -0.050957367065194, -0.137258738889403, -0.100811363085404],
         [0.0150335602801, 0.0132916447365, 0.0142364022105, 0.0118263640581,
          0.0168934762687, 0.0364356642877, 0.0343592258347]),
    ],
)  # fmt: skip
def test_averages_by_start_by_year_and_by_time_since_the_start_are_those_of_r(
    together: Together, values: list[float], errors: list[float]
) -> None:
    panel = county_panel()
    effects = group_time_effects(panel, comparison="never treated", base="one before")
    _, parts = aggregated(panel, effects, together=together)
    assert parts.value == pytest.approx(np.array(values), abs=1e-12)
    assert errors_of_did(panel, parts) == pytest.approx(np.array(errors), abs=1e-12)


def test_the_first_change_of_switchers_is_did_m() -> None:
    panel = county_panel()
    _, parts = aggregated(panel, group_time_effects(panel), together="dynamic")
    assert parts.value[parts.at == 0][0] == pytest.approx(-0.01892219908342, abs=1e-14)


def test_effects_among_counties_of_like_population_are_those_of_r() -> None:
    """R stops its logistic regression early: its own effects differ from exact ones by 1e-11."""
    panel = county_panel()
    effects = group_time_effects(panel, comparison="never treated", base="one before")
    found = adjusted_effects(panel, effects, covariates=counties()[2])
    told = np.column_stack([found.value, found.se])
    assert told == pytest.approx(np.array(WITH_POPULATION), abs=3e-11)
    overall = averaged_influence(panel, effects, found)
    assert overall.value[0] == pytest.approx(-0.0417517720611, abs=5e-12)
    assert overall.se[0] == pytest.approx(0.0115028381509, abs=5e-12)


def test_without_covariates_the_adjusted_effects_are_the_plain_ones() -> None:
    panel = county_panel()
    effects = group_time_effects(panel, comparison="never treated")
    found = adjusted_effects(panel, effects, covariates=counties()[2][:, :0])
    assert found.value == pytest.approx(effects.value, abs=1e-12)
    assert found.se == pytest.approx(errors_of_did(panel, each(panel, effects)), abs=1e-12)


def test_two_way_fixed_effects_of_the_counties_are_those_of_fixest() -> None:
    found = two_way_weights(county_panel())
    assert found.value == pytest.approx(-0.0365489366741, abs=1e-12)
    assert found.se == pytest.approx(0.0132651554293, abs=1e-12)


def test_the_interaction_weighted_event_study_of_the_counties_is_that_of_fixest() -> None:
    grid, start, _ = counties()
    found = sun_abraham(grid, start, times=grid.columns)
    values = [-0.0399512751552, 0.00330635669251, 0.02502182959756, 0.02445874497117,
              -0.01993181678926, -0.05095736706519, -0.13725873888939,
              -0.10081136308540]  # fmt: skip
    errors = [0.0117962774418, 0.0245550955319, 0.0181543444100, 0.0142667921546,
              0.0118575389635, 0.0168706783846, 0.0365894759638, 0.0345042719102]  # fmt: skip
    assert found.value == pytest.approx(np.array(values), abs=1e-12)
    assert found.se == pytest.approx(np.array(errors), abs=1e-12)


SUNAB = [
    (-1.133749448772, 0.205070493762), (0.3517656209193, 0.359073226523),
    (-0.0790091350120, 0.297470135788), (0.1010401641929, 0.366964639771),
    (-0.0564023865636, 0.308916104048), (-0.2953092924231, 0.293954314830),
    (-0.3037213292805, 0.249112818022), (-0.0883792128881, 0.255791144785),
    (0.0846616233042, 0.244276637352), (-5.1882068500340, 0.221068019719),
    (-3.5400278922120, 0.212821653487), (-2.1554853191763, 0.225779369449),
    (-0.7749537226387, 0.277127264662), (1.0688565629063, 0.310352216433),
    (2.1178930807778, 0.448123482658), (4.6314740447452, 0.460443626153),
    (4.8897879185051, 0.339398901995), (6.2436260544389, 0.297557204860),
]  # fmt: skip


def test_the_interaction_weighted_event_study_with_a_covariate_is_that_of_fixest() -> None:
    table = pd.read_csv(REFDATA / "causal" / "base_stagg.csv")
    grid, x1 = (table.pivot(index="id", columns="year", values=name) for name in ("y", "x1"))
    start = table.groupby("id")["year_treated"].first().to_numpy(dtype=float)  # 10000 for never
    found = sun_abraham(grid, start, times=grid.columns, covariates=x1.to_numpy()[None])
    told = np.column_stack([found.value, found.se])
    assert told == pytest.approx(np.array(SUNAB), abs=1e-11)


@cache
def officers(outcome: str) -> PanelTable:
    file = REFDATA / "domain" / "staggered_pj_officer_month.csv.gz"
    table = pd.read_csv(file, usecols=["uid", "period", "first_trained", outcome])
    return panel_of_table(table, outcome, unit="uid", time="period", start="first_trained")


@cache
def officer_panel(outcome: str) -> CohortPanel:
    table = officers(outcome)
    start = [table.start[place] for place in table.places]
    return cohort_panel(table.outcome.to_numpy(), start, times=table.periods)


@pytest.mark.parametrize(
    ("outcome", "together", "comparison", "slope", "value", "se", "neyman"),
    [
        ("complaints", "simple", "not yet treated", None, -0.001126981, 0.002115194, 0.002119248),
        ("complaints", "group", "not yet treated", None, -0.001084689, 0.002261011, 0.002264876),
        ("complaints", "calendar", "not yet treated", None, -0.00187198, 0.00255863, 0.002561472),
        ("complaints", "simple", "not yet treated", 1, -0.005176818, 0.003928735, 0.003930919),
        ("complaints", "simple", "last to start", 1, 0.01153851, 0.01730161, 0.01730234),
        ("force", "simple", "not yet treated", None, -0.00691456793, 0.00355982467, None),
        ("force", "simple", "not yet treated", 1, -0.01058210682, 0.00501816438, None),
        ("sustained", "simple", "not yet treated", None, -0.000311149784, 0.000332031845, None),
    ],
)
def test_the_published_changes_after_the_training_in_chicago_are_told_again(
    outcome: str,
    together: Together,
    comparison: Comparison,
    slope: float | None,
    value: float,
    se: float,
    neyman: float | None,
) -> None:
    panel = officer_panel(outcome)
    effects = group_time_effects(panel, comparison=comparison)
    overall, _ = aggregated(panel, effects, together=together)
    covariances = cohort_covariances(panel)
    found = efficient_staggered(panel, overall, covariances=covariances, slope=slope)
    assert found.value[0] == pytest.approx(value, rel=5e-7)
    assert found.se[0] == pytest.approx(se, rel=5e-7)
    if neyman is not None:
        assert found.neyman[0] == pytest.approx(neyman, rel=5e-7)


def test_the_published_event_study_of_complaints_is_told_again() -> None:
    panel = officer_panel("complaints")
    _, parts = aggregated(panel, group_time_effects(panel), together="dynamic")
    found = efficient_staggered(panel, parts, covariances=cohort_covariances(panel))
    first = np.searchsorted(parts.at, np.arange(6))
    values = [0.0003083575, 0.002591678, -4.872562e-05, 0.002043434, 0.002977076, 0.0007979656]
    errors = [0.002645327, 0.002614563, 0.00262264, 0.002715695, 0.002653924, 0.002721784]
    assert found.value[first] == pytest.approx(np.array(values), rel=5e-7)
    assert found.se[first] == pytest.approx(np.array(errors), rel=5e-6)


def test_the_design_gives_the_published_change_of_complaints_of_7785_officers() -> None:
    found = staggered(officers("complaints"))[0]
    assert found.value == pytest.approx(-0.005176818337669289, abs=1e-15)
    assert found.se == pytest.approx(0.003930919, rel=5e-7)
    assert found.n == 7785
    assert found.p is not None
    assert found.p > 0.1
