import numpy as np
import pandas as pd
import pytest
from survey_answers import answers, linked, people

from outcomes.analyses.prepost import prepost
from outcomes.analyses.response_shift import NOT_A_PRETEST, response_shift
from outcomes.errors import DataError
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


def shift(**how: object) -> object:
    return response_shift(
        table(),
        "understanding",
        waves=WAVES,
        group="spring",
        **{"looking_back": back(), "links": links(), **how},  # type: ignore[arg-type]
    )


def test_it_is_the_paired_change_from_the_true_answer_to_the_one_that_looks_back() -> None:
    (found,) = shift()  # type: ignore[misc,attr-defined]
    direct = mean_change(BEFORE, BACK, term="x", unit="points")
    assert (found.value, found.low, found.p) == (direct.value, direct.low, direct.p)
    assert (found.analysis, found.n) == ("response shift", 12)
    assert NOT_A_PRETEST in found.warnings
    assert any("rate their past selves lower" in text for text in found.warnings)


def test_the_change_from_before_to_after_does_not_see_it() -> None:
    """Kept apart: the plain change is the same whether people looked back or not."""
    plain = prepost(table(), "understanding", waves=[WAVES], group="spring", links=links())[0]
    assert plain.value == pytest.approx((AFTER - BEFORE).mean())


def test_an_answer_given_before_cannot_stand_for_looking_back() -> None:
    with pytest.raises(DataError, match="An answer given before is a pretest"):
        shift(looking_back=back("pre"))


def test_who_looked_back_and_was_not_there_before_is_counted() -> None:
    (found,) = shift(links=links().iloc[:10])  # type: ignore[misc,attr-defined]
    assert (found.n, found.dropped) == (10, 2)


def test_answers_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(DataError, match="looked back twice"):
        shift(looking_back=pd.concat([back(), back()]))
    with pytest.raises(DataError, match="need two respondents or more"):
        shift(links=links().iloc[:1])
