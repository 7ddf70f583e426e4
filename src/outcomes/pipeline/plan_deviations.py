"""Set the results against the frozen plan: every deviation, and what is exploratory for ever."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from outcomes.analyses.combination import ANALYSIS
from outcomes.estimate import Estimate
from outcomes.measures import MEASURES
from outcomes.pipeline.plan_freezing import FrozenPlan, Value, content, read_frozen
from outcomes.stats.wording import BY_LOT, EXPLORATORY, is_tested
from outcomes.study import Study

TABLE = "plan"  # results/plan.csv
NAMES = {
    "question": "the question",
    "output": "the output",
    "primary_outcome": "the primary outcome",
    "other_outcomes": "the other outcomes",
    "design": "the design",
    "places": "the places",
    "waves": "the waves",
    "why_these_places": "why these places",
    "drawn_by_lot": "whether places were drawn by lot",
    "first": "the first day",
    "last": "the last day",
    "family": "the outcomes tested together",
    "adjustment": "how p values allow for several outcomes",
    "level": "the confidence level",
    "smallest_effect": "the smallest change worth having",
    "community_part": "the community's part",
}
_OF_ALL = {"question", "output", "places", "first", "last", "design", "level"}  # of every result
_OF_ANSWERS = {"waves"}  # of what people answered
_OF_FAMILY = {"family", "adjustment", "other_outcomes"}  # of outcomes tested together
_GONE = f"{EXPLORATORY}: a plan was frozen, and study.toml holds none any more"
_NO_PLAN = f"{EXPLORATORY}: no plan was frozen before these results could be seen"
_LATE = f"{EXPLORATORY}: the plan was frozen only after all these data were in"
_NOT_IN_IT = f"{EXPLORATORY}: not in the plan that was frozen before these data"
_NOT_PRIMARY = f"{EXPLORATORY}: another outcome was the primary one in the frozen plan"
_OTHER_DESIGN = f"{EXPLORATORY}: the frozen plan names another design"
_OF_DID, _BY_DID = ("panel", ANALYSIS), ("did", "few-treated")
_CHANGED = f"{EXPLORATORY}: since the plan was frozen, {{}} changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAccount:
    """How the results stand to the frozen plan."""

    binding: FrozenPlan | None  # the version that the results are held to
    standing: tuple[str, ...]  # when it was frozen, a sentence each
    deviations: tuple[str, ...]  # what is not as it was planned, a sentence each
    changed: frozenset[str]  # names of what is not as planned
    reasons: tuple[str, ...] = ()  # why the plan was amended, as people wrote it: never public
    primary: str = ""  # the primary outcome as study.toml names it now
    late: bool = False  # whether it was frozen after all data were in
    gone: bool = False  # whether one was frozen that study.toml does not hold any more

    def sentences(self) -> list[tuple[str, str]]:
        """List all of it: kind ("frozen", "deviation" or "reason"), sentence."""
        found = [("frozen", each) for each in self.standing]
        found += [("deviation", each) for each in self.deviations]
        return found + [("reason", each) for each in self.reasons]


def plan_account(study: Study, *, last_period: str = "") -> PlanAccount:
    """Compare the plan of study.toml with the frozen one.

    The version that binds is the last one frozen before the engagement started, or else the
    first one ever frozen: what is added later stays exploratory for ever.

    Args:
        study: The study.
        last_period: The last period with data, such as 2026-03; empty where there are none.

    Raises:
        FileError: The frozen plan was changed by hand.
    """
    versions = read_frozen(study)
    if study.settings.plan is None:
        taken_out = tuple(
            f"The plan that was frozen on {each.frozen_on} is no longer in study.toml, and nothing "
            f"was held to it. Its fingerprint begins with {each.fingerprint[:16]}."
            for each in versions[-1:]
        )
        return PlanAccount(
            binding=None,
            standing=(),
            deviations=taken_out,
            changed=frozenset(),
            gone=bool(taken_out),
        )
    if not versions:
        told = "No plan was frozen: every result is exploratory. Freeze it: outcomes plan freeze"
        return PlanAccount(binding=None, standing=(told,), deviations=(), changed=frozenset())
    start, end = _start(study), _last_day(last_period)
    early = [each for each in versions if start is not None and each.frozen_on < start]
    binding = early[-1] if early else versions[0]
    late = not early and end is not None and binding.frozen_on > end
    changes = _changes(binding.plan, content(study))
    amended = {each.number: _amended(each) for each in versions[1:]}
    before = tuple(text for number, text in amended.items() if number <= binding.number)
    later = tuple(text for number, text in amended.items() if number > binding.number)
    return PlanAccount(
        binding=binding,
        standing=(_standing(binding, start=start, end=end, period=last_period), *before),
        deviations=(*later, *changes.values()),
        changed=frozenset(changes) - _merely_added(binding.plan, content(study)),
        primary=study.settings.plan.primary_outcome,
        reasons=tuple(
            f"The reason given on {each.frozen_on}: {each.reason}" for each in versions[1:]
        ),
        late=late,
    )


def hold_to_plan(
    study: Study, estimates: Sequence[Estimate], measures: pd.DataFrame
) -> tuple[list[Estimate], list[str]]:
    """Label the results by the frozen plan, and write results/plan.csv: what is not as planned.

    Args:
        study: The study.
        estimates: What was found.
        measures: The measures table, whose last period says how late the plan was frozen.

    Returns:
        The labelled results, and the sentences.
    """
    account = plan_account(study, last_period=last_period(study, measures))
    account = replace(account, deviations=(*account.deviations, *unanswered(study, estimates)))
    rows = [{"kind": kind, "sentence": text} for kind, text in account.sentences()]
    study.write_table(TABLE, pd.DataFrame(rows, columns=["kind", "sentence"]))
    return labelled(study, estimates, account), [text for _, text in account.sentences()]


def plan_sentences(study: Study) -> tuple[tuple[str, str], ...]:
    """Read results/plan.csv back: kind, sentence; nothing where no evaluation wrote it."""
    if not (study.results / f"{TABLE}.csv").exists():
        return ()
    table = study.read_table(TABLE)
    return tuple(zip(table["kind"].astype(str), table["sentence"].astype(str), strict=True))


def last_period(study: Study, measures: pd.DataFrame) -> str:
    """Find the last month for which there are outcome data, such as 2026-03; empty for none."""
    closes = {wave.label: f"{wave.closes:%Y-%m}" for wave in study.settings.waves}
    seen = set(zip(measures["measure"], measures["period"], strict=True))
    months = [
        closes.get(period, str(period)) for code, period in seen if MEASURES[code].role == "outcome"
    ]
    return max((month for month in months if _last_day(month)), default="")


def labelled(study: Study, estimates: Sequence[Estimate], account: PlanAccount) -> list[Estimate]:
    """Label what the frozen plan does not hold as exploratory, in the warnings of each Estimate.

    Descriptions test nothing and have no label. The label holds no number, so that it also
    stands in what the public sees.
    """
    plan = study.settings.plan
    frozen = account.binding.plan if account.binding else {}
    by_lot = plan is not None and plan.drawn_by_lot and frozen.get("drawn_by_lot") is True
    return [
        _with_label(each, account, by_lot=by_lot) if is_tested(each) else each for each in estimates
    ]


def _with_label(estimate: Estimate, account: PlanAccount, *, by_lot: bool) -> Estimate:
    if told := _label(estimate, account):
        return replace(estimate, warnings=(*estimate.warnings, told))
    if by_lot:
        return replace(estimate, assumptions=(*estimate.assumptions, BY_LOT))
    return estimate


def unanswered(study: Study, estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """Name the planned outcomes for which no result stands in the estimates."""
    plan = study.settings.plan
    told = {each.measure for each in estimates if is_tested(each)}
    codes = () if plan is None else plan.outcomes
    return tuple(
        f"{MEASURES[code].name} was planned, and these data could not answer it."
        for code in codes
        if code not in told
    )


def _label(estimate: Estimate, account: PlanAccount) -> str:
    if account.binding is None:
        return _GONE if account.gone else _NO_PLAN
    if account.late:
        return _LATE
    planned, changed = account.binding.plan, account.changed
    outcomes = {planned["primary_outcome"], *_listed(planned["other_outcomes"])}
    if estimate.measure and estimate.measure not in outcomes:
        return _NOT_IN_IT
    if "primary_outcome" in changed and estimate.measure == account.primary:
        return _NOT_PRIMARY
    if estimate.analysis in _OF_DID and planned["design"] not in _BY_DID:
        return _OTHER_DESIGN
    names = _OF_ALL | _OF_FAMILY if estimate.analysis == ANALYSIS else _OF_ALL
    if estimate.measure and MEASURES[estimate.measure].stream == "surveys":
        names = names | _OF_ANSWERS
    words = [NAMES[name] for name in NAMES if name in changed & names]
    return _CHANGED.format(" and ".join(words)) if words else ""


def _standing(version: FrozenPlan, *, start: date | None, end: date | None, period: str) -> str:
    day = version.frozen_on
    told = f"The plan was frozen on {day}"
    mark = f"Its fingerprint begins with {version.fingerprint[:16]}."
    if start is not None and day < start:
        return f"{told}, before the engagement started on {start}. {mark}"
    if end is not None and day > end:
        return (
            f"{told}, after the last data ({period}): results could be seen before, so all are "
            f"exploratory. {mark}"
        )
    if start is not None:
        until = f", and before the last data ({period}) were complete" if end else ""
        return f"{told}, after the engagement started on {start}{until}. {mark}"
    return f"{told}. {mark}"


def _amended(version: FrozenPlan) -> str:
    return f"On {version.frozen_on} the frozen plan was changed (version {version.number})."


def _changes(then: dict[str, Value], now: dict[str, Value]) -> dict[str, str]:
    found = {}
    for name, words in NAMES.items():
        if name in then and then[name] != now[name]:
            found[name] = _change(words, then[name], now[name])
    return found


def _merely_added(then: dict[str, Value], now: dict[str, Value]) -> set[str]:
    """Say whether every planned wave is still as it was: one class more changes no other."""
    kept = set(_listed(then.get("waves", []))) <= set(_listed(now["waves"]))
    return _OF_ANSWERS if kept else set()


def _change(words: str, before: Value, after: Value) -> str:
    if isinstance(before, list) and isinstance(after, list):
        gone = [each for each in before if each not in after]
        new = [each for each in after if each not in before]
        parts = [f"without {', '.join(gone)}"] if gone else []
        parts += [f"with {', '.join(new)}"] if new else []
        return f"Not as planned: {words} are now {' and '.join(parts) or 'in another order'}."
    return f"Not as planned: {words}: {_shown(before)} was planned, {_shown(after)} is used."


def _shown(value: Value) -> str:
    if isinstance(value, str):
        return f'"{value}"' if value else "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "none")


def _listed(value: Value) -> list[str]:
    return list(value) if isinstance(value, list) else []


def _start(study: Study) -> date | None:
    """Find the first day on which something was done, or a second wave was asked."""
    starts = [place.start for place in study.places("focus") if place.start]
    if starts:
        return min(starts)
    waves = [wave.opens for wave in study.settings.waves if wave.occasion == "post"]
    return min(waves, default=None)


def _last_day(period: str) -> date | None:
    """Give the last day of a month such as 2026-03."""
    year, dash, month = period.partition("-")
    if not dash or not (year.isdigit() and month.isdigit()):
        return None
    return date(int(year), int(month), calendar.monthrange(int(year), int(month))[1])
