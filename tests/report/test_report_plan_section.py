from types import SimpleNamespace

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.report.in_short import in_short
from outcomes.report.plan_section import plan_section, together_table
from outcomes.report.tables import comparison_table
from outcomes.report.words import earned
from outcomes.stats.wording import refused

ACCOUNT = (
    ("frozen", "The plan was frozen on 2025-05-02."),
    ("deviation", "Not as planned: the places."),
    ("reason", "The reason given: the lieutenant moved."),
)


def estimate(measure: str, **how: object) -> Estimate:
    values: dict[str, object] = {
        "term": "tips",
        "value": 2.0,
        "low": 1.0,
        "high": 3.0,
        "p": 0.01,
        "n": 8,
        "unit": "tips",
        "method": "t",
        "measure": measure,
        "analysis": "combination",
        "warnings": ("of two outcomes tested together, one cannot be told",),
        **how,
    }
    return Estimate(**values)  # type: ignore[arg-type]


def test_when_the_plan_was_frozen_and_what_is_not_as_planned_stand_in_the_report() -> None:
    section = plan_section(ACCOUNT, public=False)
    assert section is not None
    assert section.lead[-1] == "The plan was frozen on 2025-05-02."
    assert [row[0] for row in section.tables[-1].rows] == [text for _, text in ACCOUNT[1:]]
    assert section.tables[0].rows == ()
    first, check = (estimate("tips_received", analysis="staggered", low=low) for low in (1, -1))
    named = [first, check, estimate("complaints")]
    section = plan_section(ACCOUNT, public=False, answers=named)
    assert section is not None
    assert [str(row[-1]) for row in section.tables[0].rows] == ["rose (better)"]
    assert plan_section((), public=False) is None
    only = plan_section(ACCOUNT[:1], public=True)
    assert only is not None
    assert not any(table.rows for table in only.tables)


def test_two_planned_designs_of_one_outcome_lead_alike_in_all_parts_whatever_their_order() -> None:
    few = estimate("tips_received", analysis="few treated", term="few tips")
    staggered = estimate("tips_received", analysis="staggered", term="staggered tips")
    heading = SimpleNamespace(question="Q?", primary="tips_received", places={})
    lines = in_short(heading, {"few treated": [few], "staggered": [staggered]})  # type: ignore[arg-type]
    for order in ([few, staggered], [staggered, few]):
        section = plan_section(ACCOUNT, public=False, answers=order)
        assert section is not None
        assert [row[0] for row in section.tables[0].rows] == ["Staggered tips"]
        assert str(lines[0][1]).startswith("Staggered tips")


def test_a_p_is_never_shown_as_zero() -> None:
    ps = (0.0, 0.004, 0.01, 0.5, None)
    shown = ["below 0.01", "below 0.01", "0.01", "0.50", "not tested"]
    rows = together_table([estimate("tips_received", p=p) for p in ps]).rows
    assert [Markup(row[2]).striptags() for row in rows] == shown
    rows = comparison_table(
        [estimate("tips_received", p=p) for p in ps], primary="complaints", caption=""
    ).rows
    assert [Markup(row[2]).striptags() for row in rows] == shown


def test_what_people_wrote_as_reasons_is_not_told_to_the_public() -> None:
    section = plan_section(ACCOUNT, public=True)
    assert section is not None
    assert [row[0] for row in section.tables[-1].rows] == ["Not as planned: the places."]


def test_a_range_beyond_zero_beside_an_open_answer_is_explained_where_it_stands() -> None:
    open_answer = estimate("tips_received", p=0.33)
    for table in (
        together_table([open_answer]),
        comparison_table([open_answer], primary="", caption="a"),
    ):
        assert "cannot tell" in str(table.rows[0][-1])
        assert table.cautions[-1].endswith("The range alone decides nothing here")
    for clear in (estimate("tips_received"), estimate("tips_received", low=-1.0, p=0.33)):
        assert not any("range alone" in caution for caution in together_table([clear]).cautions)


def test_the_index_and_each_outcome_stand_in_one_table_with_the_agreement_in_words() -> None:
    table = together_table(
        [estimate("", unit="SD"), estimate("tips_received"), estimate("complaints")]
    )
    assert table.rows[0][0] == "Summary index, higher is better"
    assert [str(row[-1]) for row in table.rows] == [
        "rose",
        "rose (better)",
        "rose (can be good or bad news)",
    ]
    assert table.cautions[0].startswith("Of two outcomes tested together")


def test_the_words_earned_stand_with_their_reasons_and_so_does_a_null_result() -> None:
    clear = earned(estimate("tips_received", analysis="panel"))
    assert clear.startswith("It rose against the comparison. Places were not drawn by lot")
    null = earned(estimate("tips_received", analysis="panel", low=-1.0))
    assert null.startswith("Even a clear answer would only say that it changed against the")
    labelled = earned(
        estimate("tips_received", analysis="panel", warnings=("exploratory: no plan",))
    )
    assert labelled.endswith(". No plan that was frozen before asks this, so it is exploratory.")
    assert earned(estimate("tips_received", analysis="series")).startswith("Nothing is compared")


def test_the_answer_at_the_head_is_by_the_design_of_the_plan_where_it_names_one() -> None:
    heading = SimpleNamespace(primary="tips_received", question="Did tips change?", places={})
    panel = estimate("tips_received", analysis="panel")
    dose = estimate("tips_received", analysis="dose", term="tips: difference that goes with walks")
    by = {"panel": [panel], "dose": [dose, panel]}
    lines = in_short(heading, by)  # type: ignore[arg-type]
    assert len(lines) == 1
    assert str(lines[0][1]).startswith("Tips: difference that goes with walks: ")
    assert "beyond the change in comparison places" not in lines[0][1]
    lines = in_short(heading, {"panel": [panel]})  # type: ignore[arg-type]
    assert "beyond the change in comparison places" in lines[0][1]
    other = {"panel": [panel], "dose": [estimate("complaints", analysis="dose")]}
    assert in_short(heading, other) == lines  # type: ignore[arg-type]


def test_an_answer_that_is_refused_stands_at_the_head_with_what_is_needed_and_no_limits() -> None:
    heading = SimpleNamespace(primary="tips_received", question="Did tips change?", places={})
    seen = estimate("tips_received", analysis="interrupted", term="tips: change of level")
    made = refused(seen, "of this change with 24 periods. Needed: more periods")
    ((said, line),) = in_short(heading, {"interrupted": [made]})  # type: ignore[arg-type]
    assert said == "Did tips change? Cannot tell."
    text = line.striptags()
    assert "(as it was seen, no limits can be told)" in text
    assert "No test is possible of this change with 24 periods. Needed: more periods." in text
    assert "inf" not in text
    section = plan_section(ACCOUNT, public=True, answers=[made])
    assert section is not None
    row = section.tables[0].rows[0]
    assert (row[2], row[4]) == ("not tested", "cannot tell")
