import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import DataError
from outcomes.stats.cohort_panel import NEVER, CohortPanel, cohort_covariances, cohort_panel
from outcomes.stats.group_time_effects import (
    Base,
    Comparison,
    Together,
    aggregated,
    each,
    group_time_effects,
    sampling_covariance,
)

STEADY = settings(deadline=None, derandomize=True, max_examples=40)
TOGETHER: tuple[Together, ...] = ("simple", "group", "calendar", "dynamic")


def study(seed: int, *, places: int = 9, periods: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    start = rng.choice([2.0, 4.0, 5.0, NEVER], places)
    start[:4] = [2, 4, 5, NEVER]
    return rng.normal(0, 2, (places, periods)), start


def overall(panel: CohortPanel, together: Together = "simple") -> float:
    return float(aggregated(panel, group_time_effects(panel), together=together)[0].value[0])


def test_three_places_worked_by_hand() -> None:
    """Places start at 1, at 2 and never; changes counted from the period before the start."""
    panel = cohort_panel([[0, 5, 6], [1, 2, 9], [4, 5, 6]], [1, 2, NEVER])
    found = group_time_effects(panel)
    told = list(zip(panel.starts[found.cohort], found.period, found.value, strict=True))
    # at 1 the first place rose by 5, the two others by 1; at 2 by 6 against 2 of the last
    # the second place had risen as the last before its start, and by 7 against 1 then
    assert told == [(1, 1, 4.0), (1, 2, 4.0), (2, 0, 0.0), (2, 2, 6.0)]
    assert overall(panel) == pytest.approx((4 + 4 + 6) / 3)
    assert overall(panel, "group") == pytest.approx((4 + 6) / 2)
    assert overall(panel, "calendar") == pytest.approx((4 + (4 + 6) / 2) / 2)
    assert overall(panel, "dynamic") == pytest.approx(((4 + 6) / 2 + 4) / 2)


def test_a_larger_cohort_counts_for_more() -> None:
    panel = cohort_panel([[0, 4, 4], [0, 0, 1], [0, 0, 1], [0, 0, 0]], [1, 2, 2, NEVER])
    assert overall(panel) == pytest.approx((4 + 4 + 1 + 1) / 4)


@STEADY
@given(seed=st.integers(0, 10_000), together=st.sampled_from(TOGETHER))
def test_the_order_of_places_the_clock_the_level_and_the_unit_do_not_matter(
    seed: int, together: Together
) -> None:
    grid, start = study(seed)
    rng = np.random.default_rng(seed + 1)
    order = rng.permutation(len(grid))
    shifts = rng.normal(0, 50, (len(grid), 1)) + rng.normal(0, 50, grid.shape[1])
    here = overall(cohort_panel(grid, start), together)
    moved = cohort_panel(grid[order], start[order] + 2000, times=np.arange(7.0) + 2000)
    assert overall(moved, together) == pytest.approx(here)
    assert overall(cohort_panel(grid + shifts, start), together) == pytest.approx(here)
    assert overall(cohort_panel(grid * -3, start), together) == pytest.approx(-3 * here)


@STEADY
@given(
    seed=st.integers(0, 10_000),
    comparison=st.sampled_from(["not yet treated", "never treated", "last to start"]),
    base=st.sampled_from(["last before", "one before"]),
)
def test_effects_that_differ_by_cohort_and_grow_are_recovered_without_noise(
    seed: int, comparison: Comparison, base: Base
) -> None:
    _, start = study(seed)
    rng = np.random.default_rng(seed)
    grid = rng.normal(0, 9, (len(start), 1)) + rng.normal(0, 9, 7)
    times = np.arange(7)
    effect = np.where(times >= start[:, None], start[:, None] * (times - start[:, None] + 1), 0)
    panel = cohort_panel(grid + effect, start)
    found = group_time_effects(panel, comparison=comparison, base=base)
    first = panel.starts[found.cohort]
    truth = np.where(found.after, first * (found.event_time + 1), 0)
    assert found.value == pytest.approx(truth, abs=1e-9)


@STEADY
@given(seed=st.integers(0, 10_000), together=st.sampled_from(TOGETHER))
def test_averages_are_the_weighted_sums_of_means_that_their_weights_say(
    seed: int, together: Together
) -> None:
    panel = cohort_panel(*study(seed))
    for part in aggregated(panel, group_time_effects(panel), together=together):
        assert (part.weights * panel.means).sum(axis=(1, 2)) == pytest.approx(part.value)
        assert part.weights.sum(axis=1) == pytest.approx(0, abs=1e-12)  # shared shocks go out
        assert part.weights.sum(axis=2) == pytest.approx(0, abs=1e-12)  # levels go out


def test_the_covariance_is_that_of_many_studies_with_the_same_cohorts() -> None:
    """1,500 studies of 24 places: the spread over studies is the mean of what each one tells."""
    rng = np.random.default_rng(11)
    start = np.repeat([2.0, 4.0, NEVER], [6, 8, 10])
    values, told = [], []
    for _ in range(1500):
        panel = cohort_panel(rng.normal(0, 1, (24, 6)).cumsum(axis=1), start)
        average, _ = aggregated(panel, group_time_effects(panel), together="simple")
        values.append(average.value[0])
        told.append(
            sampling_covariance(
                panel, average, covariances=cohort_covariances(panel), random_sizes=False
            )[0, 0]
        )
    assert np.mean(told) == pytest.approx(np.var(values), rel=0.13)  # 3.5 SE of the variance


def test_a_period_for_which_nobody_untreated_is_left_is_counted() -> None:
    panel = cohort_panel(np.random.default_rng(0).normal(size=(4, 6)), [1, 1, 3, 4])
    found = group_time_effects(panel)
    assert found.period.max() == 3
    assert found.lost == 6  # periods 4 and 5 of three starts; the last start has no other left
    assert found.after.sum() == 4


def test_every_effect_by_itself_is_there_too() -> None:
    panel = cohort_panel(*study(3))
    effects = group_time_effects(panel)
    found = each(panel, effects)
    assert found.value == pytest.approx(effects.value)
    assert found.at == pytest.approx(effects.period)


@pytest.mark.parametrize(
    ("start", "comparison", "sentence"),
    [
        ([NEVER] * 3, "not yet treated", "no place starts within the periods"),
        ([9.0, 9, 9], "not yet treated", "no place starts within the periods"),
        ([1.0, 2, 2], "never treated", "every place starts within the periods"),
        ([2.0, 2, 2], "not yet treated", "cannot tell: in no period after a start"),
    ],
)
def test_starts_that_leave_nothing_to_compare_are_refused(
    start: list[float], comparison: Comparison, sentence: str
) -> None:
    panel = cohort_panel(np.arange(12).reshape(3, 4), start)
    with pytest.raises(DataError, match=sentence):
        group_time_effects(panel, comparison=comparison)


@pytest.mark.parametrize(
    ("grid", "start", "times", "sentence"),
    [
        ([[1, 2]], [1, 1], None, "one start a place"),
        ([[1, 2]], [1], [0], "one time a period"),
        ([[1, np.nan]], [1], None, "a value of the grid is missing"),
        ([[1, 2]], [np.nan], None, "a value of the grid is missing"),
        ([[1, 2]], [1], [1, 1], "must rise"),
        ([[1, 2]], [0], None, "1 places were treated from the first period on"),
    ],
)
def test_grids_that_do_not_fit_are_refused(
    grid: list[list[float]], start: list[float], times: list[float] | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        cohort_panel(grid, start, times=times)


def test_a_cohort_of_one_place_never_looks_as_if_it_were_known_exactly() -> None:
    rng = np.random.default_rng(5)
    panel = cohort_panel(rng.normal(size=(6, 4)), [1, 2, 2, 2, NEVER, NEVER])
    spread = cohort_covariances(panel)
    apart = panel.outcome - panel.means[panel.member]
    assert spread[0] == pytest.approx(apart.T @ apart / 3)
    assert spread[1] == pytest.approx(np.cov(panel.outcome[1:4].T))
    alone = cohort_panel(rng.normal(size=(3, 4)), [1, 2, 3])
    with pytest.raises(DataError, match="cannot tell: every place starts at a time of its own"):
        cohort_covariances(alone)
