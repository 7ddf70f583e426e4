"""Freeze the evaluation plan with a date and a fingerprint, so that changes of it can be told."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from outcomes.errors import DataError, FileError
from outcomes.study import Study, write_whole

NAME = "plan.frozen.toml"
_HEADER = """\
# The evaluation plan as it was frozen. outcomes plan freeze writes this file: change nothing here.
# Keep it with the study, and give its fingerprints to somebody outside, who can vouch for them.
"""
Value = str | float | bool | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenPlan:
    """One version of the plan, as it stood on a day."""

    number: int
    frozen_on: date
    reason: str  # why it was changed; empty in the first version
    plan: dict[str, Value]  # what is planned, by the name it has in study.toml
    fingerprint: str  # of all this and of the version before


def content(study: Study) -> dict[str, Value]:
    """List what is planned: of [plan], [study], [[places]] and [[waves]].

    Raises:
        DataError: study.toml holds no plan.
    """
    plan, about = study.settings.plan, study.settings.study
    if plan is None:
        raise DataError(
            "study.toml holds no [plan], so there is nothing to freeze. Write question, output "
            "and primary_outcome there"
        )
    return {
        "question": plan.question,
        "output": plan.output,
        "primary_outcome": plan.primary_outcome,
        "other_outcomes": sorted(plan.outcomes[1:]),
        "design": plan.design or "did",
        "places": [
            f"{place.code}: {place.role}" + (f" from {place.start}" if place.start else "")
            for place in study.settings.places
        ],
        "waves": [
            f"{wave.label}: {wave.occasion} of {wave.group}, {wave.opens} to {wave.closes}"
            for wave in study.settings.waves
        ],
        "why_these_places": plan.why_these_places,
        "drawn_by_lot": plan.drawn_by_lot,
        "first": about.first.isoformat(),
        "last": about.last.isoformat(),
        "family": sorted(plan.together),
        "adjustment": plan.adjustment,
        "level": plan.level,
        "smallest_effect": 0.0 if plan.smallest_effect is None else plan.smallest_effect,
        "community_part": plan.community_part,
    }


def freeze(study: Study, *, amend: str = "", today: date | None = None) -> FrozenPlan:
    """Freeze the plan of study.toml, or add a changed one as another version.

    Args:
        study: The study.
        amend: Why the frozen plan is changed; every earlier version is kept.
        today: The day, if it is another than today in the study's time zone.

    Raises:
        DataError: There is no plan, it is frozen already and no reason is given, or nothing has
            changed since.
        FileError: The frozen plan cannot be read, or was changed by hand.
    """
    planned, versions = content(study), read_frozen(study)
    day = today or datetime.now(ZoneInfo(study.settings.study.time_zone)).date()
    reason = " ".join(amend.encode("utf-8", "replace").decode("utf-8").split())
    if versions and not reason:
        raise DataError(
            f"the plan was frozen on {versions[-1].frozen_on} and stays as it is. If it must "
            'change, say why: outcomes plan freeze --amend "the reason". All versions are kept'
        )
    if versions and versions[-1].plan == planned:
        raise DataError(f"the plan is as it was frozen on {versions[-1].frozen_on}")
    if reason and not versions:
        raise DataError("no plan is frozen yet, so there is nothing to amend. Leave --amend out")
    if versions and day < versions[-1].frozen_on:
        raise DataError(
            f"the last version was frozen on {versions[-1].frozen_on}, after today ({day}). Set "
            "the clock of this machine right"
        )
    number, before = len(versions) + 1, versions[-1].fingerprint if versions else ""
    mark = _fingerprint(number, day, reason=reason, plan=planned, before=before)
    frozen = FrozenPlan(number=number, frozen_on=day, reason=reason, plan=planned, fingerprint=mark)
    text = "\n".join([_HEADER, *(_written(each) for each in (*versions, frozen))])
    write_whole(frozen_path(study), text)
    return frozen


def frozen_path(study: Study) -> Path:
    """Say where the frozen plan lies."""
    return study.root / NAME


def read_frozen(study: Study) -> list[FrozenPlan]:
    """Read every frozen version, the earliest first; none where nothing is frozen.

    Raises:
        FileError: The file is broken, or a version is not what was frozen.
    """
    path = frozen_path(study)
    if not path.exists():
        return []
    mend = f"Put {NAME} back from a copy, or from the history of the study's folder"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = [dict(row) for row in data["versions"]]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        raise FileError(path, "", "this is not a frozen plan any more", mend) from None
    found: list[FrozenPlan] = []
    for number, row in enumerate(rows, start=1):
        before = found[-1].fingerprint if found else ""
        version = _version(row)
        if version is None or version.number != number or not _is_whole(version, before=before):
            problem = "it is not what its fingerprint says, so somebody has changed it since"
            raise FileError(path, f"version {number}", problem, mend)
        found.append(version)
    return found


def _version(row: dict[str, Any]) -> FrozenPlan | None:
    try:
        return FrozenPlan(
            number=int(row["number"]),
            frozen_on=date.fromisoformat(str(row["frozen_on"])),
            reason=str(row["reason"]),
            plan=dict(row["plan"]),
            fingerprint=str(row["fingerprint"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _is_whole(version: FrozenPlan, *, before: str) -> bool:
    mark = _fingerprint(
        version.number,
        version.frozen_on,
        reason=version.reason,
        plan=version.plan,
        before=before,
    )
    return mark == version.fingerprint


def _fingerprint(
    number: int, day: date, *, reason: str, plan: dict[str, Value], before: str
) -> str:
    """Reduce a version and all before it to 64 letters and digits (SHA-256)."""
    whole = [number, day.isoformat(), reason, plan, before]
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _written(version: FrozenPlan) -> str:
    lines = [
        "[[versions]]",
        f"number = {version.number}",
        f"frozen_on = {version.frozen_on}",
        f"reason = {_value(version.reason)}",
        f"fingerprint = {_value(version.fingerprint)}",
        "",
        "[versions.plan]",
        *(f"{name} = {_value(value)}" for name, value in version.plan.items()),
        "",
    ]
    return "\n".join(lines)


def _value(value: Value) -> str:
    """Write a value as TOML has it: texts as in JSON, which TOML reads, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
