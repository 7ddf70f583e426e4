"""What the report says of linking: the account, the three changes, and stricter links."""

import re
from dataclasses import replace

import pytest

from outcomes.estimate import Estimate, known_exactly
from outcomes.report.linking_tables import checks_table, linking_table, thresholds_table

CHANGE = Estimate(
    term="change", value=0.4, se=0.1, low=0.2, high=0.6, n=27, unit="points", method="m",
    measure="trust", place="spring", period="a to b", analysis="prepost",
)  # fmt: skip


def counted(term, n, **more):
    return replace(
        known_exactly(n, n=n, unit="people"), term=term, analysis="linking", place="spring",
        period="a to b", **more,
    )  # fmt: skip


def plain(cell):
    return re.sub("<[^>]+>", "", str(cell))


def test_the_change_that_leads_stands_beside_both_checks():
    by = {
        "prepost": [CHANGE, replace(CHANGE, unit="SD")],
        "prepost paired": [replace(CHANGE, analysis="prepost paired", value=0.5, n=21)],
        "prepost unpaired": [replace(CHANGE, analysis="prepost unpaired", value=0.3, n=48)],
    }
    (row,) = checks_table(by).rows
    assert [plain(cell) for cell in row[2:]] == [
        "+0.40 points (+0.20 to +0.60)",
        "+0.50 points (+0.20 to +0.60), 21 people",
        "+0.30 points (+0.20 to +0.60), 48 scores",
    ]


def test_a_check_that_is_missing_is_said_and_no_check_gives_no_table():
    by = {"prepost": [CHANGE], "prepost unpaired": [replace(CHANGE, analysis="prepost unpaired")]}
    assert checks_table(by).rows[0][3] == "too few are linked"
    assert checks_table({"prepost": [CHANGE]}).rows == ()


def test_the_account_has_a_row_for_each_two_waves_and_its_cautions_beside_it():
    found = linking_table(
        [
            counted("answers before", 25),
            counted("linked", 23, warnings=("about 0.1 of 23 links are expected to be wrong",)),
            counted("linked by card", 12),
            replace(counted("linked", 3), place="fall"),
        ]
    )
    assert [plain(cell) for cell in found.rows[0][:6]] == [
        "spring", "a to b", "25", "n/a", "23", "12",
    ]  # fmt: skip
    assert len(found.rows) == 2
    assert found.cautions == ("Spring: about 0.1 of 23 links are expected to be wrong",)


def test_stricter_links_are_set_beside_what_the_data_then_say():
    looser = replace(CHANGE, term="probability from 0.8", analysis="linking threshold", low=-0.1)
    (row,) = thresholds_table([looser]).rows
    assert [plain(cell) for cell in row[2:]] == [
        "probability from 0.8", "27", "+0.40 points (\N{MINUS SIGN}0.10 to +0.60)", "cannot tell",
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["evaluation", "evaluation-public"])
def test_the_account_stands_in_the_report_inside_the_agency_only(example, version):
    text = (example.reports / f"{version}.html").read_text(encoding="utf-8")
    inside = version == "evaluation"
    for words in ("Who is who before and after", "The same change in three ways",
                  "Does the change hang on how sure a link must be?"):  # fmt: skip
        assert (words in text) == inside
    assert "this change leads, as was decided before" in text


def test_the_worked_example_links_some_by_card_and_some_by_code(example):
    account = {
        (each.place, each.term): each.n
        for each in example.read_estimates()
        if each.analysis == "linking"
    }
    for group in ("spring-class", "fall-class"):
        assert account[group, "linked by card"] > 5
        assert account[group, "linked by code"] > 1
        assert account[group, "unlinked after"] > 1
