"""Write the evaluation report from results/estimates.csv."""

import re
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from outcomes.estimate import Estimate, tidy, untidy
from outcomes.report.document import evaluation_report
from outcomes.report.parts import Heading
from outcomes.stats.suppression import suppress
from outcomes.store import sha256
from outcomes.study import Study, write_whole

OF_PEOPLE = ("prepost", "place means")  # analyses whose warnings may count respondents
_COUNT = re.compile(r"(?<![\d.])\d+(?![\d.%])")  # a whole number, no share and no decimal


def write_report(study: Study, *, public: bool = False, today: date | None = None) -> Path:
    """Write the internal or the public report, whole or not at all.

    Raises:
        FileError: There are no results yet.
    """
    estimates = study.read_estimates()
    untold = study.read_table("untold").fillna("").to_dict("records")
    shown = publishable(estimates, smallest=study.settings.publish.smallest_cell)
    heading = _heading(
        study,
        public=public,
        withheld=len(estimates) - len(shown) if public else 0,
        today=today or date.today(),
    )
    html = evaluation_report(heading, shown if public else estimates, untold=untold)
    path = study.reports / ("evaluation-public.html" if public else "evaluation.html")
    write_whole(path, html)
    return path


def publishable(estimates: list[Estimate], *, smallest: int) -> list[Estimate]:
    """Take the estimates that may be published: those that rest on enough people or cases."""
    table = suppress(
        tidy(estimates),
        count="n",
        values=["value", "se", "low", "high"],
        groups=["analysis", "measure", "unit"],
        smallest=smallest,
    )
    kept = untidy(table[table["withheld"] == ""])
    return [_without_small_counts(each, smallest=smallest) for each in kept]


def _without_small_counts(estimate: Estimate, *, smallest: int) -> Estimate:
    """Take warnings that count few people out of an estimate about people."""
    if estimate.analysis not in OF_PEOPLE:
        return estimate
    told = [
        warning
        if not any(0 < int(number) < smallest for number in _COUNT.findall(warning))
        else "counts of few people are withheld here"
        for warning in estimate.warnings
    ]
    return replace(estimate, warnings=tuple(dict.fromkeys(told)))


def _heading(study: Study, *, public: bool, withheld: int, today: date) -> Heading:
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
        events=tuple(
            (f"{event.date:%Y-%m}", event.date.isoformat(), event.name)
            for event in study.settings.events
        ),
        public=public,
        floor=study.settings.publish.smallest_cell if public else 0,
        withheld=withheld,
        version=version("outcomes"),
        made=today.isoformat(),
        fingerprint=sha256(study.results / "estimates.csv")[:16],
    )
