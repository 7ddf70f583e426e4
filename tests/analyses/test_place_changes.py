"""Change of residents' answers by place, where some of them answered both times."""

from math import nan

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.analyses.place_changes import place_changes
from outcomes.analyses.prepost import NO_COMPARISON
from outcomes.errors import DataError
from outcomes.measures import check
from outcomes.stats.wording import claim

WAVES = ("residents-pre", "residents-post")
PLACES = ("eastbank", "millrow", "northgate")


def asked(*, both: int = 20, each: int = 40, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers of as many residents of each place in each wave, the first of them in both."""
    rng, rows, links = np.random.default_rng(seed), [], []
    for place in PLACES:
        person = rng.normal(3, 0.8, 2 * each)
        for wave, first in zip(WAVES, (0, each - both), strict=True):
            for number in range(first, first + each):
                value = person[number] + rng.normal(0, 0.4) + 0.3 * (wave == WAVES[1])
                rows.append((place, f"{place}-{wave}-{number}", wave, value))
        links += [[f"{place}-{wave}-{n}" for wave in WAVES] for n in range(each - both, each)]
    table = pd.DataFrame(rows, columns=["place", "unit", "period", "value"])
    table = table.assign(stream="surveys", measure="feeling_safe", se=nan, n=1)
    names = ["pre_respondent", "post_respondent"]
    linked = pd.DataFrame(links, columns=names).assign(pre_wave=WAVES[0], post_wave=WAVES[1])
    return check(table), linked


def told(table: pd.DataFrame, **how: object) -> dict:
    found = place_changes(table, "feeling_safe", waves=WAVES, **how)  # type: ignore[arg-type]
    return {each.place: each for each in found}


def of(table: pd.DataFrame, place: str, wave: str) -> pd.Series:
    return table[(table["place"] == place) & (table["period"] == wave)]["value"]


def test_where_all_answered_twice_each_place_gives_the_paired_test() -> None:
    table, links = asked(both=40)
    found = told(table, links=links)["millrow"]
    sides = [of(table, "millrow", wave).to_numpy() for wave in WAVES]
    theirs = stats.ttest_rel(sides[1], sides[0]).confidence_interval()
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert (found.n, found.period) == (40, "residents-pre to residents-post")


def test_without_links_each_place_gives_the_test_of_two_samples() -> None:
    table, _ = asked()
    found = told(table)["northgate"]
    sides = [of(table, "northgate", wave) for wave in WAVES]
    theirs = stats.ttest_ind(sides[1], sides[0], equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert found.n == 80
    assert "nobody answered in both waves" in found.assumptions


def test_knowing_who_answered_twice_narrows_the_interval_and_it_says_by_how_much() -> None:
    table, links = asked(both=30)
    apart, linked = told(table)["eastbank"], told(table, links=links)["eastbank"]
    assert linked.value == pytest.approx(apart.value)
    assert linked.se < 0.8 * apart.se
    whole = (told(table)[""], told(table, links=links)[""])
    narrower = round(100 * (1 - whole[1].se / whole[0].se))
    assert narrower > 20
    assert whole[1].warnings == (
        NO_COMPARISON,
        "90 of 150 people are known to have answered both times, which makes the interval "
        f"{narrower}% narrower than without",
    )
    nobody = told(table, links=links.iloc[:0])[""]
    assert nobody.se == pytest.approx(whole[0].se)
    assert nobody.warnings[-1].startswith("nobody is known to have answered both times")


def test_who_moved_to_another_place_counts_as_two_people() -> None:
    table, links = asked(both=10)
    crossed = links.assign(post_respondent=np.roll(links["post_respondent"], 10))
    assert told(table, links=crossed)["eastbank"].n == told(table)["eastbank"].n == 80


def test_a_change_of_who_was_asked_where_is_no_change_of_opinion() -> None:
    """Eastbank is content, Millrow is not; nobody changes, but Millrow is asked more later."""
    rng, rows = np.random.default_rng(3), []
    for place, level, sizes in (("eastbank", 4, (60, 20)), ("millrow", 2, (20, 60))):
        for wave, size in zip(WAVES, sizes, strict=True):
            answers = level + stats.norm.ppf((np.arange(size) + 0.5) / size)
            rows += [(place, f"{place}{wave}{n}", wave, v) for n, v in enumerate(answers)]
    rng.shuffle(rows)
    table = pd.DataFrame(rows, columns=["place", "unit", "period", "value"])
    table = check(table.assign(stream="surveys", measure="feeling_safe", se=nan, n=1))
    assert table.groupby("period")["value"].mean().diff().abs().max() > 0.9
    assert told(table)[""].value == pytest.approx(0, abs=1e-9)


def test_all_places_together_are_surer_than_any_and_weights_reach_them() -> None:
    table, links = asked()
    found = told(table, links=links)
    assert list(found) == ["", *PLACES]
    assert found[""].se < min(found[place].se for place in PLACES)
    assert found[""].n == sum(found[place].n for place in PLACES)
    heavy = table[["unit", "period"]].assign(weight=np.where(table["place"] == "millrow", 9.0, 1.0))
    weighed = told(table, links=links, weights=heavy)
    share = np.array([1, 9, 1]) / 11
    assert weighed[""].value == pytest.approx(share @ [found[place].value for place in PLACES])
    assert weighed["millrow"].se == pytest.approx(found["millrow"].se)


def test_it_only_says_that_answers_changed_for_nothing_stands_beside_them() -> None:
    found = told(asked()[0])
    assert claim(found[""]).grade == "changed"
    assert all(NO_COMPARISON in each.warnings for each in found.values())


def test_places_that_cannot_be_told_are_left_out_and_counted() -> None:
    table, links = asked()
    alike = table.assign(value=table["value"].where(table["place"] != "millrow", 3.0))
    found = told(alike, links=links)
    assert list(found) == ["", "eastbank", "northgate"]
    assert found[""].warnings[-1].startswith("1 of 3 places left out")
    few = told(asked(both=2, each=5)[0])["eastbank"]
    assert few.warnings == ("only 5 answers in a wave", NO_COMPARISON)


def test_what_cannot_be_asked_is_refused() -> None:
    table, links = asked()
    with pytest.raises(DataError, match="no place has two answers that differ"):
        told(table.assign(value=3.0))
    with pytest.raises(DataError, match="has no period 'later'"):
        place_changes(table, "feeling_safe", waves=(WAVES[0], "later"))
    twice = links.assign(post_respondent=links["post_respondent"].iloc[0])
    with pytest.raises(DataError, match="somebody is linked to two people"):
        told(table, links=twice)
    with pytest.raises(DataError, match="is an output"):
        place_changes(table, "walk_minutes", waves=WAVES)
