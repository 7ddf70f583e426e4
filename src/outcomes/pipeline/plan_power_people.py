"""How large a change of people's answers the planned study would find: classes and residents."""

import numpy as np
import pandas as pd

from outcomes.analyses.power_crossection import PlannedWaves, power_crossection
from outcomes.analyses.power_prepost import PlannedClass, power_prepost
from outcomes.analyses.power_told import Asked, Power
from outcomes.analyses.prepost import paired_scores
from outcomes.errors import DataError
from outcomes.measures import Measure, find
from outcomes.pipeline.class_changes import best_score
from outcomes.pipeline.evaluate import wave_pairs
from outcomes.pipeline.study_links import links_table, study_links
from outcomes.pipeline.surveys import score_waves
from outcomes.study import Study


def power_of_class(study: Study, asked: Asked, *, people: int | None) -> Power:
    """Simulate a class with the spread of the study's classes that answered before and after.

    Args:
        study: The study, with a plan whose primary outcome is asked of classes.
        asked: What is asked.
        people: How many will be in the class. If None, what ``planned`` says of waves that are
            to come, or as many as earlier classes had.

    Raises:
        DataError: Cannot tell: no class has answered before and after, or too few people have.
    """
    outcome = _outcome(study)
    measures = score_waves(study)
    own = measures[measures["measure"] == outcome.code]
    there, links = set(own["period"]), links_table(study_links(study))
    pairs = list(wave_pairs(study, "same people"))
    classes = [
        paired_scores(measures, outcome.code, pre=pre.label, post=post.label, links=links)
        for _, pre, post in pairs
        if {pre.label, post.label} <= there
    ]
    if not classes:
        raise DataError(
            f"cannot tell: no class of the study has answered {outcome.name} before and after yet, "
            "so nothing shows how far answers of the same person move. Import a class, or give a "
            "table of one: --panel FILE --design prepost --people NUMBER"
        )
    hoped = [
        wave.planned
        for _, pre, post in pairs
        for wave in (pre, post)
        if wave.planned and wave.label not in there
    ]
    first = next(pre for _, pre, post in pairs if {pre.label, post.label} <= there)
    sizes = hoped or [int(np.max((~np.isnan(scores)).sum(axis=0))) for scores in classes]
    return power_prepost(
        PlannedClass(
            people=round(float(np.mean(sizes))) if people is None else people,
            past=np.vstack(classes),
            name=outcome.name,
            unit=outcome.unit,
            measure=outcome.code,
            best=best_score(study, first, outcome.code),
        ),
        asked,
    )


def power_of_residents(study: Study, asked: Asked, *, people: int | None) -> Power:
    """Simulate two waves of residents' answers with the spread of waves before the start.

    Args:
        study: The study, with a plan whose primary outcome is asked of residents.
        asked: What is asked.
        people: How many will answer in each place and wave; as many as earlier if None.

    Raises:
        DataError: Cannot tell: no wave from before the start has answers, or too few places.
    """
    outcome = _outcome(study)
    focus = [place for place in study.places("focus") if place.start]
    comparison = study.places("comparison")
    first = min((place.start for place in focus if place.start), default=None)
    early = [
        wave.label
        for wave in study.settings.waves
        if wave.respondents == "new sample" and (first is None or wave.opens < first)
    ]
    measures = score_waves(study)
    places = [place.code for place in (*focus, *comparison)]
    rows = measures[
        (measures["measure"] == outcome.code)
        & measures["period"].isin(early)
        & measures["place"].isin(places)
    ]
    if rows.empty:
        raise DataError(
            f"cannot tell: no residents have answered {outcome.name} before the start, so nothing "
            "shows how far answers of one place lie apart. Import a wave from before the start"
        )
    in_order = pd.Categorical(rows["period"], categories=early, ordered=True)
    past = rows.assign(period=in_order.remove_unused_categories())
    sizes = past.groupby(["place", "period"], observed=True).size()
    return power_crossection(
        PlannedWaves(
            focus=len(focus),
            comparison=len(comparison),
            people=round(float(sizes.mean())) if people is None else people,
            past=past[["place", "period", "value"]],
            name=outcome.name,
            unit=outcome.unit,
            measure=outcome.code,
        ),
        asked,
    )


def _outcome(study: Study) -> Measure:
    plan = study.settings.plan
    if plan is None:
        raise DataError("study.toml holds no [plan], so there is no planned study to simulate")
    return find(plan.primary_outcome)
