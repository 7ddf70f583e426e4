"""Articles as NewsBank exports them: a headline, a line with paper and day, labels, the story."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from outcomes.media.archives.archive import Record
from outcomes.media.archives.export_lines import (
    DATE,
    filled_after,
    filled_before,
    is_date_line,
    is_ruler,
    label_of,
    paragraphs,
    says_rights,
)

_PAPER = r"(?P<outlet>[^|]{2,120}?)"
_SOURCE = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\s*(?P<day>{DATE})\s+[|•]\s+{_PAPER}\s*(?:[|•].*)?",
        rf"\s*{_PAPER}\s+(?:[-|•\u2013\u2014]|--)\s+(?P<day>{DATE})\s*(?:[-|•\u2013\u2014].*)?",
    )
)
_NUMBER = re.compile(
    r"\s*(?:record(?: number)?|accession(?: number)?)\s*:\s*(?P<number>[\w./-]{4,60})\s*", re.I
)
_LONGEST_TITLE = 300  # characters
_WORDS = re.compile(r"\s*[\d,]+ words\s*", re.IGNORECASE)
_PAPERS = frozenset({"paper", "publication", "newspaper", "source"})
_TITLES = frozenset({"title", "headline", "article title"})
_HEAD = frozenset(
    {
        "author", "author/byline", "byline", "section", "page", "edition", "readability", "column",
        "series", "dateline", "date", "length", "correction", "location",
    }
) | _PAPERS | _TITLES  # fmt: skip
_TAIL = frozenset(
    {
        "caption", "memo", "index terms", "keywords", "subject", "openurl link", "citation",
        "copyright", "edition", "dateline", "correction", "graphic", "illustration",
    }
)  # fmt: skip
_STATED = re.compile(r"\s*\S[^|]{1,80}\((?:[^()]{1,40},\s*)?[A-Z]{2}\)\s*")  # Courier (IN)
_LINKS = re.compile(r"\s*(?:openurl link|article link|powered by newsbank).*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    start: int  # the line where the article begins
    end: int  # the line where its story begins
    outlet: str
    day: str
    title: str


def looks_like_newsbank(lines: Sequence[str]) -> bool:
    """Say whether a text is an export of NewsBank."""
    told = any(_NUMBER.fullmatch(line) or _LINKS.fullmatch(line) for line in lines)
    return told and bool(_heads(lines))


def newsbank_records(lines: Sequence[str]) -> Iterator[Record]:
    """Read the articles of an export, in its order.

    Args:
        lines: The text of the file.

    Yields:
        One record an article. Bylines are not read. A story is cut only where its number, rights
        or a ruler stand before and a head follows, not where it says such words itself. Where a
        head is not whole, the record has neither outlet nor day.
    """
    for number, (head, part) in enumerate(_parts(lines), start=1):
        story, guid = _story(part)
        if head is None:  # whoever imports it is told that it cannot be read
            yield Record(row=number, text=story)
            continue
        yield Record(
            row=number,
            outlet=head.outlet,
            title=head.title,
            published_raw=head.day,
            text=story,
            guid=guid,
        )


def _parts(lines: Sequence[str]) -> Iterator[tuple[_Head | None, Sequence[str]]]:
    """The articles, each with its head, if that is whole, and the lines behind it."""
    heads = _heads(lines)
    begin = heads[0].start if heads else 0
    yield from ((None, part) for part in _at_numbers(lines[:begin]) if _numbered(part))
    ends = [*(head.start for head in heads[1:]), len(lines)]
    for head, end in zip(heads, ends, strict=False):
        first, *others = _at_numbers(lines[head.end : end])
        yield head, first
        yield from ((None, other) for other in others)


def _heads(lines: Sequence[str]) -> list[_Head]:
    found: list[_Head] = []
    for at in range(len(lines)):
        if found and at < found[-1].end:
            continue
        head = _labelled_head(lines, at) or _lined_head(lines, at) or _stacked_head(lines, at)
        if head is not None:
            found.append(head)
    return found


def _labelled_head(lines: Sequence[str], at: int) -> _Head | None:
    """A head of labels alone: ``Paper: …``, ``Title: …``, ``Date: …``."""
    if label_of(lines[at], _PAPERS | _TITLES) is None or not _ends_before(lines, at):
        return None
    facts: dict[str, str] = {}
    end = at
    for k in filled_after(lines, at, most=14):
        label = label_of(lines[k], _HEAD)
        if label is None and not _WORDS.fullmatch(lines[k]):
            break
        if label:
            facts.setdefault(label[0], label[1])
        end = k + 1
    paper = next((facts[name] for name in sorted(_PAPERS) if name in facts), "")
    title = next((facts[name] for name in sorted(_TITLES) if name in facts), "")
    if not (paper and title and is_date_line(facts.get("date", ""))):
        return None
    return _Head(start=at, end=end, outlet=paper, day=facts["date"], title=title)


def _lined_head(lines: Sequence[str], at: int) -> _Head | None:
    """A head of a headline and ``January 5, 2026 | Marlow Falls Courier (IN)`` below it."""
    if len(lines[at]) > 300:
        return None
    source = next((match for form in _SOURCE if (match := form.fullmatch(lines[at]))), None)
    start = _headline_start(lines, at) if source else None
    if source is None or start is None:
        return None
    end = at + 1
    for k in filled_after(lines, at + 1, most=12):
        if not _is_head_line(lines[k]):
            break
        end = k + 1
    if end == at + 1:  # a line of a story that names a paper and a day
        return None
    title = " ".join(" ".join(lines[start:at]).split())
    return _Head(
        start=start, end=end, outlet=source["outlet"].strip(), day=source["day"], title=title
    )


def _stacked_head(lines: Sequence[str], at: int) -> _Head | None:
    """A head with the paper in one line and the day in the next; the headline above or below."""
    above = filled_before(lines, at, most=1) if is_date_line(lines[at]) else []
    if not above or not _STATED.fullmatch(lines[above[0]]):
        return None
    paper, below = above[0], filled_after(lines, at + 1, most=12)
    labels = {k for k in below if _is_head_line(lines[k])}
    below_it = _ends_before(lines, paper)
    told = next((k for k in below if k not in labels), None) if below_it else None
    start = paper if below_it else _headline_start(lines, paper)
    if not labels or start is None or (told is None) == below_it:
        return None
    title = lines[start:paper] if told is None else [lines[told]]
    end = _run_end([k for k in below if k != told], labels)
    return _Head(
        start=start,
        end=max(end, at + 1 if told is None else told + 1),
        outlet=lines[paper].strip(),
        day=lines[at].strip(),
        title=" ".join(" ".join(title).split())[:_LONGEST_TITLE],
    )


def _run_end(below: Sequence[int], labels: set[int]) -> int:
    """The line behind the labels that stand at the beginning, without a gap."""
    end = 0
    for k in below:
        if k not in labels:
            break
        end = k + 1
    return end


def _is_head_line(line: str) -> bool:
    first = line.split("|", maxsplit=1)[0]
    return bool(label_of(first, _HEAD) or _WORDS.fullmatch(line) or _LINKS.fullmatch(line))


def _headline_start(lines: Sequence[str], source: int) -> int | None:
    """Where the headline above the source begins: at most three lines, behind another article."""
    above = filled_before(lines, source, most=4)
    for k, at in enumerate(above[:3]):
        if _is_end(lines[at]):
            return None
        if k + 1 == len(above) or _is_end(lines[above[k + 1]]):
            return at
        if above[k + 1] != at - 1:
            return None
    return None


def _ends_before(lines: Sequence[str], at: int) -> bool:
    before = filled_before(lines, at, most=1)
    return not before or _is_end(lines[before[0]])


def _is_end(line: str) -> bool:
    return bool(
        _NUMBER.fullmatch(line) or _LINKS.fullmatch(line) or is_ruler(line) or says_rights(line)
    )


def _at_numbers(lines: Sequence[str]) -> list[Sequence[str]]:
    """Cut behind a record's number where a head follows that is not whole.

    Else an article whose head cannot be read would become the end of the one before.
    """
    parts, start = [], 0
    for at, line in enumerate(lines):
        if _NUMBER.fullmatch(line):
            near = filled_after(lines, at + 1, most=8)
            if any(_is_head_line(lines[k]) for k in near if not _is_end(lines[k])):
                parts.append(lines[start : at + 1])
                start = at + 1
    return [*parts, lines[start:]]


def _numbered(lines: Sequence[str]) -> bool:
    return any(_NUMBER.fullmatch(line) for line in lines)


def _story(lines: Sequence[str]) -> tuple[str, str]:
    """The story without what stands behind it, and the number of the record."""
    end, guid = len(lines), ""
    while near := filled_before(lines, end, most=1):
        line = lines[near[0]]
        number = _NUMBER.fullmatch(line)
        guid = guid or (number["number"] if number else "")
        if not (_is_end(line) or label_of(line, _TAIL)):
            break
        end = near[0]
    return paragraphs(lines[:end]), guid
