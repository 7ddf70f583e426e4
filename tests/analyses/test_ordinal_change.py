import numpy as np
import pandas as pd
import pytest
from survey_answers import answers, people

from outcomes.analyses.ordinal_change import ordinal_change
from outcomes.analyses.prepost import NO_COMPARISON
from outcomes.errors import DataError
from outcomes.stats.odds_change import odds_change

WAVES = [("pre", "post")]


def one_item(n: int = 24, *, shift: float = 1.5, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    stands = rng.normal(0, 1.2, n)
    before, after = (
        1.0 + np.digitize(stands + by + rng.logistic(size=n), [-2, 0, 2]) for by in (0, shift)
    )
    return before, after


def table_of(before: np.ndarray, after: np.ndarray) -> pd.DataFrame:
    return answers({"pre": people(before), "post": people(after)})


def test_the_odds_lead_and_the_people_who_moved_stand_beside_them() -> None:
    before, after = one_item()
    odds, moved = ordinal_change(table_of(before, after), "trust", waves=WAVES, group="spring")
    direct = odds_change(before, after, term="x")
    assert (odds.value, odds.low, odds.p) == pytest.approx((direct.value, direct.low, direct.p))
    rose, fell = (after > before).sum(), (after < before).sum()
    assert moved.value == pytest.approx((rose - fell) / 24)
    assert (odds.analysis, moved.analysis) == ("prepost ordinal", "prepost moved")
    for each in (odds, moved):
        assert (each.measure, each.place, each.period) == ("trust", "spring", "pre to post")
        assert NO_COMPARISON in each.warnings


def test_for_yes_and_no_the_change_of_the_share_leads() -> None:
    rng = np.random.default_rng(2)
    before, after = (rng.random(30) < 0.4).astype(float), (rng.random(30) < 0.6).astype(float)
    share, *_ = ordinal_change(table_of(before, after), "trust", waves=WAVES, group="spring")
    assert share.value == pytest.approx(after.mean() - before.mean())
    assert "change of the share with the higher answer" in share.term


def test_where_everybody_rose_the_share_says_why_there_are_no_odds() -> None:
    before = np.array([1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0])
    (share,) = ordinal_change(table_of(before, before + 1), "trust", waves=WAVES, group="spring")
    assert share.value == 1
    assert any(text.startswith("cannot tell") for text in share.warnings)


def test_answers_that_drew_to_the_ends_are_seen_though_as_many_rose_as_fell() -> None:
    before = np.repeat([2.0, 2.0, 3.0], 12)
    after = np.repeat([1.0, 3.0, 3.0], 12)
    found = ordinal_change(table_of(before, after), "trust", waves=WAVES, group="spring")
    moved = next(each for each in found if each.analysis == "prepost moved")
    assert moved.value == 0
    assert any("Look at the answers themselves" in text for text in moved.warnings)


def test_who_could_not_be_linked_counts_for_the_odds_and_not_for_the_movers() -> None:
    before, after = one_item()
    table = table_of(before, after)
    some = table[~((table["period"] == "post") & table["unit"].isin(["r0", "r1", "r2"]))]
    odds, moved = ordinal_change(some, "trust", waves=WAVES, group="spring")
    assert (odds.n, odds.dropped) == (24, 0)
    assert (moved.n, moved.dropped) == (21, 3)


def test_scores_with_many_values_are_left_to_the_change_in_points() -> None:
    scores = np.linspace(1, 5, 20)
    with pytest.raises(DataError, match="The change in points is the one to read"):
        ordinal_change(table_of(scores, scores[::-1]), "trust", waves=WAVES, group="spring")
