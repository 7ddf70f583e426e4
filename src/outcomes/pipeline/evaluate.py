"""Run the evaluation: measures of all streams in, one table of estimates out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from outcomes.analyses.ceiling import ceiling
from outcomes.analyses.crossection import compare_changes, place_means
from outcomes.analyses.panel import compare_places, delivered, series
from outcomes.analyses.place_changes import place_changes
from outcomes.analyses.prepost import prepost
from outcomes.analyses.response_shift import response_shift
from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.measures import MEASURES, find, join
from outcomes.pipeline import classifying, engagement, records, stories, surveys, tone_series
from outcomes.pipeline.agreement import find_agreement
from outcomes.pipeline.cad_dose import verified_measures
from outcomes.pipeline.class_changes import best_score, further_designs
from outcomes.pipeline.code_guard import guard_codes
from outcomes.pipeline.coverage import find_coverage
from outcomes.pipeline.link_account import sentences_of, write_links
from outcomes.pipeline.looking_back import looked_back
from outcomes.pipeline.place_guards import guard_places
from outcomes.pipeline.plan_deviations import hold_to_plan
from outcomes.pipeline.plan_family import plan_family
from outcomes.pipeline.planned_design import DESIGNS, planned_design
from outcomes.pipeline.record_counting import context_events, engagement_record_measures
from outcomes.pipeline.study_links import links_table, study_links
from outcomes.pipeline.tone_drift import find_drift
from outcomes.settings import Plan, Wave
from outcomes.store import read_facts
from outcomes.study import Study


@dataclass(slots=True)
class Findings:
    """What could be estimated, and what could not, with the reason."""

    measures: pd.DataFrame
    classified: str = ""  # what the model found in the articles, as a sentence
    stories: list[str] = field(default_factory=list)  # how many of them, a sentence each
    linked: list[str] = field(default_factory=list)  # how waves were linked, a sentence each
    plan: list[str] = field(default_factory=list)  # set against the frozen one, a sentence each
    estimates: list[Estimate] = field(default_factory=list)
    untold: list[dict[str, str]] = field(default_factory=list)

    def ask(
        self,
        design: Callable[..., Estimate | list[Estimate]],
        measure: str,
        *,
        of: object = None,
        **how: object,
    ) -> bool:
        """Run one design on one measure; where the data cannot answer it, keep the reason.

        What it is asked ``of`` is the measures table, or what stands in no table of measures.
        Says whether there was an answer.
        """
        try:
            answer = design(self.measures if of is None else of, measure, **how)
        except DataError as error:
            reason = str(error).removeprefix("cannot tell: ")  # which is said of all of them
            self.untold.append({"analysis": design.__name__, "measure": measure, "reason": reason})
            return False
        self.estimates += answer if isinstance(answer, list) else [answer]
        return True


def evaluate(study: Study, *, now: datetime | None = None) -> Findings:
    """Gather the measures of all streams, run every analysis, and write both tables.

    The articles are classified, linked into stories and set against the codes first, so that
    nothing here rests on results of an earlier store.

    Args:
        study: The study.
        now: The moment, with an offset, if it is another: months that are not over show so.
    """
    classified, told = _read_news(study)
    coverage = find_coverage(study, now=now)
    tone = tone_series.tone_shares(study, coverage)
    tone_series.write_diagnostics(study, tone)
    compliance = engagement.check_walks(study)
    counted = records.count_measures(study)
    measures = join(
        [
            surveys.score_waves(study),
            tone_series.tone_measures(study, tone),
            engagement.walk_measures(study),
            verified_measures(study),
            engagement_record_measures(study, counted=counted),
            counted,
        ]
    )
    study.write_table("measures", measures)
    findings = Findings(
        measures=measures,
        classified=classified,
        stories=told,
        estimates=[*tone, *compliance],
        untold=tone_series.left_out(study, coverage),
    )
    links = study_links(study)
    findings.estimates += write_links(study, links, measures)
    findings.linked = [sentences_of(each)[0] for each in links]
    _academies(study, findings, links=links_table(links))
    compare_residents(study, findings, links=links_table(links))
    if study.settings.plan:
        _places(study, findings, plan=study.settings.plan)
    findings.estimates, findings.plan = hold_to_plan(study, findings.estimates, measures)
    study.write_estimates(findings.estimates)
    untold = pd.DataFrame(findings.untold, columns=["analysis", "measure", "reason"])
    study.write_table("untold", untold)
    return findings


def _read_news(study: Study) -> tuple[str, list[str]]:
    """Classify the articles, link them into stories, and set the model against the codes."""
    classified = classifying.classify_articles(study)
    told = []
    if not study.read_table("articles").empty:
        told = stories.find_stories(study)
    if not read_facts(study.store, "codes").empty:
        classifying.model_check(study)
        find_agreement(study)
    return classified, [*told, *find_drift(study)]


def wave_pairs(study: Study, respondents: str) -> Iterator[tuple[str, Wave, Wave]]:
    """Find the pre and post waves of each group, for one kind of respondents."""
    waves = [
        wave
        for wave in study.settings.waves
        if wave.respondents == respondents and wave.waits_for is None  # these are compared with
    ]
    for group in dict.fromkeys(wave.group for wave in waves):
        first, last = (
            [wave for wave in waves if wave.group == group and wave.occasion == occasion]
            for occasion in ("pre", "post")
        )
        if first and last:
            yield group, first[0], last[0]


def _survey_measures(measures: pd.DataFrame, waves: Sequence[str]) -> list[str]:
    there = set(measures.loc[measures["period"].isin(waves), "measure"])
    return [code for code, known in MEASURES.items() if known.stream == "surveys" and code in there]


def _academies(study: Study, findings: Findings, *, links: pd.DataFrame) -> None:
    by_instrument: dict[str, list[tuple[Wave, Wave]]] = {}
    for group, pre, post in wave_pairs(study, "same people"):
        labels = (pre.label, post.label)
        by_instrument.setdefault(pre.instrument, []).append((pre, post))
        for code in _survey_measures(findings.measures, labels):
            best = best_score(study, pre, code)
            if findings.ask(prepost, code, waves=[labels], group=group, links=links, best=best):
                apart = ((pre.label,), (post.label,))
                findings.ask(ceiling, code, occasions=apart, group=group, best=best)
            further = further_designs(study, (pre, post), code, measures=findings.measures)
            for design, how in further:
                findings.ask(design, code, group=group, **how)
        for code, looked in looked_back(study, (pre, post)):
            findings.ask(response_shift, code, of=looked, waves=labels, group=group, links=links)
    for pairs in by_instrument.values():
        if len(pairs) > 1:
            _all_classes(study, findings, pairs, links=links)


def _all_classes(
    study: Study, findings: Findings, pairs: Sequence[tuple[Wave, Wave]], *, links: pd.DataFrame
) -> None:
    waves = [(pre.label, post.label) for pre, post in pairs]
    before, after = zip(*waves, strict=True)
    for code in _survey_measures(findings.measures, [*before, *after]):
        whole = {"group": "all classes", "best": best_score(study, pairs[0][0], code)}
        if findings.ask(prepost, code, waves=waves, links=links, **whole):
            findings.ask(ceiling, code, occasions=(before, after), **whole)


def compare_residents(
    study: Study, findings: Findings, *, links: pd.DataFrame | None = None
) -> None:
    """Describe and compare what residents of each place answered, by the weights they came with.

    Args:
        study: The study.
        findings: Where the answers go.
        links: Who answered both times, for waves that some people answer again.
    """
    focus = [place.code for place in study.places("focus")]
    comparison = [place.code for place in study.places("comparison")]
    weights = _respondent_weights(study)
    level = study.settings.plan.level if study.settings.plan else 0.95
    pairs = [(pair, None) for pair in wave_pairs(study, "new sample")]
    pairs += [(pair, links) for pair in wave_pairs(study, "some again")]
    for (_, pre, post), linked in pairs:
        waves = (pre.label, post.label)
        for code in _survey_measures(findings.measures, waves):
            findings.ask(place_means, code, waves=waves, weights=weights)
            findings.ask(
                place_changes, code, waves=waves, links=linked, weights=weights, level=level
            )
            findings.ask(
                compare_changes,
                code,
                waves=waves,
                focus=focus,
                comparison=comparison,
                weights=weights,
                level=level,
            )


def _respondent_weights(study: Study) -> pd.DataFrame | None:
    """Take the weights that came with the answers; None where no wave has any."""
    answers = read_facts(study.store, "answers")[["respondent", "wave", "weight"]]
    known = answers.dropna(subset=["weight"])
    if known.empty:
        return None
    return known.rename(columns={"respondent": "unit", "wave": "period"}).astype({"weight": float})


def _places(study: Study, findings: Findings, *, plan: Plan) -> None:
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    comparison = [place.code for place in study.places("comparison")]
    months, context = study.months(), _events(study)
    for output in dict.fromkeys((plan.output, "walks_counted", "walk_people_reached")):
        findings.ask(delivered, output, starts=starts, comparison=comparison, months=months)
    for code in (plan.primary_outcome, *plan.other_outcomes):
        if find(code).stream == "records":
            findings.ask(
                compare_places,
                code,
                starts=starts,
                comparison=comparison,
                months=months,
                context=context,
                level=plan.level,
            )
            findings.ask(series, code, focus=list(starts), comparison=comparison, months=months)
            if plan.design in DESIGNS:
                findings.ask(planned_design, code, study=study, plan=plan)
    findings.estimates = guard_places(study, findings.measures, findings.estimates, plan=plan)
    findings.estimates = guard_codes(study, findings.measures, findings.estimates, plan=plan)
    if len(plan.together) > 1:
        told = list(findings.estimates)
        findings.ask(plan_family, plan.primary_outcome, study=study, plan=plan, told=told)


def _events(study: Study) -> tuple[str, ...]:
    """Say what else happened in the study's time that could move an outcome (D18, D32)."""
    names = {place.code: place.name for place in study.settings.places}
    told = [
        (event.name, str(event.date), " and ".join(names[code] for code in event.places))
        for event in study.settings.events
    ]
    return tuple(
        f"{name} ({day}{f', {where}' if where else ''}) could have moved it too"
        for name, day, where in dict.fromkeys([*told, *context_events(study)])
    )
