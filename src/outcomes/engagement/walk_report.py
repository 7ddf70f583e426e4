"""What whoever coordinated a walk tells of it, checked before anything is stored (D2-D5, D20, D29).

Counts, times and yes or no; there is no field about a person, on either side (D19).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from outcomes.engagement.record_kinds import RecordField
from outcomes.engagement.record_values import SEPARATOR, Wrong, read_value
from outcomes.engagement.team_labels import why_no_label
from outcomes.engagement.walk_rules import COORDINATORS, REACHED, ROLES, WalkRules
from outcomes.errors import one_of
from outcomes.guards.text_flags import Flag, flags

KIND = "walk_report"  # of the record in the store, beside the walk itself
YES_NO = ("yes", "no")
SEEN = ("yes", "no", "not seen")
CONDUCT = {  # D20, in own words: how the walk was done, and never how somebody did
    "conduct_friendly": "It stayed friendly from start to end",
    "conduct_greeted": "People were greeted, and they chose whether to talk",
    "conduct_listened": "People were listened to, and concern was shown",
    "conduct_neighborhood": "The talk was about the neighborhood and life there",
    "conduct_explained": "Why the police walk here was explained",
    "conduct_handouts": "Something was handed out, to children too",
}
LONGEST_NOTE = 500  # letters
MOST_ORGANISATIONS = 12
MOST_PEOPLE = 9_999
_NOW_AND_A_BIT = timedelta(minutes=10)  # clocks differ
_ORGANISATIONS = RecordField(name="organisations", label="Organisations", kind="organisation")

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the answers are checked against."""

    rules: WalkRules
    places: tuple[str, ...]
    topics: tuple[str, ...]
    known: tuple[str, ...]  # words that are no secret: names of places, agency, organisations
    now: datetime  # local clock time, without a zone


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkReport:
    """One walk as its coordinator told it."""

    place: str
    type: str
    start: datetime  # local clock time, without a zone
    minutes: int
    coordinator: str
    people: Mapping[str, int]  # role of the walk log, or ``reached`` -> how many, never 0
    team: str = ""  # the label of a squad or shift, where each owes walks of its own
    handouts: int = 0
    topics: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    conduct: Mapping[str, str] = field(default_factory=dict)  # of CONDUCT -> one of SEEN
    photo: str = ""
    photo_consent: str = ""
    inside_border: str = ""
    note: str = ""

    def log_row(self) -> dict[str, Any]:
        """Lay it out as ``log.read_walks`` does, so that a log with the same walk is known.

        Most logs tell nothing of the border: only a walk outside it is told apart, for the rules.
        """
        people = {name: self.people.get(name, 0) for name in (*ROLES, REACHED)}
        beside = {"team": self.team, "inside_border": "no" if self.inside_border == "no" else ""}
        return {
            "place": self.place,
            "type": self.type,
            "start": self.start.isoformat(timespec="seconds"),
            "minutes": float(self.minutes),
            "coordinator": self.coordinator,
            **people,
            **{name: said for name, said in beside.items() if said},
        }

    def body(self) -> dict[str, Any]:
        """Lay out what the walk log has no column for."""
        return {
            "type": self.type,
            "start": self.start.isoformat(timespec="seconds"),
            "topics": list(self.topics),
            "handouts": self.handouts or None,
            "organisations": list(self.organisations),
            **self.conduct,
            "photo": self.photo,
            "photo_consent": self.photo_consent,
            "inside_border": self.inside_border,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of the answers: a report, or what must be mended first."""

    report: WalkReport | None
    problems: Mapping[str, str]  # field -> a sentence
    flagged: tuple[Flag, ...] = ()  # pieces of the note that may say who somebody is


def check_report(typed: Typed, asked: Asked) -> Checked:
    """Check what was typed: can it be stored, and if not, what must be mended?

    Args:
        typed: What the form sent, by the names of ``WalkReport``; day and clock for the start;
            one field for each role.
        asked: What it is checked against.

    Returns:
        A report, or sentences about the fields that break a rule. A note in which a name, phone,
        plate or address was found gives no report: it must be changed.

    Source:
        Requirements D2-D5, D19, D20 and D29.
    """
    form = _Form(typed, asked)
    rules = asked.rules
    kind = form.word("type", rules.codes(), what="type of walk")
    found: dict[str, Any] = {
        "type": kind,
        "place": form.word("place", asked.places, what="place"),
        "start": form.start(),
        "minutes": form.count("minutes", low=1, high=600, needed=True) or 0,
        "coordinator": form.word("coordinator", COORDINATORS, what="rank"),
        "people": form.people(),
        "team": form.team(),
        "handouts": form.count("handouts"),
        "topics": form.topics(),
        "organisations": form.organisations(),
        "conduct": {name: said for name in CONDUCT if (said := form.choice(name, SEEN))},
        "photo": form.choice("photo", YES_NO),
        "photo_consent": form.choice("photo_consent", YES_NO),
        "inside_border": form.choice("inside_border", YES_NO),
        "note": form.note(),
    }
    if found["photo"] == "yes" and not found["photo_consent"]:
        form.problems["photo_consent"] = "Say whether those in the picture agreed to it"
    if found["photo"] != "yes":
        found["photo_consent"] = ""
    if form.problems:
        return Checked(report=None, problems=form.problems, flagged=form.flagged)
    return Checked(report=WalkReport(**found), problems={})


def people_in_words(people: Mapping[str, int]) -> str:
    """Say who of the police and of partners took part: counts, in the order of the walk log."""
    said = [
        f"{people[role]} {several if people[role] != 1 else one.split(' ', 1)[1]}"
        for role, (one, several) in ROLES.items()
        if people.get(role)
    ]
    return ", ".join(said) or "nobody was counted"


def moment(day: str, clock: str) -> datetime | None:
    """Read a day and a clock time as browsers and tables write them; None where they are none."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(f"{day.strip()} {clock.strip()}", form)
        except ValueError:
            continue
    return None


class _Form:
    """Reads fields one by one, and gathers what is wrong."""

    def __init__(self, typed: Typed, asked: Asked) -> None:
        self.typed, self.asked = typed, asked
        self.problems: dict[str, str] = {}
        self.flagged: tuple[Flag, ...] = ()

    def text(self, name: str) -> str:
        return next(iter(self.typed.get(name, ())), "").strip()

    def word(self, name: str, allowed: Sequence[str], *, what: str) -> str:
        said = self.text(name)
        if said not in allowed:
            told = f"{said!r} is no {what} here" if said else f"Choose the {what}"
            self.problems[name] = f"{told}. {one_of(said, allowed)}" if said else told
        return said

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Read an answer that may be left out."""
        said = self.text(name)
        return self.word(name, allowed, what="answer") if said else ""

    def count(
        self, name: str, *, low: int = 0, high: int = MOST_PEOPLE, needed: bool = False
    ) -> int:
        said = self.text(name)
        if not said and not needed:
            return 0
        if re.fullmatch(r"[0-9]{1,6}", said) and low <= int(said) <= high:
            return int(said)
        self.problems[name] = f"Write a whole number from {low} to {high}"
        return 0

    def start(self) -> datetime | None:
        when = moment(self.text("day"), self.text("clock"))
        if when is None:
            self.problems["day"] = "Write the day as 2026-03-31 and the time as 18:05"
        elif when > self.asked.now + _NOW_AND_A_BIT:
            self.problems["day"] = "This lies ahead. A walk is recorded once it was done"
        elif when.year < self.asked.now.year - 20:
            self.problems["day"] = "This is more than twenty years ago. Check the year"
        return when

    def people(self) -> dict[str, int]:
        found = {name: n for name in (*ROLES, REACHED) if (n := self.count(name))}
        police = sum(n for name, n in found.items() if name not in {"partners", REACHED})
        if not police and not self.problems.keys() & {*ROLES, REACHED}:
            self.problems["people"] = "Say how many of the police walked: one person at least"
        return found

    def team(self) -> str:
        said = self.text("team")
        if said and (problem := why_no_label(said)):
            self.problems["team"] = (
                f"This {problem}. Write a label such as squad 3, never a name or number of a person"
            )
        return said

    def topics(self) -> tuple[str, ...]:
        said = self.typed.get("topics", ())
        if not {*said} <= {*self.asked.topics}:
            self.problems["topics"] = "Choose from the topics of the list"
        return tuple(topic for topic in self.asked.topics if topic in said)

    def organisations(self) -> tuple[str, ...]:
        lines = self.text("organisations").replace("\n", SEPARATOR)
        names = read_value(_ORGANISATIONS, lines, known=self.asked.known)
        if isinstance(names, Wrong):
            told = str(names)
            self.problems["organisations"] = f"{told[:1].upper()}{told[1:]}"
            return ()
        if not isinstance(names, list):  # nothing was written
            return ()
        if len(names) > MOST_ORGANISATIONS:
            self.problems["organisations"] = f"Write up to {MOST_ORGANISATIONS} organisations"
        return tuple(names)

    def note(self) -> str:
        text = self.text("note")
        if len(text) > LONGEST_NOTE:
            self.problems["note"] = (
                f"The note has {len(text)} letters. Shorten it to {LONGEST_NOTE}"
            )
        self.flagged = flags(text, known=self.asked.known)
        if self.flagged:
            self.problems.setdefault(
                "note",
                "The note may say who somebody is, and nothing was saved. Change the marked "
                "pieces: everybody in the agency can read it",
            )
        return text
