"""Events and media contacts of the record stand beside the series that they could have moved."""

import pandas as pd
import pytest

from engagement.level_study import keep
from outcomes.estimate import Estimate
from outcomes.measures import COLUMNS
from outcomes.pipeline.news_prompted import unmarked_contacts
from outcomes.pipeline.report import write_report
from outcomes.study import open_study


@pytest.fixture
def study(study_folder):
    study = open_study(study_folder)
    told = [
        Estimate(
            term="mean", value=value, low=value, high=value, n=1, unit="tips", method="count",
            analysis=analysis, measure="tips_received", place=place, period=period,
        )
        for analysis, place, period, value in (
            ("series", "focus", "2025-06", 3.0), ("series", "focus", "2025-07", 4.0),
            ("panel", "", "", 1.0),
        )
    ]  # fmt: skip
    study.write_estimates(told)
    study.write_table("measures", pd.DataFrame(columns=list(COLUMNS)))
    study.write_table("untold", pd.DataFrame(columns=["analysis", "measure", "reason"]))
    return study


def report_of(study, **how):
    return write_report(study, **how).read_text(encoding="utf-8")


def test_an_event_on_record_is_marked_in_the_figure_beside_those_of_the_study(study) -> None:
    keep(study, "event_log", "2025-08-02", place="eastbank", name="flood", sort="shock")
    keep(study, "event_log", "2025-09-16", name="New street lights", sort="co-intervention")
    keep(study, "event_log", "2031-01-01", name="after the study", sort="shock")
    html = report_of(study)
    assert "a: flood (2025-08-02). b: New street lights (2025-09-16)." in html
    assert "after the study" not in html


def test_without_a_record_the_events_of_the_study_stand_alone(study) -> None:
    assert "a: New street lights (2025-09-16)." in report_of(study)


MONTHS = pd.Series(["2025-01", "2025-02", "2025-02"])
PROMPTED = pd.Series([0, 1, None], dtype="Int64")


def test_a_month_with_media_contacts_and_no_prompted_article_is_named(study) -> None:
    for day in ("2025-01-09", "2025-02-09", "2025-03-09", "2024-12-09"):
        keep(study, "media_contact", day, outlet="Marlow Falls Courier", way="press release")
    (said,) = unmarked_contacts(study, MONTHS, PROMPTED)
    assert "outlets on record in 2025-01, 2025-03, and no article" in said
    assert "2025-02" not in said
    assert "2024-12" not in said


def test_where_every_contact_has_its_article_or_none_is_on_record_nothing_is_said(study) -> None:
    assert unmarked_contacts(study, MONTHS, PROMPTED) == []
    keep(study, "media_contact", "2025-02-09", outlet="Marlow Falls Courier", way="interview")
    assert unmarked_contacts(study, MONTHS, PROMPTED) == []
