"""The few lines at the head of the report: the answer first, each with its caution."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report import class_tables, tables
from outcomes.report.parts import Heading
from outcomes.report.plan_section import OF_THE_PLAN, answers_of_plan
from outcomes.report.words import CANNOT_TELL, conclusion, earned, reading, sentence_case, why_not


def in_short(heading: Heading, by: Mapping[str, Sequence[Estimate]]) -> list[tuple[str, Markup]]:
    """Say the answer first, then what was done and what else was seen; each with its caution.

    Args:
        heading: What the report knows of its study.
        by: Estimates by analysis.
    """
    lines: list[tuple[str, Markup]] = []
    for each in _answers(heading, by):
        told = "" if conclusion(each) != CANNOT_TELL else why_not(each)
        beyond = "" if each.analysis in OF_THE_PLAN else " beyond the change in comparison places"
        of = sentence_case(each.term) if not beyond else MEASURES[each.measure].name
        lines.append(
            (
                f"{heading.question} {sentence_case(reading(each))}.",
                Markup("{}: {}{}. {} {}").format(
                    of, tables.change_of(each), beyond, told, earned(each)
                ),
            )
        )
    for each in by.get("compliance", ()):
        if each.measure == "walks_counted":
            lines.append(
                (
                    f"Walks in {heading.places.get(each.place, each.place)}.",
                    Markup("{} of {} required walks were done by the rules.").format(
                        tables.value_of(each), tables.count_of(each.n)
                    ),
                )
            )
    for each in _headline_changes(by.get("prepost", ())):
        lines.append(
            (
                f"{MEASURES[each.measure].name}, {each.place}: {reading(each)}.",
                Markup("{} among {} people. {}").format(
                    tables.change_of(each),
                    tables.count_of(each.n),
                    class_tables.beside_waiting(each, by),
                ),
            )
        )
    for each in by.get("tone by scope", ()):
        if each.measure == "tone_negative":
            lines.append(
                (
                    f"{sentence_case(each.place)} news about law enforcement.",
                    Markup("{} of articles were negative ({}), from {} coded ones.").format(
                        tables.value_of(each), tables.interval_of(each), tables.count_of(each.n)
                    ),
                )
            )
    return lines


def _answers(heading: Heading, by: Mapping[str, Sequence[Estimate]]) -> list[Estimate]:
    """Find what answers the question: by the design of the plan, where it names one."""
    planned = answers_of_plan([each for analysis in OF_THE_PLAN for each in by.get(analysis, ())])
    compared = [*by.get("panel", ()), *by.get("crossection", ())]
    of_primary = [each for each in planned if each.measure == heading.primary]
    return of_primary or [each for each in compared if each.measure == heading.primary]


def _headline_changes(estimates: Sequence[Estimate]) -> list[Estimate]:
    points = [each for each in estimates if each.unit != "SD"]
    pooled = [each for each in points if each.place == "all classes"]
    return pooled or points
