"""The ledger: what was published stays public, and the next report is made beside it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from sqlalchemy import inspect

from outcomes.estimate import Estimate
from outcomes.pipeline.ledger import Ledger, cell_of, open_ledger, record
from outcomes.pipeline.publishing import FEW, publishable, published, without_few
from outcomes.pipeline.report import write_report
from outcomes.report.tables import left_out
from outcomes.store.publications import read_published
from outcomes.study import open_study

DAY, LATER = date(2026, 1, 2), date(2026, 3, 4)
NOTHING = Ledger(smallest=10, earlier={})


def change(place="spring-class", *, n=30, measure="trust", value=0.4, **fields):
    given = {
        "term": "trust, post - pre", "value": value, "low": value - 0.2, "high": value + 0.2,
        "se": 0.1, "n": n, "unit": "points", "method": "paired t", "analysis": "prepost",
        "measure": measure, "place": place, "period": "pre to post",
    }  # fmt: skip
    return Estimate(**{**given, **fields})


def mean(place, *, n=60, value=3.2, measure="feeling_safe", **fields):
    return change(
        place, n=n, measure=measure, value=value, analysis="place means", period="post", **fields
    )


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


def publish(study, estimates, *, day=DAY, renew=False):
    found = published(estimates, ledger=open_ledger(study, renew=renew))
    record(study, found.estimates, people=found.people, day=day)
    return found


def values(found):
    return {(each.place, each.measure): each.value for each in found.estimates}


def test_what_was_published_is_read_back_and_stands_there_once(study):
    estimate = change(n=30)
    publish(study, [estimate])
    publish(study, [estimate], day=LATER)
    (figures,) = read_published(study.store).values()
    (figure,) = figures
    assert (figure.day, figure.people, figure.n, figure.value) == ("2026-01-02", 30, 30, 0.4)


def test_the_ledger_holds_no_respondent_and_no_clock_time(study):
    publish(study, [change()])
    columns = {each["name"] for each in inspect(study.store).get_columns("published")}
    assert columns == {
        "id", "day", "cell", "people", "n", "dropped", "value", "se", "low", "high", "p",
    }  # fmt: skip


def test_a_figure_that_gained_one_person_is_shown_as_it_was_published(study):
    """Else the two means and their n would give that person's answer away."""
    publish(study, [change(n=20, value=0.4)])
    found = publish(study, [change(n=21, value=0.43)], day=LATER)
    assert values(found) == {("spring-class", "trust"): 0.4}
    assert [each.n for each in found.estimates] == [20]
    assert (found.withheld, found.as_before) == (0, 1)


def test_a_person_who_left_is_not_given_away_either(study):
    publish(study, [change(n=20, value=0.4)])
    assert values(publish(study, [change(n=19, value=0.3)])) == {("spring-class", "trust"): 0.4}


def test_ten_more_people_make_a_new_figure(study):
    publish(study, [change(n=20, value=0.4)])
    found = publish(study, [change(n=30, value=0.5)], day=LATER)
    assert values(found) == {("spring-class", "trust"): 0.5}
    assert [len(each) for each in read_published(study.store).values()] == [2]


def test_every_earlier_figure_counts_not_only_the_last(study):
    for n in (20, 40):
        publish(study, [change(n=n, value=n / 100)])
    assert values(publish(study, [change(n=22, value=0.7)])) == {("spring-class", "trust"): 0.4}


def test_a_class_that_gained_few_is_not_given_away_by_the_total_over_all_classes(study):
    """All classes grew by 15, one of them by 12: the rest would tell of the other 3."""
    publish(study, [change("a", n=30), change("b", n=30), change("all classes", n=60)])
    new = [change("a", n=42, value=0.9), change("b", n=33, value=0.8)]
    found = publish(study, [*new, change("all classes", n=75, value=0.7)], day=LATER)
    shown = values(found)
    assert shown["b", "trust"] == 0.4
    assert (shown["a", "trust"] == 0.9) + (shown["all classes", "trust"] == 0.7) == 1


def test_a_figure_that_was_wrong_can_be_renewed(study):
    publish(study, [change(n=20, value=0.4)])
    found = publish(study, [change(n=21, value=3.1)], day=LATER, renew=True)
    assert values(found) == {("spring-class", "trust"): 3.1}
    assert len(read_published(study.store)[cell_of(change())]) == 2


def test_answers_to_two_questions_do_not_tell_that_one_person_left_one_out():
    found = publishable([mean("a", n=21), mean("a", n=20, measure="cooperation")], smallest=10)
    assert [each.n for each in found] == [20, 20]


def test_how_many_were_left_out_of_one_class_does_not_tell_of_few_in_another():
    """18 of all classes less 12 of the one are 6 of the other."""
    classes = [change("a", dropped=6), change("b", dropped=12), change("c", dropped=40)]
    estimates = [*classes, change("all classes", n=90, dropped=58)]
    found = publishable(estimates, smallest=10)
    assert [str(left_out(each.dropped, floor=10)) for each in found[:2]] == [
        "fewer than 10", "not shown",
    ]  # fmt: skip
    assert [each.dropped for each in found[2:]] == [40, 58]
    warned = replace(classes[1], warnings=("12 of 42 people cannot be paired",))
    assert publishable([classes[0], warned, *estimates[2:]], smallest=10)[1].warnings == (FEW,)


def test_a_small_class_hides_behind_another_one_and_not_behind_the_total():
    estimates = [change("a", n=4), change("b", n=30), change("c", n=40)]
    found = publishable([*estimates, change("all classes", n=74)], smallest=10)
    assert {each.place for each in found} == {"c", "all classes"}


def test_a_share_that_tells_of_four_people_is_withheld_and_the_change_that_rests_on_it():
    shares = {"unit": "share", "measure": "victimization_reported"}
    means = [
        mean(place, n=n, value=value, **shares)
        for place, n, value in [("a", 57, 0.07), ("b", 57, 0.3), ("c", 60, 0.4)]
    ]
    rests = replace(means[0], analysis="crossection", place="", value=0.1, low=0, high=0.2, n=4)
    found = publishable([*means, rests], smallest=10)
    assert [each.place for each in found] == ["c"]


def test_a_change_of_places_rests_on_their_people_not_on_four_places():
    about = {"unit": "tips in each place", "measure": "tips_received", "period": "2025-01"}
    months = [replace(mean("focus", n=n), analysis="series", **about) for n in (40, 50)]
    panel = replace(months[0], analysis="panel", place="", n=4)
    months[1] = replace(months[1], period="2025-02")
    assert [each.analysis for each in publishable([*months, panel], smallest=10)] == [
        "series", "series", "panel",
    ]  # fmt: skip


def test_values_have_no_more_digits_than_are_shown():
    """73/21 would tell that 21 people answered."""
    (found,) = publishable([mean("a", n=50, value=73 / 21, se=1 / 7)], smallest=10)
    assert (found.value, found.se) == (3.48, 0.14)


@pytest.mark.parametrize(
    ("warning", "told"),
    [
        ("6 of 27 people cannot be paired", FEW),
        ("12 of 40 people cannot be paired", None),
        ("97% had the highest score of all before already", FEW),
        ("50% had the highest score of all before already", None),
        ("there is no comparison group", None),
    ],
)
def test_a_caution_that_counts_few_people_is_not_told(warning, told):
    (found,) = publishable([change(n=30, dropped=6, warnings=(warning,))], smallest=10)
    assert found.warnings == (told or warning,)


def test_what_is_said_of_few_who_left_is_not_told():
    said = "those who stayed scored 0.9 SD higher before than those who left"
    for left, told in [(3, (FEW,)), (30, None)]:
        warnings = (f"{left} have a score only before", said)
        (found,) = publishable([change(n=30, warnings=warnings)], smallest=10)
        assert found.warnings == (told or warnings)


def test_the_checks_beside_a_change_stay_inside_for_their_n_would_tell_who_was_not_linked():
    linked = replace(change(n=21), analysis="prepost paired")
    found = publishable([change(n=27), linked], smallest=5)
    assert [each.n for each in found] == [27]


def test_a_reason_that_counts_few_people_is_not_told():
    assert without_few("only 3 people answered both", smallest=10) == FEW
    assert without_few("2025 has no wave", smallest=10) == "2025 has no wave"


def test_the_report_that_run_writes_is_a_draft_and_is_not_in_the_ledger(example):
    assert read_published(example.store) == {}


@pytest.mark.parametrize("smallest", [5, 10])
def test_an_intruder_recovers_no_withheld_count_of_the_worked_example(example, smallest):
    """Everything in the public report at once, and every total that can be known."""
    start, estimates = "2025-07", example.read_estimates()
    shown = {cell_of(each) for each in publishable(estimates, smallest=smallest, start=start)}
    counts = pd.DataFrame(
        [(e.analysis, e.measure, e.place, e.period, e.unit, e.n) for e in estimates],
        columns=["analysis", "measure", "place", "period", "unit", "n"],
    )
    of_places = ["panel", "crossection", "combination"]  # their n counts places, not people
    counts = counts[~counts["analysis"].isin(of_places)].reset_index(drop=True)
    blank = np.array([cell_of_row(row) not in shown for row in counts.itertuples()])
    assert blank.any()
    equations = known_sums(counts, start=start)
    hidden = np.flatnonzero(blank)
    sums = equations[:, hidden] @ counts["n"].to_numpy()[hidden]
    small = [at for at, row in enumerate(hidden) if counts["n"][row] < smallest]
    assert small
    for at in small:
        low, high = (
            linprog(
                sign * np.eye(hidden.size)[at],
                A_eq=equations[:, hidden],
                b_eq=sums,
                bounds=(1, None),
            )
            for sign in (1, -1)
        )
        assert low.fun <= 1 + 1e-6, counts.loc[hidden[at]]
        assert high.status == 3 or -high.fun >= smallest - 1e-6, counts.loc[hidden[at]]


def cell_of_row(row):
    return "|".join((row.analysis, row.measure, row.place, row.period, row.unit))


def known_sums(counts, *, start):
    """What adds up to a number that somebody can know, one equation a row."""
    series = counts["analysis"].eq("series")
    halves = counts["period"].lt(start).map(str).where(series, "")
    halves += counts["place"].where(series, "")
    waves = counts["period"].where(counts["analysis"].eq("place means"), "")
    by = [counts["analysis"], counts["measure"], counts["unit"], halves, waves]
    rows = []
    for index in counts.groupby(by).groups.values():
        if counts["analysis"][index[0]] == "compliance":
            continue
        whole = counts["place"].eq("all classes") & counts.index.isin(index)
        row = np.where(counts.index.isin(index), 1.0, 0.0)
        rows.append(np.where(whole, -1.0, row))
    for place in counts.loc[counts["analysis"].eq("compliance"), "place"].unique():
        own = counts["analysis"].eq("compliance") & counts["place"].eq(place)
        rows.append(np.where(own & counts["measure"].eq("walks_counted"), -1.0, own * 1.0))
    return np.array(rows)


def test_the_public_report_of_the_example_still_answers_the_main_question(example):
    text = (example.reports / "evaluation-public.html").read_text(encoding="utf-8")
    assert "beyond the change in comparison places" in text


def test_a_public_report_is_noted_and_says_what_it_shows_as_before(example, tmp_path):
    import shutil

    folder = tmp_path / "own"
    shutil.copytree(example.root, folder)
    own = open_study(folder)
    write_report(own, public=True, publish=True, today=DAY)
    noted = read_published(own.store)
    assert any(cell.startswith("prepost|trust|") for cell in noted)
    assert not any(cell.startswith(("tone", "net tone", "compliance")) for cell in noted)
    estimates = [
        replace(each, n=each.n + 1, value=each.value + 0.01, high=each.high + 0.01)
        if each.analysis == "prepost" and each.place != "fall-class"
        else each
        for each in own.read_estimates()
    ]
    own.write_estimates(estimates)
    path = write_report(own, public=True, publish=True, today=LATER)
    text = path.read_text(encoding="utf-8")
    assert "figures are shown as they were published before" in text
    assert {
        cell: figures[-1].day
        for cell, figures in read_published(own.store).items()
        if cell.startswith("prepost")
    }.keys() == {cell for cell in noted if cell.startswith("prepost")}
    assert all(figures[-1].day == "2026-01-02" for figures in read_published(own.store).values())
