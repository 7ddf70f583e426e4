"""A small model learns what a large one says, also of targets whose tone nobody labelled."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_training.material import TargetRow

_NAME = re.compile(r"\b(?:[A-Z][\w.'\u2019-]+)(?:\s(?:of\s)?[A-Z][\w'\u2019-]+){0,3}")
_SUBJECT = re.compile(  # a noun before its verb
    r"\b(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Tt]wo|[Tt]hree|[Ss]everal)\s"
    r"(?P<noun>(?:[a-z][\w-]+\s){0,2}?[a-z][\w-]+)"
    r"(?=\s(?:was|were|is|are|has|have|had|said|says|will|would|could|did|does|told|\w{3,}ed)\b)"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ww]e|him|her|them)\b")
_NO_NAMES = re.compile(  # what stands in capitals because a sentence begins
    r"the|an?|in|on|at|for|but|and|or|if|as|it|he|she|they|we|you|i|this|that|these|those|his|her|"
    r"their|its|our|when|while|after|before|since|not|no|there|then|so|what|who|how|why",
    re.IGNORECASE,
)


def further_targets(
    rows: Sequence[TargetRow], *, most: int, seed: int, at_most: int | None = None
) -> list[TargetRow]:
    """Find further targets in the texts of rows: names, subjects of verbs, and pronouns.

    Args:
        rows: The rows; their own targets are left out.
        most: Of each text, drawn by chance where there are more.
        seed: Of the draw.
        at_most: Of all texts together; as many as there are where nothing is said.

    Returns:
        Rows of the same group, whose tone says nothing: only a teacher can tell it.
    """
    draw = np.random.default_rng(seed)
    by_text: dict[str, list[TargetRow]] = {}
    for row in rows:
        by_text.setdefault(row.text, []).append(row)
    found = []
    for text, known in by_text.items():
        spans = [span for span in _spans(text) if not _touches(span, known)]
        chosen = draw.permutation(len(spans))[:most]
        found += [
            replace(known[0], start=spans[place][0], end=spans[place][1], tone=0)
            for place in sorted(chosen)
        ]
    kept = draw.permutation(len(found))[:at_most]
    return [found[place] for place in sorted(kept)]


def soft_labels(teacher: TargetEncoder, rows: Sequence[TargetRow]) -> NDArray[np.float64]:
    """Let a teacher say how each text reflects on its target.

    Args:
        teacher: The encoder of a finished model folder.
        rows: n rows.

    Returns:
        Shape (n, 3): negative, neutral, positive.

    Source:
        Hinton, Vinyals & Dean (2015), Distilling the knowledge in a neural network.
    """
    return teacher.probabilities(
        [row.text for row in rows], [row.start for row in rows], [row.end for row in rows]
    )


def _spans(text: str) -> list[tuple[int, int]]:
    names = [found.span() for found in _NAME.finditer(text) if not _NO_NAMES.fullmatch(found[0])]
    subjects = [found.span("noun") for found in _SUBJECT.finditer(text)]
    pronouns = [found.span() for found in _PRONOUN.finditer(text)]
    return sorted({*names, *subjects, *pronouns})


def _touches(span: tuple[int, int], known: Sequence[TargetRow]) -> bool:
    return any(span[0] < row.end and row.start < span[1] for row in known)
