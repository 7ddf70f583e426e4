"""Write the evaluation report from results/estimates.csv."""

from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from outcomes.pipeline.collected_news import collected_news
from outcomes.pipeline.disclosure import method_lines
from outcomes.pipeline.ledger import open_ledger, record
from outcomes.pipeline.place_guards import read_curves
from outcomes.pipeline.plan_deviations import plan_sentences
from outcomes.pipeline.published_sums import record_sums
from outcomes.pipeline.publishing import publishable, published, without_few
from outcomes.pipeline.record_counting import context_events
from outcomes.pipeline.recorded_work import recorded_work, work_sums
from outcomes.report.document import evaluation_report
from outcomes.report.parts import Heading
from outcomes.store import sha256
from outcomes.study import Study, write_whole

__all__ = ["publishable", "write_report"]


def write_report(
    study: Study,
    *,
    public: bool = False,
    publish: bool = False,
    renew: bool = False,
    today: date | None = None,
) -> Path:
    """Write the internal or the public report, whole or not at all.

    Args:
        study: The study.
        public: Whether it is the version for the public, which shows only what may be published
            beside all that the study has published before.
        publish: Whether its figures are written into the study's ledger, as published.
        renew: Whether figures are published even where few people have come or gone since they
            were published, because the earlier ones were wrong.
        today: The day, if it is another.

    Raises:
        FileError: There are no results yet.
    """
    day = today or date.today()
    estimates = study.read_estimates()
    untold = study.read_table("untold").fillna("").to_dict("records")
    heading = _heading(study, public=public, today=day)
    news = collected_news(study, public=public)
    sums = work_sums(study, start=heading.start, public=public, renew=renew)
    work = recorded_work(study, sums, start=heading.start)
    if not public:
        path = study.reports / "evaluation.html"
        told = method_lines(study, today=day)
        write_whole(
            path,
            evaluation_report(
                heading,
                estimates,
                untold=untold,
                surveys=told,
                news=news,
                work=work,
                curves=read_curves(study),
            ),
        )
        return path
    ledger = open_ledger(study, renew=renew)
    shown = published(estimates, ledger=ledger, start=heading.start)
    as_before = shown.as_before + sums.as_before
    heading = replace(heading, withheld=shown.withheld, as_before=as_before)
    for each in untold:
        each["reason"] = without_few(each["reason"], smallest=ledger.smallest)
    html = evaluation_report(heading, shown.estimates, untold=untold, news=news, work=work)
    path = study.reports / "evaluation-public.html"
    if publish:  # first the ledger: what stands there and was not shown harms nobody
        record(study, shown.estimates, people=shown.people, day=day)
        record_sums(study, sums.table, sums.kept_back, day=day)
    write_whole(path, html)
    return path


def _heading(study: Study, *, public: bool, today: date) -> Heading:
    about, plan = study.settings.study, study.settings.plan
    starts = [place.start for place in study.places("focus") if place.start]
    return Heading(
        name=about.name,
        agency=about.agency,
        first=about.first.isoformat(),
        last=about.last.isoformat(),
        generated=about.generated,
        question=plan.question if plan else "",
        primary=plan.primary_outcome if plan else "",
        community_part=plan.community_part if plan else "",
        start=f"{min(starts):%Y-%m}" if starts else "",
        places={place.code: place.name for place in study.settings.places},
        focus=tuple(place.code for place in study.places("focus")),
        comparison=tuple(place.code for place in study.places("comparison")),
        events=tuple((day[:7], day, name) for name, day in _dated_events(study)),
        public=public,
        floor=study.settings.publish.smallest_cell if public else 0,
        withheld=0,
        version=version("outcomes"),
        made=today.isoformat(),
        fingerprint=sha256(study.results / "estimates.csv")[:16],
        plan=plan_sentences(study),
    )


def _dated_events(study: Study) -> list[tuple[str, str]]:
    """List what else happened, by its day: of study.toml, and of the record (D18, D32)."""
    told = [(event.name, event.date.isoformat()) for event in study.settings.events]
    about = study.settings.study
    told += [
        (name, day)
        for name, day, _ in context_events(study)
        if about.first.isoformat() <= day <= about.last.isoformat()
    ]
    return sorted(dict.fromkeys(told), key=lambda each: each[1])
