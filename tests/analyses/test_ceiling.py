import pytest
from scipy.stats import binomtest
from survey_answers import answers, people

from outcomes.analyses.ceiling import ceiling
from outcomes.errors import DataError

WAVES = ("pre", "post")
SCORES = {"pre": people([5, 5, 4, 5, 3, 2, 5, 4]), "post": people([5, 5, 5, 5, 4, 4, 5, 4])}


def test_each_wave_has_the_share_with_the_best_score_and_wilsons_interval() -> None:
    before, after = ceiling(answers(SCORES), "trust", waves=WAVES, group="spring")
    assert (before.value, after.value) == (0.5, 0.625)
    interval = binomtest(4, 8).proportion_ci(method="wilson")
    assert (before.low, before.high) == pytest.approx((interval.low, interval.high))
    assert (before.period, after.period, before.n) == ("pre", "post", 8)


def test_many_at_the_top_before_are_told_of() -> None:
    before, after = ceiling(answers(SCORES), "trust", waves=WAVES, group="spring")
    assert "no room for a better score" in before.warnings[0]
    assert after.warnings == ()
    free = ceiling(answers(SCORES), "trust", waves=WAVES, group="spring", best=7)
    assert [each.value for each in free] == [0, 0]
    assert free[0].warnings == ()


def test_where_less_is_better_the_best_score_is_the_lowest() -> None:
    found = ceiling(
        answers(SCORES, measure="worry_about_crime"),
        "worry_about_crime",
        waves=WAVES,
        group="spring",
    )
    assert found[0].value == pytest.approx(1 / 8)


def test_a_score_beyond_the_best_is_refused() -> None:
    with pytest.raises(DataError, match="lies beyond the best, 4"):
        ceiling(answers(SCORES), "trust", waves=WAVES, group="spring", best=4)
