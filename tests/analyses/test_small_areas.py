"""Many small places: others weighted to the same totals before, and groups of them for chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses import small_areas as module
from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.small_areas import small_areas
from outcomes.errors import DataError
from outcomes.stats.wording import direction


def made(*, change=1.0, treated=15, places=240, periods=8, seed=1, times=1.5):
    """Calls at blocks whose means differ; from period 6 on treated blocks have ``change`` times."""
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2, 2, places)
    mean[:treated] = rng.gamma(2 * times, 2, treated)  # chosen because there was more
    means = np.outer(mean, np.ones(periods))
    means[:treated, 5:] *= change
    grid = pd.DataFrame(
        rng.poisson(means),
        index=[f"block {n}" for n in range(places)],
        columns=range(1, periods + 1),
    )
    starts = {f"block {n}": 6 for n in range(treated)}
    return PanelTable(outcome=grid, name="calls", unit="calls", start=starts, when="quarter")


def test_a_planted_change_is_found_and_the_rows_agree():
    found = small_areas(made(change=1.6))
    lead, ratio, *each = found
    assert lead.low > 0
    assert lead.p <= 1 / 180
    assert 1.3 < ratio.value < 1.9
    assert ratio.low > 1
    assert lead.value == pytest.approx(np.mean([one.value for one in each]))
    assert [one.period for one in each] == ["6", "7", "8"]


def test_limits_leave_out_no_change_just_where_p_does():
    for seed in range(8):
        for one in small_areas(made(change=1.25, seed=seed, times=1.2), placebos=39):
            none = 1.0 if one.unit.startswith("times") else 0.0
            assert (one.p <= 0.05 + 1e-12) == (one.low > none or one.high < none), seed


def test_without_a_change_one_study_in_twenty_is_told_one():
    """120 studies; binomial limits of 5 % at 3.5 SE, and clearly fewer than naive counting."""
    told = [
        small_areas(made(seed=100 + seed, places=160, treated=12, times=1.0), placebos=39)[0].p
        <= 0.0501
        for seed in range(120)
    ]
    assert np.mean(told) <= 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 120)


def test_names_and_order_of_places_change_nothing_but_the_groups_drawn():
    panel = made(change=1.4)
    turned = replace(panel, outcome=panel.outcome.iloc[::-1])
    one, other = small_areas(panel), small_areas(turned)
    assert [each.value for each in one] == pytest.approx([each.value for each in other])


def test_what_else_must_match_is_matched():
    panel = made(change=1.5)
    rng = np.random.default_rng(5)
    homes = pd.DataFrame({"homes": rng.integers(5, 60, 240)}, index=panel.places)
    plain, matched = small_areas(panel)[0], small_areas(panel, match=homes)[0]
    assert plain.value != matched.value
    same = pd.DataFrame({"always": 1.0}, index=panel.places)
    assert small_areas(panel, match=same)[0].value == pytest.approx(plain.value)


def test_few_others_that_decide_are_said():
    panel = made(treated=3)
    outcome = panel.outcome.copy()
    outcome.iloc[0] += 60
    outcome.iloc[3] = outcome.iloc[0]  # only one of the others has as many
    warned = small_areas(replace(panel, outcome=outcome), placebos=39)[0].warnings
    assert any("a few of them decide" in warning for warning in warned)


def test_others_that_match_places_with_more_fall_back_as_far_as_limits_allow_for(monkeypatch):
    """Without any change; chosen for what lasts, so that the gap is what the others lose."""
    gaps, allowed = [], []
    for seed in range(30):
        panel = made(seed=300 + seed, times=2.0)
        wide = small_areas(panel, placebos=19, level=0.9)[0]
        with monkeypatch.context() as patched:
            patched.setattr(module, "CLEARLY", np.inf)
            plain = small_areas(panel, placebos=19, level=0.9)[0]
        assert wide.value == plain.value
        assert wide.high == pytest.approx(plain.high)
        assert plain.p <= (wide.p or 1.0)
        gaps.append(plain.value)
        allowed.append(plain.low - wide.low)
    assert np.mean(allowed) > 3 * np.std(gaps) / np.sqrt(30)
    assert np.mean(gaps) == pytest.approx(np.mean(allowed), abs=3 * np.std(gaps) / np.sqrt(30))


def test_limits_reach_further_only_where_places_clearly_had_more_or_fewer_before():
    told = small_areas(made(times=2.0), placebos=39)[0].warnings
    assert any("limits reach so much further down" in warning for warning in told)
    few = small_areas(made(times=0.4), placebos=39)[0]
    assert any("limits reach so much further up" in warning for warning in few.warnings)
    alike = {f"block {n}": 6 for n in range(30, 45)}
    told = small_areas(replace(made(), start=alike), placebos=39)[0].warnings
    assert not any("limits reach" in warning for warning in told)


def test_places_unlike_all_others_are_described_and_not_tested():
    lead, ratio, *each = small_areas(made(times=2.0, change=1.6), placebos=39)
    assert direction(lead) == "cannot tell"
    assert lead.warnings[0].startswith("no test is possible: treated places had")
    assert "More untreated places that had as many" in lead.warnings[0]
    assert lead.value > 0
    assert [one.p for one in (lead, ratio, *each)] == [None] * 5


def test_groups_that_show_chance_are_of_places_like_the_treated(monkeypatch):
    panel, drawn, gaps = made(), [], module._gaps

    def noted(blocks, group):
        drawn.append(blocks.before[group].mean())
        return gaps(blocks, group)

    monkeypatch.setattr(module, "_gaps", noted)
    small_areas(panel, placebos=39)
    untreated = panel.outcome.iloc[15:, :5].to_numpy().mean()
    assert np.mean(drawn[1:]) > 1.15 * untreated


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": {}}, "no place has a start"),
        ({"start": {"block 1": 6, "block 2": 7}}, "use the design staggered"),
        ({"start": {"block 1": 1}}, "nothing lies before the start"),
        ({"start": {f"block {n}": 6 for n in range(60)}}, "too few for 60 treated"),
    ],
)
def test_what_this_design_cannot_answer_is_refused(change, said):
    with pytest.raises(DataError, match=said):
        small_areas(replace(made(), **change))


def test_gaps_negative_counts_and_unmatchable_places_are_refused():
    panel = made()
    for value in (np.nan, -1.0):
        outcome = panel.outcome.astype(float)
        outcome.iloc[3, 2] = value
        with pytest.raises(DataError, match="a count of 0 or more in every place"):
            small_areas(replace(panel, outcome=outcome))
    outcome = panel.outcome.copy()
    outcome.iloc[:15, :5] += 1000
    with pytest.raises(DataError, match="no weights of 0 or more"):
        small_areas(replace(panel, outcome=outcome))
    with pytest.raises(DataError, match="'homes' must be a number in every place"):
        small_areas(panel, match=pd.DataFrame({"homes": ["few"] * 240}, index=panel.places))
    with pytest.raises(DataError, match="draw more"):
        small_areas(panel, placebos=10)
