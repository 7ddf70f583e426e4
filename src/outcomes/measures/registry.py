"""Every measure the product knows: its role, unit, direction and the requirement it serves.

The role follows one rule (requirement D14). What the agency does is an **output**; what community
members or staff then do, say or suffer is an **outcome**; what merely surrounds both is
**context**. The direction says whether more is better. It is *ambiguous* where a rise can be good
or bad news (recorded crime, complaints, referrals): no report may colour those.
"""

from dataclasses import dataclass
from typing import Literal

from outcomes.errors import DataError, one_of

Role = Literal["output", "outcome", "context"]
Direction = Literal["higher better", "lower better", "ambiguous"]
Stream = Literal["surveys", "media", "engagement", "records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that is measured, and how it may be read."""

    code: str  # the name in every table
    name: str  # in plain words, for a report
    role: Role
    unit: str  # of one value
    direction: Direction
    requirement: str  # id in the list of requirements: B11, D12, E7
    stream: Stream


_UP: Direction = "higher better"
_DOWN: Direction = "lower better"
_OPEN: Direction = "ambiguous"
_Row = tuple[str, str, str, str, Direction]
_POINTS = "points"

# stream, role, requirement: code, name, unit, direction
_OUTPUTS: tuple[_Row, ...] = (
    ("B1", "contacts_new", "New community contacts", "contacts", _UP),
    ("B1", "contacts_total", "Community contacts", "contacts", _UP),
    ("B2", "events_staged", "Community events staged", "events", _UP),
    ("B3", "event_participants", "Community members at events", "people", _UP),
    ("B4", "contacts_through_sponsor", "Contacts made through a sponsor", "contacts", _UP),
    ("B6", "academy_contacts_new", "New contacts from academies", "contacts", _UP),
    ("B9", "social_views", "Views of outreach messages", "views", _UP),
    ("B10", "social_forwards", "Forwards of outreach messages", "forwards", _UP),
    ("B15", "referrals_to_operations", "Referrals, outreach to operations", "referrals", _OPEN),
    ("B15", "referrals_to_outreach", "Referrals, operations to outreach", "referrals", _OPEN),
    ("D2", "walks", "Walks", "walks", _UP),
    ("D2", "walks_counted", "Walks that met their rule", "walks", _UP),
    ("D2", "walk_types", "Types of walk done", "types", _UP),
    ("D2", "walk_minutes", "Time spent on walks", "minutes", _UP),
    ("D2", "walk_minutes_verified", "Time on walks that CAD or GPS confirms", "minutes", _UP),
    ("D3", "cad_community_visits", "Community visits in CAD, walks left out", "visits", _UP),
    ("D2", "walk_people_police", "Police people on walks", "people", _UP),
    ("D2", "walk_people_partners", "Partners on walks", "people", _UP),
    ("D2", "walk_people_reached", "Community members reached on walks", "people", _UP),
    ("C1", "walks_post_incident", "Post-incident walks", "walks", _OPEN),
    ("C2", "walks_officer", "Officer walks", "walks", _UP),
    ("C3", "walks_squad", "Squad walks", "walks", _UP),
    ("C4", "walks_shift", "Shift walks", "walks", _UP),
    ("C5", "walks_district", "District walks", "walks", _UP),
    ("C6", "walks_captain", "Captain walks", "walks", _UP),
    ("C7", "walks_unit", "Community policing unit walks", "walks", _UP),
    ("C10", "walks_ad_hoc", "Ad hoc walks", "walks", _UP),
)
_SURVEY_OUTCOMES: tuple[_Row, ...] = (
    ("B5", "trust", "Trust in the police", _POINTS, _UP),
    ("B5", "support", "Support for the police", _POINTS, _UP),
    ("B5", "understanding", "Understanding of police work", _POINTS, _UP),
    ("D9", "cooperation", "Willingness to cooperate", _POINTS, _UP),
    ("D9", "crime_reporting", "Willingness to report crime", _POINTS, _UP),
    ("D9", "interactions", "Quality of everyday interactions", _POINTS, _UP),
    ("D9", "collaboration", "Working together on problems", _POINTS, _UP),
    ("D11", "relations_community", "Relations, as the community sees them", _POINTS, _UP),
    ("D11", "relations_police", "Relations, as police personnel see them", _POINTS, _UP),
    ("E1", "view_of_walks", "Views of the walks", _POINTS, _UP),
    ("E1", "view_of_department", "Views of the department", _POINTS, _UP),
    ("E1", "worry_about_crime", "Worry about crime", _POINTS, _DOWN),
    ("E1", "feeling_safe", "Feeling safe in the neighborhood", _POINTS, _UP),
    ("E2", "personnel_view_of_walks", "Personnel's views about doing walks", _POINTS, _UP),
    ("E3", "personnel_see_difference", "Personnel who see a difference", _POINTS, _UP),
    ("E3", "partners_see_difference", "Partners who see a difference", _POINTS, _UP),
    ("E4", "detectives_cooperation", "Cooperation, as detectives see it", _POINTS, _UP),
    ("E8", "victimization_reported", "Residents who were victims of crime", "share", _DOWN),
)
_MEDIA_OUTCOMES: tuple[_Row, ...] = (
    ("B14", "tone_negative", "Articles negative about law enforcement", "share", _DOWN),
    ("B14", "tone_neutral", "Articles neutral about law enforcement", "share", _OPEN),
    ("B14", "tone_positive", "Articles positive about law enforcement", "share", _UP),
    ("B14", "net_tone", "Positive minus negative articles about law enforcement", "share", _UP),
)
_RECORD_OUTCOMES: tuple[_Row, ...] = (
    ("B7", "academy_sponsors_new", "New sponsors from academies", "sponsors", _UP),
    ("B8", "academy_requests", "Engagement requests from academies", "requests", _UP),
    ("B11", "tips_social_media", "Tips through outreach social media", "tips", _UP),
    ("B18", "tips_early_outreach", "Early tips to outreach staff", "tips", _UP),
    ("D12", "tips_received", "Tips received", "tips", _UP),
    ("E5", "tips_anonymous", "Anonymous tips", "tips", _UP),
    ("B12", "initiatives_community", "Community-led or supported initiatives", "initiatives", _UP),
    (
        "B16",
        "initiatives_led_or_supporting",
        "Initiatives a community leads or supports",
        "initiatives",
        _UP,
    ),
    (
        "B17",
        "initiatives_police_supported",
        "Community-led initiatives that police support",
        "initiatives",
        _UP,
    ),
    ("B13", "letters_of_understanding", "Letters of understanding", "letters", _UP),
    ("D10", "partnerships", "Partnerships between community and police", "partnerships", _UP),
    ("E6", "partnerships_developed", "Partnerships developed", "partnerships", _UP),
    ("D13", "complaints", "Complaints from community members", "complaints", _OPEN),
    ("E7", "complaints_courtesy", "Complaints: courtesy", "complaints", _OPEN),
    ("E7", "complaints_force", "Complaints: use of force", "complaints", _OPEN),
    ("E7", "complaints_bias", "Complaints: bias", "complaints", _OPEN),
    ("E7", "complaints_procedure", "Complaints: procedure", "complaints", _OPEN),
    ("E7", "complaints_service", "Complaints: service or neglect", "complaints", _OPEN),
    ("E7", "complaints_other", "Complaints: other", "complaints", _OPEN),
    ("D9", "crime_reports", "Crimes reported to the police", "reports", _OPEN),
    ("D9", "crime_reports_violent", "Violent crimes reported", "reports", _OPEN),
    ("D9", "crime_reports_property", "Property crimes reported", "reports", _OPEN),
    ("D9", "services_used", "Uses of services by community members", "uses", _OPEN),
    ("E8", "victimization", "Victimizations counted", "victimizations", _DOWN),
)
_CONTEXT: tuple[_Row, ...] = (
    ("B14", "articles_relevant", "Articles about law enforcement", "articles", _OPEN),
    ("B14", "articles_collected", "Articles collected", "articles", _OPEN),
    ("B14", "stories_relevant", "Stories about law enforcement", "stories", _OPEN),
    ("B14", "stories_collected", "Stories collected", "stories", _OPEN),
    ("A15", "population", "Residents", "people", _OPEN),
    ("A8", "media_contacts", "Media contacts started by the agency", "contacts", _OPEN),
    ("C1", "incidents", "Homicides and shootings", "incidents", _OPEN),
)
_CONTEXT_STREAM: dict[str, Stream] = {
    "articles_relevant": "media",
    "articles_collected": "media",
    "stories_relevant": "media",
    "stories_collected": "media",
}


def _registry() -> dict[str, Measure]:
    blocks: tuple[tuple[Stream, Role, tuple[_Row, ...]], ...] = (
        ("engagement", "output", _OUTPUTS),
        ("surveys", "outcome", _SURVEY_OUTCOMES),
        ("media", "outcome", _MEDIA_OUTCOMES),
        ("records", "outcome", _RECORD_OUTCOMES),
        ("records", "context", _CONTEXT),
    )
    return {
        code: Measure(
            code=code,
            name=name,
            role=role,
            unit=unit,
            direction=direction,
            requirement=requirement,
            stream=_CONTEXT_STREAM.get(code, stream),
        )
        for stream, role, rows in blocks
        for requirement, code, name, unit, direction in rows
    }


MEASURES: dict[str, Measure] = _registry()


def find(code: str) -> Measure:
    """Look a measure up by its code; a wrong code is answered with the right ones."""
    if code not in MEASURES:
        raise DataError(f"no measure is called {code!r}. {one_of(code, list(MEASURES))}")
    return MEASURES[code]


def with_requirement(requirement: str) -> list[Measure]:
    """List the measures that serve one requirement id, such as ``"B12"``."""
    return [measure for measure in MEASURES.values() if measure.requirement == requirement]


def require_outcome(code: str) -> Measure:
    """Return the measure if it is an outcome; refuse an output or context in its place (D14)."""
    return _require(code, role="outcome")


def require_output(code: str) -> Measure:
    """Return the measure if it is an output; refuse an outcome or context in its place (D14)."""
    return _require(code, role="output")


_ARTICLE: dict[str, str] = {"output": "an output", "outcome": "an outcome", "context": "context"}
_WHY: dict[str, str] = {
    "output": "it counts what the agency did, which is not evidence that anything changed",
    "outcome": "it tells what changed for people, not what the agency did",
    "context": "it describes the surroundings",
}


def _require(code: str, *, role: Role) -> Measure:
    measure = find(code)
    if measure.role != role:
        known = [other.code for other in MEASURES.values() if other.role == role]
        raise DataError(
            f"{code} is {_ARTICLE[measure.role]}, but {_ARTICLE[role]} is asked for here: "
            f"{_WHY[measure.role]}. {one_of(code, known)}"
        )
    return measure
