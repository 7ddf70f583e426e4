"""Records become measures by place and month: 0 once a kind is recorded, missing before."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.engagement.record_measures import record_measures
from outcomes.errors import DataError
from outcomes.measures import MEASURES
from outcomes.pipeline.engagement_records import WITHDRAWN, record_row, store_records
from outcomes.pipeline.record_counting import context_events, engagement_record_measures
from outcomes.pipeline.records import count_measures, import_counts
from outcomes.store import Source
from outcomes.study import open_study

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
PLACES = ["eastbank", "northgate"]
WHO = next(field.choices for field in shipped_kinds()["initiative"].fields if field.name == "who")


def measured(*records):
    table = pd.DataFrame(records, columns=["kind", "day", "place", "body"])
    found = record_measures(table, shipped_kinds(), months=MONTHS, places=PLACES)
    return found.set_index(["measure", "place", "period"])["value"].to_dict()


def event(day, place="eastbank", people=10):
    return ("event", day, place, {"name": "fair", "participants": people})


def test_events_are_counted_and_their_participants_added_up():
    found = measured(event("2025-03-01"), event("2025-03-20", people=5))
    assert found["events_staged", "eastbank", "2025-03"] == 2
    assert found["event_participants", "eastbank", "2025-03"] == 15


def test_a_month_without_a_record_is_zero_from_the_first_on_and_missing_before():
    found = measured(event("2025-03-01"), event("2025-06-20"))
    months = [month for measure, place, month in found
              if (measure, place) == ("events_staged", "northgate")]  # fmt: skip
    assert months == ["2025-03", "2025-04", "2025-05", "2025-06"]
    assert found["events_staged", "eastbank", "2025-04"] == 0
    assert found["events_staged", "northgate", "2025-03"] == 0


def test_the_newest_record_of_any_kind_says_how_far_records_go():
    review = ("review", "2025-08-02", "agency", {"meeting": "review of the approach"})
    found = measured(event("2025-03-01"), review)
    assert found["events_staged", "eastbank", "2025-08"] == 0
    assert ("events_staged", "eastbank", "2025-09") not in found


def test_a_plan_of_walks_to_come_opens_no_month():
    found = measured(event("2025-03-01"), ("planned_walk", "2025-11-02", "eastbank", {}))
    assert {month for _, _, month in found} == {"2025-03"}


def test_what_is_recorded_for_the_agency_stands_at_the_agency_alone():
    found = measured(event("2025-03-01", place="agency"))
    assert {place for _, place, _ in found} == {"agency"}


def test_contacts_are_new_and_known_and_those_through_a_sponsor_are_told_apart():
    body = {"new": 3, "known": 4}
    found = measured(
        ("contact", "2025-03-01", "eastbank", body),
        ("contact", "2025-03-02", "eastbank", body | {"sponsor": ["YMCA"]}),
        ("contact", "2025-03-03", "eastbank", body | {"academy": "spring"}),
    )
    march = {measure: value for (measure, place, _), value in found.items() if place == "eastbank"}
    assert march == {
        "contacts_new": 9,
        "contacts_total": 21,
        "contacts_through_sponsor": 7,
        "academy_contacts_new": 3,
    }


def test_an_initiative_counts_when_it_begins_and_another_measure_while_it_goes_on():
    led = {"name": "a", "who": WHO[0], "until": "2025-05-10"}
    found = measured(
        ("initiative", "2025-03-01", "eastbank", led),
        ("initiative", "2025-04-01", "eastbank", {"name": "b", "who": WHO[3]}),
        ("initiative", "2025-07-01", "eastbank", {"name": "c", "who": WHO[4]}),
    )

    def series(measure):
        months = sorted(month for each, place, month in found
                        if (each, place) == (measure, "eastbank"))  # fmt: skip
        return [found[measure, "eastbank", month] for month in months]

    assert series("initiatives_community") == [1, 1, 0, 0, 0]
    assert series("initiatives_led_or_supporting") == [1, 2, 2, 1, 1]
    assert series("initiatives_police_supported") == [1, 1, 1, 0, 0]


def test_only_sponsors_that_came_from_an_academy_count_as_such():
    def organisation(role, academy):
        body = {"organisation": ["YMCA"], "role": role} | ({"academy": academy} if academy else {})
        return ("organisation", "2025-03-01", "eastbank", body)

    found = measured(
        organisation("sponsor", "spring"), organisation("partner", "spring"),
        organisation("sponsor", ""),
    )  # fmt: skip
    assert found["academy_sponsors_new", "eastbank", "2025-03"] == 1


def test_a_letter_without_the_community_is_no_sign_of_trust():
    found = measured(
        ("letter", "2025-03-01", "eastbank", {"community_input": "yes"}),
        ("letter", "2025-03-02", "eastbank", {"community_input": "no"}),
    )
    assert found["letters_of_understanding", "eastbank", "2025-03"] == 1


def test_a_partnership_that_began_before_the_study_counts_while_it_goes_on():
    found = measured(
        ("partnership", "2024-05-01", "eastbank", {"developed": "yes"}), event("2025-02-01")
    )
    assert found["partnerships", "eastbank", "2025-01"] == 1
    assert found["partnerships_developed", "eastbank", "2025-01"] == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["eastbank", "northgate", "agency"]),
            st.dates(pd.Timestamp("2025-01-01").date(), pd.Timestamp("2025-12-31").date()),
            st.integers(0, 500),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_sums_over_places_and_months_are_the_sums_of_the_records(drawn):
    found = measured(*(event(day.isoformat(), place, people) for place, day, people in drawn))
    people = sum(value for (measure, _, _), value in found.items()
                 if measure == "event_participants")  # fmt: skip
    assert people == sum(each[2] for each in drawn)
    assert sum(found.values()) - people == len(drawn)


@pytest.fixture
def study(study_folder):
    yield (opened := open_study(study_folder))
    opened.store.dispose()


def put(study, kind, day, **body):
    row = record_row(kind, key=[day], day=day, place="eastbank", body=body)
    store_records(study, [row], source=Source(step="desk records", read=1), amend=True)


def test_a_measure_from_records_and_from_a_table_is_an_error_until_one_is_withdrawn(
    study, tmp_path
):
    path = tmp_path / "counts.csv"
    path.write_text("place,month,measure,value\neastbank,2025-03,partnerships,2\n", "utf-8")
    import_counts(study, path)
    put(study, "partnership", "2025-03-05", partner=["YMCA"], developed="no")
    with pytest.raises(DataError, match=r"in Eastbank, 2025-03, comes both from records \(partner"):
        engagement_record_measures(study, counted=count_measures(study))
    put(study, "partnership", "2025-03-05", partner=["YMCA"], developed="no", **{WITHDRAWN: "x"})
    assert engagement_record_measures(study, counted=count_measures(study)).empty


def test_what_happened_beside_the_engagement_stands_with_what_study_toml_says(study):
    put(study, "event_log", "2025-08-01", name="new bus line", sort="co-intervention")
    assert context_events(study) == [("new bus line", "2025-08-01", "Eastbank")]


def test_measures_of_records_join_those_of_the_other_streams(example):
    measures = example.read_table("measures")
    roles = {measure: MEASURES[measure].role for measure in measures["measure"].unique()}
    assert roles["events_staged"] == "output"
    assert roles["letters_of_understanding"] == "outcome"
    assert roles["media_contacts"] == "context"
    assert not measures.duplicated(["unit", "place", "period", "measure"]).any()
