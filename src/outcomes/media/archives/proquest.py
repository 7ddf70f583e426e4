"""Articles as ProQuest exports them: text with labels, a ruler between two documents."""

import re
from collections.abc import Iterator, Sequence

from outcomes.media.archives.archive import Record
from outcomes.media.archives.export_lines import is_ruler, label_of, paragraphs

_COUNTED = re.compile(r"\s*Document \d{1,6} of \d{1,6}\s*")
_ID = frozenset({"proquest document id"})
_FULL = frozenset({"full text"})
_AFTER = frozenset(  # labels that may stand between a story and its title
    {
        "subject", "location", "people", "company / organization", "classification", "credit",
        "identifier / keyword", "business indexing term", "illustration", "illustrations",
        "references", "publication title", "title", "alternate title", "correction",
    }
)  # fmt: skip
_TITLE = frozenset({"title"})
_HAS_NONE = re.compile(r"(?:none available|not available|full text available)?\.?", re.IGNORECASE)


def looks_like_proquest(lines: Sequence[str]) -> bool:
    """Say whether a text is an export of ProQuest."""
    has_id = any(label_of(line, _ID) for line in lines)
    return has_id and any(label_of(line, frozenset({"publication title"})) for line in lines)


def proquest_records(lines: Sequence[str]) -> Iterator[Record]:
    """Read the articles of an export, in its order.

    Args:
        lines: The text of the file.

    Yields:
        One record an article. Bylines are not read. A document goes on to the ruler behind its
        ProQuest number, so that a ruler within a story does not cut it.
    """
    for number, part in enumerate(_parts(lines), start=1):
        yield _record(part, row=number)


def _parts(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    start, numbered = 0, False
    for at, line in enumerate(lines):
        if _COUNTED.fullmatch(line) and not numbered and _ruler_before(lines, at):
            if any(label_of(each, _FULL) for each in lines[start:at]):
                yield lines[start:at]  # a document without its number
            start = at + 1  # else what stood before was the cover
        elif label_of(line, _ID) and not _text_goes_on(lines, at):
            numbered = True
        elif is_ruler(line) and numbered:
            yield lines[start:at]
            start, numbered = at + 1, False
    if numbered:
        yield lines[start:]


def _ruler_before(lines: Sequence[str], at: int) -> bool:
    before = next((line for line in reversed(lines[:at]) if line.strip()), "")
    return not before or is_ruler(before)


def _text_goes_on(lines: Sequence[str], at: int) -> bool:
    """Whether a number that stands here is said within a story: no title was labelled before."""
    for line in reversed(lines[max(at - 400, 0) : at]):
        if label_of(line, frozenset({"publication title"})):
            return False
        if is_ruler(line) or label_of(line, _FULL):
            return True
    return False


def _record(part: Sequence[str], *, row: int) -> Record:
    facts_from = _facts_begin(part)
    facts = _labels(part[facts_from:])
    story = next((at for at, line in enumerate(part) if label_of(line, _FULL)), None)
    text = ""
    if story is not None:
        first = part[story].partition(":")[2]
        text = paragraphs([first, *part[story + 1 : facts_from]])
    summary = next(
        (
            found[1]
            for line in part[:facts_from]
            if (found := label_of(line, frozenset({"abstract"})))
        ),
        "",
    )
    return Record(
        row=row,
        outlet=facts.get("publication title", "").partition(";")[0].strip(),
        title=facts.get("title", ""),
        published_raw=facts.get("publication date", ""),
        guid=facts.get("proquest document id", ""),
        text="" if _HAS_NONE.fullmatch(text) else text,
        summary="" if _HAS_NONE.fullmatch(summary) else summary,
    )


def _facts_begin(part: Sequence[str]) -> int:
    """Where the labels behind the story begin: before the last title that is labelled."""
    at = max((k for k, line in enumerate(part) if label_of(line, _TITLE)), default=0)
    for k in range(at - 1, -1, -1):
        if part[k].strip() and label_of(part[k], _AFTER) is None:
            return k + 1
    return 0


def _labels(lines: Sequence[str]) -> dict[str, str]:
    """Every label with its value; a title may go on in the next line."""
    found: dict[str, str] = {}
    open_name = ""
    for line in lines:
        name, colon, value = line.strip().partition(":")
        if colon and re.fullmatch(r"[A-Z][A-Za-z /-]{1,40}", name):
            open_name = name.lower()
            found.setdefault(open_name, value.strip())
        elif not line.strip():
            open_name = ""
        elif open_name == "title":
            found["title"] += f" {line.strip()}"
    return found
