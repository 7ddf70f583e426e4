"""The words of the weekly review sheet: what to ask next, what stands out, what it cannot tell.

Only questions: the sheet counts what was done, and a count alone says nothing about a person.
"""

from collections.abc import Sequence

from outcomes.report.weekly_facts import TypeRow, Week
from outcomes.stats.root_difference import BEYOND

RIGHT_THING = "Is it the right thing to do here?"
DONE_RIGHT = "Are people doing it, and doing it right?"
WHO_ANSWERS = "Does it lie in the right hands?"
_MOST = 4  # sentences or names in one list
_DONE = 0.9  # share of required walks from which on a week counts as done
_WEEKS_DONE = 4


def questions(week: Week) -> list[tuple[str, list[str]]]:
    """Ask the three questions of accountability with what this week shows (D24, D25, D27).

    Returns:
        Each question with one sentence or more.
    """
    return [
        (RIGHT_THING, _right_thing(week)),
        (DONE_RIGHT, _done_right(week)),
        (WHO_ANSWERS, _who_answers(week)),
    ]


def _right_thing(week: Week) -> list[str]:
    """Ask about the approach only where it was carried out for some weeks (D27)."""
    done, undone = [], []
    for place in week.weeks:
        over = place.weeks[:-1] if week.until else place.weeks
        due = [each for each in over if each.due]
        kept = [each for each in due if each.met >= _DONE * each.required]
        if len(due) >= _WEEKS_DONE and len(kept) == len(due):
            done.append(f"{place.place} ({len(due)} weeks)")
        elif len(due) >= _WEEKS_DONE:
            undone.append(f"{place.place} ({len(kept)} of {len(due)} weeks)")
    told = []
    if done:
        told.append(
            f"Nearly all walks were done as asked, week after week, in {_listed(done)}. Has "
            "anything changed for the people there? The answer is in the outcomes, not on this "
            "sheet. If nothing has, ask whether walks are the right approach, before asking for "
            "more of them."
        )
    if undone:
        told.append(
            f"Weeks in which nearly all walks were done as asked: {_listed(undone)}. Until "
            "that holds for longer, nobody can tell whether walks work here. Is the number asked "
            "for one that people can keep beside their other duties?"
        )
    return told or [
        "Too few weeks are on record to ask this of the numbers. Ask what people in the "
        "neighborhood say they want from the walks."
    ]


def _done_right(week: Week) -> list[str]:
    lacking = _most_short(week.rows)
    faulty = [
        f"{each.name} in {each.place}, {each.done - each.counted} of {each.done} did not count: "
        f"{each.why}. Ask why."
        for each in lacking
        if each.done > each.counted and each.why
    ]
    fewer = [
        f"{each.name} in {each.place}: {each.met} of {each.required} so far. Are the rest planned?"
        if each.open_still
        else f"{each.name} in {each.place}: {each.met} of {each.required}, and no other was "
        "logged. What got in the way?"
        for each in lacking
        if each.done == each.counted and each.counted
    ]
    conduct = [
        f"{each.words}: not so on {each.no} of {each.told} walks that were reported on."
        for each in week.conduct
    ]
    told = [*_late(week), *faulty[:2], *fewer[:1], *conduct[:1], *_missed(week)]
    return told or [_nothing_short(week)]


def _late(week: Week) -> list[str]:
    late = [each for each in week.incidents if each.state in {"late", "none", "did not count"}]
    if not late:
        return []
    return [
        f"{len(late)} of {_asked(week)} {'incident' if _asked(week) == 1 else 'incidents'} had no "
        "walk in time that counts: what would have made it possible?"
    ]


def _missed(week: Week) -> list[str]:
    if not week.planned or not week.planned.missed:
        return []
    return [
        f"{len(week.planned.missed)} of {week.planned.planned} planned walks are not in the log: "
        "not done, or not written down?"
    ]


def _asked(week: Week) -> int:
    return sum(each.state not in {"not asked for", "still open"} for each in week.incidents)


def _nothing_short(week: Week) -> str:
    if not any(each.required for each in week.rows):
        return "No walk was due in this week, so there is nothing to hold against it."
    if any(each.short and not each.open_still for each in week.rows):
        return "Of what is missing, nothing was logged at all: see the next question."
    if any(each.short for each in week.rows):
        return "Nothing is logged yet of what is still due. Is it planned?"
    return (
        "Everything that was due is in the log. Look along on one walk: a log tells that a walk "
        "was done, not how."
    )


def _who_answers(week: Week) -> list[str]:
    """Ask about types of which nothing was done: who leads them, and do they have the time?"""
    told = []
    for name, coordinator in dict.fromkeys((each.name, each.coordinator) for each in week.rows):
        bare = [
            each
            for each in week.rows
            if each.name == name and each.required and not each.done and not each.by_month
        ]
        if bare:
            places = _listed([each.place for each in bare])
            lead = f", which {coordinator} leads" if coordinator else ""
            yet = "yet " if week.until else ""
            told.append(
                f"{name}{lead}: none {yet}in {places}. Who plans it, and does that person have "
                "the time?"
            )
    if week.absent and any(each.walks for each in week.sums):
        told.append(
            f"On no walk this week: {_listed(week.absent, most=len(week.absent))}. Is there a "
            "walk that one of them could lead or join?"
        )
    if not told and not any(each.required for each in week.rows):
        return ["Ask who is to lead the walks once they are due, and whether that person knows."]
    return told[:_MOST] or [
        "Each type of walk that was due was led by somebody. Ask those who led them what they "
        "need to go on."
    ]


def _most_short(rows: Sequence[TypeRow]) -> list[TypeRow]:
    """Take what lacks most first; rows that lack as much stay in the order of the rules."""
    lacking = [each for each in rows if each.short and not each.withheld]
    return sorted(lacking, key=lambda each: (each.by_month, -each.short))


def stands_out(week: Week) -> list[str]:
    """Say in words where the number of walks differs from the weeks before by more than chance.

    No percentages: from 1 to 3 walks would be 200 percent more.
    """
    told = []
    for place in week.weeks:
        if place.change is None or abs(place.change) <= BEYOND:
            continue
        told.append(
            f"{'More' if place.change > 0 else 'Fewer'} walks in {place.place} than in the "
            f"{len(place.weeks) - 1} weeks before: {place.weeks[-1].walks}, against "
            f"{place.usual:.0f} a week. Chance alone rarely does that; ask what was different."
        )
    if len(told) <= _MOST:
        return told
    return [*told[:_MOST], f"So it is in {len(told) - _MOST} other places: choose one to see it."]


def cannot_tell(week: Week) -> str:
    """Say what no reader may conclude from the sheet."""
    told = [
        "Whether anything changed for people: walks, minutes and people reached are outputs, what "
        "the agency does. Outcomes, such as trust or tips, are in the evaluation report.",
        "How many different people took part or were reached: somebody met on two walks is "
        "counted twice.",
        "Walks that nobody wrote down.",
    ]
    if not week.incidents_known:
        told.append("Whether walks after incidents were in time: no list of incidents is stored.")
    return " ".join(told)


def _listed(words: Sequence[str], *, most: int = _MOST) -> str:
    if len(words) > most + 1:
        words = [*words[:most], f"{len(words) - most} others"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
