"""Contrast sets: does a model tell apart what only differs in the part that the police play?"""

from collections.abc import Iterator

import pandas as pd

from outcomes.media.model_checks.model_answers import ModelAnswers


def wholly_right(answers: ModelAnswers) -> Iterator[tuple[str, pd.DataFrame]]:
    """Say of each set of rows that belong together whether all of it was called rightly.

    Two kinds of sets are formed, each only of rows with different tones, for where all are alike
    a model that never looks at the target can be wholly right: the targets of one sentence, and
    several tellings of one event (rows of a named group with different texts).

    Args:
        answers: Of a model.

    Yields:
        The name of the figure, and a table with one row a set: group (in which sets are drawn
        again for intervals) and right.

    Source:
        Gardner et al. (2020), Findings of EMNLP: 1307-1323, contrast sets and their consistency.
    """
    table = answers.rows.table[answers.toned].assign(right=answers.right)
    if answers.rows.kind == "sentences":
        by_text = table.groupby("text", sort=False)
        yield "conflicting_wholly_right", _sets(by_text, several="tone")
    told = table[table["grouped"].astype(bool)]
    yield "contrast_wholly_right", _sets(told.groupby("group", sort=False), several="text")


def _sets(groups: "pd.api.typing.DataFrameGroupBy", *, several: str) -> pd.DataFrame:
    found = groups.agg(
        group_of=("group", "first"),
        right=("right", "all"),
        tones=("tone", "nunique"),
        several=(several, "nunique"),
    )
    found = found[(found["tones"] > 1) & (found["several"] > 1)]
    return pd.DataFrame({"group": found["group_of"].to_numpy(), "right": found["right"].to_numpy()})
