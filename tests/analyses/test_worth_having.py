from dataclasses import replace

import numpy as np
import pytest
from survey_answers import answers, people

from outcomes.analyses.prepost import prepost
from outcomes.analyses.worth_having import beside_smallest, worth_having
from outcomes.errors import DataError
from outcomes.estimate import Estimate

WAVES = [("pre", "post")]


def changed(by: float, *, n: int = 40, noise: float = 0.4, measure: str = "trust") -> Estimate:
    rng = np.random.default_rng(4)
    before = rng.normal(3, 0.7, n)
    noises = rng.normal(0, noise, n)
    after = before + by + noises - noises.mean()
    table = answers({"pre": people(before), "post": people(after)}, measure=measure)
    return worth_having(table, measure, waves=WAVES, group="spring", smallest=0.3)[0]


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (0.0, "as good as no change"),
        (0.15, "as good as no change"),
        (0.3, "cannot tell"),
        (0.6, "worth having"),
        (-0.6, "as large as that, the way that is not wanted"),
    ],
)
def test_the_answer_stands_at_the_end_in_plain_words(by: float, words: str) -> None:
    found = changed(by)
    assert found.term.endswith(f"beside the smallest change worth having (0.3 points): {words}")
    assert (found.analysis, found.measure, found.place) == ("worth having", "trust", "spring")
    assert found.level == pytest.approx(0.9)


def test_the_change_is_the_one_that_leads_before_and_after() -> None:
    rng = np.random.default_rng(5)
    table = answers({"pre": people(rng.normal(3, 1, 30)), "post": people(rng.normal(3, 1, 25))})
    lead = prepost(table, "trust", waves=WAVES, group="spring")[0]
    (found,) = worth_having(table, "trust", waves=WAVES, group="spring", smallest=0.3)
    assert (found.value, found.se, found.n) == (lead.value, lead.se, lead.n)
    narrower = prepost(table, "trust", waves=WAVES, group="spring", level=0.9)[0]
    assert (found.low, found.high) == pytest.approx((narrower.low, narrower.high))


def test_a_small_change_that_is_surely_there_is_told_from_none() -> None:
    assert changed(0.15).warnings[0].startswith("there was a change, but a smaller one")
    assert not any("there was a change" in text for text in changed(0.0).warnings)


def test_few_people_are_answered_with_cannot_tell_and_what_is_needed() -> None:
    found = changed(0.1, n=6, noise=0.8)
    assert found.term.endswith("cannot tell")
    assert found.warnings[0] == (
        "the data fit a change of at least 0.3 and none, so more people are needed"
    )


def test_less_worry_is_worth_having_and_more_is_not() -> None:
    assert changed(-0.6, measure="worry_about_crime").term.endswith("): worth having")
    assert changed(0.6, measure="worry_about_crime").term.endswith("the way that is not wanted")


def test_what_can_be_good_or_bad_news_is_called_neither() -> None:
    found = beside_smallest(replace(changed(0.6), measure="complaints"), smallest=0.3)
    assert found.term.endswith("at least that large, and more can be good or bad news")


def test_a_bound_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="must lie above 0"):
        beside_smallest(changed(0.1), smallest=0.0)


def test_a_change_that_is_not_wanted_is_never_said_to_be_worth_having() -> None:
    """From worse by more than the smallest change up to a little better."""
    found = changed(-0.3, n=12)
    assert found.term.endswith("cannot tell")
    assert not any("fit a change worth having" in text for text in found.warnings)
