"""walk_rules.toml: which walks and other strategies an agency asks for (C1-C11, D17, D33).

Every ambiguity is a named setting with a stated default, so that a reader of the table can see
which reading was taken and an agency can take the other.
"""

from collections import Counter
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from outcomes.declarations import Declaration, read_toml
from outcomes.engagement.team_labels import why_no_label
from outcomes.errors import DataError, one_of

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Often = Literal["workday", "work week", "month", "quarter"]
Per = Literal[Often, "incident"]
Coordinator = Literal["officer", "sergeant", "lieutenant", "captain", "unit", "other"]
TypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]

WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
COORDINATORS: tuple[Coordinator, ...] = (
    "officer",
    "sergeant",
    "lieutenant",
    "captain",
    "unit",
    "other",
)
# column of the walk log: one person of it in words, several in words
ROLES: dict[str, tuple[str, str]] = {
    "officers": ("an officer", "officers"),
    "sergeants": ("a sergeant", "sergeants"),
    "lieutenants": ("a lieutenant", "lieutenants"),
    "captains": ("a captain", "captains"),
    "nonpatrol_officers": ("a nonpatrol officer", "nonpatrol officers"),
    "nonpatrol_sergeants": ("a nonpatrol sergeant", "nonpatrol sergeants"),
    "nonpatrol_lieutenants": ("a nonpatrol lieutenant", "nonpatrol lieutenants"),
    "nonpatrol_captains": ("a nonpatrol captain", "nonpatrol captains"),
    "unit_members": ("a member of the unit", "members of the unit"),
    "detectives": ("a detective", "detectives"),
    "executives": ("an executive", "executives"),
    "nonsworn": ("a nonsworn employee", "nonsworn employees"),
    "partners": ("a partner from outside the police", "partners from outside the police"),
}
REACHED = "reached"  # community members spoken to: a count of the walk, not a role


class RuleSettings(Declaration):
    """How the unclear words of the guidance are read."""

    minutes: Literal["minimum", "nominal"] = "minimum"
    tolerance_minutes: int = Field(default=0, ge=0, le=60)  # only with "nominal"
    frequency_per: Literal["place", "coordinator"] = "place"
    week_starts: Weekday = "monday"
    workdays: tuple[Weekday, ...] = WEEKDAYS[:5]
    holidays: tuple[date, ...] = ()
    weekend_walks_count: bool = True
    one_walk_counts_for: Literal["one type", "every type it meets"] = "one type"
    captain_takes_patrol_officer: bool = False  # C11, the stricter reading of C6
    incident_clock: Literal["incident", "report"] = "incident"
    one_walk_answers: Literal["every incident", "one incident"] = "every incident"
    schedule_binds: bool = False  # false: a walk outside the schedule counts, and is reported

    @field_validator("workdays")
    @classmethod
    def _some_day_is_a_workday(cls, days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if not days or len(set(days)) < len(days):
            raise ValueError("workdays must name one day or more, each once. Correct the list")
        return days

    @model_validator(mode="after")
    def _tolerance_needs_a_nominal_length(self) -> "RuleSettings":
        if self.minutes == "minimum" and self.tolerance_minutes:
            raise ValueError(
                'tolerance_minutes has no meaning with minutes = "minimum". '
                'Write minutes = "nominal", or tolerance_minutes = 0'
            )
        return self


class Need(Declaration):
    """Who must take part: so many people of these roles, taken together."""

    roles: tuple[str, ...] = Field(min_length=1)
    at_least: int = Field(ge=1)
    only_if: Literal["captain_takes_patrol_officer"] | None = None  # the setting that turns it on

    @field_validator("roles")
    @classmethod
    def _roles_are_known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        for role in roles:
            if role not in ROLES:
                raise ValueError(
                    f"{role!r} is not a role of the walk log. "
                    f"{one_of(role, tuple(ROLES), at_most=len(ROLES))}"
                )
        return roles

    def lack(self) -> str:
        """Say in words what a walk lacks that does not meet this need."""
        if self.at_least == 1:
            return f"without {_either([ROLES[role][0] for role in self.roles])}"
        return f"with fewer than {self.at_least} {_either([ROLES[role][1] for role in self.roles])}"


class Frequency(Declaration):
    """Something that is done so many times in each week, month or quarter."""

    code: TypeCode
    name: str
    requirement: str = ""  # id in the list of requirements: C2
    times: int = Field(default=0, ge=0)
    per: Per | None = None  # none: never required


class WalkType(Frequency):
    """One type of walk, and what it takes to count."""

    coordinator: Coordinator | Literal["any"] = "any"
    minutes: int = Field(default=0, ge=0, le=600)  # 0: any length
    hours: float | None = Field(default=None, gt=0)  # after an incident
    late_hours: float = Field(default=168, gt=0)  # a first walk up to here is late, not missing
    kinds: tuple[str, ...] = ()  # of incidents that ask for this walk
    needs: tuple[Need, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _frequency_is_whole(self) -> "WalkType":
        if self.per == "incident":
            if self.hours is None or not self.kinds or self.times:
                raise ValueError(
                    f'{self.code}: per = "incident" goes with hours and kinds, and without times. '
                    'Write, say, hours = 24 and kinds = ["homicide", "shooting"]'
                )
            return self
        if self.hours is not None or self.kinds:
            raise ValueError(
                f"{self.code}: hours and kinds belong to walks after an incident. "
                'Write per = "incident", or remove them'
            )
        if bool(self.times) != bool(self.per):
            raise ValueError(
                f"{self.code}: times and per go together. "
                'Write both, such as times = 3 and per = "work week", or neither'
            )
        return self


class Strategy(Frequency):
    """A strategy other than walks: so many records of a kind, each of them large enough (D33)."""

    times: int = Field(ge=1)
    per: Often
    kind: str  # of engagement record
    where: dict[str, tuple[str, ...]] = Field(
        default_factory=dict
    )  # these fields hold one of these
    at_least: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)  # in these
    places: tuple[str, ...] = ()  # none: every place with walks; "agency": the agency as a whole
    first: date | None = None  # nothing is due before; none: as the walks of the place


class Planned(Declaration):
    """When walks of a type are planned in a place (C9, D17)."""

    place: str = ""  # none: in every place
    type: TypeCode
    weekdays: tuple[Weekday, ...] = Field(min_length=1)
    begins: time = Field(alias="from")  # local clock time
    ends: time = Field(alias="to")  # earlier than begins: it goes on after midnight

    @model_validator(mode="after")
    def _it_lasts(self) -> "Planned":
        if self.begins == self.ends:
            raise ValueError(
                f"from and to are both {self.begins:%H:%M}, which leaves no time for a walk. "
                'Write, say, from = "10:00" and to = "12:00"'
            )
        return self


class Team(Declaration):
    """A squad, shift or beat that owes walks, where each coordinator owes them."""

    name: str
    types: tuple[TypeCode, ...] = Field(min_length=1)
    places: tuple[str, ...] = ()  # none: every place with walks

    @field_validator("name")
    @classmethod
    def _no_person(cls, name: str) -> str:
        if problem := why_no_label(name):
            raise ValueError(f"{name!r} {problem}. Write a label such as squad 3, never a name")
        return name


class WalkRules(Declaration):
    """All of walk_rules.toml."""

    settings: RuleSettings = RuleSettings()
    types: tuple[WalkType, ...]
    strategies: tuple[Strategy, ...] = ()
    schedule: tuple[Planned, ...] = ()
    teams: tuple[Team, ...] = ()

    @field_validator("types")
    @classmethod
    def _types_differ(cls, types: tuple[WalkType, ...]) -> tuple[WalkType, ...]:
        if not types:
            raise ValueError("there is no type of walk. Add a [[types]] table")
        for code, times in Counter(kind.code for kind in types).items():
            if times > 1:
                raise ValueError(f"the type {code!r} stands {times} times. Rename or remove one")
        return types

    @model_validator(mode="after")
    def _parts_speak_of_each_other(self) -> "WalkRules":
        codes = self.codes()
        for what, named in (
            ("schedule", [each.type for each in self.schedule]),
            ("teams", [code for team in self.teams for code in team.types]),
        ):
            for code in named:
                if code not in codes:
                    raise ValueError(f"{what}: there is no type {code!r}. {one_of(code, codes)}")
        if self.teams and self.settings.frequency_per == "place":
            raise ValueError(
                'teams have no meaning with frequency_per = "place". '
                'Write frequency_per = "coordinator", or remove the [[teams]] tables'
            )
        every = [*codes, *(strategy.code for strategy in self.strategies)]
        for code, times in Counter(every).items():
            if times > 1:
                raise ValueError(
                    f"the code {code!r} stands {times} times among types and strategies. "
                    "Rename or remove one"
                )
        return self

    def codes(self) -> tuple[str, ...]:
        """List the codes of all types, in the order of the file."""
        return tuple(kind.code for kind in self.types)

    def type(self, code: str) -> WalkType:
        """Find a type by its code; a wrong code is answered with the right ones."""
        for kind in self.types:
            if kind.code == code:
                return kind
        raise DataError(f"the walk rules know no type {code!r}. {one_of(code, self.codes())}")

    def least_minutes(self, kind: WalkType) -> int:
        """Say from how many minutes on a walk of this type is long enough."""
        nominal = self.settings.minutes == "nominal"
        return max(kind.minutes - (self.settings.tolerance_minutes if nominal else 0), 0)

    def is_on(self, need: Need) -> bool:
        """Say whether a need decides about counting, or is only reported (C11)."""
        return need.only_if is None or bool(getattr(self.settings, need.only_if))


def read_walk_rules(path: Path) -> WalkRules:
    """Read the walk rules; a mistake is answered with its line, the rule and the mend.

    Raises:
        FileError: The file is missing, is not TOML, or breaks a rule.
    """
    return read_toml(path, WalkRules)


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
