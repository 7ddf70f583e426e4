"""What people say looking back stands in a table of its own, in words that claim no more."""

from dataclasses import replace

from outcomes.estimate import Estimate
from outcomes.report.changes_table import changes_table
from outcomes.report.looking_back_table import looking_back_table

SHIFT = Estimate(
    term="Understanding, question \u201cQ: a?\u201d: looking back less what was answered, spring",
    value=-0.5, low=-0.8, high=-0.2, n=27, unit="points (1-5)", method="paired t",
    warnings=("looking back is no pretest",), analysis="response shift",
    measure="understanding", place="spring", period="pre to post",
)  # fmt: skip
PLAIN = replace(
    SHIFT,
    term=SHIFT.term.replace("looking back less what was answered", "change as it was answered"),
    value=0.2, low=0.1, high=0.3, warnings=(), analysis="response shift, as answered",
)  # fmt: skip


def rows(*estimates):
    by = {}
    for each in estimates:
        by.setdefault(each.analysis, []).append(each)
    return [(row[2], str(row[-1])) for row in looking_back_table(by).rows]


def test_the_distance_of_both_answers_is_never_called_a_change_for_the_better_or_worse():
    told = rows(SHIFT, PLAIN)
    assert told[-1] == (
        "Looking back, less what they answered before",
        "Now rate how they were before lower than they did then",
    )
    assert "rose (better)" in told[0][1]
    unclear = rows(replace(SHIFT, high=0.1))[0][1]
    assert unclear == "Cannot tell: no other yardstick is seen"


def test_questions_and_classes_do_not_mix():
    elsewhere = replace(PLAIN, place="fall", term=PLAIN.term.replace("spring", "fall"))
    other = replace(PLAIN, term=PLAIN.term.replace("Q: a?", "Q: b?"))
    assert len(rows(SHIFT, elsewhere, other)) == 1


def test_the_caution_stands_beside_and_without_such_an_item_there_is_no_table():
    assert looking_back_table({SHIFT.analysis: [SHIFT]}).cautions == ("Looking back is no pretest",)
    assert not looking_back_table({"prepost": [SHIFT]}).rows


def test_how_many_began_with_the_best_score_stands_beside_the_change():
    change = replace(PLAIN, analysis="prepost")
    before = replace(
        PLAIN, analysis="ceiling", value=0.25, low=0.1, high=0.5, n=24, unit="share of people"
    )
    after = replace(before, value=0.5, period="post")
    table = changes_table([change], sizes=[], ceilings=[before, after])
    at = table.head.index("Began with the best score")
    assert table.rows[0][at].striptags() == "6 of 24 (25%)"
    without = changes_table([change], sizes=[])
    assert len(without.head) == len(table.head) - 1 == len(without.rows[0])
