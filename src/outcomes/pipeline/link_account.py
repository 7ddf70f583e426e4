"""The account of linking: who was linked by what, who was not, and whether results hang on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import isnan, nan

import pandas as pd

from outcomes.analyses.prepost import prepost
from outcomes.errors import DataError
from outcomes.estimate import Estimate, known_exactly
from outcomes.measures import MEASURES, find
from outcomes.pipeline.linking import unmatched_sentences
from outcomes.pipeline.study_links import WaveLinks, links_table
from outcomes.study import Study
from outcomes.surveys.linking.sensitivity import sensitivity
from outcomes.surveys.linking.unmatched import compare_unmatched

ACCOUNT, THRESHOLDS = "linking", "linking threshold"  # names of analyses; inside the agency only
ACCOUNT_COLUMNS = (
    *("group", "pre_wave", "post_wave", "part", "name"),
    *("value", "low", "high", "n", "p", "note"),
)
BY_CODE = ("exact", "one-off", "weights")
METHOD = (
    "same card, then self-made codes by Fellegi-Sunter weights, each person once, linked from "
    "probability {:g} on"
)
_Row = dict[str, object]


def counts_of(links: WaveLinks) -> dict[str, int]:
    """Count how two waves were linked, in the terms of the account."""
    rules = links.found.table["rule"].value_counts()
    return {
        "answers before": len(links.before),
        "answers after": len(links.after),
        "linked": len(links.found.table),
        "linked by card": int(rules.get("card", 0)),
        "linked by code": int(sum(rules.get(rule, 0) for rule in BY_CODE)),
        "linked by review": int(rules.get("reviewed", 0)),
        "doubtful pairs": links.doubtful,
        "unlinked before": len(links.found.unmatched_before),
        "unlinked after": len(links.found.unmatched_after),
    }


def write_links(study: Study, found: Sequence[WaveLinks], measures: pd.DataFrame) -> list[Estimate]:
    """Write results/links.csv and results/linking.csv.

    Args:
        study: The study.
        found: The links of its waves.
        measures: The scores, for who is unmatched and for what the threshold changes.

    Returns:
        The account, as estimates for the report inside the agency.
    """
    study.write_table("links", links_table(found))
    rows: list[_Row] = []
    estimates: list[Estimate] = []
    for each in found:
        compared = _unmatched(each, measures)
        looser = _thresholds(study, each, measures)
        rows += [*_count_rows(each), *_unmatched_rows(each, compared), *_looser_rows(each, looser)]
        estimates += [*_count_estimates(each, compared), *_looser_estimates(each, looser)]
    study.write_table("linking", pd.DataFrame(rows, columns=list(ACCOUNT_COLUMNS)))
    return estimates


def primary_of(study: Study, links: WaveLinks, measures: pd.DataFrame) -> str:
    """Name the scale on which the threshold is tried out: the plan's, or else the first one."""
    waves = measures[measures["period"].isin([links.pre.label, links.post.label])]
    both = waves.groupby("measure")["period"].nunique() > 1
    there = [code for code in MEASURES if both.get(code, False)]
    plan = study.settings.plan
    if plan and plan.primary_outcome in there:
        return plan.primary_outcome
    return there[0] if there else ""


def _scores(measures: pd.DataFrame, wave: str, *, people: Sequence[str]) -> pd.DataFrame:
    """Put the scores of one wave in columns, one row a respondent, NaN where there is none."""
    own = measures[(measures["period"] == wave) & (measures["stream"] == "surveys")]
    wide = own.pivot(index="unit", columns="measure", values="value").reindex(list(people))
    return wide[[code for code in MEASURES if code in wide.columns]]


def _unmatched(links: WaveLinks, measures: pd.DataFrame) -> pd.DataFrame:
    """Compare on both occasions those who could not be linked with those who could.

    Where only some are asked again, those without a partner are no loss and are not compared.
    """
    parts = []
    compare = links.pre.respondents == "same people"
    sides = (
        ("before", links.pre.label, links.before, links.found.unmatched_before),
        ("after", links.post.label, links.after, links.found.unmatched_after),
    )
    for side, wave, people, alone in sides:
        scores = _scores(measures, wave, people=people)
        lonely = set(alone)
        linked = [each not in lonely for each in people]
        compared = compare_unmatched(
            scores, linked, variables=list(scores.columns) if compare else ()
        )
        parts.append(compared.assign(side=side))
    return pd.concat(parts, ignore_index=True)


def _thresholds(study: Study, links: WaveLinks, measures: pd.DataFrame) -> pd.DataFrame:
    """Estimate the change of the primary scale with stricter and looser links."""
    primary = primary_of(study, links, measures)
    if not primary or links.pre.respondents != "same people":
        return pd.DataFrame()
    table = sensitivity(links.found, recompute=_recomputed(links, measures, primary=primary))
    return table.assign(measure=primary)


def _recomputed(
    links: WaveLinks, measures: pd.DataFrame, *, primary: str
) -> Callable[[pd.DataFrame], Estimate]:
    waves = (links.pre.label, links.post.label)

    def change(chosen: pd.DataFrame) -> Estimate:
        made = pd.DataFrame(
            {
                "pre_wave": waves[0],
                "post_wave": waves[1],
                "pre_respondent": chosen["pre_id"],
                "post_respondent": chosen["post_id"],
            }
        )
        return prepost(measures, primary, waves=[waves], group=links.group, links=made)[0]

    return change


def _about(links: WaveLinks, part: str, name: str) -> _Row:
    return {
        "group": links.group,
        "pre_wave": links.pre.label,
        "post_wave": links.post.label,
        "part": part,
        "name": name,
    }


def _count_rows(links: WaveLinks) -> Iterator[_Row]:
    for name, count in counts_of(links).items():
        yield {**_about(links, "account", name), "value": count}
    wrong = round(links.found.expected_false, 3)
    yield {**_about(links, "account", "links expected to be wrong"), "value": wrong}
    for text in links.found.cautions:
        yield {**_about(links, "caution", ""), "note": text}


def _unmatched_rows(links: WaveLinks, compared: pd.DataFrame) -> Iterator[_Row]:
    """Write linked minus unlinked, in standard deviations of the score."""
    for row in compared.to_dict("records"):
        yield {
            **_about(links, "who is unmatched", f"{row['variable']} {row['side']}"),
            "value": row["difference_sd"],
            "n": row["unlinked"],
            "p": row["p"],
            "note": row["withheld"],
        }


def _looser_rows(links: WaveLinks, looser: pd.DataFrame) -> Iterator[_Row]:
    for row in looser.to_dict("records"):
        yield {
            **_about(links, f"change of {row['measure']}", str(row["links_by"])),
            "value": row["value"],
            "low": row["low"],
            "high": row["high"],
            "n": row["links"],
            "note": row["note"],
        }


def _count_estimates(links: WaveLinks, compared: pd.DataFrame) -> Iterator[Estimate]:
    for name, count in counts_of(links).items():
        yield replace(
            known_exactly(count, n=count, unit="people"),
            term=name,
            method=METHOD.format(links.found.plan.threshold),
            analysis=ACCOUNT,
            place=links.group,
            period=links.name,
            warnings=_cautions(links, compared) if name == "linked" else (),
        )


def _cautions(links: WaveLinks, compared: pd.DataFrame) -> tuple[str, ...]:
    """Say how many links may be wrong, and how those who could not be linked differ."""
    made = len(links.found.table)
    said = [f"about {links.found.expected_false:.1f} of {made} links are expected to be wrong"]
    for side in ("before", "after"):
        own = compared[compared["side"] == side]
        names = [find(code).name for code in own["variable"]]
        lines = unmatched_sentences(own.assign(variable=names))
        hidden = [line for line in lines if "not shown" in line]
        if len(hidden) == len(lines) and lines:
            said.append(
                f"whether those differ who answered {side} and are not linked cannot be told: too "
                "few are linked, or unlinked"
            )
            continue
        said += [line.replace(" before: linked", f" {side}: linked") for line in lines]
    return (*said, *links.found.cautions)


def _looser_estimates(links: WaveLinks, looser: pd.DataFrame) -> Iterator[Estimate]:
    for row in looser.to_dict("records"):
        if isnan(row["value"]):
            continue
        yield Estimate(
            term=str(row["links_by"]),
            value=row["value"],
            se=nan,
            low=row["low"],
            high=row["high"],
            n=int(row["links"]),
            unit=find(str(row["measure"])).unit,
            method="as the change that leads, with other links",
            analysis=THRESHOLDS,
            measure=str(row["measure"]),
            place=links.group,
            period=links.name,
        )


def sentences_of(links: WaveLinks) -> list[str]:
    """Say the account of two waves in plain words, one line each."""
    counts = counts_of(links)
    lines = [
        f"{links.name}: {counts['answers before']} answered before and {counts['answers after']} "
        f"after; {counts['linked']} of them are linked as the same person."
    ]
    ways = ("card", "code", "review")
    parts = [f"{n} by {way}" for way in ways if (n := counts[f"linked by {way}"])]
    if parts:
        lines.append(f"Linked {', '.join(parts)}.")
        lines.append(f"About {links.found.expected_false:.1f} links are expected to be wrong.")
    if doubtful := counts["doubtful pairs"]:
        are = "pair is" if doubtful == 1 else "pairs are"
        lines.append(f"{doubtful} {are} doubtful and not linked; a person may decide at the desk.")
    return [*lines, *(f"Caution: {text}." for text in links.found.cautions)]


def require_links(found: Sequence[WaveLinks]) -> None:
    """Refuse where no two waves can be linked.

    Raises:
        DataError: No group has answers in two waves of the same people.
    """
    if not found:
        raise DataError(
            "there is nothing to link: no group has answers in two waves of the same people. "
            "Import or collect them first, with: outcomes run"
        )
