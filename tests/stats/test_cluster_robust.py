from math import inf, nan

import numpy as np
import pytest
from scipy import linalg, stats

from eight_places import DOSE, MONTH, OUTCOME, PLACE, TREATED, drifting, treated_places
from outcomes.errors import DataError
from outcomes.stats.cluster_design import ClusterDesign, cluster_design
from outcomes.stats.cluster_robust import (
    ClusterErrors,
    Kind,
    cluster_errors,
    cluster_robust,
    clustered_slope,
)
from outcomes.stats.two_way_effects import two_way_effects, two_way_slopes

Y = OUTCOME.ravel()


def within(x: np.ndarray) -> ClusterDesign:
    return cluster_design(x.ravel(), cluster=PLACE, effects=(PLACE, MONTH))


def one(errors: ClusterErrors) -> dict[str, float]:
    return {
        name: float(getattr(errors, name)[0])
        for name in ("slope", "cr0", "cr1", "cr1_all", "cr2", "cr3", "df")
    }


# R 4.2.2: clubSandwich 0.6.0 vcovCR and coef_test, summclust CRV3, fixest 0.12.2 feols
@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (
            TREATED,
            {
                "slope": -0.644259833333,
                "cr0": 0.35260290302,
                "cr1": 0.403278076984,  # fixest
                "cr1_all": 0.421441077423,  # CR1S
                "cr2": 0.407150761951,
                "cr3": 0.43977308556,
                "df": 6.0,
            },
        ),
        (
            DOSE,
            {
                "slope": -0.0381534280314,
                "cr0": 0.0659305247375,
                "cr1": 0.0754058886158,
                "cr1_all": 0.0788020493947,
                "cr2": 0.0784208423692,
                "cr3": 0.0873548565431,
                "df": 5.53225822581,
            },
        ),
    ],
)
def test_every_error_is_that_of_the_program_of_r(x: np.ndarray, expected: dict[str, float]) -> None:
    assert one(cluster_errors(Y, within(x))) == pytest.approx(expected, rel=2e-12)


@pytest.mark.parametrize(
    ("x", "kind", "p"),
    [
        (TREATED, "CR2", 0.164653906339),
        (TREATED, "CR1", 0.154173238643),
        (DOSE, "CR2", 0.64526467554),
        (DOSE, "CR1", 0.628416180314),
        (treated_places(2), "CR2", 0.2394964271),
    ],
)
def test_the_p_is_that_of_the_program_of_r(x: np.ndarray, kind: Kind, p: float) -> None:
    found = cluster_robust(Y, within(x), kind=kind, term="change", unit="points")
    assert found.p == pytest.approx(p, rel=1e-10)
    assert found.n == 8
    assert found.low < found.value < found.high


def test_two_treated_places_have_few_degrees_of_freedom_and_a_warning() -> None:
    """clubSandwich: SE .2921585689, df 1.739130435, without a warning."""
    found = cluster_robust(Y, within(treated_places(2)), term="change", unit="points")
    assert found.se == pytest.approx(0.2921585689, rel=1e-9)
    assert "df 1.7, below 4" in found.warnings[0]


def test_one_treated_place_is_refused_where_clubsandwich_reports_six_degrees_of_freedom() -> None:
    design = within(treated_places(1))
    assert one(cluster_errors(Y, design))["cr2"] == pytest.approx(0.2480012562, rel=1e-9)
    assert design.df[0] == pytest.approx(6)  # what R prints, with p = .081
    kinds: tuple[Kind, ...] = ("CR1", "CR2", "CR3")
    for kind in kinds:
        with pytest.raises(DataError, match="cannot tell by clustered errors: the estimate hangs"):
            cluster_robust(Y, design, kind=kind, term="change", unit="points")
    fitted = two_way_slopes(Y, treated_places(1), effects=two_way_effects(PLACE, MONTH))
    with pytest.raises(DataError, match="hangs on one place"):
        clustered_slope(fitted, cluster=PLACE, term="change", unit="points")


def test_one_untreated_place_is_refused_too_and_found_from_the_design_alone() -> None:
    for rows in (treated_places(7), treated_places(1) * 1e-7, 5 - treated_places(1)):
        assert within(rows).alone.tolist() == [True]
    assert within(treated_places(2)).alone.tolist() == [False]
    late = (PLACE == 7) & (MONTH >= 3)
    assert within(treated_places(1) + late).alone.tolist() == [False]


def unequal(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(6), rng.integers(3, 14, 6))
    controls = rng.normal(size=(cluster.size, 2)) + cluster[:, None] % 2
    x = rng.normal(size=(cluster.size, 2)) + rng.normal(size=6)[cluster][:, None]
    return cluster, controls, x, rng.normal(size=cluster.size) + rng.normal(size=6)[cluster]


def by_the_book(
    y: np.ndarray, columns: np.ndarray, cluster: np.ndarray, which: int
) -> dict[str, float]:
    """CR2, its df and the jackknife with n x n matrices, as the papers write them."""
    bread = np.linalg.inv(columns.T @ columns)
    rest = np.eye(y.size) - columns @ bread @ columns.T
    residual, weights = rest @ y, (bread @ columns.T)[which]
    meat, rows = 0.0, []
    for each in np.unique(cluster):
        here = cluster == each
        root = linalg.inv(linalg.sqrtm(rest[np.ix_(here, here)])).real
        meat += float(weights[here] @ root @ residual[here]) ** 2
        rows.append(rest[:, here] @ root @ weights[here])
    moments = np.array(rows) @ np.array(rows).T
    whole = (bread @ columns.T @ y)[which]
    left_out = []
    for each in np.unique(cluster):
        kept = cluster != each
        left_out.append(np.linalg.lstsq(columns[kept], y[kept], rcond=None)[0][which] - whole)
    g = len(left_out)
    return {
        "cr2": np.sqrt(meat),
        "df": np.trace(moments) ** 2 / (moments**2).sum(),
        "cr3": np.sqrt((g - 1) / g * (np.array(left_out) ** 2).sum()),
    }


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("which", [0, 1])
def test_unequal_clusters_agree_with_the_definitions_written_out(seed: int, which: int) -> None:
    cluster, controls, x, y = unequal(seed)
    found = cluster_errors(y, cluster_design(x, cluster=cluster, controls=controls))
    columns = np.column_stack([x, controls, np.ones(y.size)])
    for name, number in by_the_book(y, columns, cluster, which).items():
        assert getattr(found, name)[which] == pytest.approx(number, rel=1e-8), name


def test_one_cluster_far_larger_than_the_others_gives_the_same_as_written_out() -> None:
    rng = np.random.default_rng(8)
    cluster = np.concatenate([np.zeros(120, dtype=int), np.repeat(np.arange(1, 7), 3)])
    x, y = rng.normal(size=cluster.size), rng.normal(size=cluster.size)
    found = cluster_errors(y, cluster_design(x, cluster=cluster))
    for name, number in by_the_book(y, np.column_stack([x, np.ones(y.size)]), cluster, 0).items():
        assert getattr(found, name)[0] == pytest.approx(number, rel=1e-8), name


def test_weights_are_those_of_least_squares_on_weighted_rows() -> None:
    cluster, controls, x, y = unequal(9)
    weight = np.random.default_rng(9).uniform(0.2, 4, y.size)
    root = np.sqrt(weight)
    found = cluster_errors(y, cluster_design(x, cluster=cluster, controls=controls, weights=weight))
    columns = np.column_stack([x, controls, np.ones(y.size)]) * root[:, None]
    for name, number in by_the_book(y * root, columns, cluster, 0).items():
        assert getattr(found, name)[0] == pytest.approx(number, rel=1e-8), name


@pytest.mark.parametrize("seed", range(4))
def test_order_of_rows_names_of_places_shift_of_time_and_scale_do_not_matter(seed: int) -> None:
    plain = one(cluster_errors(Y, within(DOSE)))
    order = np.random.default_rng(seed).permutation(Y.size)
    names = np.array(list("hgfedcba"))[PLACE]
    design = cluster_design(
        DOSE.ravel()[order] * 1e-5 + 3,
        cluster=names[order],
        effects=(MONTH[order] + 1_990, names[order]),
    )
    again = one(cluster_errors(Y[order] * 1e4 - 7, design))
    for name, number in again.items():
        assert number * (1 if name == "df" else 1e-9) == pytest.approx(plain[name], rel=1e-9), name


def test_many_outcomes_at_once_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(1)
    many = rng.normal(size=(96, 5))
    design = within(DOSE)
    together = cluster_errors(many, design)
    for number in range(5):
        alone = cluster_errors(many[:, number], design)
        assert together.cr2[0, number] == pytest.approx(alone.cr2[0])
        assert together.slope[0, number] == pytest.approx(alone.slope[0])


@pytest.mark.parametrize("together", [0.0, 0.6])
def test_a_null_change_raises_false_alarms_in_five_percent_of_simulated_studies(
    together: float,
) -> None:
    """4,000 studies: the share of false alarms is within 1 point but for chance (3 errors)."""
    rng = np.random.default_rng(2)
    studies = np.stack([drifting(rng, together=together, size=(8, 12)) for _ in range(4_000)])
    errors = cluster_errors(studies.reshape(4_000, 96).T, within(TREATED))
    t = np.abs(errors.slope[0]) / errors.cr2[0]
    assert 0.04 < np.mean(2 * stats.t.sf(t, errors.df[0]) <= 0.05) < 0.06
    normal = np.abs(errors.slope[0]) / errors.cr1[0]
    assert np.mean(2 * stats.norm.sf(normal) <= 0.05) > 0.07  # what is common, and wrong


def test_a_million_row_error_is_that_of_fixest_on_the_small_panel() -> None:
    for x, se, p in (
        (DOSE, 0.0754058886158, 0.628416180314),
        (TREATED, 0.403278076984, 0.154173238643),
    ):
        fitted = two_way_slopes(Y, x.ravel(), effects=two_way_effects(PLACE, MONTH))
        found = clustered_slope(fitted, cluster=PLACE, term="slope", unit="points")
        assert found.se == pytest.approx(se, rel=1e-11)
        assert found.p == pytest.approx(p, rel=1e-10)
        assert "false alarms in 6 to 12 %" in found.warnings[-1]


def test_coarser_clusters_and_weights_agree_between_the_two_ways() -> None:
    rng = np.random.default_rng(3)
    kept = rng.random(96) < 0.8
    weight, coarse = rng.uniform(0.5, 2, 96)[kept], (PLACE // 2)[kept]
    effects = two_way_effects(PLACE[kept], MONTH[kept], weights=weight)
    fitted = two_way_slopes(Y[kept], DOSE.ravel()[kept], effects=effects)
    found = clustered_slope(fitted, cluster=coarse, term="slope", unit="points")
    design = cluster_design(
        DOSE.ravel()[kept], cluster=coarse, effects=(PLACE[kept], MONTH[kept]), weights=weight
    )
    assert found.se == pytest.approx(cluster_errors(Y[kept], design).cr1[0], rel=1e-10)


def test_p_is_never_zero() -> None:
    rng = np.random.default_rng(4)
    found = cluster_robust(
        1e9 * TREATED.ravel() + rng.normal(size=96), within(TREATED), term="change", unit="points"
    )
    assert found.p is not None
    assert 0 < found.p < 1e-30


@pytest.mark.parametrize(
    ("x", "cluster", "sentence"),
    [
        (DOSE.ravel(), np.zeros(96), "two clusters at least; all rows are of one"),
        (PLACE * 2.0, PLACE, "does not vary beyond what the controls and effects explain"),
        (np.column_stack([DOSE.ravel(), 2 * DOSE.ravel()]), PLACE, "a sum of the others"),
        (np.full(96, nan), PLACE, "a regressor is not a number"),
        (np.full(96, inf), PLACE, "a regressor is not a number"),
        (np.ones(5), PLACE, r"one regressor a row is needed, got \(5,\) for 96 rows"),
    ],
)
def test_designs_that_leave_nothing_to_judge_are_refused(
    x: np.ndarray, cluster: np.ndarray, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        cluster_design(x, cluster=cluster, effects=(PLACE, MONTH))


def test_broken_weights_labels_and_outcomes_are_refused() -> None:
    with pytest.raises(DataError, match="weights must be one number above 0 a row"):
        cluster_design(DOSE.ravel(), cluster=PLACE, weights=np.zeros(96))
    with pytest.raises(DataError, match="one label of an effect a row is needed, got 2"):
        cluster_design(DOSE.ravel(), cluster=PLACE, effects=([1, 2],))
    with pytest.raises(DataError, match="one outcome a row"):
        cluster_errors([1.0, 2.0], within(DOSE))
    with pytest.raises(DataError, match="an outcome is not a number"):
        cluster_errors(np.full(96, nan), within(DOSE))
    with pytest.raises(DataError, match="the fit leaves nothing over"):
        cluster_robust(0.1 * PLACE + 3 * DOSE.ravel(), within(DOSE), term="a", unit="b")
    for never_changes in (3.3, 123.456, 1e9):  # whose error is rounding alone, beside no spread
        with pytest.raises(DataError, match="the fit leaves nothing over"):
            cluster_robust(np.full(96, never_changes), within(DOSE), term="a", unit="b")
    with pytest.raises(DataError, match="4 rows are too few for 4 parameters"):
        cluster_design([0.0, 0, 0, 1], cluster=[0, 0, 1, 1], effects=([0, 0, 1, 1], [0, 1] * 2))


@pytest.mark.parametrize("y", [np.full(96, 0.1), np.full(96, 7.0), 300 * PLACE + 0.7 * MONTH])
def test_an_outcome_that_places_and_months_explain_leaves_nothing_for_a_million_rows_too(
    y: np.ndarray,
) -> None:
    fitted = two_way_slopes(y, DOSE.ravel(), effects=two_way_effects(PLACE, MONTH))
    with pytest.raises(DataError, match="the fit leaves nothing over"):
        clustered_slope(fitted, cluster=PLACE, term="a", unit="b")


def test_a_panel_of_many_effects_is_sent_to_the_method_for_many() -> None:
    with pytest.raises(DataError, match="fit two_way_slopes and ask clustered_slope"):
        cluster_design(np.arange(10_000.0), cluster=np.arange(10_000), effects=(np.arange(10_000),))
