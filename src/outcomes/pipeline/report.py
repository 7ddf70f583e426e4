"""Write the evaluation report from results/estimates.csv."""

from datetime import date
from importlib.metadata import version
from pathlib import Path

from outcomes.estimate import Estimate, tidy, untidy
from outcomes.report.document import Heading, evaluation_report
from outcomes.stats.suppression import suppress
from outcomes.store import sha256
from outcomes.study import Study, write_whole


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
    return untidy(table[table["withheld"] == ""])


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
        withheld=withheld,
        version=version("outcomes"),
        made=today.isoformat(),
        fingerprint=sha256(study.results / "estimates.csv")[:16],
    )
