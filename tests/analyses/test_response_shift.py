import numpy as np
import pandas as pd
import pytest
from survey_answers import answers, linked, people

from outcomes.analyses.prepost import prepost
from outcomes.analyses.response_shift import NOT_A_PRETEST, LookedBack, response_shift
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.stats.paired import mean_change

WAVES = ("pre", "post")
BEFORE = np.array([4, 4, 3, 5, 4, 3, 4, 5, 3, 4, 4, 5], dtype=float)
AFTER = np.array([4, 5, 4, 5, 5, 3, 4, 5, 4, 4, 5, 5], dtype=float)
BACK = np.array([3, 3, 2, 4, 3, 2, 3, 5, 2, 3, 2, 4], dtype=float)


def table() -> pd.DataFrame:
    return answers(
        {"pre": people(BEFORE), "post": people(AFTER, prefix="p")}, measure="understanding"
    )


def links() -> pd.DataFrame:
    return linked("pre", "post", [(f"r{number}", f"p{number}") for number in range(12)])


def back(period: str = "post") -> pd.DataFrame:
    return pd.DataFrame(
        {"unit": [f"p{number}" for number in range(12)], "period": period, "value": BACK}
    )


def shift(looking_back: pd.DataFrame | None = None, **how: object) -> list[Estimate]:
    looked = LookedBack(
        question="I know what they do.",
        answers=table(),
        looking_back=back() if looking_back is None else looking_back,
    )
    return response_shift(
        looked,
        "understanding",
        waves=WAVES,
        group="spring",
        **{"links": links(), **how},  # type: ignore[arg-type]
    )


def test_it_is_the_paired_change_from_the_true_answer_to_the_one_that_looks_back() -> None:
    found = shift()[0]
    direct = mean_change(BEFORE, BACK, term="x", unit="points")
    assert (found.value, found.low, found.p) == (direct.value, direct.low, direct.p)
    assert (found.analysis, found.n) == ("response shift", 12)
    assert NOT_A_PRETEST in found.warnings
    assert any("rate their past selves lower" in text for text in found.warnings)


def test_it_is_what_lies_between_the_change_as_answered_and_as_seen_afterwards() -> None:
    """Howard's decomposition, exactly, for all three rest on the same people."""
    distance, plain, seen = shift(links=links().iloc[:9])
    assert (plain.value, plain.n) == (pytest.approx((AFTER - BEFORE)[:9].mean()), 9)
    assert seen.value - plain.value == pytest.approx(-distance.value)
    assert {each.n for each in (distance, plain, seen)} == {9}


def test_who_did_not_answer_the_question_again_stands_in_none_of_the_three() -> None:
    rows = table()
    gone = rows[~((rows["period"] == "post") & (rows["unit"] == "p3"))]
    looked = LookedBack(question="Q", answers=gone, looking_back=back())
    found = response_shift(looked, "understanding", waves=WAVES, group="g", links=links())
    assert [(each.n, each.dropped) for each in found] == [(11, 1)] * 3


def test_a_change_without_any_spread_is_left_out_and_said() -> None:
    """Where everybody sees the same change afterwards, only the other two can be told."""
    rows = back().assign(value=AFTER - 1)
    distance, plain = shift(rows)
    assert plain.analysis == "response shift, as answered"
    assert any("change as people see it afterwards cannot be shown" in t for t in distance.warnings)


def test_the_change_from_before_to_after_does_not_see_it() -> None:
    """Kept apart: the plain change is the same whether people looked back or not."""
    plain = prepost(table(), "understanding", waves=[WAVES], group="spring", links=links())[0]
    assert plain.value == pytest.approx((AFTER - BEFORE).mean())


def test_an_answer_given_before_cannot_stand_for_looking_back() -> None:
    with pytest.raises(DataError, match="An answer given before is a pretest"):
        shift(back("pre"))


def test_who_looked_back_and_was_not_there_before_is_counted() -> None:
    found = shift(links=links().iloc[:10])[0]
    assert (found.n, found.dropped) == (10, 2)


def test_answers_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(DataError, match="looked back twice"):
        shift(pd.concat([back(), back()]))
    with pytest.raises(DataError, match="need two respondents or more"):
        shift(links=links().iloc[:1])
