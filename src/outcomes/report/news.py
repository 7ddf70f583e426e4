"""The part of the report on news: its tone by month, and what the months rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report import plots, tables
from outcomes.report.coverage import OutletMonth, coverage_table, draw_coverage, legend_of
from outcomes.report.parts import Section
from outcomes.report.words import month_name, sentence_case

TONE_LIMITS = (
    "A dot without a line: every article that was found that month is coded.",
    "Shares rest on articles that a person coded. The model only finds the articles to draw from.",
    "Articles that the search for law-enforcement words missed are in no share.",
    "Stories that the agency itself prompted are counted in.",
    "The fixed panel holds the outlets that were covered in every month of the series: outlets "
    "that joined or dropped out cannot move it. The tables of all sources, and "
    "of local and national outlets, hold them too.",
)
_COUNTS = ("articles_collected", "articles_relevant", "stories_collected", "stories_relevant")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was collected of the news, beside the estimates of its tone."""

    coverage: Sequence[OutletMonth] = ()
    counts: Sequence[tuple[str, Mapping[str, int]]] = ()  # month, and how many of each measure
    left_out: Sequence[str] = ()  # which months and outlets the series leaves out, in words


NO_NEWS = News()


def news_section(
    by: Mapping[str, Sequence[Estimate]], *, events: tuple[list[tuple[str, str]], str], news: News
) -> Section | None:
    """Show the monthly shares of the fixed panel and of all sources, beside what was collected.

    Args:
        by: Estimates by analysis.
        events: Month and mark of what else happened, and the legend for captions.
        news: What was collected.
    """
    monthly, every = by.get("tone", []), by.get("tone, all sources", [])
    if not monthly and not every and not news.coverage:
        return None
    return Section(
        title="The tone of news about law enforcement",
        lead=(
            "A grim event is not thereby negative about the police.",
            *(_model_line(each) for each in by.get("tone model", [])),
            *(f"{sentence_case(line)}." for line in news.left_out),
        ),
        figures=_figures(monthly or every, events=events, coverage=news.coverage),
        tables=(
            tables.tone_table(
                by.get("tone by scope", []), caption="Local and national outlets, whole study"
            ),
            tables.tone_table(monthly, caption="The fixed panel of outlets, by month"),
            tables.tone_table(every, caption="All sources, by month"),
            coverage_table(news.coverage),
            _counts_table(news.counts),
        ),
        notes=TONE_LIMITS if monthly or every else (),
    )


def _model_line(estimate: Estimate) -> Markup:
    return Markup("{}: {} ({}), from {} coded articles.").format(
        sentence_case(estimate.term),
        tables.value_of(estimate),
        tables.interval_of(estimate),
        tables.count_of(estimate.n),
    )


def _figures(
    shares: Sequence[Estimate],
    *,
    events: tuple[list[tuple[str, str]], str],
    coverage: Sequence[OutletMonth],
) -> tuple[tuple[str, str], ...]:
    marks, legend = events
    figures = []
    if shares:
        whose = "the fixed panel" if shares[0].analysis == "tone" else "all sources"
        caption = f"Shares of {whose}. Dots: shares. Lines: what fits the coded articles.{legend}"
        figures.append((plots.draw_tone(shares, events=marks), caption))
    if coverage:
        figures.append((draw_coverage(coverage), f"Coverage. {legend_of(coverage)}"))
    return tuple(figures)


def _counts_table(counts: Sequence[tuple[str, Mapping[str, int]]]) -> tables.Table:
    """Lay out how often something could be read, and how much was written."""
    rows = tuple(
        (month_name(month), *(f"{found[code]:,}" if code in found else "n/a" for code in _COUNTS))
        for month, found in counts
    )
    head = ("", *(MEASURES[code].name for code in _COUNTS))
    return tables.Table(caption="Articles and the stories they tell", head=head, rows=rows)
