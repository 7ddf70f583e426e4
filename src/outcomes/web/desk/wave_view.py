"""What the page of a wave shows: counts, words for its state, and the step that comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outcomes.pipeline.fielding import Standing
from outcomes.settings import AGENCY, Wave
from outcomes.store.submissions import Counts, Tally
from outcomes.study import Study
from outcomes.web.pages import day_in_words

STATES = {  # what a state means, in words
    "planned": "Nobody can answer yet.",
    "open": "People can answer now.",
    "closed": "No more answers are taken. It can be opened again.",
    "frozen": "Closed for good; the answers are collected.",
}
OCCASIONS = {"pre": "before", "post": "after", "follow-up": "some time later"}
WAYS = {
    "web": "Their own phone or computer",
    "kiosk": "A shared device",
    "tablet": "Tablet of an interviewer",
    "paper": "Paper",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table of counts."""

    name: str
    started: int
    finished: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next with a wave."""

    words: str
    why: str
    url: str = ""  # a page of the desk; or else
    action: str = ""  # a button of the wave page: open, close, reopen


def participation(wave: Wave, counts: Counts) -> str:
    """Say how many have answered, and what that number does not mean."""
    if wave.planned is not None:
        return f"{counts.finished} of about {wave.planned} forms finished"
    return f"{counts.finished} {'form' if counts.finished == 1 else 'forms'} finished"


def count_lines(counts: Counts, part: str, *, names: Mapping[str, str]) -> list[Line]:
    """Add up counts by one of ``way``, ``place`` and ``day``, in the order of ``names``.

    Args:
        counts: Of a wave.
        part: By what.
        names: What to call each; what has no name is called by itself, and comes last.
    """

    def total(tallies: Mapping[Tally, int], value: str) -> int:
        return sum(n for tally, n in tallies.items() if getattr(tally, part) == value)

    found = {getattr(tally, part) for tally in (*counts.started_by, *counts.finished_by)}
    known = [value for value in names if value in found]
    return [
        Line(
            name=names.get(value, value),
            started=total(counts.started_by, value),
            finished=total(counts.finished_by, value),
        )
        for value in (*known, *sorted(found - set(known)))
    ]


def place_names(study: Study) -> dict[str, str]:
    """Say what to call each place, and what belongs to none."""
    named = {place.code: place.name for place in study.settings.places}
    return {**named, AGENCY: "No place named"}


def next_step(
    how: Standing, counts: Counts, *, cards: int, late: int, waves: Iterable[Wave] = ()
) -> Step:
    """Suggest what to do next.

    Args:
        how: How the wave stands.
        counts: Its forms.
        cards: How many code cards were printed for its group.
        late: Finished forms that came after it was frozen.
        waves: All waves of the study, to see whether the post wave is planned.
    """
    page = f"/desk/waves/{how.wave.label}"
    if how.state in {"planned", "open"} and how.wave.entry == "code card" and not cards:
        return Step(
            words="Print the code cards",
            why="People need a card to answer, and none is printed yet.",
            url=f"{page}/cards",
        )
    if how.state == "planned":
        why = f"It opens by itself on {day_in_words(how.opens)}, or when you say so."
        return Step(words="Open the wave", why=why, action="open")
    if how.state == "open":
        return _while_open(how, counts, page=page)
    if how.state == "closed" or late:
        why = "This collects the finished forms, so that they count in the evaluation."
        return Step(words="Freeze the wave", why=why, url=f"{page}/freeze")
    return _after(how.wave, waves)


def _while_open(how: Standing, counts: Counts, *, page: str) -> Step:
    if not counts.started:
        why = "Nobody has begun yet. People need the link, as a poster or in writing."
        return Step(words="Print the poster", why=why, url=f"{page}/poster.pdf")
    if counts.finished < (how.wave.planned or 0):
        why = f"{counts.finished} of about {how.wave.planned} have finished."
        return Step(words="Remind people", why=why, url=f"{page}/reminders")
    why = f"It closes by itself after {day_in_words(how.closes)}. When all have answered, close it."
    if how.since > how.closes.isoformat():
        why = "It was opened after its last day, so it stays open until you close it."
    return Step(words="Close the wave", why=why, action="close")


def _after(wave: Wave, waves: Iterable[Wave]) -> Step:
    planned = {each.occasion for each in waves if each.group == wave.group}
    if "post" not in planned and wave.occasion == "pre":
        return Step(
            words="Plan the post wave",
            why="The same questions after it, so that the two can be compared.",
            url=f"/desk/waves/new?like={wave.label}",
        )
    why = "Its answers are in the study. On this computer, `outcomes run` makes the report of them."
    return Step(words="All waves", why=why, url="/desk")
