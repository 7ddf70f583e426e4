"""Articles as LexisNexis exports them: the older text form, and Nexis Uni's (Word, RTF)."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from outcomes.media.archives.archive import Record
from outcomes.media.archives.export_lines import (
    filled_after,
    filled_before,
    is_date_line,
    label_of,
    paragraphs,
    says_rights,
)

_COUNTED = re.compile(r"\s*(?:FOCUS - )?(\d{1,6}) of (\d{1,6}) DOCUMENTS?\s*")
_END = "end of document"
_LENGTH = re.compile(r"\s*length:\s*[\d,.]+\s*words?\s*", re.IGNORECASE)
_HEAD = frozenset(
    {"section", "length", "byline", "dateline", "highlight", "headline", "correction", "series"}
)
_TAIL = frozenset(
    {
        "load-date", "language", "graphic", "publication-type", "subject", "person", "company",
        "city", "state", "country", "geographic", "industry", "organization", "document-type",
        "journal-code", "type", "update", "correction-date", "notes", "ticker", "series",
    }
)  # fmt: skip
_TAIL_HEADINGS = {"classification", "graphic", "link to image", "load-date"}
_EDITION = re.compile(r".*\bedition\b.*|.*\bfinal\b", re.IGNORECASE)
_FAR = 25  # filled lines in which the head of an article ends


def looks_like_nexis(lines: Sequence[str]) -> bool:
    """Say whether a text is an export of LexisNexis."""
    counted = any(_COUNTED.fullmatch(line) for line in lines)
    ends = any(line.strip().lower() == _END for line in lines)
    lengths = any(_LENGTH.fullmatch(line) for line in lines)
    return lengths and (counted or (ends and any(_is_body(line) for line in lines)))


def nexis_records(lines: Sequence[str]) -> Iterator[Record]:
    """Read the articles of an export, in its order.

    Args:
        lines: The text of the file.

    Yields:
        One record an article. One in which no date or no text is found is given with what there
        is. Bylines are not read. A story is cut only where the count of documents goes on, or
        where a head follows the words End of Document: not where it says such words itself.
    """
    counted = any(_COUNTED.fullmatch(line) for line in lines)
    parts = _counted_parts(lines) if counted else _ended_parts(lines)
    read = _older if counted else _newer
    for number, part in enumerate(parts, start=1):
        yield read(part, row=number)


def _counted_parts(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut where ``2 of 7 DOCUMENTS`` counts on, in files that were joined, too."""
    starts: list[int] = []
    number, total = 0, 0
    for at, line in enumerate(lines):
        match = _COUNTED.fullmatch(line)
        if match is None or not _older_head_follows(lines, at + 1):
            continue
        this, all_of_them = int(match[1]), int(match[2])
        if not starts or (this > number and all_of_them == total) or _tail_stands_before(lines, at):
            starts.append(at)
            number, total = this, all_of_them
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        yield lines[start + 1 : end]


def _older_head_follows(lines: Sequence[str], start: int) -> bool:
    """Whether the labels of a head follow, before the documents are counted again."""
    near = takewhile(
        lambda at: not _COUNTED.fullmatch(lines[at]), filled_after(lines, start, most=_FAR)
    )
    return any(label_of(lines[at], _HEAD) for at in near)


def _tail_stands_before(lines: Sequence[str], end: int, *, within: int = 6) -> bool:
    near = filled_before(lines, end, most=within)
    return any(says_rights(lines[at]) or label_of(lines[at], _TAIL) for at in near)


def _older(part: Sequence[str], *, row: int) -> Record:
    head_end = next(
        (at + 1 for at, line in enumerate(part) if _LENGTH.fullmatch(line)), None
    ) or _last_head_label(part)
    while near := filled_after(part, head_end, most=1):  # labels may stand behind the length
        if label_of(part[near[0]], _HEAD) is None:
            break
        head_end = near[0] + 1
    head = [line.strip() for line in part[:head_end] if line.strip() and not says_rights(line)]
    day = next((at for at, line in enumerate(head) if is_date_line(line)), None)
    if day is None:
        return Record(row=row, text=_text(part[head_end:]))
    return Record(
        row=row,
        outlet=" ".join(head[:day]),
        published_raw=head[day],
        title=_older_title(part[:head_end], head[day + 1 :]),
        text=_text(part[head_end:]),
    )


def _last_head_label(part: Sequence[str]) -> int:
    near = filled_after(part, 0, most=_FAR)
    return max((at + 1 for at in near if label_of(part[at], _HEAD)), default=0)


def _older_title(head: Sequence[str], after_day: Sequence[str]) -> str:
    """The headline: by its label, or the lines at the margin behind the day and the edition."""
    for at, line in enumerate(head):
        if named := label_of(line, frozenset({"headline"})):
            more = takewhile(_goes_on, head[at + 1 :])
            return " ".join(" ".join([named[1], *more]).split())
    margin = {line.strip() for line in head if line.strip() and not line.startswith((" ", "\t"))}
    lines: list[str] = []
    for line in after_day:
        if label_of(line, _HEAD):
            break
        indented = bool(margin) and line not in margin
        if lines or not (indented or _EDITION.fullmatch(line)):
            lines.append(line)
    return " ".join(lines)


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and label_of(line, _HEAD) is None


def _ended_parts(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut behind ``End of Document``, where a head or the end of the file follows."""
    start = 0
    for at, line in enumerate(lines):
        if line.strip().lower() != _END:
            continue
        if _ends_here(lines, at):
            yield lines[start:at]
            start = at + 1
    rest = lines[start:]
    if any(_is_body(line) for line in rest):
        yield rest


def _ends_here(lines: Sequence[str], at: int) -> bool:
    """Whether an article ends at the words End of Document, or only says them."""
    near = filled_after(lines, at + 1, most=_FAR)
    if not near or _tail_stands_before(lines, at, within=2):
        return True
    day = _day_in_head(lines, near)
    if day is None or day > 4:
        return False
    return not any(label_of(lines[k], _TAIL) for k in near[:day])


def _day_in_head(lines: Sequence[str], near: Sequence[int]) -> int | None:
    """Where the date stands in the head whose filled lines are at those places."""
    body = next((k for k, at in enumerate(near) if _is_body(lines[at])), len(near))
    labels = [
        k
        for k, at in enumerate(near[:body])
        if says_rights(lines[at]) or label_of(lines[at], _HEAD)
    ]
    # a table of contents may stand before the first head: the nearest date counts
    for k in range(body - 1, 1, -1):
        if is_date_line(lines[near[k]]) and (not labels or k < max(labels)):
            return k
    return None


def _is_body(line: str) -> bool:
    return line.strip().lower() == "body"


def _newer(part: Sequence[str], *, row: int) -> Record:
    body = _first_body(part)
    near = list(reversed(filled_before(part, body, most=_FAR)))
    day = _day_in_head(part, near)
    text = _text(part[body + 1 :])
    if day is None:
        return Record(row=row, title=part[near[0]].strip() if near else "", text=text)
    return Record(
        row=row,
        title=" ".join(part[near[day - 2]].split()),
        outlet=" ".join(part[near[day - 1]].split()),
        published_raw=part[near[day]].strip(),
        text=text,
    )


def _first_body(part: Sequence[str]) -> int:
    """Where the text begins: the first ``Body`` behind a date."""
    bodies = [at for at, line in enumerate(part) if _is_body(line)]
    for at in bodies:
        near = list(reversed(filled_before(part, at, most=_FAR)))
        if _day_in_head(part, near) is not None:
            return at
    return bodies[0] if bodies else len(part)


def _text(lines: Sequence[str]) -> str:
    """The story without what stands behind it: rights, classification, load date."""
    end = len(lines)
    while end:
        near = filled_before(lines, end, most=1)
        if not near:
            return ""
        line = lines[near[0]]
        tail = label_of(line, _TAIL) or says_rights(line)
        if not tail and line.strip().lower() not in _TAIL_HEADINGS:
            block = _classified(lines[:end])
            if block is None:
                break
            end = block
            continue
        end = near[0]
    return paragraphs(lines[:end])


def _classified(lines: Sequence[str]) -> int | None:
    """Where the last block headed ``Classification`` begins, if labels fill it to the end."""
    for at in range(len(lines) - 1, max(len(lines) - 120, -1), -1):
        if lines[at].strip().lower() == "classification":
            near = filled_after(lines, at + 1, most=1)
            return at if near and label_of(lines[near[0]], _TAIL) else None
    return None
