"""The rows that nobody labelled, and of which only a teacher says how they reflect on a target."""

from collections.abc import Sequence

from outcomes.media.tone_training.article_targets import article_targets
from outcomes.media.tone_training.distil import further_targets
from outcomes.media.tone_training.material import TargetRow
from outcomes.media.tone_training.police_targets import police_targets
from outcomes.media.tone_training.training_order import Parted, TrainingOrder


def rows_to_teach(order: TrainingOrder, parted: Parted) -> dict[str, list[TargetRow]]:
    """Gather what the recipe wants a teacher to judge beside the labelled rows.

    Args:
        order: The order, with its recipe, its seed and its articles.
        parted: Its labelled rows. No text that is only judged is taught.

    Returns:
        Rows by kind: further targets of the trained texts, police in the place of the targets of
        NewsMTSC, and police mentions in the sentences of articles. No row comes twice.
    """
    recipe, seed = order.recipe, order.seed
    found = {
        "further targets": further_targets(
            parted.trained, most=recipe.further_targets, at_most=recipe.further_most, seed=seed
        ),
        "police in the place of others": police_targets(
            parted.trained_public, most=recipe.police_targets, seed=seed
        ),
        "police in articles": article_targets(
            order.articles, most=recipe.article_targets, seed=seed
        ),
    }
    known = {_place(row) for row in parted.trained}
    judged = {row.text for row in parted.held_out}
    return {kind: _new(rows, known, judged=judged) for kind, rows in found.items()}


def _new(
    rows: Sequence[TargetRow], known: set[tuple[str, int, int]], *, judged: set[str]
) -> list[TargetRow]:
    """Keep rows that are not known yet, and note them as known."""
    kept = []
    for row in rows:
        if row.text not in judged and _place(row) not in known:
            known.add(_place(row))
            kept.append(row)
    return kept


def _place(row: TargetRow) -> tuple[str, int, int]:
    return row.text, row.start, row.end
