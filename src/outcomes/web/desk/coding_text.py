"""An article as a coder reads it: headline, day and text, with law enforcement marked.

The outlet is not shown, nor its address: who published an article is part of why it was drawn, and
what coders expect of an outlet would color what they read. The day is shown, because "on Friday" or
"last year" cannot be understood without it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from outcomes.media.gazetteer import build_gazetteer
from outcomes.media.relevance import Sentence, find_law_enforcement
from outcomes.pipeline.coding_tasks import read_article
from outcomes.pipeline.finding import local_day
from outcomes.pipeline.outlet_zones import zone_of_outlet
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of text, and whether it speaks of law enforcement."""

    text: str
    marked: bool


Paragraph = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a coder sees of an article."""

    title: Paragraph
    day: str  # ISO; empty where unknown
    paragraphs: tuple[Paragraph, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read, because the text was let go."""
        return not self.title and not self.paragraphs


def show_article(study: Study, url: str) -> Shown:
    """Read an article, and mark the sentences that speak of law enforcement."""
    article = read_article(study, url)
    if article is None:
        return Shown(title=(), day="", paragraphs=())
    names = build_gazetteer(study.settings).names
    found = find_law_enforcement(article.text, title=article.title, names=names)
    title = paragraphs(article.title, [each for each in found if each.part == "title"])
    return Shown(
        title=tuple(piece for line in title for piece in line),
        day=local_day(article.published, zone_of_outlet(study)(article.outlet)),
        paragraphs=tuple(paragraphs(article.text, [each for each in found if each.part == "text"])),
    )


def paragraphs(text: str, found: Sequence[Sentence]) -> list[Paragraph]:
    """Cut a text into its lines, and each line into pieces that are marked or not."""
    lines = []
    for line in re.finditer(r"[^\n]+", text):
        pieces, at = [], line.start()
        for each in found:
            if line.start() <= each.start < line.end():
                end = min(each.end, line.end())
                pieces += [(text[at : each.start], False), (text[each.start : end], True)]
                at = end
        pieces.append((text[at : line.end()], False))
        kept = tuple(Piece(text=piece, marked=marked) for piece, marked in pieces if piece)
        if line[0].strip():
            lines.append(kept)
    return lines
