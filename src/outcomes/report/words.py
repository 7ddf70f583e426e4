"""Estimates in words that need no statistics course."""

from math import isinf, isnan

from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.stats import wording

CANNOT_TELL = wording.CANNOT_TELL
NO_LIMITS = "as it was seen, no limits can be told"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

ANALYSES = {
    "tone": "Tone of news, by month",
    "tone, all sources": "Tone of news, by month, all sources",
    "tone, rolling": "Tone of news, three months at a time",
    "tone, stories": "Tone of news, each story once",
    "tone without prompted": "Tone of news, without what the agency prompted",
    "net tone": "Net tone of news, by month",
    "net tone, all sources": "Net tone of news, by month, all sources",
    "tone by scope": "Tone of news, local and national",
    "tone by scope and month": "Tone of news, local and national, by month",
    "tone by place": "Tone of news, by place of the outlet",
    "tone by agency": "Tone of news about us and about others",
    "tone by agency and month": "Tone of news about us and about others, by month",
    "tone model": "How often the model is right",
    "compliance": "Walks against their rules",
    "prepost": "Before and after, the same people",
    "prepost paired": "Before and after, linked people only",
    "prepost unpaired": "Before and after, as if all were strangers",
    "prepost ordinal": "Before and after, odds of a higher answer",
    "prepost moved": "Before and after, people who moved up or down",
    "follow-up": "Before and some time later",
    "follow-up since": "After and some time later",
    "waitlist": "Change beside people who waited",
    "waitlist, other form": "Change beside people who waited, another form",
    "worth having": "Change beside the smallest one worth having",
    "response shift": "Looking back, beside what was answered before",
    "response shift, as answered": "One question, before and after as answered",
    "response shift, seen afterwards": "One question, the change as people see it afterwards",
    "ceiling": "People with the best score there is",
    "linking": "Who is who before and after",
    "linking threshold": "The change with other links",
    "place means": "Mean answers by place",
    "place changes": "Change of mean answers by place",
    "crossection": "Change of answers beside comparison places",
    "delivered": "What each place got",
    "panel": "Change of counts beside comparison places",
    "combination": "Several outcomes together",
    "series": "Counts by month",
}


def number(value: float, unit: str) -> str:
    """Write one value as its unit wants it: shares in percent, counts and points with decimals."""
    if isnan(value):
        return "n/a"
    if unit.startswith("share"):
        text = f"{_percent(value):.0f}%"
    elif unit == "SD" or unit.startswith(("points", "times ")):
        text = f"{_unsigned_zero(value, 2):.2f}"
    elif abs(value) >= 100 or float(value).is_integer():
        text = f"{value:,.0f}"
    else:
        text = f"{_unsigned_zero(value, 1):.1f}"
    return text.replace("-", "\u2212")  # as signed() writes it


def _percent(share: float) -> float:
    """Round once, as ``as_shown`` does: else the two versions of a report differ by a point."""
    return 100 * _unsigned_zero(share, 2)


def _unsigned_zero(value: float, digits: int) -> float:
    """Round; what rounds to zero has no minus sign."""
    return round(value, digits) + 0.0


def as_shown(value: float, unit: str) -> float:
    """Round one value to what ``number`` shows: more digits would tell how many people answered.

    A limit that would become zero keeps more digits, for a claim can hang on its sign.
    """
    if isnan(value) or isinf(value):
        return value
    fine = unit == "SD" or unit.startswith(("share", "points", "times "))
    digits = 2 if fine else 0 if abs(value) >= 100 else 1
    return round(value, digits) or round(value, 4)


def signed(value: float, unit: str) -> str:
    """Write a change with its sign; a ratio has none."""
    if unit.startswith("times "):
        return number(value, unit)
    text = f"{_percent(abs(value)):.0f}" if unit.startswith("share") else number(abs(value), unit)
    return f"+{text}" if value >= 0 else f"\u2212{text}"


def conclusion(estimate: Estimate) -> str:
    """Say what the data allow: "rose", "fell", or "cannot tell".

    A direction is claimed only where the interval leaves out no change, the test (if there is one)
    agrees at the same level, and no test was found impossible with so few places.
    """
    return wording.direction(estimate)


def earned(estimate: Estimate) -> str:
    """Say which words the design has earned, and why no stronger ones, in a sentence each.

    A result that cannot be told has the same reasons: it is laid out like any other.
    """
    claim = wording.claim(estimate)
    why = " ".join(f"{sentence_case(reason)}." for reason in claim.reasons)
    if claim.grade == "describes":
        return why
    if claim.direction == CANNOT_TELL:
        return f"Even a clear answer would only say that it {claim.at_most}. {why}"
    return f"It {claim.words}. {why}"


def why_not(estimate: Estimate) -> str:
    """Say in a sentence why the data do not allow a direction."""
    for warning in estimate.warnings:
        if warning.startswith(wording.NO_TEST):
            return sentence_case(warning) + "."
    low, high = (signed(limit, estimate.unit) for limit in (estimate.low, estimate.high))
    none = "one (no change)" if wording.no_change(estimate.unit) else "zero"
    unit = plain_unit(estimate)
    return f"The data fit anything from {low} to {high} {unit}, and {none} lies inside."


def reading(estimate: Estimate) -> str:
    """Say whether a change is good news, where the measure's direction allows saying so."""
    verdict = conclusion(estimate)
    known = MEASURES.get(estimate.measure)
    if verdict == CANNOT_TELL or known is None:
        return verdict
    if known.direction == "ambiguous":
        return f"{verdict} (can be good or bad news)"
    better = (verdict == "rose") == (known.direction == "higher better")
    return f"{verdict} ({'better' if better else 'worse'})"


def plain_unit(estimate: Estimate) -> str:
    """Write the unit of a change; a change of a share is in percentage points."""
    if estimate.unit.startswith("share"):
        return "percentage points"
    return {"SD": "standard deviations"}.get(estimate.unit, estimate.unit)


def change_sentence(estimate: Estimate) -> str:
    """Say one change with its interval, its base and its verdict."""
    unit = plain_unit(estimate)
    if not wording.has_limits(estimate):
        return f"{signed(estimate.value, estimate.unit)} {unit} ({NO_LIMITS})"
    value, low, high = (
        signed(each, estimate.unit) for each in (estimate.value, estimate.low, estimate.high)
    )
    return f"{value} {unit} ({low} to {high})"


def sentence_case(text: str) -> str:
    """Start with a capital, leave the rest alone."""
    return text[:1].upper() + text[1:]


def month_name(period: str) -> str:
    """Write 2026-03 as Mar 2026; leave anything else alone."""
    year, dash, month = period.partition("-")
    if dash and year.isdigit() and len(year) == 4 and month.isdigit() and 1 <= int(month) <= 12:
        return f"{_MONTHS[int(month) - 1]} {year}"
    return period
