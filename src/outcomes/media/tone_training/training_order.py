"""What is to be trained: name, base, material and recipe; and the rows that are held out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.media.tone_training.material import (
    Material,
    TargetRow,
    TonedArticle,
    split_by_group,
)
from outcomes.media.tone_training.recipe import Recipe

FEWEST_TRAINED, FEWEST_HELD_OUT = 60, 12
FEWEST_OF_A_TONE = 8  # of these articles, for each tone
_WORDS = {-1: "negative", 0: "neutral", 1: "positive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """All that a model is made from."""

    name: str
    version: str
    base: str  # as for open_base; "" for the recipe's own
    recipe: Recipe
    recipe_name: str
    materials: tuple[Material, ...]
    checks: tuple[Material, ...] = ()  # never trained, only to judge by
    teacher: Path | None = None
    seed: int = 0
    threads: int = 1
    out: Path
    resume: bool = False
    day: str = ""  # on which it is made, ISO

    @property
    def work(self) -> Path:
        """Where a run lies until its model is finished."""
        return self.out.with_name(self.out.name + ".unfinished")

    @property
    def articles(self) -> list[TonedArticle]:
        """The articles from which the reading of whole articles is learned."""
        return [article for material in self.materials for article in material.articles]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """The rows that are trained, and those that are held out."""

    trained: list[TargetRow] = field(default_factory=list)
    held_out: list[TargetRow] = field(default_factory=list)
    only_judged: frozenset[str] = frozenset()  # sources that nothing may be learned from
    public: frozenset[str] = frozenset()  # sources whose rows are those of NewsMTSC

    def is_public(self, row: TargetRow) -> bool:
        """Say whether a row is one of NewsMTSC."""
        return row.source in self.public

    @property
    def held_out_own(self) -> list[TargetRow]:
        """The held-out rows of the material: no encoder was trained with them."""
        return [row for row in self.held_out if row.source not in self.only_judged]

    @property
    def trained_public(self) -> list[TargetRow]:
        """The rows of NewsMTSC that are trained."""
        return [row for row in self.trained if self.is_public(row)]

    def said(self) -> str:
        """Say how many there are of each tone."""
        return (
            f"{len(self.trained)} sentences are trained ({_tones(self.trained)}); "
            f"{len(self.held_out)} are held out and only judged ({_tones(self.held_out)})"
        )


def part_rows(order: TrainingOrder) -> Parted:
    """Hold out a share of the groups of the material; texts of the checks are never trained.

    Where the recipe says so, NewsMTSC is trained whole: its own development split judges.

    Raises:
        DataError: There are too few rows to train, or to judge by, or a tone is not among them.
    """
    whole: list[TargetRow] = []
    rows: list[TargetRow] = []
    for material in order.materials:
        (whole if material.public and order.recipe.public_whole else rows).extend(material.rows)
    checks = [row for material in order.checks for row in material.rows]
    trained, held_out = split_by_group(rows, share=order.recipe.held_out)
    judged = {row.text for row in (*held_out, *checks)}
    found = Parted(
        trained=[row for row in (*whole, *trained) if row.text not in judged],
        held_out=[*held_out, *checks],
        only_judged=frozenset(each.name for each in order.checks),
        public=frozenset(each.name for each in order.materials if each.public),
    )
    many, few = len(found.trained), len(found.held_out)
    if many < FEWEST_TRAINED or few < FEWEST_HELD_OUT:
        raise DataError(
            f"the material is too small: {many} sentences to train and {few} to hold out, and at "
            f"least {FEWEST_TRAINED} and {FEWEST_HELD_OUT} are needed. Name files with --material"
            + (", and the development split of NewsMTSC with --check-with" if whole else "")
        )
    for tone, word in _WORDS.items():
        if not any(row.tone == tone for row in found.trained):
            raise DataError(
                f"none of the {many} sentences to train is {word}, so no model can learn what "
                "that is. Add material that holds all three tones"
            )
    return found


def require_place(order: TrainingOrder) -> None:
    """Refuse to train over something, or without a teacher that the recipe needs.

    Raises:
        FileError: The model is there already, or an unfinished run lies beside it.
        OutcomesError: The recipe needs a teacher.
    """
    if order.out.exists():
        raise FileError(
            order.out,
            "",
            "there is a model or another folder of this name already",
            "Choose another name, or move that one away: results may rest on it",
        )
    if order.work.exists() and not order.resume:
        raise FileError(
            order.work,
            "",
            "a training of this name was begun and not finished",
            "Give --resume to go on with it, or delete this folder to begin anew",
        )
    if order.recipe.taught and order.teacher is None:
        raise OutcomesError(
            f"the recipe {order.recipe_name!r} learns from a larger model. Train that one first "
            "(outcomes media train my-teacher --recipe accurate …), then name its folder with "
            "--teacher"
        )


def _tones(rows: Sequence[TargetRow]) -> str:
    counts = Counter(row.tone for row in rows)
    return ", ".join(f"{counts[tone]} {word}" for tone, word in _WORDS.items())
