"""What was asked of a class beside before and after is shown, each with its answer in words."""

from dataclasses import replace

from outcomes.estimate import Estimate
from outcomes.report.class_tables import beside_waiting, further_table

CHANGE = Estimate(
    term="Trust: change", value=0.4, low=0.2, high=0.6, n=27, unit="points", method="t",
    measure="trust", place="spring", period="pre to post",
)  # fmt: skip


def of(analysis, **how):
    return replace(CHANGE, analysis=analysis, **how)


def answers(*estimates):
    table = further_table({each.analysis: [each] for each in estimates})
    return [(row[2], row[-1]) for row in table.rows]


def test_each_question_has_a_row_with_its_answer():
    asked = dict(
        answers(
            of("follow-up"),
            of("waitlist"),
            of("worth having", term="Trust: change, beside (0.3 points): cannot tell", level=0.9),
        )
    )
    assert asked == {
        "Did they change otherwise than people who waited?": (
            "rose against those who waited (better)"
        ),
        "How far are they later from where they began?": "rose (better)",
        "Is the change large enough to be worth having? (90% interval)": "Cannot tell",
    }


def test_a_class_with_nothing_further_has_no_table():
    assert not further_table({"prepost": [CHANGE]}).rows


def test_the_summary_denies_a_comparison_only_where_nobody_waited():
    waited = of("waitlist", low=-0.1)
    assert "cannot tell" in beside_waiting(CHANGE, {"waitlist": [waited]})
    elsewhere = replace(waited, place="fall")
    assert beside_waiting(CHANGE, {"waitlist": [elsewhere]}).endswith("no comparison group.")
