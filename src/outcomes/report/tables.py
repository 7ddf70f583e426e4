"""Estimates as tables: every number carries, out of sight, the exact value it was rounded from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.report.month_cautions import month_cautions
from outcomes.report.words import (
    ANALYSES,
    CANNOT_TELL,
    NO_LIMITS,
    conclusion,
    month_name,
    number,
    plain_unit,
    reading,
    sentence_case,
    signed,
)
from outcomes.stats.wording import has_limits, no_change

Row = tuple[str | Markup, ...]
BEYOND_ZERO = (
    "A range can leave out no change where the answer is \u201ccannot tell\u201d: it takes for "
    "granted that changes of places scatter like a bell curve, which so few places cannot show, "
    "and that no other outcome is tested. The range alone decides nothing here"
)
NOT_TOLD = -1  # stands for a count of people left out that would give another one away


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a report: its caption, its head, its rows, and the cautions beside it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    cautions: tuple[str, ...] = ()


def exactly(value: float, text: str) -> Markup:
    """Show a rounded number and carry the exact one."""
    return Markup('<data value="{}">{}</data>').format(repr(value), text)


def value_of(estimate: Estimate) -> Markup:
    """Show an estimate's value."""
    return exactly(estimate.value, number(estimate.value, estimate.unit))


def interval_of(estimate: Estimate) -> Markup:
    """Show an estimate's interval."""
    if not has_limits(estimate):
        return Markup(NO_LIMITS)
    low, high = (number(limit, estimate.unit) for limit in (estimate.low, estimate.high))
    return Markup("{} to {}").format(exactly(estimate.low, low), exactly(estimate.high, high))


def change_of(estimate: Estimate) -> Markup:
    """Show a change with its sign, its unit and its interval."""
    if not has_limits(estimate):
        value = exactly(estimate.value, signed(estimate.value, estimate.unit))
        return Markup("{} {} ({})").format(value, plain_unit(estimate), NO_LIMITS)
    value, low, high = (
        exactly(each, signed(each, estimate.unit))
        for each in (estimate.value, estimate.low, estimate.high)
    )
    return Markup("{} {} ({} to {})").format(value, plain_unit(estimate), low, high)


def count_of(value: int) -> Markup:
    """Show a whole number."""
    return exactly(value, f"{value:,}")


def cautions_of(estimates: Sequence[Estimate], *, by_measure: bool = False) -> tuple[str, ...]:
    """Gather the warnings of several estimates, each once; say whom it concerns if not all.

    Args:
        estimates: Of several places; or of several measures, if ``by_measure``.
        by_measure: Whether a warning concerns a measure, and not a place.
    """
    of = [MEASURES[each.measure].name if by_measure else each.place for each in estimates]
    groups = set(of)
    concerned: dict[str, dict[str, None]] = {}
    for each, whom in zip(estimates, of, strict=True):
        for warning in each.warnings:
            concerned.setdefault(warning, {})[whom] = None
    return tuple(
        sentence_case(warning)
        if len(told) == len(groups)
        else f"{sentence_case(', '.join(told))}: {warning}"
        for warning, told in concerned.items()
    )


def range_caution(estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """Explain a range that leaves out no change beside an answer that says "cannot tell"."""
    for each in estimates:
        inside = each.low <= no_change(each.unit) <= each.high
        if not inside and conclusion(each) == CANNOT_TELL:
            return (BEYOND_ZERO,)
    return ()


def chance_of(estimate: Estimate) -> Markup | str:
    """Show how often chance alone does as much: never as 0, which no p is."""
    if estimate.p is None:
        return "not tested"
    return exactly(estimate.p, "below 0.01" if estimate.p < 0.01 else f"{estimate.p:.2f}")


def left_out(value: int, *, floor: int) -> Markup | str:
    """Show how many people were left out; fewer than the floor are not told exactly."""
    if value == NOT_TOLD:
        return "not shown"
    return f"fewer than {floor}" if 0 < value < floor else count_of(value)


def comparison_table(estimates: Sequence[Estimate], *, primary: str, caption: str) -> Table:
    """Lay out the change of focus places beyond that of comparison places."""
    rows = tuple(
        (
            MEASURES[each.measure].name + (" (primary)" if each.measure == primary else ""),
            change_of(each),
            chance_of(each),
            count_of(each.n),
            verdict_of(each),
        )
        for each in estimates
    )
    head = (
        "Outcome",
        "Change beyond comparison",
        "Chance alone (p)",
        "Places",
        "What the data say",
    )
    cautions = (*cautions_of(estimates, by_measure=True), *range_caution(estimates))
    return Table(caption=caption, head=head, rows=rows, cautions=cautions)


def place_means_table(estimates: Sequence[Estimate], *, names: Mapping[str, str]) -> Table:
    """Lay out mean answers: one row a measure and place, one column a wave."""
    cells = {(each.measure, each.place, each.period): each for each in estimates}
    waves = tuple(dict.fromkeys(each.period for each in estimates))
    rows = tuple(
        (
            MEASURES[measure].name,
            names.get(place, place),
            *(_mean_of(cells.get((measure, place, wave))) for wave in waves),
        )
        for measure, place in dict.fromkeys((each.measure, each.place) for each in estimates)
    )
    head = ("Measure", "Place", *waves)
    caption = "Mean answers, their 95% intervals, and how many answered"
    return Table(caption=caption, head=head, rows=rows, cautions=cautions_of(estimates))


def _mean_of(estimate: Estimate | None) -> Markup | str:
    if estimate is None:
        return "n/a"
    mean, interval, n = value_of(estimate), interval_of(estimate), count_of(estimate.n)
    return Markup("{} ({}), n = {}").format(mean, interval, n)


def delivered_table(estimates: Sequence[Estimate], *, caption: str) -> Table:
    """Lay out what was done before and after the start, in both kinds of places."""
    cells = {(each.measure, each.place, each.period): value_of(each) for each in estimates}
    rows = tuple(
        (
            MEASURES[measure].name,
            *(
                cells.get((measure, kind, when), "n/a")
                for kind in ("focus", "comparison")
                for when in ("before", "after")
            ),
        )
        for measure in dict.fromkeys(each.measure for each in estimates)
    )
    head = (
        "Each month in each place",
        "Focus, before",
        "Focus, after",
        "Comparison, before",
        "Comparison, after",
    )
    cautions = cautions_of(estimates, by_measure=True)
    return Table(caption=caption, head=head, rows=rows, cautions=cautions)


def fidelity_table(estimates: Sequence[Estimate], *, names: dict[str, str], caption: str) -> Table:
    """Lay out how many required walks were done by the rules."""
    rows = tuple(
        (
            "All types" if each.measure == "walks_counted" else MEASURES[each.measure].name,
            names.get(each.place, each.place),
            count_of(each.n),
            value_of(each),
            count_of(each.dropped),
            ", ".join(each.warnings) or "none",
        )
        for each in estimates
    )
    head = (
        "Walk",
        "Place",
        "Required",
        "Done by the rules",
        "Done, but not counted",
        "Why not counted",
    )
    return Table(caption=caption, head=head, rows=rows)


def tone_table(estimates: Sequence[Estimate], *, caption: str) -> Table:
    """Lay out the shares of the three tones, and the net tone where known, one row a period."""
    cells = {(each.period, each.place, each.measure): each for each in estimates}
    columns = ["tone_negative", "tone_neutral", "tone_positive"]
    head = ["", "Negative", "Neutral", "Positive"]
    if any(each.measure == "net_tone" for each in estimates):
        columns, head = [*columns, "net_tone"], [*head, "Positive minus negative"]
    rows = []
    for period, place in dict.fromkeys((each.period, each.place) for each in estimates):
        shares = [cells.get((period, place, code)) for code in columns]
        known = next(share for share in shares if share)
        shown = [_share_of(share) for share in shares]
        rows.append((month_name(period) or sentence_case(place), *shown, count_of(known.n)))
    by_month = any(each.period for each in estimates)
    cautions = month_cautions(estimates) if by_month else cautions_of(estimates)
    return Table(caption=caption, head=(*head, "Coded"), rows=tuple(rows), cautions=cautions)


def _share_of(share: Estimate | None) -> Markup | str:
    """Show a share with its range; a share that was counted has none."""
    if share is None:
        return "n/a"
    if "exact count" in share.method and share.low == share.high:
        return value_of(share)
    return Markup("{} ({})").format(value_of(share), interval_of(share))


def method_table(estimates: Sequence[Estimate]) -> Table:
    """Lay out which method stands behind which figures, and what it takes for granted."""
    rows = dict.fromkeys(
        (
            ANALYSES.get(each.analysis, sentence_case(each.analysis)),
            each.method,
            ", and ".join(each.assumptions) or "nothing: these are counts",
        )
        for each in estimates
    )
    head = ("Analysis", "Method", "What must hold for the interval to mean what it says")
    return Table(caption="How the figures were made", head=head, rows=tuple(rows))


def measure_table(estimates: Sequence[Estimate]) -> Table:
    """Lay out what each measure is, and whether more of it is better."""
    rows = tuple(
        (known.name, known.role, known.direction, known.requirement)
        for code, known in MEASURES.items()
        if code in {each.measure for each in estimates}
    )
    head = ("Measure", "Role", "Direction", "Requirement")
    return Table(caption="What was measured", head=head, rows=rows)


def verdict_of(estimate: Estimate) -> Markup:
    """Show what the data say of a change, marked as told or open."""
    kind = "open" if conclusion(estimate) == CANNOT_TELL else "told"
    return Markup('<span class="{}">{}</span>').format(kind, reading(estimate))
