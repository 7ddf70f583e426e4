"""Sentences with a target and its tone, and articles with a tone: what a model learns from."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.media.json_lines import holds_json_lines, read_json_lines

_POLARITY = {2.0: -1, 4.0: 0, 6.0: 1}  # as NewsMTSC writes tones
_TONES = (-1, 0, 1)
_FORMS = (
    "NewsMTSC (sentence_normalized, targets), the project's sentences (text, from, to, "
    "first_label, second_label), its articles (title, text, first, second), or your own "
    "(text, from, to, tone)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """One text, one target in it, and how the text reflects on that target."""

    text: str
    start: int  # of the target's first character
    end: int  # behind its last one
    tone: int  # -1, 0 or 1
    group: str  # rows that tell of the same event, or stand in the same article
    source: str  # the name of the file, or "codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class TonedArticle:
    """One article about law enforcement, and its tone."""

    title: str
    text: str
    tone: int
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What one file, or the codes of a study, give to learn from."""

    name: str
    sha256: str  # of the file; of nothing that could be traced, for codes
    rows: tuple[TargetRow, ...] = ()
    articles: tuple[TonedArticle, ...] = ()
    public: bool = False  # NewsMTSC, whose own development split judges
    left_out: int = 0  # on which the two labels differ, or which are not about law enforcement

    def said(self) -> str:
        """Say what there is, in words."""
        parts = [f"{len(self.rows)} sentences with a target" if self.rows else ""]
        parts.append(f"{len(self.articles)} articles with a tone" if self.articles else "")
        left = f" ({self.left_out} left out)" if self.left_out else ""
        return f"{self.name}: {' and '.join(part for part in parts if part) or 'nothing'}{left}"


def read_material(path: Path) -> Material:
    """Read a file of material, whichever of the known forms it has.

    Args:
        path: JSON lines. A row on which two labels differ is left out and counted.

    Raises:
        FileError: There is no such file, it has none of the forms, or a span or a tone is wrong.
    """
    if not path.is_file():
        raise FileError(path, "", "there is no such file", "Check the name after --material")
    if not holds_json_lines(path):
        raise FileError(path, "", "this is not JSON lines", f"Give {_FORMS}")
    lines = _records(path)
    known = set(lines[0])
    for needed, read in _READERS:
        if needed <= known:
            return read(path, lines)
    raise FileError(path, "line 1", "this is no material that is known here", f"Give {_FORMS}")


def read_newsmtsc(path: Path) -> tuple[TargetRow, ...]:
    """Read a split of NewsMTSC; all sentences of an article are one group.

    Source:
        Hamborg & Donnay (2021), NewsMTSC, EACL: 1663-1675.
    """
    return _newsmtsc(path, _records(path)).rows


def read_sentences(path: Path) -> tuple[TargetRow, ...]:
    """Read the project's sentences; one that two labellers called differently is left out."""
    return _sentences(path, _records(path)).rows


def read_articles(path: Path) -> tuple[TonedArticle, ...]:
    """Read the project's articles: those that both coders find relevant and of one tone."""
    return _articles(path, _records(path)).articles


def split_by_group(
    rows: Sequence[TargetRow], *, share: float, seed: int = 0
) -> tuple[list[TargetRow], list[TargetRow]]:
    """Part rows into those that are trained and those that are held out, group by group.

    A group goes by its own name, not by its place, so that rows that are added later move no
    other row to the other side.

    Args:
        rows: The rows.
        share: Of groups to hold out, 0 to 1, in steps of a hundredth.
        seed: Another one makes another split; 0 is the split of the shipped models.
    """
    salt = f"{seed} " if seed else ""
    held = {
        group: _hundredth(salt + group) < round(share * 100) for group in {r.group for r in rows}
    }
    return [r for r in rows if not held[r.group]], [r for r in rows if held[r.group]]


def digest_of_rows(rows: Iterable[TargetRow]) -> str:
    """Name what these rows are, so that a run never goes on with others."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr((row.text, row.start, row.end, row.tone)).encode())
    return digest.hexdigest()


def _hundredth(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 100


def _records(path: Path) -> list[dict[str, Any]]:
    found = read_json_lines(path)
    lines: list[dict[str, Any]] = found.to_dict("records")
    return lines


def _newsmtsc(path: Path, lines: Sequence[Mapping[str, Any]]) -> Material:
    rows = []
    for line in lines:
        article = "_".join(str(line.get("primary_gid", line["row"])).split("_")[:3])
        for target in line["targets"]:
            tone = _POLARITY.get(float(target["polarity"]), 9)
            span = {**target, "text": line["sentence_normalized"], "row": line["row"]}
            rows.append(_row(path, span, tone=tone, group=article))
    return _material(path, rows, public=True)


def _sentences(path: Path, lines: Sequence[Mapping[str, Any]]) -> Material:
    same = [line for line in lines if line["first_label"] == line["second_label"]]
    rows = [_row(path, line, tone=line["first_label"], group=_group(line)) for line in same]
    return _material(path, rows, left_out=len(lines) - len(same))


def _own(path: Path, lines: Sequence[Mapping[str, Any]]) -> Material:
    return _material(path, [_row(path, ln, tone=ln["tone"], group=_group(ln)) for ln in lines])


def _articles(path: Path, lines: Sequence[Mapping[str, Any]]) -> Material:
    articles = [
        TonedArticle(
            title=str(line.get("title") or ""),
            text=str(line["text"]),
            tone=_tone(path, line["first"]["tone"], line=line["row"]),
            group=_group(line),
        )
        for line in lines
        if _both_tell(line["first"], line["second"])
    ]
    name, sha = path.name, _sha256(path)
    left = len(lines) - len(articles)
    return Material(name=name, sha256=sha, articles=tuple(articles), left_out=left)


def _both_tell(first: Mapping[str, Any], second: Mapping[str, Any]) -> bool:
    relevant = first["relevant"] == 1 and second["relevant"] == 1
    return bool(relevant and first["tone"] == second["tone"])


def _row(path: Path, line: Mapping[str, Any], *, tone: object, group: str) -> TargetRow:
    text, where = str(line["text"]), f"line {line['row']}"
    start, end = _place(line["from"]), _place(line["to"])
    if not 0 <= start < end <= len(text):
        problem = f"the target from {start} to {end} lies outside its {len(text)} characters"
        raise FileError(path, where, problem, "Count characters from 0, and write from < to")
    return TargetRow(
        text=text,
        start=start,
        end=end,
        tone=_tone(path, tone, line=line["row"]),
        group=group,
        source=path.name,
    )


def _place(value: object) -> int:
    try:
        return int(float(str(value)))
    except ValueError:
        return -1


def _tone(path: Path, value: object, *, line: int) -> int:
    for tone in _TONES:
        if value == tone and not isinstance(value, bool):
            return tone
    raise FileError(path, f"line {line}", f"the tone {value!r} is none", "Write -1, 0 or 1")


def _group(line: Mapping[str, Any]) -> str:
    """Name the group; a row without one is a group by itself."""
    group = line.get("group")
    return group if isinstance(group, str) and group else str(line["text"])


def _material(
    path: Path, rows: Sequence[TargetRow], *, left_out: int = 0, public: bool = False
) -> Material:
    name, sha = path.name, _sha256(path)
    return Material(name=name, sha256=sha, rows=tuple(rows), left_out=left_out, public=public)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


_READERS: tuple[tuple[set[str], Callable[[Path, Sequence[Mapping[str, Any]]], Material]], ...] = (
    ({"sentence_normalized", "targets"}, _newsmtsc),
    ({"text", "from", "to", "first_label", "second_label"}, _sentences),
    ({"text", "first", "second"}, _articles),
    ({"text", "from", "to", "tone"}, _own),
)
