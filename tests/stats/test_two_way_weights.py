import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import NEVER, CohortPanel, cohort_panel
from outcomes.stats.doubly_robust_change import adjusted_effects, averaged_influence
from outcomes.stats.group_time_effects import aggregated, group_time_effects
from outcomes.stats.sun_abraham import sun_abraham
from outcomes.stats.two_way_weights import two_way_weights

STEADY = settings(deadline=None, derandomize=True, max_examples=25)


def study(seed: int, *, places: int = 12, periods: int = 6) -> CohortPanel:
    rng = np.random.default_rng(seed)
    start = rng.choice([1.0, 3.0, 4.0, NEVER], places)
    start[:4] = [1, 3, 4, NEVER]
    return cohort_panel(rng.normal(0, 2, (places, periods)), start)


def dummies(panel: CohortPanel) -> np.ndarray:
    """A column a place and a column a period but the first, rows place by place."""
    n, periods = panel.outcome.shape
    return np.hstack([np.kron(np.eye(n), np.ones((periods, 1))),
                      np.kron(np.ones((n, 1)), np.eye(periods)[:, 1:])])  # fmt: skip


@STEADY
@given(seed=st.integers(0, 9999))
def test_the_slope_is_that_of_least_squares_with_a_column_a_place_and_period(seed: int) -> None:
    panel = study(seed)
    treated = panel.treated[panel.member].astype(float).ravel()
    x = np.column_stack([treated, dummies(panel)])
    slopes = np.linalg.lstsq(x, panel.outcome.ravel(), rcond=None)[0]
    found = two_way_weights(panel)
    assert found.value == pytest.approx(slopes[0])
    assert (found.contrast * panel.means).sum() == pytest.approx(slopes[0])


@STEADY
@given(seed=st.integers(0, 9999))
def test_the_weights_turn_true_changes_into_the_slope(seed: int) -> None:
    panel = study(seed)
    rng = np.random.default_rng(seed)
    effect = np.where(panel.treated, rng.normal(0, 3, panel.treated.shape), 0.0)
    found = two_way_weights(
        cohort_panel(effect[panel.member] + rng.normal(0, 9, 6), panel.starts[panel.member])
    )
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights * effect).sum() == pytest.approx(found.value)


def test_growing_changes_can_turn_the_sign_and_the_weights_show_it() -> None:
    """Goodman-Bacon's warning: two starts, all changes positive and growing, a negative slope."""
    times = np.arange(12)
    start = np.repeat([2.0, 9.0], [5, 5])
    effect = np.where(times >= start[:, None], times - start[:, None] + 1, 0.0)
    found = two_way_weights(cohort_panel(effect, start))
    assert found.value < 0
    assert found.negative > 0.1
    assert found.negative_sum < -0.2
    # later against earlier: D(1 - ...) of equation 10, with shares of time treated 10/12 and 3/12
    early, late = 10 / 12, 3 / 12
    assert found.already_treated == pytest.approx(late / (late + 1 - early))


def test_with_one_common_start_nothing_counts_negatively() -> None:
    rng = np.random.default_rng(2)
    found = two_way_weights(cohort_panel(rng.normal(size=(8, 6)), np.repeat([3, NEVER], 4)))
    assert (found.negative, found.negative_sum, found.already_treated) == (0, 0, 0)


def test_places_that_are_all_treated_alike_are_refused() -> None:
    with pytest.raises(DataError, match="all places are treated alike"):
        two_way_weights(cohort_panel(np.eye(4), [2, 2, 2, 2]))


def test_the_interaction_weighted_estimates_are_those_of_least_squares() -> None:
    panel = study(7)
    rng = np.random.default_rng(8)
    x1 = rng.normal(size=panel.outcome.shape)
    columns, labels = [x1.ravel()], []
    for k, start in enumerate(panel.starts[:-1]):
        for t in range(6):
            if t == start - 1:
                continue
            here = (panel.member == k)[:, None] & (np.arange(6) == t)
            columns.append(here.astype(float).ravel())
            labels.append((panel.sizes[k], t - start))
    x = np.column_stack([*columns, dummies(panel)])
    slopes = np.linalg.lstsq(x, panel.outcome.ravel(), rcond=None)[0][1 : 1 + len(labels)]
    size, at = np.array(labels).T
    found = sun_abraham(panel.outcome, panel.starts[panel.member], covariates=x1[None])
    after = at >= 0
    assert found.value[0] == pytest.approx(np.average(slopes[after], weights=size[after]))
    for when, value in zip(found.at[1:], found.value[1:], strict=True):
        same = at == when
        assert value == pytest.approx(np.average(slopes[same], weights=size[same]))


def test_covariates_that_do_not_vary_or_fit_are_refused() -> None:
    panel = study(1)
    start = panel.starts[panel.member]
    with pytest.raises(DataError, match="each covariate needs a number for every place and"):
        sun_abraham(panel.outcome, start, covariates=np.zeros((1, 3, 6)))
    with pytest.raises(DataError, match="does not vary within places and periods"):
        sun_abraham(panel.outcome, start, covariates=np.ones((1, 12, 6)))


def related(rng: np.random.Generator) -> tuple[CohortPanel, np.ndarray]:
    """Large places start more often, and grow faster by themselves; the start adds 2."""
    size = rng.normal(0, 1, 200)
    chance = 1 / (1 + np.exp(-size))
    start = np.where(rng.random(200) < chance, rng.choice([2.0, 3.0], 200), NEVER)
    grid = 1.5 * size[:, None] * np.arange(5) + rng.normal(0, 1, (200, 5))
    return cohort_panel(grid + 2 * (np.arange(5) >= start[:, None]), start), size[:, None]


@pytest.mark.parametrize("adjustment", ["doubly robust", "outcome regression"])
def test_adjusting_recovers_a_change_where_large_places_start_and_grow(adjustment: str) -> None:
    """40 studies: the mean lies within 4 SE of 2, the errors tell their spread within 40 %."""
    rng = np.random.default_rng(21)
    values, errors, plain = [], [], []
    for _ in range(40):
        panel, size = related(rng)
        effects = group_time_effects(panel, comparison="never treated")
        found = adjusted_effects(
            panel,
            effects,
            covariates=size,
            adjustment=adjustment,  # type: ignore[arg-type]
        )
        overall = averaged_influence(panel, effects, found)
        values.append(overall.value[0])
        errors.append(overall.se[0])
        plain.append(aggregated(panel, effects, together="simple")[0].value[0])
    assert abs(np.mean(values) - 2) < 4 * np.std(values) / np.sqrt(40)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.4)
    assert np.mean(plain) > 3  # what it is that is adjusted for


def test_covariates_that_tell_who_starts_or_are_too_many_are_refused() -> None:
    rng = np.random.default_rng(4)
    start = np.repeat([2.0, NEVER], [10, 10])
    panel = cohort_panel(rng.normal(size=(20, 5)), start)
    effects = group_time_effects(panel)
    told = np.column_stack([np.repeat([5.0, -5], 10) + rng.normal(0, 0.1, 20)])
    with pytest.raises(DataError, match="the covariates tell treated from comparison places"):
        adjusted_effects(panel, effects, covariates=told)
    with pytest.raises(DataError, match="10 comparison places are too few"):
        adjusted_effects(panel, effects, covariates=rng.normal(size=(20, 10)))
    with pytest.raises(DataError, match="each covariate needs a number for every place"):
        adjusted_effects(panel, effects, covariates=rng.normal(size=(3, 1)))
