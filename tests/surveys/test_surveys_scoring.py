import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from outcomes.errors import DataError
from outcomes.settings import AGENCY
from outcomes.surveys.instrument import Instrument, scored_items
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.scoring import reverse, scale_means, scale_measures, score

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = arrays(float, (7, 4), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, float("nan")]))
TURNED = st.lists(st.booleans(), min_size=4, max_size=4)


@pytest.fixture
def academy() -> Instrument:
    return read_instrument(ROOT / "surveys" / "academy.yaml")


def answers(instrument: Instrument, **cells: str) -> pd.DataFrame:
    """One respondent who chose 3 everywhere, but for the cells named."""
    row = {"respondent": "S-1", **{item.name: "3" for item in instrument.items}, **cells}
    return pd.DataFrame([row])


def test_a_reversed_item_counts_the_other_way_around(academy) -> None:
    high = dict.fromkeys(("trust_1", "trust_2", "trust_3", "trust_5"), "5")
    found = score(answers(academy, **high, trust_4="1"), academy).table
    assert found.loc[0, "trust"] == 5
    assert found.loc[0, "support"] == 3


def test_a_score_is_the_mean_of_the_answered_items(academy) -> None:
    # rowMeans(cbind(4, 2, NA, 6 - 5, NA), na.rm = TRUE) of R is 2.333333
    cells = {"trust_1": "4", "trust_2": "2", "trust_3": "", "trust_4": "5", "trust_5": "-9"}
    found = score(answers(academy, **cells), academy)
    assert found.table.loc[0, "trust"] == pytest.approx(7 / 3)
    trust = found.account[0]
    assert (trust.scored, trust.prorated, trust.unscored) == (1, 1, 0)


def test_too_few_answers_stay_unscored(academy) -> None:
    cells = {"trust_1": "4", "trust_2": "2", "trust_3": "", "trust_4": "", "trust_5": "-9"}
    found = score(answers(academy, **cells), academy)
    assert np.isnan(found.table.loc[0, "trust"])
    trust = found.account[0]
    assert (trust.scored, trust.prorated, trust.unscored) == (0, 0, 1)
    assert found.sentences()[0].startswith("trust: 0 scored (0 of them prorated")


def test_numbers_and_text_score_alike(academy) -> None:
    rng = np.random.default_rng(1)
    names = list(scored_items(academy))
    numbers = pd.DataFrame(rng.integers(1, 6, (50, 15)), columns=names).astype(float)
    numbers = numbers.mask(rng.random(numbers.shape) < 0.2)
    text = numbers.map(lambda x: "" if np.isnan(x) else str(int(x)))
    of_numbers = score(numbers.assign(respondent=range(50)), academy)
    of_text = score(text.assign(respondent=range(50)), academy)
    pd.testing.assert_frame_equal(of_numbers.table, of_text.table)
    assert of_numbers.account == of_text.account


def test_an_answer_that_the_item_does_not_have_is_refused(academy) -> None:
    with pytest.raises(DataError, match=r"trust_3: 9 is not an answer of this item\. .*-9"):
        score(answers(academy, trust_3="9"), academy)


def test_a_missing_column_is_refused(academy) -> None:
    with pytest.raises(DataError, match="lack the item trust_3"):
        score(answers(academy).drop(columns="trust_3"), academy)


@given(values=ANSWERS)
@settings(max_examples=50, deadline=None)
def test_reversing_twice_changes_nothing(values) -> None:
    twice = reverse(reverse(values, low=1, high=5), low=1, high=5)
    np.testing.assert_array_equal(twice, values)


@given(values=ANSWERS, turned=TURNED)
@settings(max_examples=50, deadline=None)
def test_scores_stay_inside_the_range_and_mirror_when_all_items_turn(values, turned) -> None:
    scores = scale_means(values, turned, low=1, high=5, min_answered=2)
    inside = scores[~np.isnan(scores)]
    assert ((inside >= 1) & (inside <= 5)).all()
    other = [not item for item in turned]
    mirrored = scale_means(values, other, low=1, high=5, min_answered=2)
    np.testing.assert_allclose(mirrored, 6 - scores)


@given(values=ANSWERS, order=st.permutations(range(7)))
@settings(max_examples=50, deadline=None)
def test_the_order_of_respondents_does_not_matter(values, order) -> None:
    how = {"low": 1, "high": 5, "min_answered": 2}
    scores = scale_means(values, [True, False, False, False], **how)
    shuffled = scale_means(values[list(order)], [True, False, False, False], **how)
    np.testing.assert_array_equal(shuffled, scores[list(order)])


def test_a_million_respondents_score_in_a_moment() -> None:
    values = np.random.default_rng(2).integers(1, 6, (10, 1_000_000)).astype(float).T
    start = time.perf_counter()
    scale_means(values, [False] * 10, low=1, high=5, min_answered=5)
    assert time.perf_counter() - start < 1


def test_scores_become_measures_that_two_waves_can_pair(academy) -> None:
    cells = {f"trust_{item}": "" for item in range(1, 6)}
    found = score(answers(academy, **cells), academy)
    rows = scale_measures(found, pd.Series([AGENCY]), instrument=academy, wave="spring-pre")
    assert list(rows["measure"]) == ["support", "understanding"]
    assert (
        rows[["stream", "unit", "place", "period", "n"]].to_numpy().tolist()
        == [["surveys", "S-1", "agency", "spring-pre", 1]] * 2
    )
    assert rows["se"].isna().all()
