"""Judgements of the level of a community: a person's, dated, with a reason, and kept for good."""

from dataclasses import dataclass
from datetime import date

from outcomes.engagement.levels import shipped_levels
from outcomes.errors import DataError, one_of
from outcomes.guards.text_flags import flags
from outcomes.pipeline.engagement_records import read_records, record_row, store_records
from outcomes.pipeline.record_importing import known_names
from outcomes.settings import AGENCY, Community
from outcomes.store import Source
from outcomes.study import Study

KIND = "level"  # of record
LONGEST = 1000  # characters of a reason
_MAY_BE_WRONG = {"name"}  # found by capital letters: a feast or a school may look like a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody judged the level of a community to be, on a day."""

    community: str
    day: str  # ISO
    level: int
    reason: str
    judged_by: str  # an office or a group


def find_community(study: Study, code: str) -> Community:
    """Find a community by its code; a wrong code is answered with the right ones."""
    known = study.settings.communities
    for each in known:
        if each.code == code:
            return each
    if not known:
        raise DataError(
            "study.toml names no community, and levels are judged for each community. Add "
            '[[communities]] with code, name and approach = "broad-based" or "tailored"'
        )
    raise DataError(
        f"study.toml names no community {code!r}. {one_of(code, [each.code for each in known])}"
    )


def judge_level(
    study: Study,
    judgement: Judgement,
    *,
    today: date,
    by: str = "",
    names_checked: bool = False,
    amend: bool = False,
) -> str:
    """Keep a judgement; nothing computes one, and nothing checks it against the evidence.

    Args:
        study: The study.
        judgement: What was judged.
        today: No judgement is dated later.
        by: The member of staff who enters it at the desk.
        names_checked: Whether a person has looked at words that look like names, and none is one.
        amend: Whether it corrects one of the same community and day.

    Returns:
        What was done, as a sentence.

    Raises:
        DataError: A part of it breaks a rule; nothing was stored.
    """
    community = find_community(study, judgement.community)
    _check(judgement, today=today)
    _refuse_names(study, judgement.reason, names_checked=names_checked)
    row = record_row(
        KIND,
        key=[community.code, judgement.day],
        day=judgement.day,
        place=AGENCY,
        community=community.code,
        body={
            "level": judgement.level,
            "reason": judgement.reason.strip(),
            "judged_by": judgement.judged_by,
        },
        by=by,
    )
    stored = store_records(study, [row], source=Source(step="levels judge", read=1), amend=amend)
    told = f"{community.name} is judged to be at level {judgement.level} as of {judgement.day}"
    return f"{told}." if stored.new else f"{told}; that was on record already."


def judgements(study: Study, code: str = "") -> list[Judgement]:
    """Read the judgements of a community, or of all, the newest day first."""
    found = read_records(study, KIND)
    told = [
        Judgement(
            community=row.community,
            day=row.day,
            level=int(row.body["level"]),
            reason=str(row.body.get("reason", "")),
            judged_by=str(row.body.get("judged_by", "")),
        )
        for row in found.itertuples(index=False)
        if not code or row.community == code
    ]
    return sorted(told, key=lambda each: each.day, reverse=True)


def _check(judgement: Judgement, *, today: date) -> None:
    levels = shipped_levels()
    if not 1 <= judgement.level <= len(levels.levels):
        raise DataError(f"there is no level {judgement.level}. The levels are 1 to 5")
    if judgement.judged_by not in levels.judges:
        raise DataError(
            f"{judgement.judged_by!r} is no office or group that judges levels, and a person's "
            f"name is not kept. {one_of(judgement.judged_by, levels.judges)}"
        )
    try:
        day = date.fromisoformat(judgement.day)
    except ValueError:
        raise DataError(f"{judgement.day!r} is no day. Write it as 2026-03-31") from None
    if day > today:
        raise DataError(f"{day} is still to come. A judgement is dated today ({today}) or earlier")
    length = len(judgement.reason.strip())
    if not length:
        raise DataError("a level needs a reason. Say in a sentence what the judgement rests on")
    if length > LONGEST:
        raise DataError(f"the reason has {length} characters. Say it in at most {LONGEST}")


def _refuse_names(study: Study, text: str, *, names_checked: bool) -> None:
    found = flags(text, known=known_names(study))
    if names_checked:
        found = tuple(flag for flag in found if flag.kind not in _MAY_BE_WRONG)
    if not found:
        return
    told = "; ".join(f"{text[flag.start : flag.end]!r} ({flag.why})" for flag in found)
    doubtful = all(flag.kind in _MAY_BE_WRONG for flag in found)
    raise DataError(
        f"the reason may tell who somebody is: {told}. Say it without, for nobody is named in the "
        "engagement record"
        + (". If none of these is a person, say that you have checked them" if doubtful else "")
    )
