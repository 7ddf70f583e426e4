"""Coverage in the report: a picture that needs no colour, its caption, and the table beside it."""

import re

from outcomes.report.coverage import (
    MOST_ROWS,
    OutletMonth,
    coverage_table,
    draw_coverage,
    legend_of,
    shown_outlets,
)


def cell(outlet="Courier", month="2025-01", *, coverage=1.0, mark="", **more):
    known = {
        "panel": True,
        "planned": 720,
        "made": 720,
        "failed": 0,
        "silence": 2.0,
        "articles": 40,
    }
    return OutletMonth(
        outlet=outlet, month=month, coverage=coverage, mark=mark, **{**known, **more}
    )


def test_the_caption_explains_only_the_letters_that_occur():
    cells = [cell(), cell(month="2025-02", coverage=0.5, mark="thin")]
    assert legend_of(cells) == (
        "The darker, the more of the month's days were collected. T: covered on fewer of its days "
        "than asked for."
    )
    assert "N: nothing was collected" in legend_of([cell(coverage=0.0, mark="not collected")])


def test_a_mark_changes_the_picture_where_the_shade_does_not():
    plain, marked = draw_coverage([cell()]), draw_coverage([cell(mark="feed changed")])
    assert plain.startswith("<svg")
    assert len(marked) > len(plain)
    assert draw_coverage([cell()]) == plain


def test_a_name_with_a_sign_of_money_or_a_bracket_is_drawn_as_it_is():
    assert draw_coverage([cell(outlet="The $5 <b> Post of $$ and a very long name indeed")])


def test_the_table_says_what_the_polls_did_and_which_months_to_note():
    cells = [
        cell(made=700, failed=20),
        cell(month="2025-02", coverage=0.5, mark="thin", silence=336.0),
        cell("Wire", panel=False, planned=0, made=0, mark="archive only", articles=3),
    ]
    table = coverage_table(cells)
    assert table.rows == (
        ("Courier", "75%", "1,420 of 1,440, 20 failed", "80", "14 days", "thin: Feb 2025"),
        (
            "Wire (not of the panel)", "100%, by its articles alone", "no polls", "3", "2 hours",
            "archive only: all months",
        ),
    )  # fmt: skip


def test_of_many_outlets_those_least_covered_are_shown_and_the_others_are_counted():
    cells = [cell(f"Outlet {k:03}", coverage=k / 100) for k in range(100)]
    cells.append(cell("Beside", coverage=0.0, panel=False))
    shown = shown_outlets(cells)
    assert shown == [f"Outlet {k:03}" for k in range(MOST_ROWS)]
    assert "61 others stand in results/coverage.csv" in legend_of(cells)
    assert len(coverage_table(cells).rows) == MOST_ROWS


def test_both_reports_of_the_example_show_coverage_and_counts_beside_the_tone(example):
    for name in ("evaluation.html", "evaluation-public.html"):
        text = (example.reports / name).read_text(encoding="utf-8")
        for caption in ("What was collected", "Articles and the stories they tell"):
            assert f"<caption>{caption}</caption>" in text
        assert "Coverage. The darker" in text
        assert "A: from an archive, which shows no polls." in text
        assert re.search(r"<td>Marlow Falls Courier</td><td>100%, by its articles alone</td>", text)
        # every outlet of the example was covered in every month: one table says both
        assert "All sources, by month: the same shares as the fixed panel&#39;s" in text
        assert "<caption>All sources, by month</caption>" not in text
