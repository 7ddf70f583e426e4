"""Tables of tone: what equals another table is told once, what is counted has no range."""

import re
from dataclasses import replace

from outcomes.estimate import Estimate
from outcomes.report.news import ALL_THE_SAME, NO_NEWS, news_section
from outcomes.report.plots import draw_tone

COUNTED = "all articles of the period coded by people: an exact count"


def share(month="2025-01", *, value=0.3, low=0.2, high=0.4, method="partial pooling"):
    return Estimate(
        term="t", value=value, se=0.05, low=low, high=high, level=0.95, n=12, method=method,
        unit="share of articles", analysis="tone", measure="tone_negative", period=month,
    )  # fmt: skip


def section(panel, every):
    by = {"tone": panel, "tone, all sources": [replace(e, term="all") for e in every]}
    return news_section(by, events=([], ""), news=NO_NEWS)


def captions(panel, every):
    return [table.caption for table in section(panel, every).tables if table.rows]


def test_all_sources_are_a_sentence_where_they_equal_the_fixed_panel():
    made = section([share()], [share()])
    assert ALL_THE_SAME in made.lead
    assert "All sources, by month" not in [table.caption for table in made.tables]


def test_all_sources_are_a_table_where_one_limit_or_month_differs():
    for other in ([share(high=0.5)], [share(), share("2025-02")]):
        assert "All sources, by month" in captions([share()], other)
        assert ALL_THE_SAME not in section([share()], other).lead


def test_without_a_panel_all_sources_are_a_table():
    assert captions([], [share()]) == ["All sources, by month"]


def test_a_counted_share_has_no_range_and_an_estimated_one_keeps_a_narrow_one():
    counted = share(value=0.25, low=0.25, high=0.25, method=COUNTED)
    narrow = share("2025-02", value=0.25, low=0.25, high=0.25)
    rows = section([counted, narrow], []).tables[1].rows
    assert str(rows[0][1]) == '<data value="0.25">25%</data>'
    assert "25%</data> to <data" in rows[1][1]


def test_a_dot_at_none_or_all_of_the_articles_is_drawn_whole():
    picture = draw_tone([share(value=0.0, low=0.0)])
    assert "<use" in picture
    assert not re.search(r"<g clip-path[^>]*>\s*<use", picture)


def test_cautions_of_single_months_name_their_month_in_one_line():
    settled = "2 articles are left out"
    rows = [
        replace(share(month), warnings=(settled, f"coders disagreed on {said} coded articles"))
        for month, said in (("2025-01", "3 of 17"), ("2025-02", "1 of 14"), ("2025-03", "1 of 14"))
    ]
    assert section(rows, []).tables[1].cautions == (
        settled,
        "Jan 2025: coders disagreed on 3 of 17 coded articles. "
        "Likewise Feb 2025, Mar 2025: 1 of 14",
    )


def test_a_caution_of_some_months_names_them():
    rows = [replace(share(), warnings=("thin",)), share("2025-02")]
    assert section(rows, []).tables[1].cautions == ("Jan 2025: thin",)
