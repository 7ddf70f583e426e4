from math import inf, nan

import numpy as np
import pytest
from scipy import stats

from outcomes.errors import DataError
from outcomes.stats.paired import mean_change
from outcomes.stats.partially_matched import partially_matched_change, three_changes

# Student (1908), hours of sleep gained with two drugs; R's data set `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def change(before, after):
    return partially_matched_change(before, after, term="sleep", unit="hours")


def apart(first, second) -> tuple[list[float], list[float]]:
    """Lay out scores of people of whom nobody is linked."""
    return [*first, *[nan] * len(second)], [*[nan] * len(first), *second]


def test_it_is_the_paired_t_where_everybody_is_linked() -> None:
    # R 4.2.2: t.test(sleep$extra[11:20], sleep$extra[1:10], paired = TRUE)
    found = change(FIRST, SECOND)
    assert found.value / found.se == pytest.approx(4.06212768338, rel=1e-9)
    assert found.p == pytest.approx(0.00283289019738, rel=1e-8)
    assert (found.low, found.high) == pytest.approx((0.700114236723, 2.45988576328), rel=1e-9)
    assert found.method == "paired t"


def test_it_is_welchs_t_where_nobody_is_linked() -> None:
    # R 4.2.2: t.test(extra ~ group, data = sleep): t = -1.8608, df = 17.776, p-value = 0.07939,
    # 95 percent interval -3.3654832 0.2054832
    found = change(*apart(FIRST, SECOND))
    assert found.value / found.se == pytest.approx(1.8608, abs=5e-5)
    assert found.p == pytest.approx(0.07939, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((-0.2054832, 3.3654832), abs=5e-8)
    assert found.method == "Welch's t"


def test_an_occasion_on_which_all_answered_alike_is_the_t_of_one_sample() -> None:
    found = change(*apart(FIRST, [4.0] * 6))
    theirs = stats.ttest_1samp(4 - np.array(FIRST), 0)
    assert (found.value, found.p) == pytest.approx((4 - np.mean(FIRST), theirs.pvalue))


def test_unlinked_scores_pull_the_change_their_way_and_narrow_the_interval() -> None:
    rng = np.random.default_rng(1)
    first = rng.normal(0, 1, 20)
    second = 0.3 * first + rng.normal(0.5, 1, 20)
    alone = apart(rng.normal(0, 1, 30), rng.normal(1.5, 1, 30))
    paired = mean_change(first, second, term="x", unit="y")
    found = change([*first, *alone[0]], [*second, *alone[1]])
    assert found.value > paired.value
    assert found.high - found.low < paired.high - paired.low
    assert "20 linked, 60 not" in found.method
    assert "people who cannot be linked often differ" in found.warnings[0]


def test_three_answers_stand_side_by_side() -> None:
    found = three_changes([*FIRST, 1.0, nan], [*SECOND, nan, 2.0], term="sleep", unit="hours")
    assert found.paired is not None
    assert (found.paired.n, found.unpaired.n, found.partially_matched.n) == (10, 22, 12)
    assert found.unpaired.se > found.partially_matched.se
    assert "10 people answered twice and count as two" in found.unpaired.warnings[0]
    nobody = three_changes(*apart(FIRST, SECOND), term="sleep", unit="hours")
    assert nobody.paired is None
    assert nobody.unpaired.p == nobody.partially_matched.p


def test_somebody_without_any_score_is_left_out_and_counted() -> None:
    assert change([*FIRST, 1.0, nan], [*SECOND, nan, nan]).dropped == 1


def test_shifting_scaling_and_swapping_do_what_they_should() -> None:
    before, after = np.array([*FIRST, 1.0, 2.5, nan]), np.array([*SECOND, nan, nan, 2.0])
    here = change(before, after)
    there = change(3 * before + 7, 3 * after + 7)
    back = change(after, before)
    assert (there.value, there.se) == pytest.approx((3 * here.value, 3 * here.se))
    assert there.p == pytest.approx(here.p)
    assert (back.value, back.low, back.high) == pytest.approx((-here.value, -here.high, -here.low))


CASES = [
    (5, 5, 5, 0.5, 1.0), (5, 40, 5, 0.8, 1.0), (5, 0, 10, 0.5, 2.0), (8, 10, 0, 0.8, 1.0),
    (12, 5, 40, 0.0, 0.5), (20, 40, 40, 0.5, 2.0), (60, 40, 5, 0.8, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("linked", "first", "second", "r", "sd"), CASES)
def test_chance_alone_is_called_a_change_at_the_nominal_rate(
    linked: int, first: int, second: int, r: float, sd: float
) -> None:
    """800 studies without any change; 20,000 of each gave 4.5 to 5.8 % (same formula)."""
    rng = np.random.default_rng(1908)
    called, studies = 0, 800
    for _ in range(studies):
        z = rng.normal(size=(2, linked))
        before = np.concatenate([z[0], rng.normal(size=first), np.full(second, nan)])
        after = np.concatenate(
            [
                sd * (r * z[0] + np.sqrt(1 - r**2) * z[1]),
                np.full(first, nan),
                sd * rng.normal(size=second),
            ]
        )
        called += change(before, after).p < 0.05
    low, high = stats.binom.interval(0.999, studies, 0.054)
    assert low <= called <= high


def test_the_degrees_of_freedom_tell_how_much_the_standard_error_varies() -> None:
    """Satterthwaite: the variance of se² is 2 se⁴ / df, the shared people counted in."""
    rng = np.random.default_rng(7)
    squares, expected = [], []
    for _ in range(3000):
        z = rng.normal(size=(2, 40))
        before = np.concatenate([z[0], rng.normal(size=20), np.full(15, nan)])
        after = np.concatenate([-0.8 * z[0] + 0.6 * z[1], np.full(20, nan), rng.normal(size=15)])
        found = change(before, after)
        df = float(found.method.split("Satterthwaite's ")[1].split(" df")[0])
        squares.append(found.se**2)
        expected.append(2 * found.se**4 / df)
    assert 0.95 < np.mean(expected) / np.var(squares) < 1.25  # 0.83 without the shared people


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ([1, 2], [1], r"one score per person.*\(2,\) and \(1,\)"),
        ([[1, 2]], [[1, 2]], "one score per person"),
        ([1, inf, 2], [2, 3, 4], "a score is infinite"),
        ([1, 2, nan, 4], [2, 4, 3, nan], "only 2 people are linked; 3 are needed"),
        ([1, 2, 3, 9], [2, 3, 4, nan], "changed by exactly 1"),
        ([1, 1, 1, 9], [2, 3, 5, nan], "all linked people have the same score on one occasion"),
        ([1, 2, nan], [nan, nan, 3], "two scores or more on each occasion"),
        ([1, 1, nan, nan], [nan, nan, 3, 3], "no spread"),
        ([], [], "two scores or more"),
    ],
)
def test_scores_that_cannot_answer_are_refused(before, after, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        change(before, after)
