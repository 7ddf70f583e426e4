from itertools import product

import numpy as np
import pytest

from eight_places import DOSE, MONTH, OUTCOME, PLACE, TREATED, drifting, treated_places
from outcomes.errors import DataError
from outcomes.stats.cluster_design import ClusterDesign, cluster_design
from outcomes.stats.wild_cluster import smallest_wild_p, wild_cluster, wild_cluster_p

Y = OUTCOME.ravel()


def within(x: np.ndarray) -> ClusterDesign:
    return cluster_design(x.ravel(), cluster=PLACE, effects=(PLACE, MONTH))


# R fwildclusterboot 0.14.3 gives .140625 and .6015625 ("31") for the same 256 draws, as it does
# not count the draw that is the data itself and its mirror image; wildboottest counts them.
@pytest.mark.parametrize(
    ("x", "p"),
    [(TREATED, 0.140625 + 2 / 256), (DOSE, 0.609375), (treated_places(2), 0.1875 + 2 / 256)],
)
def test_the_p_is_that_of_the_programs_of_r_and_python_with_ties_counted(
    x: np.ndarray, p: float
) -> None:
    assert wild_cluster_p(Y, within(x)) == p


def test_webbs_six_values_give_nearly_the_p_of_r() -> None:
    """fwildclusterboot with Webb weights, 9,999 draws: .14142 and .62605, from another seed."""
    assert wild_cluster_p(Y, within(TREATED), signs="webb") == pytest.approx(0.1414, abs=0.011)
    assert wild_cluster_p(Y, within(DOSE), signs="webb") == pytest.approx(0.626, abs=0.015)


def refitted(y: np.ndarray, x: np.ndarray, cluster: np.ndarray, null: float) -> float:
    """The same by making up every outcome and fitting it anew."""
    columns = np.column_stack([x, np.ones(y.size)])

    def t(outcome: np.ndarray) -> float:
        fitted = np.linalg.lstsq(columns, outcome, rcond=None)[0]
        left = outcome - columns @ fitted
        own = np.linalg.inv(columns.T @ columns)[0] @ columns.T
        scores = [own[cluster == each] @ left[cluster == each] for each in np.unique(cluster)]
        return abs(float(fitted[0]) - null) / float(np.sqrt(np.sum(np.square(scores))))

    base = np.full(y.size, (y - null * x).mean()) + null * x
    numbers = np.unique(cluster, return_inverse=True)[1]
    drawn = [
        t(base + np.array(signs)[numbers] * (y - base))
        for signs in product((1.0, -1.0), repeat=int(numbers.max()) + 1)
    ]
    return float(np.mean(np.array(drawn) >= t(y) * (1 - 1e-9)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("null", [0.0, 0.4])
def test_the_score_form_equals_fitting_every_made_up_outcome(seed: int, null: float) -> None:
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, 6, 40)
    x = rng.normal(size=40) + cluster % 3
    y = 0.3 * x + rng.normal(size=40) + rng.normal(size=6)[cluster]
    design = cluster_design(x, cluster=cluster)
    assert wild_cluster_p(y, design, null=null) == refitted(y, x, cluster, null)


def test_three_clusters_never_give_a_p_below_a_quarter_where_peers_give_zero() -> None:
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(3), 6)
    assert smallest_wild_p(3) == 0.25
    found = []
    for _ in range(60):
        x = rng.normal(size=18)
        found.append(
            wild_cluster_p(5 * x + rng.normal(size=18), cluster_design(x, cluster=cluster))
        )
    assert min(found) == 0.25


@pytest.mark.parametrize(("clusters", "p"), [(4, 2 / 16), (6, 2 / 64), (13, 2 / 8192), (14, 1e-4)])
def test_the_smallest_p_follows_from_the_number_of_clusters(clusters: int, p: float) -> None:
    assert smallest_wild_p(clusters) == pytest.approx(p)


@pytest.mark.parametrize("x", [TREATED, DOSE])
def test_the_interval_ends_where_the_p_of_a_null_value_crosses_five_percent(x: np.ndarray) -> None:
    design = within(x)
    found = wild_cluster(Y, design, term="slope", unit="points")
    width = (found.high - found.low) * 1e-6
    for inside, outside in (
        (found.low + width, found.low - width),
        (found.high - width, found.high + width),
    ):
        assert wild_cluster_p(Y, design, null=outside) <= 0.05
        assert wild_cluster_p(Y, design, null=inside) > 0.05
    assert found.p == wild_cluster_p(Y, design)
    assert found.method.endswith("over all 256 signs")


def test_order_names_shift_of_time_and_scale_do_not_matter() -> None:
    order = np.random.default_rng(1).permutation(96)
    plain = wild_cluster(Y, within(DOSE), term="slope", unit="points")
    names = np.array(list("hcagbedf"))[PLACE][order]
    other = cluster_design(
        DOSE.ravel()[order] / 100, cluster=names, effects=(names, MONTH[order] + 500)
    )
    again = wild_cluster(Y[order] * 1e3 + 9, other, term="slope", unit="points")
    assert again.p == plain.p
    assert again.low == pytest.approx(plain.low * 1e5, rel=1e-6)
    assert again.high == pytest.approx(plain.high * 1e5, rel=1e-6)


def test_more_signs_than_can_be_tried_are_drawn_the_same_way_each_time() -> None:
    rng = np.random.default_rng(2)
    place, month = (grid.ravel() for grid in np.indices((20, 6)))
    x, y = rng.normal(size=120), drifting(rng, together=0.6, size=(20, 6)).ravel()
    design = cluster_design(x, cluster=place, effects=(place, month))
    found = wild_cluster(y, design, term="slope", unit="points", draws=999)
    assert found.p == wild_cluster_p(y, design, draws=999)
    assert found.method.endswith("over 999 drawn signs")
    assert wild_cluster_p(y + 100 * x, design, draws=999) == 1 / 1000


def test_a_null_slope_raises_false_alarms_in_about_five_percent_of_studies() -> None:
    """600 studies, rho .6: 6.0 % were measured in 20,000; 3 errors of 600 are 2.9 points."""
    rng, design = np.random.default_rng(3), within(TREATED)
    found = [
        wild_cluster_p(drifting(rng, together=0.6, size=(8, 12)).ravel(), design)
        for _ in range(600)
    ]
    assert 0.03 < np.mean(np.array(found) <= 0.05) < 0.09


def test_where_nothing_can_be_told_it_says_what_would_be_needed() -> None:
    cluster, rng = np.repeat(np.arange(4), 6), np.random.default_rng(4)
    four = cluster_design(rng.normal(size=24), cluster=cluster)
    with pytest.raises(DataError, match=r"smallest p .* is 0\.125, above 0\.05; 6 places"):
        wild_cluster(rng.normal(size=24), four, term="slope", unit="points")
    with pytest.raises(DataError, match="the estimate hangs on one place"):
        wild_cluster(Y, within(treated_places(1)), term="slope", unit="points")
    five = PLACE < 5
    few = cluster_design(DOSE.ravel()[five], cluster=PLACE[five])
    with pytest.raises(DataError, match="no value of the slope, however far off"):
        wild_cluster(Y[five], few, term="slope", unit="points", draws=31)


def test_an_outcome_that_places_and_months_explain_leaves_nothing_to_judge() -> None:
    design = cluster_design(DOSE.ravel(), cluster=PLACE, effects=(PLACE, MONTH))
    for y in (np.zeros(96), np.full(96, 3.3), np.full(96, 7.0), 300 * PLACE + 0.7 * MONTH):
        with pytest.raises(DataError, match="the fit leaves nothing over"):
            wild_cluster(y, design, term="a", unit="b")


@pytest.mark.parametrize("value", [3.3, 1 / 3, 7.0, 1e9])
def test_the_signs_as_they_are_count_where_an_outcome_never_changes(value: float) -> None:
    """What is left of such an outcome is rounding, and gave p = 0."""
    assert wild_cluster_p(np.full(96, value), cluster_design(DOSE.ravel(), cluster=PLACE)) > 0
    late = cluster_design(np.tile([0.0] * 6 + [1.0] * 6, 8) * (PLACE < 4), cluster=PLACE)
    assert wild_cluster_p(np.full(96, value), late) >= smallest_wild_p(8)


def test_broken_calls_are_refused() -> None:
    two = cluster_design(np.column_stack([DOSE.ravel(), TREATED.ravel()]), cluster=PLACE)
    with pytest.raises(DataError, match="one regressor of interest at a time"):
        wild_cluster_p(Y, two)
    with pytest.raises(DataError, match="one outcome at a time"):
        wild_cluster_p(np.column_stack([Y, Y]), within(DOSE))
