from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from outcomes.estimate import Estimate
from outcomes.pipeline.plan_deviations import (
    hold_to_plan,
    labelled,
    last_period,
    plan_account,
    plan_sentences,
    unanswered,
)
from outcomes.pipeline.plan_freezing import freeze
from outcomes.stats.wording import BY_LOT
from outcomes.study import Study, open_study

OUTPUT = 'output = "walk_minutes"'
MAY, AUGUST, LATER = date(2025, 5, 2), date(2025, 8, 2), date(2026, 2, 2)
LAST = "2025-12"


def changed(study: Study, old: str, new: str) -> Study:
    path = study.root / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return open_study(study.root)


def estimate(measure: str, *, analysis: str = "panel") -> Estimate:
    return Estimate(
        term=measure,
        value=1,
        low=0,
        high=2,
        n=8,
        unit="tips",
        method="t",
        analysis=analysis,
        measure=measure,
        warnings=("only 6 months",),
    )


def label(study: Study, measure: str, *, analysis: str = "panel") -> str:
    account = plan_account(study, last_period=LAST)
    (found,) = labelled(study, [estimate(measure, analysis=analysis)], account)
    assert found.warnings[0] == "only 6 months"
    return " ".join(found.warnings[1:])


@pytest.fixture
def study(study_folder: Path) -> Study:
    return open_study(study_folder)


def test_without_a_frozen_plan_every_answer_is_exploratory_and_descriptions_are_not(
    study: Study,
) -> None:
    assert label(study, "tips_received") == (
        "exploratory: no plan was frozen before these results could be seen"
    )
    assert label(study, "tips_received", analysis="series") == ""
    assert plan_account(study).standing[0].startswith("No plan was frozen")


def test_a_plan_frozen_before_the_start_frees_its_outcomes_of_the_label(study: Study) -> None:
    freeze(study, today=MAY)
    account = plan_account(study, last_period=LAST)
    assert (
        "frozen on 2025-05-02, before the engagement started on 2025-07-01" in (account.standing[0])
    )
    assert account.deviations == ()
    assert label(study, "tips_received") == ""
    assert label(study, "complaints") == ""
    assert label(study, "crime_reports") == (
        "exploratory: not in the plan that was frozen before these data"
    )


def test_a_plan_frozen_after_the_start_says_so_and_one_after_the_data_frees_nothing(
    study: Study,
) -> None:
    freeze(study, today=AUGUST)
    standing = plan_account(study, last_period=LAST).standing[0]
    assert "after the engagement started" in standing
    assert "before the last data (2025-12) were complete" in standing
    assert label(study, "tips_received") == ""
    (study.root / "plan.frozen.toml").unlink()
    freeze(study, today=LATER)
    assert "after the last data (2025-12)" in plan_account(study, last_period=LAST).standing[0]
    assert label(study, "tips_received").startswith("exploratory: the plan was frozen only after")


def test_an_outcome_added_after_the_start_stays_exploratory_for_ever(study: Study) -> None:
    freeze(study, today=MAY)
    other = changed(study, '["complaints"]', '["complaints", "crime_reports"]')
    freeze(other, amend="crime matters too", today=AUGUST)
    account = plan_account(other, last_period=LAST)
    assert account.binding is not None
    assert account.binding.number == 1
    assert label(other, "crime_reports").startswith("exploratory: not in the plan")
    assert label(other, "tips_received") == ""
    assert account.deviations[0].startswith("On 2025-08-02 the frozen plan was changed")
    assert "the other outcomes are now with crime_reports" in account.deviations[1]
    assert account.reasons == ("The reason given on 2025-08-02: crime matters too",)


def test_a_change_made_before_the_start_binds_instead_of_the_first_version(study: Study) -> None:
    freeze(study, today=date(2025, 3, 1))
    other = changed(study, '["complaints"]', '["complaints", "crime_reports"]')
    freeze(other, amend="crime matters too", today=MAY)
    account = plan_account(other, last_period=LAST)
    assert account.binding is not None
    assert account.binding.number == 2
    assert account.deviations == ()
    assert label(other, "crime_reports") == ""


@pytest.mark.parametrize(
    ("old", "new", "sentence", "labelled_too"),
    [
        ('code = "northgate"', 'code = "southgate"', "without northgate: comparison", True),
        ("start = 2025-07-01", "start = 2025-08-01", "with eastbank: focus from 2025-08-01", True),
        ("last = 2025-12-31", "last = 2025-11-30", "2025-11-30", True),
        ('output = "walk_minutes"', 'output = "walks"', '"walk_minutes" was planned', True),
        (
            'output = "walk_minutes"',
            'output = "walk_minutes"\ndesign = "dose"',
            '"did" was planned, "dose" is used',
            True,
        ),
        (
            'output = "walk_minutes"',
            'output = "walk_minutes"\nlevel = 0.9',
            "0.95 was planned, 0.9 is used",
            True,
        ),
        (
            'output = "walk_minutes"',
            'output = "walk_minutes"\nsmallest_effect = 2',
            "none was planned, 2.0 is used",
            False,
        ),
    ],
)
def test_every_deviation_is_told_and_labels_what_rests_on_it(
    study: Study, old: str, new: str, sentence: str, labelled_too: bool
) -> None:
    freeze(study, today=MAY)
    other = changed(study, old, new)
    deviations = plan_account(other, last_period=LAST).deviations
    assert len(deviations) == 1
    assert sentence in deviations[0]
    assert label(other, "tips_received").startswith("exploratory: since") == labelled_too


def test_what_another_design_than_the_planned_one_says_is_exploratory(study: Study) -> None:
    study = changed(study, OUTPUT, f'{OUTPUT}\ndesign = "staggered"')
    freeze(study, today=MAY)
    assert label(study, "tips_received") == "exploratory: the frozen plan names another design"
    assert label(study, "tips_received", analysis="staggered") == ""


def test_another_primary_outcome_is_told_and_its_answer_is_exploratory(study: Study) -> None:
    freeze(study, today=MAY)
    other = changed(study, 'primary_outcome = "tips_received"', 'primary_outcome = "complaints"')
    other = changed(other, 'other_outcomes = ["complaints"]', 'other_outcomes = ["tips_received"]')
    assert label(other, "complaints") == (
        "exploratory: another outcome was the primary one in the frozen plan"
    )
    assert label(other, "tips_received") == ""


def test_a_changed_family_labels_only_what_is_tested_together(study: Study) -> None:
    freeze(study, today=MAY)
    other = changed(
        study, 'output = "walk_minutes"', 'output = "walk_minutes"\nadjustment = "westfall-young"'
    )
    assert label(other, "tips_received") == ""
    assert "several outcomes changed" in label(other, "tips_received", analysis="combination")


def test_no_label_counts_anything_so_that_the_public_may_read_it(study: Study) -> None:
    freeze(study, today=MAY)
    other = changed(study, "last = 2025-12-31", "last = 2025-11-30")
    for measure in ("tips_received", "crime_reports"):
        assert not any(letter.isdigit() for letter in label(other, measure))


def test_places_drawn_by_lot_are_an_assumption_only_where_the_plan_holds(study: Study) -> None:
    study = changed(
        study, 'output = "walk_minutes"', 'output = "walk_minutes"\ndrawn_by_lot = true'
    )
    (open_,) = labelled(study, [estimate("tips_received")], plan_account(study))
    assert BY_LOT not in open_.assumptions
    freeze(study, today=MAY)
    (held,) = labelled(study, [estimate("tips_received")], plan_account(study))
    assert BY_LOT in held.assumptions
    (study.root / "plan.frozen.toml").unlink()
    freeze(changed(study, "drawn_by_lot = true", "drawn_by_lot = false"), today=MAY)
    claimed = changed(study, "drawn_by_lot = false", "drawn_by_lot = true")
    (later,) = labelled(claimed, [estimate("tips_received")], plan_account(claimed))
    assert BY_LOT not in later.assumptions


def test_a_planned_outcome_without_an_answer_is_a_deviation(study: Study) -> None:
    assert unanswered(study, [estimate("tips_received")]) == (
        "Complaints from community members was planned, and these data could not answer it.",
    )
    freeze(study, today=MAY)
    measures = pd.DataFrame(
        {"measure": ["tips_received", "walks"], "period": ["2025-11", "2025-12"]}
    )
    assert last_period(study, measures) == "2025-11"
    found, said = hold_to_plan(study, [estimate("tips_received")], measures)
    assert found[0].warnings == ("only 6 months",)
    assert any("could not answer it" in sentence for sentence in said)
    assert [sentence for _, sentence in plan_sentences(study)] == said
    assert ("deviation", said[1]) in plan_sentences(study)


def test_a_frozen_plan_that_is_taken_out_of_the_study_is_told_and_nothing_is_held_to_it(
    study: Study,
) -> None:
    mark = freeze(study, today=MAY).fingerprint[:16]
    text = (study.root / "study.toml").read_text(encoding="utf-8")
    bare = changed(study, text[text.index("[plan]") : text.index("[[places]]")], "")
    ((kind, told),) = plan_account(bare).sentences()
    assert kind == "deviation"
    assert told.startswith("The plan that was frozen on 2025-05-02 is no longer in study.toml")
    assert mark in told
    assert label(bare, "tips_received") == (
        "exploratory: a plan was frozen, and study.toml holds none any more"
    )
    (study.root / "plan.frozen.toml").unlink()
    assert plan_account(bare).sentences() == []


def test_a_wave_that_was_moved_after_the_plan_was_frozen_is_told_and_one_more_changes_no_other(
    study: Study,
) -> None:
    both = changed(study, '["complaints"]', '["complaints", "trust"]')
    freeze(both, today=MAY)
    moved = changed(both, "closes = 2025-02-07", "closes = 2025-02-09")
    assert (
        "the waves are now without spring-pre: pre of spring, 2025-02-03 to 2025-02-07"
        in (plan_account(moved, last_period=LAST).deviations[0])
    )
    assert label(moved, "trust", analysis="crossection") == (
        "exploratory: since the plan was frozen, the waves changed"
    )
    assert label(moved, "tips_received") == ""
    back = changed(moved, "closes = 2025-02-09", "closes = 2025-02-07")
    wave = '[[waves]]\nlabel = "fall-pre"\ninstrument = "academy"\ngroup = "fall"\n'
    wave += 'occasion = "pre"\nopens = 2025-09-01\ncloses = 2025-09-05\n\n[[outlets]]'
    more = changed(back, "[[outlets]]", wave)
    assert "the waves are now with fall-pre" in plan_account(more, last_period=LAST).deviations[0]
    assert label(more, "trust", analysis="crossection") == ""
