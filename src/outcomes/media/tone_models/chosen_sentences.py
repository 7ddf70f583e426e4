"""Chooses the sentences of an article that a model of tone reads, and the target in each of them.

Reading costs time and most sentences decide nothing: the headline, the beginning and sentences
with words that judge are read, up to a number; police as a mere source ("..., police said") are
counted and not read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from outcomes.media.relevance import (
    Sentence,
    find_law_enforcement,
    named_officers,
    split_sentences,
)
from outcomes.media.tone_models.police_mentions import (
    Mention,
    best_mention,
    find_mentions,
    is_source_only,
)
from outcomes.media.tone_models.telling_words import CLEARED, JUDGING

MOST = 4  # sentences read of one article
ROOM = 600  # characters read of one article: 150 tokens at most, 100 on average
LEAD = 280  # characters: a sentence that begins before is the beginning of the article
_LONGEST = 300  # characters: the most that a sentence may have with the one before it
_LONGEST_TITLE = 120
_ENDS = re.compile(r"[.!?]['\"\u2019\u201d)]*(?=\s|$)")
_QUOTE = re.compile(r"[\u201c\"][^\u201d\"]{20,}")
_PRONOUN = re.compile(r"\s*[\u201c\"]?(?P<who>He|She|They|His|Her|Their)\b")
_SEVERAL = re.compile(
    r"(?:[Pp]olice|s|men|women|[Dd]epartment|[Oo]ffice|[Ff]orce|[Aa]gency|[Pp]atrol)$"
)
_OTHER_PEOPLE = re.compile(
    r"\b(?:man|woman|men|women|boys?|girls?|teens?|teenagers?|suspects?|victims?|drivers?|"
    r"residents?|neighbou?rs?|protesters?|student|students|child|children|father|mother|parents|"
    r"family|families|couple|brothers?|sisters?|lawyers?|attorneys?|people|pedestrians?|gunman|"
    r"(?:1[0-9]|[2-9][0-9])-year-old|[Mm]ayor|[Jj]udge|[Pp]rosecutors?)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSentence:
    """One sentence to be read for one target."""

    text: str  # what the model sees: the sentence, and perhaps the headline or the one before it
    start: int  # of the target in this text
    end: int
    sentence: Sentence  # where it stands in the title or the text
    part: str  # "title" or "text"
    position: float  # 0 at the beginning of the text, 1 at its end; 0 for the title
    of: int  # its number among the sentences about law enforcement, from 0
    quoted: bool  # holds a quotation
    attribution: bool  # law enforcement also is its source
    pronoun: bool  # the target is "he", "she", "they"
    cleared: bool  # speaks of charges dropped, of an acquittal
    telling: float  # by how much it comes before others

    @property
    def lead(self) -> bool:
        """Whether it stands at the very beginning of the text."""
        return self.part == "text" and self.sentence.start <= LEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """What was found in an article before any model has seen it."""

    found: tuple[Sentence, ...]  # about law enforcement
    chosen: tuple[ChosenSentence, ...]  # to be read, in the article's order
    attributions: int  # sentences in which law enforcement is a source and nothing else
    sentences: int  # of the whole article
    title_cleared: bool

    @property
    def relevant(self) -> bool:
        """Whether the article speaks of law enforcement at all."""
        return bool(self.found)


def choose_sentences(title: str, text: str, *, most: int = MOST) -> tuple[ChosenSentence, ...]:
    """Choose the sentences that a model reads; see ``read_article``."""
    return read_article(title, text, most=most).chosen


def read_article(title: str, text: str, *, most: int = MOST) -> ReadArticle:
    """Find the sentences about law enforcement, and choose which of them a model reads.

    Args:
        title: The headline; may be empty.
        text: The body.
        most: How many sentences are read at most.

    Returns:
        The same for the same article, always. An article can be relevant with nothing chosen:
        police are only its source, or an arrest is all there is.

    Source:
        Requirement B14; the order follows the codebook, where headline and first third rule.
    """
    found = find_law_enforcement(text, title=title)
    names = named_officers("\n".join(each.text for each in found))
    candidates: list[ChosenSentence] = []
    attributions = 0
    for number, sentence in enumerate(found):
        mentions = find_mentions(sentence.text, names=names)
        if not mentions:
            continue
        judging = [word.start() for word in JUDGING.finditer(sentence.text.lower())]
        if is_source_only(sentence.text, mentions, judged=bool(judging)):
            attributions += 1
            continue
        best = best_mention(mentions, judging=judging)
        where = _Place(number=number, length=len(text), judging=len(judging))
        candidates.append(_candidate(sentence, best, where=where))
        if best.subject and sentence.part == "text":
            candidates += _behind(sentence, best, text=text, found=found, where=where)
    return ReadArticle(
        found=found,
        chosen=_most_telling(_with_title(candidates, title=title.strip()), most=most),
        attributions=attributions,
        sentences=len(_ENDS.findall(text)) + bool(title),
        title_cleared=bool(CLEARED.search(title.lower())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    number: int  # among the sentences about law enforcement
    length: int  # of the text
    judging: int  # words that judge


def _candidate(
    sentence: Sentence, target: Mention, *, where: _Place, context: str = ""
) -> ChosenSentence:
    shift, small = len(context), sentence.text.lower()
    in_title = sentence.part == "title"
    position = 0.0 if in_title else sentence.start / max(where.length, 1)
    return ChosenSentence(
        text=context + sentence.text,
        start=shift + target.start,
        end=shift + target.end,
        sentence=sentence,
        part=sentence.part,
        position=position,
        of=where.number,
        quoted=bool(_QUOTE.search(sentence.text)),
        attribution=target.source,
        pronoun=bool(context),
        cleared=bool(CLEARED.search(small)),
        telling=_telling(sentence, target, where=where),
    )


def _telling(sentence: Sentence, target: Mention, *, where: _Place) -> float:
    """Say how early a sentence is read: the headline, then the beginning, then words that judge."""
    if sentence.part == "title":
        return 100.0
    weight = 2.0 * min(where.judging, 3) + 1.0 * target.subject - 3.0 * target.source
    if sentence.start <= LEAD:
        weight += 3.0
    if sentence.start * 3 <= where.length:
        weight += 1.0
    return weight - sentence.start / max(where.length, 1)


def _behind(
    sentence: Sentence,
    target: Mention,
    *,
    text: str,
    found: Sequence[Sentence],
    where: _Place,
) -> Iterator[ChosenSentence]:
    """Give the sentence behind, where its "he" or "they" can only be the officers of this one."""
    pronoun = _PRONOUN.match(text, sentence.end)
    if pronoun is None:
        return
    if not _means(pronoun["who"], sentence.text, target=target):
        return
    line_end = text.find("\n", pronoun.end())
    rest = text[sentence.end : line_end if line_end >= 0 else len(text)]
    begins = len(rest) - len(rest.lstrip())
    first = next(split_sentences(rest[begins:]), None)
    if first is None or any(each.start == sentence.end + begins for each in found):
        return
    judging = len(JUDGING.findall(first.text.lower()))
    if not judging or first.end + begins + len(sentence.text) > _LONGEST:
        return
    at = sentence.end + begins
    yield _candidate(
        Sentence(text=first.text, start=at, end=at + len(first.text)),
        Mention(
            start=pronoun.start("who") - at,
            end=pronoun.end("who") - at,
            source=False,
            subject=True,
            named=False,
            owns=False,
        ),
        where=_Place(number=where.number, length=where.length, judging=judging),
        context=text[sentence.start : at],
    )


def _means(who: str, sentence: str, *, target: Mention) -> bool:
    """Say whether a pronoun can mean the target: as many, and nobody else is in its sentence."""
    several = bool(_SEVERAL.search(sentence[target.start : target.end]))
    if several != (who in {"They", "Their"}):
        return False
    return not _OTHER_PEOPLE.search(sentence, target.end)


def _with_title(candidates: Sequence[ChosenSentence], *, title: str) -> Sequence[ChosenSentence]:
    """Put a headline that names no law enforcement before each sentence: it says what they mean."""
    named = any(each.part == "title" for each in candidates)
    if named or not title or len(title) > _LONGEST_TITLE:
        return candidates
    before = title + (" " if title[-1] in ".!?" else ". ")
    return [
        replace(
            each,
            text=before + each.text,
            start=len(before) + each.start,
            end=len(before) + each.end,
        )
        for each in candidates
    ]


def _most_telling(candidates: Sequence[ChosenSentence], *, most: int) -> tuple[ChosenSentence, ...]:
    """Keep the most telling ones that there is room for, in the article's order."""
    order = sorted(range(len(candidates)), key=lambda each: (-candidates[each].telling, each))
    kept: list[int] = []
    room = ROOM
    for each in order[:most]:
        length = min(len(candidates[each].text), _LONGEST)
        if kept and length > room:
            continue
        kept.append(each)
        room -= length
    return tuple(candidates[each] for each in sorted(kept))
