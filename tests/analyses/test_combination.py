from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.combination import ANALYSIS, agreement, combination
from outcomes.analyses.panel_table import PanelTable
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import find
from outcomes.stats.collapsed_change import collapsed_change
from outcomes.stats.holm import holm

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
PLACES = [f"place-{number}" for number in range(9)]
UP, UP_TOO, OPEN = "tips_received", "partnerships", "crime_reports"


def panel(measure: str, *, seed: int = 0, effect: float = 0.0, treated: int = 4) -> PanelTable:
    rng = np.random.default_rng([seed, sum(map(ord, measure))])
    grid = rng.poisson(20, (9, 12)).astype(float)
    grid[:treated, 6:] += effect
    return PanelTable(
        outcome=pd.DataFrame(grid, index=PLACES, columns=MONTHS),
        name=find(measure).name,
        unit=find(measure).unit,
        start=dict.fromkeys(PLACES[:treated], "2025-07"),
        measure=measure,
        whole="place",
        when="month",
    )


def family(effect: float = 0.0, *, seed: int = 0) -> list[PanelTable]:
    return [panel(code, effect=effect, seed=seed) for code in (UP, UP_TOO, OPEN)]


def estimate(measure: str, low: float, high: float) -> Estimate:
    return Estimate(
        term=measure,
        value=(low + high) / 2,
        low=low,
        high=high,
        p=0.5 if low < 0 < high else 0.01,
        n=9,
        unit="tips",
        method="t",
        measure=measure,
    )


def test_each_outcome_is_its_collapsed_change_with_the_p_of_holm() -> None:
    panels = family(3.0)
    found = combination(panels)
    alone = []
    for each in panels:
        grid = each.outcome.to_numpy()
        change = grid[:, 6:].mean(axis=1) - grid[:, :6].mean(axis=1)
        alone.append(collapsed_change(change, np.arange(9) < 4, term="x", unit="x"))
    assert [each.value for each in found[1:]] == pytest.approx([each.value for each in alone])
    assert [each.low for each in found[1:]] == pytest.approx([each.low for each in alone])
    assert [each.p for each in found[1:]] == pytest.approx(list(holm([each.p for each in alone])))
    assert all("3 outcomes by Holm" in each.method for each in found[1:])
    assert {each.analysis for each in found} == {ANALYSIS}


def test_westfall_young_is_never_harder_than_holm_on_these_and_says_its_name() -> None:
    by_holm, by_draws = (
        combination(family(3.0)),
        combination(family(3.0), adjustment="westfall-young"),
    )
    assert "by Westfall-Young" in by_draws[1].method
    assert by_draws[1].p is not None
    assert by_holm[1].p is not None
    assert by_draws[1].p <= by_holm[1].p


def test_the_index_leads_and_leaves_out_what_can_be_good_or_bad_news() -> None:
    index = combination(family(6.0))[0]
    assert index.term.startswith("summary index")
    assert index.unit == "SD"
    assert index.low > 0
    assert index.n == 9
    assert any("Crimes reported" in text and "left out" in text for text in index.warnings)
    assert any("Tips received" in text and "weights" in text for text in index.warnings)
    more = [*family(6.0)[:2], replace(panel(OPEN, effect=-50), measure=OPEN)]
    assert combination(more)[0].value == pytest.approx(index.value)


def test_where_fewer_than_two_outcomes_have_a_known_direction_there_is_no_index() -> None:
    found = combination([panel(UP), panel(OPEN)])
    assert len(found) == 2
    assert any(text.startswith("no summary index") for text in found[0].warnings)


def test_agreement_is_counted_in_words_and_crime_is_neither_good_nor_bad() -> None:
    hoped, other = estimate(UP, 1, 3), estimate(UP_TOO, -3, -1)
    crime, open_ = estimate(OPEN, -3, -1), estimate(UP, -1, 1)
    assert agreement([hoped, hoped, other, open_]) == (
        "of four outcomes tested together, two moved the hoped-for way, one moved the other way, "
        "one cannot be told: they disagree, so none of them answers alone"
    )
    assert agreement([hoped, crime]) == (
        "of two outcomes tested together, one moved the hoped-for way, one moved in a way that "
        "can be good or bad news"
    )
    assert agreement([open_, open_]) == "of two outcomes tested together, none can be told"
    assert combination(family(8.0))[0].warnings[0].startswith("of three outcomes tested together")


def test_an_outcome_where_less_is_better_counts_as_hoped_for_when_it_falls() -> None:
    assert "one moved the hoped-for way" in agreement(
        [estimate("worry_about_crime", -3, -1), estimate(UP, -1, 1)]
    )


def test_renaming_places_shifting_time_and_scaling_leave_every_p() -> None:
    panels = family(3.0, seed=4)
    order = np.random.default_rng(1).permutation(9)
    changed = [
        replace(
            each,
            outcome=(60 * each.outcome.iloc[order] + 5).set_axis(
                [month.replace("2025", "2031") for month in MONTHS], axis=1
            ),
            start=dict.fromkeys(each.start, "2031-07"),
        )
        for each in panels
    ]
    for one, other in zip(combination(panels), combination(changed), strict=True):
        assert other.p == pytest.approx(one.p)
        assert other.value == pytest.approx(one.value * (1 if one.unit == "SD" else 60))


def test_a_family_without_any_change_finds_one_in_at_most_one_study_of_twenty() -> None:
    found = []
    for seed in range(120):
        each = combination(family(seed=seed), adjustment="westfall-young")
        found.append(min(one.p or 1 for one in each[1:]) <= 0.05)
    assert np.mean(found) <= 0.11  # 5 % and three standard errors


def test_answers_of_residents_enter_with_their_own_p_and_holm_takes_over() -> None:
    answers = estimate("feeling_safe", 0.1, 0.5)
    found = combination(family()[:2], others=[answers], adjustment="westfall-young")
    assert found[-1].measure == "feeling_safe"
    assert any("Holm stands for" in text for text in found[-1].warnings)
    assert "by Holm" in found[-1].method


def test_too_few_places_are_said_in_every_row() -> None:
    small = [
        replace(
            each,
            outcome=each.outcome.iloc[2:6],
            start={place: each.start[place] for place in PLACES[2:4]},
        )
        for each in family()
    ]
    found = combination(small)
    assert all(any(text.startswith("no test") for text in each.warnings) for each in found)
    assert "none can be told" in found[0].warnings[0]


def test_what_cannot_be_tested_together_is_refused() -> None:
    with pytest.raises(DataError, match="two or more"):
        combination([panel(UP)])
    with pytest.raises(DataError, match="same places"):
        combination([panel(UP), panel(OPEN, treated=3)])
    with pytest.raises(DataError, match="without a test"):
        combination(family(), others=[replace(estimate(UP, 1, 2), p=None)])
    staggered = [replace(each, start={**each.start, PLACES[0]: "2025-05"}) for each in family()]
    with pytest.raises(DataError, match="2 starts"):
        combination(staggered)
    late = [replace(each, start=dict.fromkeys(PLACES[:4], "2025-01")) for each in family()]
    with pytest.raises(DataError, match="no period before"):
        combination(late)
