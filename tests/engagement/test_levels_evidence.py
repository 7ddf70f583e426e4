"""Each community has its own numbers, each by a rule that is said; no level comes out of them."""

import json
import re

import pandas as pd
import pytest

from engagement.level_study import TODAY, keep, keep_contacts, keep_counts, with_communities
from outcomes.engagement.levels import CODES, shipped_levels
from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.pipeline.levels import levels_table, reach_of, view_levels
from outcomes.study import open_study

YEAR = range(1, 13)


@pytest.fixture
def study(study_folder):
    return with_communities(study_folder)


def view_of(study, code="river-families"):
    return view_levels(study, community=code, today=TODAY).communities[0]


def lines_of(view, measure):
    return {line.rule: line for line in view.lines if line.measure == measure}


def test_the_shipped_levels_hold_all_indicators_and_speak_of_kinds_that_exist() -> None:
    levels = shipped_levels()
    assert [each.code for each in levels.indicators] == list(CODES)
    assert {number for each in levels.indicators for number in each.levels} == {1, 2, 3, 4, 5}
    known = {*shipped_kinds(), "level"}
    assert {kind for strand in levels.strands for kind in strand.kinds} <= known
    assert [strand.name for strand in levels.strands] == [
        "action", "assessment", "messages", "relationships"
    ]  # fmt: skip


def test_every_measure_of_an_indicator_carries_its_number_in_the_registry() -> None:
    for indicator in shipped_levels().indicators:
        first = [MEASURES[code] for code in indicator.measures]
        assert all(each.requirement == indicator.code for each in first), indicator.code


def test_every_community_shows_all_eighteen_indicators_even_without_a_record(study) -> None:
    view = view_levels(study, today=TODAY)
    assert [each.code for each in view.communities] == [
        "river-families",
        "newcomers",
        "shop-owners",
    ]
    for each in view.communities:
        assert list(dict.fromkeys(line.indicator for line in each.lines)) == list(CODES)
        assert {line.trend for line in each.lines} == {"no record"}
        assert {value for line in each.lines for value in line.values} == {None}  # never 0


def test_records_that_name_a_community_and_counts_of_its_own_place_stay_apart(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 5), community="river-families", place="northgate")
    keep_contacts(study, dict.fromkeys(YEAR, 7), place="eastbank")
    keep_counts(study, "contacts_new", dict.fromkeys(YEAR, 9))
    found = lines_of(view_of(study), "contacts_new")
    assert {rule: line.values[0] for rule, line in found.items()} == {
        "named": 5, "place records": 7, "place counts": 9
    }  # fmt: skip
    assert found["named"].source == "records that name this community"
    assert found["place counts"].source == (
        "imported counts of Eastbank, the one place where it lives"
    )


def test_a_place_that_is_shared_or_not_named_gives_its_counts_to_nobody(study_folder) -> None:
    shared = '\n[[communities]]\ncode = "{}"\nname = "{}"\napproach = "broad-based"\nplaces = {}\n'
    study = with_communities(
        study_folder,
        shared.format("one", "One", '["eastbank"]')
        + shared.format("two", "Two", '["eastbank", "northgate"]')
        + shared.format("three", "Three", "[]"),
    )
    keep_contacts(study, dict.fromkeys(YEAR, 7), place="eastbank")
    keep_counts(study, "contacts_new", dict.fromkeys(YEAR, 9))
    for code, why in (("one", "shares its place with Two"), ("two", "several places"),
                      ("three", "names no place")):  # fmt: skip
        view = view_of(study, code)
        assert set(lines_of(view, "contacts_new")) == {""}
        assert why in " ".join(view.about)


def test_a_contact_without_a_sponsor_is_a_zero_and_a_month_without_contacts_is_none(study) -> None:
    keep_contacts(study, {1: 4}, community="river-families")
    keep_contacts(study, {2: 3}, community="river-families", sponsor="Tenants council")
    view = view_of(study)
    assert lines_of(view, "contacts_through_sponsor")["named"].values[:3] == (0, 3, None)
    assert lines_of(view, "contacts_total")["named"].values[:3] == (4, 3, None)


def test_what_goes_on_is_counted_in_each_month_and_never_added_up(study) -> None:
    how = {"who": "community leads, police support", "community": "river-families"}
    keep(study, "initiative", "2025-08-03", name="safe way to school", **how)
    keep(study, "initiative", "2025-11-03", name="evening games", until="2025-11-30", **how)
    line = lines_of(view_of(study), "initiatives_police_supported")["named"]
    assert line.values[6:] == (None, 1, 1, 1, 2, 1)
    assert line.trend == "1 going on in the last month, 1 three months earlier"


def test_of_a_tailored_effort_only_its_dates_count_and_its_end_is_no_fall(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 20), community="newcomers")
    view = view_of(study, "newcomers")
    line = lines_of(view, "contacts_new")["named"]
    assert line.values == (None, None, 20, 20, 20, *(None,) * 7)
    assert line.trend == "60 inside its dates; it ended on 2025-05-31 as planned"
    words = " ".join((*view.about, *view.continuity, line.trend))
    assert "Tailored to this trend: scams" in words
    assert "no mark against it" in words
    assert not re.search(r"\bfell\b|\bgap of\b|\d+ weeks", words)


def test_attendance_is_shown_for_each_event_beside_its_sum(study) -> None:
    for month, people in ((1, 10), (2, 90), (3, 20)):
        keep(study, "event", f"2025-{month:02}-05", community="river-families", name="evening",
             participants=people)  # fmt: skip
    line = lines_of(view_of(study), "event_participants")["named"]
    assert line.trend.endswith("Median 20 people at each of 3 events")
    assert line.values[:4] == (10, 90, 20, None)


def test_outputs_and_outcomes_are_told_apart_in_every_row(study) -> None:
    for line in view_of(study).lines:
        assert line.role.startswith(MEASURES[line.measure].role + ":")


def test_reach_stands_beside_each_other_and_approaches_are_never_pooled(study) -> None:
    keep_contacts(study, dict.fromkeys((3, 4, 5), 100), community="newcomers")
    keep_contacts(study, dict.fromkeys((3, 4, 5), 1000), community="river-families")
    keep_contacts(study, dict.fromkeys((3, 4, 5), 10), community="shop-owners")
    view = view_levels(study, today=TODAY)
    assert [each.code for each in view.of("tailored")] == ["newcomers"]
    reached = {each.code: reach_of(each)["contacts_total"].split()[0] for each in view.communities}
    assert reached == {"river-families": "3,000", "newcomers": "300", "shop-owners": "30"}
    table = levels_table(view)
    assert table.groupby("community")["approach"].nunique().eq(1).all()
    sums = {100 * a + 1000 * b + 10 * c for a, b, c in ((1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1))}
    assert not sums & set(table["value"].dropna())


def test_a_community_that_stopped_for_weeks_is_told_so(study) -> None:
    for day in (
        "2025-01-10",
        "2025-02-10",
        "2025-03-10",
        "2025-06-30",
        *(f"2025-{month:02}-20" for month in range(7, 13)),
    ):
        keep(study, "event", day, community="river-families", name="evening", participants=1)
    said = view_of(study).continuity
    assert said[0] == (
        "No record of action for 6 weeks or more: 15 weeks from 2025-03-11 to 2025-06-29."
    )
    assert said[1] == "No record of assessment from 2025-01-01 to 2025-12-31."


def test_surveys_and_news_are_shown_as_being_of_the_whole_agency(study) -> None:
    change = Estimate(
        term="trust", value=0.4, low=0.1, high=0.7, n=40, unit="points", method="paired t",
        analysis="prepost", measure="trust", place="spring",
    )  # fmt: skip
    study.write_estimates([change])
    rows = [("media", "agency", "agency", f"2025-{month:02}", "tone_negative",
             0.2 if month < 10 else 0.5, 0.02, 10) for month in YEAR]  # fmt: skip
    columns = ["stream", "unit", "place", "period", "measure", "value", "se", "n"]
    study.write_table("measures", pd.DataFrame(rows, columns=columns))
    view = view_of(study)
    trust = lines_of(view, "trust")["surveys"]
    assert trust.trend == "spring: +0.40 points (+0.10 to +0.70), 40 people: rose (better)"
    tone = lines_of(view, "tone_negative")["media"]
    assert tone.trend == "50% in the last three months, 20% in the three before: rose"
    assert all("not this community alone" in line.source for line in (trust, tone))


def test_no_level_is_computed_whatever_the_evidence_says(study) -> None:
    keep_contacts(study, dict.fromkeys(YEAR, 500), community="river-families")
    view = view_of(study)
    assert view.history == ()
    assert not any("level" in json.dumps(line.trend) for line in view.lines)


def test_a_study_without_communities_or_with_another_one_is_told_what_to_do(study_folder) -> None:
    with pytest.raises(DataError, match=r"names no community, and levels .* Add \[\[communities"):
        view_levels(open_study(study_folder), today=TODAY)
    study = with_communities(study_folder)
    with pytest.raises(DataError, match="Did you mean 'newcomers'"):
        view_levels(study, community="newcomer", today=TODAY)
    with pytest.raises(DataError, match="no month of the study is over"):
        view_levels(study, today=TODAY.replace(year=2025))
