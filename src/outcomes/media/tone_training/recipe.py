"""Recipes: how long, how fast and from what a model of tone is trained; data, not code."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from outcomes.declarations import Declaration, read_toml
from outcomes.errors import DataError, one_of

_TEACHING = 0.03  # CPU-seconds that a teacher of the size of mpnet takes for one target

# What only the closing stage and later ones depend on: networks trained before it still stand.
LATER = frozenset({"closing_rate", "closing_epochs", "closing_copies", "loses_at_most", "cost"})

Arithmetic = Literal["measured", "float32", "bfloat16"]


class Recipe(Declaration):
    """One way to train; what each number does stands beside it in recipes.toml."""

    base: str = ""
    epochs: int = Field(ge=1, le=50)
    batch: int = Field(ge=1, le=512)
    rate: float = Field(gt=0, le=0.1)
    layer_decay: float = Field(default=1.0, gt=0, le=1)
    head_times: float = Field(default=1.0, gt=0, le=100)
    frozen_layers: int = Field(default=0, ge=0)
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    longest: int = Field(default=128, ge=16, le=512)
    scored: int | None = Field(default=None, ge=16, le=512)
    warm_up: float = Field(default=0.06, ge=0, lt=1)
    members: int = Field(default=1, ge=1, le=8)
    held_out: float = Field(default=0.12, ge=0.02, le=0.5)
    arithmetic: Arithmetic = "measured"
    weight_decay: float = Field(default=0.01, ge=0, le=1)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    taught: bool = False
    softness: float = Field(default=2.0, ge=1, le=20)
    gold_weight: float = Field(default=0.4, ge=0)
    further_targets: int = Field(default=0, ge=0, le=10)
    further_most: int | None = Field(default=None, ge=1)
    police_targets: int = Field(default=0, ge=0)
    article_targets: int = Field(default=0, ge=0, le=10)
    public_whole: bool = False
    closing_rate: float = Field(default=0.0, ge=0, le=0.1)
    closing_epochs: int = Field(default=1, ge=1, le=20)
    closing_copies: int = Field(default=0, ge=0, le=20)
    loses_at_most: float = Field(default=0.005, ge=0, le=1)  # macro-F1 that int8 may cost
    cost: float = Field(default=0.1, gt=0)  # CPU-seconds a row and epoch

    @model_validator(mode="after")
    def _only_the_taught_learn_of_further_targets(self) -> "Recipe":
        for name in ("further_targets", "police_targets", "article_targets"):
            if getattr(self, name) and not self.taught:
                raise ValueError(
                    f"{name} need a teacher, who gives their tone. Write taught = true"
                )
        return self

    @property
    def most_scored(self) -> int:
        """The most tokens of a sentence that the finished model reads."""
        return self.scored or self.longest

    def cpu_minutes(self, rows: int, *, taught: int = 0, closing: int = 0) -> float:
        """Say about how many CPU-minutes training takes.

        Args:
            rows: Labelled rows.
            taught: Rows that only a teacher labels.
            closing: Rows of the closing stage of one member.
        """
        targets = rows + taught
        learning = targets * self.epochs * self.members * self.cost
        if self.closing_rate:
            learning += closing * self.closing_epochs * self.members * self.cost
        return (learning + (targets * _TEACHING if self.taught else 0.0)) / 60


class _Recipes(Declaration):
    accurate: Recipe
    small: Recipe
    tiny: Recipe


@cache
def _shipped() -> dict[str, Recipe]:
    found = read_toml(Path(__file__).with_name("recipes.toml"), _Recipes)
    return {name: getattr(found, name) for name in _Recipes.model_fields}


def read_recipe(name: str) -> Recipe:
    """Find a recipe by its name, or read it from a TOML file that holds one.

    Raises:
        DataError: No recipe and no file has that name.
        FileError: The file is not TOML, or a value in it is out of bounds.
    """
    if name in _shipped():
        return _shipped()[name]
    path = Path(name)
    if path.suffix != ".toml" and not path.is_file():
        raise DataError(
            f"no recipe is called {name!r}. {one_of(name, list(_shipped()))}; or name a .toml file"
        )
    return read_toml(path, Recipe)
