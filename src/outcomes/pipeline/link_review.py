"""What a person sees who reviews links: counts, and of a pair only which elements agree."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from outcomes.errors import DataError
from outcomes.pipeline.expected_links import ExpectedLinks, expected_links, planned_elements
from outcomes.pipeline.link_account import counts_of, sentences_of
from outcomes.pipeline.link_decisions import WORDS, Decision, Pair, decide, decided_pairs
from outcomes.pipeline.study_links import WaveLinks, code_elements, linked_waves, study_links
from outcomes.pipeline.surveys import CODE
from outcomes.study import Study
from outcomes.surveys.linking.links import AGREES, DIFFERS

USUAL_PEOPLE = 25  # in a class, where a wave does not say how many


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulPair:
    """Two respondents who may be the same person, without a code, a hash or an answer."""

    name: str  # says which pair, and nothing about it
    waves: str
    probability: float
    same_card: bool
    elements: tuple[tuple[str, str], ...]  # words of each element; agrees, differs or is missing
    undecided_by: str  # who could not tell, or ""

    @property
    def in_hundred(self) -> str:
        """Say the probability as so many in 100 such pairs."""
        return f"{min(99, max(1, round(100 * self.probability)))} in 100"

    @property
    def agree(self) -> int:
        """Count the elements that agree."""
        return sum(state == AGREES for _, state in self.elements)

    @property
    def differ(self) -> int:
        """Count the elements that differ."""
        return sum(state == DIFFERS for _, state in self.elements)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPair:
    """A pair that somebody decided on."""

    name: str
    waves: str
    decision: str
    day: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WavesAccount:
    """How two waves are linked."""

    waves: str
    counts: tuple[tuple[str, int], ...]  # in the terms of the account
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that a reviewer of a group's links sees."""

    accounts: tuple[WavesAccount, ...]
    doubtful: tuple[DoubtfulPair, ...]  # undecided ones first, then by probability
    decided: tuple[DecidedPair, ...]


def review(study: Study, group: str) -> Review:
    """Look at the links of a group as they are now.

    Raises:
        DataError: No group of that name has two waves of the same people.
    """
    found = study_links(study, group=group)
    doubtful = [pair for each in found for pair, _ in _doubtful(study, each)]
    return Review(
        accounts=tuple(
            WavesAccount(
                waves=each.name,
                counts=tuple(counts_of(each).items()),
                sentences=tuple(sentences_of(each)),
            )
            for each in found
        ),
        doubtful=tuple(
            sorted(doubtful, key=lambda pair: (pair.undecided_by, -pair.probability, pair.name))
        ),
        decided=tuple(line for each in found for line, _ in _decided(study, each)),
    )


def decide_named(
    study: Study, group: str, *, name: str, decision: str, user: str, today: date
) -> Decision:
    """Keep a decision about a pair that ``review`` showed.

    Args:
        study: The study.
        group: Its group.
        name: Of the pair.
        decision: A key of WORDS.
        user: Who decides.
        today: The day.

    Raises:
        DataError: There is no such pair any more, or no such decision, or one of the two is
            decided to be somebody else.
    """
    if decision not in WORDS:
        raise DataError("press one of the three buttons: same person, different, or cannot tell")
    for each in study_links(study, group=group):
        there = {shown.name: pair for shown, pair in _doubtful(study, each)}
        there |= {shown.name: pair for shown, pair in _decided(study, each)}
        if (pair := there.get(name)) is not None:
            decide(study, pair, decision=WORDS[decision], user=user, today=today)
            return WORDS[decision]
    raise DataError(
        "this pair is not doubtful any more: new answers or another decision settled it. Nothing "
        "was changed"
    )


def expected_sentence(study: Study, group: str) -> str:
    """Say before fielding, in one sentence, how well the code of a group will link.

    Returns:
        "" where nobody of the group is linked, or its instrument asks for no code.
    """
    waves = [wave for pair in linked_waves(study) for wave in pair if wave.group == group]
    if not waves or not code_elements(study, waves[0]):
        return ""
    planned = max(wave.planned or 0 for wave in waves)
    people = planned or USUAL_PEOPLE
    path = study.instrument_path(waves[0].instrument)
    try:
        found = expected_links(planned_elements(str(path)), people=people)
    except DataError:  # one person, or a code that nobody can work out: nothing to expect
        return ""
    return _expected(found, f"{people} people" if planned else f"a class of {people}")


def _expected(found: ExpectedLinks, people: str) -> str:
    best = found.table.set_index("way").loc["weights"]
    wrong = 1000 * float(best["false"])
    return (
        f"With {people}, of 100 who come back without their card about "
        f"{100 * float(best['correct']):.0f} will be linked by the code that they make, and of "
        f"1,000 such links about {wrong:.0f} will be wrong. A card links nearly everybody."
    )


def _name(waves: str, before: object, after: object) -> str:
    """Name a pair by a hash of both hashes: it fits into a form, and says nothing to a reader."""
    return hashlib.sha256(f"pair/{waves}/{before}/{after}".encode()).hexdigest()[:16]


def _doubtful(study: Study, links: WaveLinks) -> Iterator[tuple[DoubtfulPair, Pair]]:
    pairs = links.found.pairs
    rows = pairs[pairs["chosen"] & (pairs["probability"] < links.found.plan.threshold)]
    words = code_elements(study, links.pre)
    newest = decided_pairs(study, links.pre.label, links.post.label)
    unsure = newest[newest["decision"] == "cannot tell"].set_index(["before", "after"])["user"]
    for row in rows.to_dict("records"):
        both = (str(row["pre_id"]), str(row["post_id"]))
        yield (
            DoubtfulPair(
                name=_name(links.name, *both),
                waves=links.name,
                probability=float(row["probability"]),
                same_card=row["rule"] == "card",
                elements=tuple(_elements({str(k): str(v) for k, v in row.items()}, words)),
                undecided_by=str(unsure.get(both, "")),
            ),
            _pair(links, *both),
        )


def _elements(row: dict[str, str], words: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, state in row.items():
        if name.startswith(CODE):
            element = name.removeprefix(CODE)
            yield words.get(element, element), state


def _decided(study: Study, links: WaveLinks) -> Iterator[tuple[DecidedPair, Pair]]:
    newest = decided_pairs(study, links.pre.label, links.post.label)
    there = newest["before"].isin(links.before) & newest["after"].isin(links.after)
    for row in _firm(newest[there]):
        both = (str(row["before"]), str(row["after"]))
        yield (
            DecidedPair(
                name=_name(links.name, *both),
                waves=links.name,
                decision=str(row["decision"]),
                day=str(row["day"]),
                user=str(row["user"]),
            ),
            _pair(links, *both),
        )


def _firm(newest: pd.DataFrame) -> Sequence[dict[str, object]]:
    firm = newest[newest["decision"] != "cannot tell"]
    return [{str(name): cell for name, cell in row.items()} for row in firm.to_dict("records")]


def _pair(links: WaveLinks, before: str, after: str) -> Pair:
    return Pair(pre_wave=links.pre.label, post_wave=links.post.label, before=before, after=after)
