"""Compliance with the walk rules: required, done, counted, short, and why walks did not count."""

import re
from collections import Counter

import pandas as pd

from outcomes.engagement.incidents import answers
from outcomes.engagement.judging import TOO_SHORT, judge_walks
from outcomes.engagement.periods import Coverage, due
from outcomes.engagement.walk_rules import WalkRules, WalkType
from outcomes.estimate import Estimate
from outcomes.measures import MEASURES

COLUMNS = ("place", "type", "period", "required", "done", "counted", "short", "reasons")
METHOD = "count against walk_rules.toml"
_UNCOUNTED = re.compile(r"^(\d+) (?!counted )(.*)$")
_UNANSWERED = re.compile(r", (?:late: |not counted: .* hours after, but (.*)$)")
_KEY = ["place", "type", "period"]
_Made = dict[tuple[object, ...], pd.DataFrame]
_SURPLUS = "on a workday that had its walk already"
_SHOWN = 5  # lengths of walks that were too short, in one cell


def compliance(
    walks: pd.DataFrame,
    rules: WalkRules,
    *,
    coverage: Coverage,
    incidents: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Check a walk log by the rules: what was required, done and counted, and why not more?

    Args:
        walks: The columns of ``log.COLUMNS``, one row a walk, in local time. A walk belongs to
            the day on which it starts.
        rules: The walk rules.
        coverage: Focus places with their first day of walks, and the days covered.
        incidents: What ``read_incidents`` reads, or None where there is no such list.

    Returns:
        One row a place, type and week or month, and one an incident: ``required``; ``done``,
        walks logged as this type; ``counted``, those that met minutes, people, place and day
        (for a number per workday: at most that number on each workday); ``short``, what
        ``counted`` lacks of ``required``; ``reasons`` in words and numbers, joined by '; '.
        Types without a number, and places without planned walks, have rows where walks were done.

    Raises:
        DataError: A walk is of a type that the rules do not know, or an incident lacks the time
            that the rules count from.

    Source:
        Requirements C1-C7, C10, C11 and the readings named in the rules' settings.
    """
    judged = judge_walks(walks, rules, coverage=coverage, incidents=incidents)
    parts: list[pd.DataFrame] = []
    made: _Made = {}
    for kind in rules.types:
        mine = judged[judged["type"] == kind.code]
        if kind.per == "incident" and incidents is not None:
            settings = rules.settings
            part = answers(mine, incidents, kind, settings=settings, coverage=coverage)
        else:
            part = _by_period(mine, kind, rules, coverage=coverage, made=made)
        parts.append(part.assign(order=len(parts)))
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(parts, ignore_index=True).sort_values(["place", "order", "period"])
    whole = {"required": int, "done": int, "counted": int}
    table = table.astype(whole).reset_index(drop=True)
    table["short"] = (table["required"] - table["counted"]).clip(lower=0)
    return table[list(COLUMNS)]


def _by_period(
    judged: pd.DataFrame, kind: WalkType, rules: WalkRules, *, coverage: Coverage, made: _Made
) -> pd.DataFrame:
    """Set what was done in each week or month beside what was due."""
    judged = judged.assign(surplus=_surplus(judged, kind), type=kind.code)
    judged["counts"] = judged["met"] & ~judged["surplus"]
    sums = judged.groupby(_KEY).agg(done=("logged", "sum"), counted=("counts", "sum"))
    table = _grid(kind, rules, coverage=coverage, made=made).merge(
        sums.reset_index(), on=_KEY, how="outer"
    )
    table = table.fillna({"required": 0, "done": 0, "counted": 0, "note": ""})
    texts = [*_fault_texts(judged, kind, rules), *_other_texts(judged)] if len(judged) else []
    words: dict[tuple[str, str], list[str]] = {}
    for place, period, text in texts:
        words.setdefault((place, period), []).append(text)
    table["reasons"] = [
        "; ".join([*([note] if note else []), *words.get((place, period), [])])
        for place, period, note in zip(table["place"], table["period"], table["note"], strict=True)
    ]
    return table.drop(columns="note")


def _grid(kind: WalkType, rules: WalkRules, *, coverage: Coverage, made: _Made) -> pd.DataFrame:
    """Lay out what is due in every place and period; nothing for types without a number."""
    parts = []
    for place, begins in coverage.starts.items():
        if kind.per in {None, "incident"}:
            break
        known = (kind.per, kind.times, begins)  # types and places that share it share the weeks
        if known not in made:
            made[known] = due(kind, rules.settings, coverage=coverage, begins=begins)
        parts.append(made[known].assign(place=place, type=kind.code))
    if not parts:
        return pd.DataFrame(columns=[*_KEY, "required", "note"], dtype=object)
    return pd.concat(parts, ignore_index=True)


def _surplus(judged: pd.DataFrame, kind: WalkType) -> pd.Series:
    """Mark walks beyond the number of a workday: a second one does not stand for another day."""
    if kind.per != "workday":
        return pd.Series(False, index=judged.index)
    met = judged[judged["met"]].sort_values("start", kind="stable")
    earlier = met.groupby(["place", "day"]).cumcount()
    return (earlier >= kind.times).reindex(judged.index, fill_value=False)


def _fault_texts(
    judged: pd.DataFrame, kind: WalkType, rules: WalkRules
) -> list[tuple[str, str, str]]:
    """Say in words and numbers why walks did not count: '2 too short (18, 15 of 20 minutes)'."""
    failing = judged[judged["fault"] != ""]
    keys = ["place", "period", "fault"]
    numbers = failing.groupby(keys).size()
    short = failing[failing["fault"].str.contains(TOO_SHORT, regex=False)]
    lengths = {
        key: ", ".join(f"{length:g}" for length in group[:_SHOWN])
        + (", …" if len(group) > _SHOWN else "")
        for key, group in short.groupby(keys)["minutes"]
    }
    texts = []
    for (place, period, fault), number in numbers.items():
        told = lengths.get((place, period, fault), "")
        detail = f"{TOO_SHORT} ({told} of {rules.least_minutes(kind)} minutes)"
        texts.append((place, period, f"{number} {fault.replace(TOO_SHORT, detail)}"))
    return texts


def _other_texts(judged: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Say which walks met the rule and yet need a word."""
    place_period = ["place", "period"]
    noted = judged[judged["note"] != ""].groupby([*place_period, "note"]).size()
    surplus = judged[judged["surplus"]].groupby(place_period).size()
    further = judged[~judged["logged"]].groupby(place_period).size()
    return [
        *((*key, f"{n} counted {note}, which C11 asks for") for (*key, note), n in noted.items()),
        *((*key, f"{n} {_SURPLUS}") for key, n in surplus.items()),
        *((*key, f"{n} counted that were logged as another type") for key, n in further.items()),
    ]


def compliance_estimates(table: pd.DataFrame) -> list[Estimate]:
    """Sum compliance up: which share of the required walks was done and counted?

    Args:
        table: What ``compliance`` returns.

    Returns:
        For each place one Estimate over all types, then one for each type that was required:
        the sum of min(counted, required) over the sum of required, so that a week with more
        walks than required does not make up for another. It is an exact count: ``se`` is 0.
        ``n`` is the number of required walks, ``dropped`` of walks done but not counted, and
        ``warnings`` say the main reasons.
    """
    estimates = []
    for place, here in table.groupby("place", sort=True):
        asked = here[here.groupby("type")["required"].transform("sum") > 0]
        if asked.empty:
            continue
        estimates.append(_share(asked, str(place), code=""))
        estimates += [
            _share(rows, str(place), code=str(code))
            for code, rows in asked.groupby("type", sort=False)
        ]
    return estimates


def _share(rows: pd.DataFrame, place: str, *, code: str) -> Estimate:
    required = int(rows["required"].sum())
    value = float(rows[["counted", "required"]].min(axis=1).sum()) / required
    measure = f"walks_{code}" if f"walks_{code}" in MEASURES else "walks_counted"
    name = MEASURES[measure].name if measure != "walks_counted" else f"{code} walks".strip()
    return Estimate(
        term=f"{name if code else 'Walks of all types'} that were required and counted, {place}",
        value=value,
        se=0.0,
        low=value,
        high=value,
        n=required,
        dropped=int((rows["done"] - rows["counted"]).clip(lower=0).sum()),
        unit="share of required walks",
        method=METHOD,
        assumptions=("the log holds every walk that was done",),
        warnings=_main_reasons(rows),
        analysis="compliance",
        measure=measure,
        place=place,
        period="study",
    )


def _main_reasons(rows: pd.DataFrame, *, most: int = 4) -> tuple[str, ...]:
    """Say how many walks are missing, and the commonest reasons why walks did not count."""
    short = int(rows["short"].sum())
    if not short:
        return ()
    total = int(rows["required"].sum())
    numbers: Counter[str] = Counter()
    for cell in rows.loc[rows["done"] > rows["counted"], "reasons"]:
        for part in str(cell).split("; "):
            if found := _UNCOUNTED.match(re.sub(r" \([^)]*\)", "", part)):
                numbers[found[2]] += int(found[1])
            elif found := _UNANSWERED.search(part):
                numbers[found[1] or "later after an incident than allowed"] += 1
    lines = [f"{short} of {total} required walks are missing"]
    if numbers:
        commonest = ", ".join(f"{number} {text}" for text, number in numbers.most_common(most))
        lines.append(f"walks that did not count: {commonest}")
    return tuple(lines)
