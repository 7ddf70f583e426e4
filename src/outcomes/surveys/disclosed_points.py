"""The eleven points of a disclosure block, each worded from what is on record of a wave."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from outcomes.stats.derived_counts import shown_counts
from outcomes.stats.suppression import suppress
from outcomes.surveys.disclosure import gap
from outcomes.surveys.wave_record import OnRecord, Precision
from outcomes.surveys.wording import in_language, language_name

_WAYS = {
    "web": "own phone or computer, on a web page",
    "kiosk": "shared device, on a web page",
    "tablet": "interviewer with a tablet",
    "paper": "paper form, keyed twice by two people and compared",
}
Told = tuple[list[str], list[str]]  # what is stated, and what is not


def points(found: OnRecord) -> list[Told]:
    """Word the eleven points, in AAPOR's order.

    Source:
        AAPOR Code (2021), III.A; issue 5, 11. Requirement A10: nothing about a survey is hidden.
    """
    return [
        _strategy(found),
        _sponsor(found),
        _instrument(found),
        _population(found),
        _sampling(found),
        _ways(found),
        _dates(found),
        _sizes(found),
        _weights(found),
        _processing(found),
        _limits(found),
    ]


def counted(counts: Mapping[str, int], *, floor: int) -> dict[str, str]:
    """Write the counts of parts whose total is known, small ones withheld with what betrays them.

    Returns:
        For each name " (n)", or "" where the count is withheld.
    """
    table = pd.DataFrame({"name": list(counts), "n": list(counts.values())}).assign(of="all")
    shown = suppress(table, count="n", values=[], groups=["of"], smallest=floor)
    return {
        name: f" ({int(n)})" if not pd.isna(n) else ""
        for name, n in zip(shown["name"], shown["n"], strict=True)
    }


def _told(n: float, floor: int) -> str:
    return f"fewer than {floor}" if 0 < n < floor else f"{int(n)}"


_AGAIN = {
    "same people": "The same people are asked on each occasion, and joined by an anonymous code.",
    "some again": "Some of the people are asked on each occasion, and joined by an anonymous code.",
    "new sample": "Other people may answer on each occasion.",
}


def _strategy(found: OnRecord) -> Told:
    occasion = {"pre": "before", "post": "after", "follow-up": "some time after"}
    said = (
        f"A survey by questionnaire, {occasion[found.wave.occasion]} the activity "
        f"(group {found.wave.group})."
    )
    return [said, _AGAIN[found.wave.respondents]], []


def _sponsor(found: OnRecord) -> Told:
    about = found.about
    stated, gaps = [f"It is about: {about.agency}."], []
    if about.sponsor:
        stated.append(f"Ordered and paid for by {about.sponsor}.")
    else:
        gaps.append(gap("sponsor", what="who ordered the study and paid for it"))
    if about.conducted_by:
        stated.append(f"Carried out by {about.conducted_by}.")
    else:
        gaps.append(gap("conducted_by", what="who carried it out"))
    return stated, gaps


def _instrument(found: OnRecord) -> Told:
    form = found.instrument
    title = in_language(form.title, form.languages[0])
    asked = [item for item in form.items if item.asked]
    here = [item for item in asked if not item.waves or found.wave.occasion in item.waves]
    return [
        f"{title!r}: {form.id}, version {form.version}, {len(here)} questions on this occasion.",
        f"Every word of it stands in surveys/{form.id}.yaml (SHA-256 of the text {found.text}); "
        "the JSON form of this block holds it too.",
        f"Items: {form.source.items}. What people read first is its notice.",
    ], []


def _population(found: OnRecord) -> Told:
    stated, gaps = [f"The questionnaire is written for: {found.instrument.population}."], []
    if found.places:
        stated.append(f"Places: {', '.join(found.places)}.")
    if found.wave.population:
        stated.append(f"Meant to answer: {found.wave.population}.")
    else:
        what = "who exactly was meant to answer (where, of what age, at what time)"
        gaps.append(gap("population", what=what, wave=found.wave.label))
    return stated, gaps


def _sampling(found: OnRecord) -> Told:
    stated, gaps = [], []
    if found.wave.sampling:
        stated.append(f"{found.wave.sampling.rstrip('.')}.")
    else:
        what = "how people were chosen and invited, and whether by chance"
        gaps.append(gap("sampling", what=what, wave=found.wave.label))
    if found.wave.entry == "code card":
        stated.append("To answer, one needed a printed card with a code drawn by chance.")
    elif found.finished or not found.imported:
        stated.append(
            "Whoever had the link could answer: people chose themselves, with no known chance."
        )
    return stated, gaps


def _ways(found: OnRecord) -> Told:
    languages = ", ".join(language_name(code) for code in found.instrument.languages)
    stated = [f"Offered in: {languages}."]
    if found.finished >= found.floor:
        ways = counted(found.ways, floor=found.floor)
        told = "; ".join(f"{_WAYS.get(name, name)}{n}" for name, n in ways.items())
        stated.append(f"Finished forms by way: {told}.")
        spoken = counted(found.languages, floor=found.floor)
        told = "; ".join(f"{language_name(name)}{n}" for name, n in spoken.items())
        stated.append(f"By language: {told}.")
    elif found.finished:
        stated.append(f"Ways: {'; '.join(_WAYS.get(name, name) for name in found.ways)}.")
    if not found.imported:
        return stated, []
    stated.append("Answers were taken in from a file.")
    what = "in which way the imported answers were given"
    named = found.wave.sampling
    return stated, [] if named else [gap("sampling", what=what, wave=found.wave.label)]


def _dates(found: OnRecord) -> Told:
    wave = found.wave
    stated = [f"Planned from {wave.opens} to {wave.closes}; the wave is {found.state}."]
    if found.days:
        stated.append(f"Forms were finished from {found.days[0]} to {found.days[1]}.")
    elif found.imported:
        stated.append("The imported answers bear no day.")
    return stated, []


def _sizes(found: OnRecord) -> Told:
    if not found.people and not found.started:
        return ["Nobody has answered yet."], []
    floor = found.floor
    stated = []
    if found.started:
        begun = found.started - found.finished
        stated.append(
            f"Forms finished: {_told(found.finished, floor)}; begun and not finished: "
            f"{_told(begun, floor)}; taken back or erased: {_told(found.withdrawn, floor)}."
        )
    if not found.people:
        return [*stated, "Their answers are not collected yet.", _rate(found)], []
    stated += [f"No precision can be told: {found.unscored}."] if found.unscored else []
    scored = [each for each in found.precision if each.n]
    shown = shown_counts([found.people, *(each.n for each in scored)], smallest=floor)
    # where one number is lowered, all are told as limits, so that no difference is exact
    least = "at least " if list(shown) != [found.people, *(each.n for each in scored)] else ""
    stated.append(f"Answers of {'' if shown[0] < floor else least}{_told(shown[0], floor)} people.")
    for each, n in zip(scored, shown[1:], strict=True):
        stated.append(_of_scale(each, n, least=least, floor=floor))
    if any(n >= floor for n in shown[1:]):
        stated.append(_of_chance(found))
    return [*stated, _rate(found)], []


def _of_scale(each: Precision, n: float, *, least: str, floor: int) -> str:
    if n < floor:
        return f"{each.label}: fewer than {floor} people have a score."
    share = (each.low, each.high) == (0, 1)  # of yes and no, of which no one has a score
    head = f"{each.label}: {'share' if share else 'mean score'} of {least}{int(n)} people"
    if np.isnan(each.half_width):
        alike = "all answered alike" if share else "all have the same score"
        return f"{head}; {alike}, so that no interval can be worked out."
    if share:
        return (
            f"{head}, 95 % interval of plus or minus {100 * each.half_width:.0f} percentage points."
        )
    return (
        f"{head}, 95 % interval of plus or minus {each.half_width:.2f} points "
        f"({each.low} to {each.high})."
    )


def _of_chance(found: OnRecord) -> str:
    if found.wave.entry == "open link" and found.finished:
        return (
            "These intervals are no margin of sampling error: people chose themselves. They show "
            "how far chance alone would move the means if the same kind of people answered again."
        )
    return (
        "The intervals hold as far as those who answered can be taken for a sample drawn by "
        "chance: see point 5."
    )


def _rate(found: OnRecord) -> str:
    if found.cards is None:
        return (
            "There is no response rate, for it is not known how many people were asked and did "
            "not answer."
        )
    counts, issued, floor = found.cards.counts, found.cards.issued, found.floor
    if counts["I"] < floor:
        return f"The response rate is withheld: it rests on fewer than {floor} people."
    said = (
        f"Response rate (AAPOR RR1): {100 * counts['I'] / issued:.0f} %, {counts['I']} finished "
        f"forms of {issued} cards."
    )
    if counts["P"] < floor:
        return said
    both = counts["I"] + counts["P"]
    return f"{said} With partial forms (RR2): {100 * both / issued:.0f} %."


def _weights(found: OnRecord) -> Told:
    if found.weights is None:
        return ["The answers are not weighted: each counts once."], []
    held = found.weights
    stated = [
        f"Each answer has a weight, from {held.lowest:.2f} to {held.highest:.2f}; they make the "
        f"intervals as wide as if there were {held.design_effect:.2f} times fewer answers "
        "(Kish's design effect)."
    ]
    if found.wave.weighting:
        return [*stated, f"How they were made: {found.wave.weighting.rstrip('.')}."], []
    what = "how the weights were made, and to which figures they were fitted"
    return stated, [gap("weighting", what=what, wave=found.wave.label)]


def _processing(found: OnRecord) -> Told:
    floor = found.floor
    stated = [
        "Every answer is held against the rules of the questionnaire (allowed answers, conditions, "
        "limits). Answers to questions that were not asked are left out.",
    ]
    if found.started:
        stated.append(
            "A form counts once it is finished; of several with one code, the first. Forms with a "
            f"correction, made with a reason and kept on record: {_told(found.corrected, floor)}."
        )
    for read, refused in found.files:
        stated.append(
            f"From a file of answers: {_told(read, floor)} rows read, "
            f"{_told(refused, floor)} of them refused."
        )
    if found.instrument.scales:
        stated.append(
            "A scale's score is the mean of its answered items, reversed ones turned, if enough "
            "of them are answered; nothing is filled in for the others."
        )
    stated.append(f"Numbers that rest on fewer than {floor} people are withheld.")
    return stated, []


def _limits(found: OnRecord) -> Told:
    stated = [
        "People may answer a survey about an agency more kindly, or more harshly, than they think, "
        "the more so where the agency itself asks.",
        "Those who did not answer may think otherwise than those who did.",
    ]
    if found.wave.entry == "open link" and found.finished:
        stated.append("Somebody could answer more than once, as nobody is asked who they are.")
    if 0 < found.people < 30:
        stated.append("Few people answered: only large differences can be seen.")
    if len(found.ways) > 1:
        stated.append("People answered in several ways, which can move answers by itself.")
    if found.wave.respondents == "same people" and found.wave.occasion != "pre":
        stated.append("A change is seen only for those who answered on both occasions.")
    if found.about.generated:
        stated.append(found.about.generated)
    return stated, []
