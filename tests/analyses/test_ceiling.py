import pytest
from scipy.stats import binomtest
from survey_answers import answers, people

from outcomes.analyses.ceiling import ceiling
from outcomes.errors import DataError

WAVES = (("pre",), ("post",))
SCORES = {"pre": people([5, 5, 4, 5, 3, 2, 5, 4]), "post": people([5, 5, 5, 5, 4, 4, 5, 4])}


def test_each_wave_has_the_share_with_the_best_score_and_wilsons_interval() -> None:
    before, after = ceiling(answers(SCORES), "trust", occasions=WAVES, group="spring")
    assert (before.value, after.value) == (0.5, 0.625)
    interval = binomtest(4, 8).proportion_ci(method="wilson")
    assert (before.low, before.high) == pytest.approx((interval.low, interval.high))
    assert (before.period, after.period, before.n) == ("pre", "post", 8)


def test_many_at_the_top_before_are_told_of() -> None:
    before, after = ceiling(answers(SCORES), "trust", occasions=WAVES, group="spring")
    assert "50% had the best score there is before already" in before.warnings[0]
    assert after.warnings == ()
    free = ceiling(answers(SCORES), "trust", occasions=WAVES, group="spring", best=7)
    assert [each.value for each in free] == [0, 0]
    assert free[0].warnings == ()


def test_where_less_is_better_the_best_score_is_the_lowest() -> None:
    found = ceiling(
        answers(SCORES, measure="worry_about_crime"),
        "worry_about_crime",
        occasions=WAVES,
        group="spring",
    )
    assert found[0].value == pytest.approx(1 / 8)


def test_a_score_beyond_the_best_is_refused() -> None:
    with pytest.raises(DataError, match="lies beyond the best, 4"):
        ceiling(answers(SCORES), "trust", occasions=WAVES, group="spring", best=4)


def test_a_seventh_at_the_top_is_where_the_warning_begins() -> None:
    """Terwee and others 2007: more than 15 %, not 15 % itself."""
    for at_top, warned in ((3, False), (4, True)):
        scores = {"pre": people([5.0] * at_top + [3.0] * (20 - at_top)), "post": people([4.0] * 20)}
        before = ceiling(answers(scores), "trust", occasions=WAVES, group="spring", best=5)[0]
        assert bool(before.warnings) is warned


def test_classes_are_pooled_by_occasion() -> None:
    more = {"pre-2": people([5, 1], prefix="s"), "post-2": people([2, 2], prefix="s")}
    before, after = ceiling(
        answers(SCORES | more),
        "trust",
        occasions=(("pre", "pre-2"), ("post", "post-2")),
        group="all classes",
    )
    assert (before.value, before.n, before.period) == (0.5, 10, "pre & pre-2")
    assert (after.value, after.n) == (0.5, 10)
