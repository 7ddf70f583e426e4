"""The sentences and articles of known tone that a model is checked with."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.json_lines import holds_json_lines, read_json_lines

TONES = (-1, 0, 1)
_POLARITY = {2.0: -1, 4.0: 0, 6.0: 1}  # as NewsMTSC writes tones
_LABELS = ("tone", "first_label", "second_label", "first", "second")
_TARGET_FORMS = (
    "Give JSON lines with text, from, to and tone; or with first_label and second_label instead "
    "of tone; or those of NewsMTSC (sentence_normalized, targets)"
)
_ARTICLE_FORMS = (
    "Give JSON lines with title, text and tone (perhaps relevant); or with two codings, first and "
    "second, each of relevant and tone"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRows:
    """Rows of known tone, all of one kind."""

    kind: str  # "sentences" or "articles"
    name: str  # of the file, or what the codes are
    sha256: str  # "" where there is no file
    table: pd.DataFrame  # columns id, text, tone, group, weight, and more: see the readers
    left_out: int = 0  # rows that two coders called differently
    labels: tuple[tuple[float, float], ...] = ()  # the tones that two coders gave, where two did

    def said(self) -> str:
        """Say what there is, in words."""
        left = f"; {self.left_out} more on which the coders differ are left out"
        groups = self.table["group"].nunique()
        return (
            f"{self.name}: {len(self.table)} {self.kind} of known tone in {groups} groups"
            f"{left if self.left_out else ''}"
        )


def read_targets(path: Path) -> CheckedRows:
    """Read sentences with a target and its tone.

    Args:
        path: JSON lines, in a form that ``outcomes media train`` reads as well.

    Returns:
        A table with id, text, from, to, tone, group, and every other column of the file. Rows on
        which two labels differ are left out and counted.

    Raises:
        FileError: There is no such file, it has none of the forms, or a row breaks a rule.
    """
    rows: list[dict[str, Any]] = []
    lines = _lines(path, forms=_TARGET_FORMS)
    for line in lines:
        rows += _targets(path, line)
    for row in rows:
        _check_span(path, row)
    return _checked(path, "sentences", rows)


def read_articles(path: Path) -> CheckedRows:
    """Read articles with their tone.

    Args:
        path: JSON lines: title, text, and tone (-1, 0, 1, empty where not about law enforcement)
            or two codings of it.

    Returns:
        A table with id, title, text, relevant, tone (NaN where not relevant), group, and every
        other column. Articles whose relevance or tone two coders see differently are left out.

    Raises:
        FileError: There is no such file, it has none of the forms, or a row breaks a rule.
    """
    rows = [_article(path, line) for line in _lines(path, forms=_ARTICLE_FORMS)]
    return _checked(path, "articles", rows)


def _lines(path: Path, *, forms: str) -> list[dict[str, Any]]:
    if not path.is_file():
        raise FileError(path, "", "there is no such file", "Check the name")
    if not holds_json_lines(path):
        raise FileError(path, "", "this is not JSON lines", forms)
    lines: list[dict[str, Any]] = read_json_lines(path).to_dict("records")
    return lines


def _targets(path: Path, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give one row a target; NewsMTSC has several in a line."""
    if "sentence_normalized" in line and isinstance(line.get("targets"), list):
        article = "_".join(str(line.get("primary_gid", line["row"])).split("_")[:3])
        return [
            {
                "id": f"{line['row']}-{number}",
                "row": line["row"],
                "text": line["sentence_normalized"],
                "from": target.get("from"),
                "to": target.get("to"),
                "first": _polarity(target.get("polarity")),
                "group": article,
                "grouped": False,  # sentences of one article, not tellings of one event
            }
            for number, target in enumerate(line["targets"], start=1)
        ]
    twice = {"first_label", "second_label"} <= set(line)
    if not {"text", "from", "to"} <= set(line) or not (twice or "tone" in line):
        problem = "this is no sentence of known tone"
        raise FileError(path, f"line {line['row']}", problem, _TARGET_FORMS)
    rest = {key: value for key, value in line.items() if key not in _LABELS}
    if twice:
        return [{**rest, "first": line["first_label"], "second": line["second_label"]}]
    return [{**rest, "first": line["tone"]}]


def _polarity(value: object) -> int | None:
    try:
        return _POLARITY.get(float(str(value)))
    except ValueError:
        return None


def _article(path: Path, line: Mapping[str, Any]) -> dict[str, Any]:
    two = isinstance(line.get("first"), dict) and isinstance(line.get("second"), dict)
    if not ("text" in line and (two or "tone" in line)):
        problem = "this is no article of known tone"
        raise FileError(path, f"line {line['row']}", problem, _ARTICLE_FORMS)
    if not two:
        given = line.get("relevant")
        found = not _missing(line["tone"]) if _missing(given) else given == 1
        return {**line, "relevant": int(found), "first": line["tone"] if found else None}
    rest = {key: value for key, value in line.items() if key not in _LABELS}
    first, second = (
        code.get("tone") if code.get("relevant") == 1 else None
        for code in (line["first"], line["second"])
    )
    relevant = int(line["first"].get("relevant") == 1)
    return {**rest, "relevant": relevant, "first": first, "second": second}


def _checked(path: Path, kind: str, rows: Sequence[dict[str, Any]]) -> CheckedRows:
    kept = [_settled(path, row) for row in rows if _same(row)]
    if all(_missing(row["tone"]) for row in kept):
        raise FileError(path, "", "no row has a tone that its coders agree on", "Give more rows")
    return CheckedRows(
        kind=kind,
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        table=pd.DataFrame(kept),
        left_out=len(rows) - len(kept),
        labels=tuple(_pair(row) for row in rows if _coded_twice(row)),
    )


def _same(row: Mapping[str, Any]) -> bool:
    first, second = row["first"], row.get("second", row["first"])
    return bool(first == second) or (_missing(first) and _missing(second))


def _coded_twice(row: Mapping[str, Any]) -> bool:
    return "second" in row and row["first"] in TONES and row["second"] in TONES


def _pair(row: Mapping[str, Any]) -> tuple[float, float]:
    return float(row["first"]), float(row["second"])


def _settled(path: Path, row: dict[str, Any]) -> dict[str, Any]:
    """Check the one tone of a row, and name the row and its group."""
    tone = row["first"]
    needed = row.get("relevant", 1) == 1
    if needed and (isinstance(tone, bool) or tone not in TONES):
        problem = f"the tone {tone!r} is none"
        raise FileError(path, f"line {row['row']}", problem, "Write -1, 0 or 1")
    rest = {key: value for key, value in row.items() if key not in {"first", "second", "row"}}
    group = row.get("group")
    return {
        **rest,
        "id": str(row["row"] if _missing(row.get("id")) else row["id"]),
        "text": str(row["text"]),
        "tone": float(tone) if needed else float("nan"),
        "group": str(row["text"]) if _missing(group) or group == "" else str(group),
        "grouped": row.get("grouped", not (_missing(group) or group == "")),
        "weight": 1.0,
    }


def _check_span(path: Path, row: dict[str, Any]) -> None:
    many = len(str(row["text"]))
    try:
        row["from"], row["to"] = int(row["from"]), int(row["to"])
        fits = 0 <= row["from"] < row["to"] <= many
    except (TypeError, ValueError):
        fits = False
    if not fits:
        problem = f"the target from {row['from']} to {row['to']} lies outside its {many} characters"
        mend = "Count characters from 0, and write from < to"
        raise FileError(path, f"line {row['row']}", problem, mend)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 (NaN)
