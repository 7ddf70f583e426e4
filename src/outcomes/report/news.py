"""The part of the report on news: its tone by month, and what the months rest on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report import plots, tables
from outcomes.report.agreement_plot import confusion_caption, draw_confusion
from outcomes.report.coverage import OutletMonth, coverage_table, draw_coverage, legend_of
from outcomes.report.parts import Section
from outcomes.report.words import month_name, sentence_case

TONE_LIMITS = (
    "A dot without a line, or a share without a range: every article that was found is coded.",
    "Shares rest on articles that people coded. A model reads all articles, and the codes set "
    "right how it errs; the count of its labels alone is in no figure.",
    "What a share means: of the articles about law enforcement, so many would be called negative, "
    "neutral or positive by a coder who follows the codebook. The tone of an event is not the "
    "stance of the outlet: a fair report of misconduct counts as negative. And the tone of news is "
    "not what the public thinks: for that, people have to be asked.",
    "The line holds the true share of the month in about 19 of 20 months. It seldom reaches less "
    "than 5 to 9 points to either side, so small ups and downs say nothing. Three months at a time "
    "say more.",
    "Articles that the search for law-enforcement words missed are in no share.",
    "Stories that the agency itself prompted are counted in, unless a table says otherwise.",
    "The fixed panel holds the outlets that were covered in every month of the series: outlets "
    "that joined or dropped out cannot move it. What is said of all sources, and of local and "
    "national outlets, counts them too.",
)
ALL_THE_SAME = (
    "All sources, by month: the same shares as the fixed panel's, so they are shown once."
)
_FURTHER = (
    ("tone, rolling", "The fixed panel, three months at a time (named by the last)"),
    ("tone, stories", "The fixed panel, each story once, by month"),
    ("tone without prompted", "The fixed panel, without what the agency prompted, by month"),
    ("tone by place", "Outlets of each place, fixed panel, whole study"),
    ("tone by agency", "Articles about us and about other agencies, fixed panel, whole study"),
)
_COUNTS = ("articles_collected", "articles_relevant", "stories_collected", "stories_relevant")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was collected of the news, beside the estimates of its tone."""

    coverage: Sequence[OutletMonth] = ()
    counts: Sequence[tuple[str, Mapping[str, int]]] = ()  # month, and how many of each measure
    left_out: Sequence[str] = ()  # which months and outlets the series leaves out, in words
    agreement: Sequence[str] = ()  # how far the coders agree, in words
    confusion: Mapping[str, Sequence[Sequence[int]]] = field(default_factory=dict)  # by pair
    answers: Sequence[str] = ()  # the rows and columns of each pair's counts
    breaks: Sequence[tuple[str, str]] = ()  # months from which another model read, and its name
    drift: Sequence[tuple[str, str]] = ()  # months unlike those the model was checked on, and how
    requests: Sequence[str] = ()  # what to code of these, as sentences; not for the public


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
            *_method_lines(monthly or every),
            *(_model_line(each) for each in by.get("tone model", [])),
            *(f"{sentence_case(line)}." for line in news.left_out),
            *((ALL_THE_SAME,) if _all_the_same(by) else ()),
            *news.agreement,
            *news.requests,
        ),
        figures=_figures(monthly or every, events=events, news=news),
        tables=(*_tables(by), coverage_table(news.coverage), _counts_table(news.counts)),
        notes=TONE_LIMITS if monthly or every else (),
    )


def _tables(by: Mapping[str, Sequence[Estimate]]) -> Iterator[tables.Table]:
    """Lay out the series that leads, and after it the others."""
    monthly, every = by.get("tone", []), by.get("tone, all sources", [])
    scopes = by.get("tone by scope", [])
    yield tables.tone_table(scopes, caption="Local and national outlets, whole study")
    yield tables.tone_table(
        [*monthly, *by.get("net tone", [])], caption="The fixed panel of outlets, by month"
    )
    if not _all_the_same(by):
        yield tables.tone_table(
            [*every, *by.get("net tone, all sources", [])], caption="All sources, by month"
        )
    for analysis, caption in _FURTHER:
        yield tables.tone_table(by.get(analysis, []), caption=caption)


def _all_the_same(by: Mapping[str, Sequence[Estimate]]) -> bool:
    """Say whether all sources give the very shares of the fixed panel: one table is enough."""
    panel, every = (
        [
            (each.period, each.measure, each.value, each.low, each.high, each.n)
            for name in names
            for each in by.get(name, [])
        ]
        for names in (("tone", "net tone"), ("tone, all sources", "net tone, all sources"))
    )
    return bool(panel) and panel == every


def _method_lines(shares: Sequence[Estimate]) -> Iterator[str]:
    """Say by which methods how many of the months were estimated."""
    months: dict[str, set[str]] = {}
    for each in shares:
        months.setdefault(each.method, set()).add(each.period)
    for method, periods in months.items():
        number = f"{len(periods)} month{'' if len(periods) == 1 else 's'}"
        yield f"Method, {number}: {method}."


def _model_line(estimate: Estimate) -> Markup:
    return Markup("{}: {} ({}), from {} coded articles.").format(
        sentence_case(estimate.term),
        tables.value_of(estimate),
        tables.interval_of(estimate),
        tables.count_of(estimate.n),
    )


def _figures(
    shares: Sequence[Estimate], *, events: tuple[list[tuple[str, str]], str], news: News
) -> tuple[tuple[str, str], ...]:
    marks, legend = events
    figures = []
    if shares:
        whose = "the fixed panel" if shares[0].analysis == "tone" else "all sources"
        caption = f"Shares of {whose}. Dots: shares. Lines: what fits the coded articles.{legend}"
        broken = [(month, "new model") for month, _ in news.breaks]
        told = "".join(
            f" From {month_name(month)} on the model {model} reads: do not compare across the line."
            for month, model in news.breaks
        )
        told += "".join(f" {month_name(month)}: {what}." for month, what in news.drift)
        figures.append((plots.draw_tone(shares, events=[*marks, *broken]), caption + told))
    if news.coverage:
        figures.append((draw_coverage(news.coverage), f"Coverage. {legend_of(news.coverage)}"))
    if news.confusion:
        picture = draw_confusion(news.confusion, answers=news.answers)
        figures.append((picture, confusion_caption(news.confusion)))
    return tuple(figures)


def _counts_table(counts: Sequence[tuple[str, Mapping[str, int]]]) -> tables.Table:
    """Lay out how often something could be read, and how much was written."""
    rows = tuple(
        (month_name(month), *(f"{found[code]:,}" if code in found else "n/a" for code in _COUNTS))
        for month, found in counts
    )
    head = ("", *(MEASURES[code].name for code in _COUNTS))
    return tables.Table(caption="Articles and the stories they tell", head=head, rows=rows)
