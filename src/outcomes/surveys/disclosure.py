"""The disclosure block: what AAPOR asks every survey to tell of itself, in eleven points."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STANDARD = "AAPOR Code of Professional Ethics and Practices (2021), section III.A"
TITLES = (
    "How the data were collected",
    "Who ordered the study, and who carried it out",
    "What was asked",
    "Who was to be asked",
    "How people were chosen and invited",
    "Ways and languages of answering",
    "When people answered",
    "How many answered, and how precise the results are",
    "Weights",
    "How the data were processed and checked",
    "Limits",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the eleven points."""

    number: int
    title: str
    stated: tuple[str, ...]  # sentences
    gaps: tuple[str, ...]  # what is not stated, and where to write it


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The eleven points of one wave."""

    study: str
    agency: str
    wave: str
    generated: str  # says so where the data were made up
    made: str  # day
    program: str  # which version of this program wrote it
    parts: tuple[Part, ...]
    questions: tuple[Mapping[str, Any], ...]  # word by word, in every language

    def lines(self) -> list[str]:
        """Say each point in one line, for the method section of a report."""
        return [f"{part.number}. {part.title}: {' '.join(_said(part))}" for part in self.parts]


def parts(
    told: Sequence[tuple[Sequence[str], Sequence[str]]],
) -> tuple[Part, ...]:
    """Number and name the eleven points.

    Args:
        told: For each, the sentences that are stated and those that name a gap.
    """
    return tuple(
        Part(number=number, title=title, stated=tuple(stated), gaps=tuple(gaps))
        for number, (title, (stated, gaps)) in enumerate(zip(TITLES, told, strict=True), start=1)
    )


def gap(key: str, *, what: str, wave: str = "") -> str:
    """Say what is not stated, and which line of study.toml would state it."""
    under = f'[[waves]], label = "{wave}"' if wave else "[study]"
    return f'Not stated: {what}. Write {key} = "…" in study.toml under {under}.'


def as_text(found: Iterable[Disclosure]) -> str:
    """Write disclosure blocks for people to read."""
    return "\n\n".join(_block(each) for each in found)


def as_json(found: Iterable[Disclosure]) -> str:
    """Write disclosure blocks for programs to read, with every question word by word."""
    waves = [
        {
            "study": each.study,
            "agency": each.agency,
            "wave": each.wave,
            "generated": each.generated,
            "made": each.made,
            "program": each.program,
            "points": [
                {
                    "number": part.number,
                    "title": part.title,
                    "stated": list(part.stated),
                    "not_stated": list(part.gaps),
                }
                for part in each.parts
            ],
            "questions": list(each.questions),
        }
        for each in found
    ]
    content = {"standard": STANDARD, "waves": waves}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _block(found: Disclosure) -> str:
    lines = [f"{found.study}, wave {found.wave} ({found.agency})"]
    lines += [found.generated] if found.generated else []
    lines += [f"Told as the {STANDARD}, asks. Made on {found.made} with {found.program}.", ""]
    for part in found.parts:
        lines.append(f"{part.number}. {part.title}")
        lines += [f"   {sentence}" for sentence in _said(part)]
    return "\n".join(lines)


def _said(part: Part) -> tuple[str, ...]:
    return (*part.stated, *part.gaps)
