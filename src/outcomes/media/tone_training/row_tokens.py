"""Rows as the numbers that a network reads."""

from collections.abc import Sequence
from typing import Any

from outcomes.media.tone_models.target_tokens import TargetTokens, mark_targets
from outcomes.media.tone_training.material import TargetRow


def tokens_of(
    rows: Sequence[TargetRow], *, tokenizer: Any, longest: int
) -> tuple[TargetTokens, ...]:
    """Mark the target of each row, in their order; at most ``longest`` tokens each."""
    texts, starts = [row.text for row in rows], [row.start for row in rows]
    ends = [row.end for row in rows]
    return tuple(mark_targets(texts, starts, ends, tokenizer=tokenizer, longest=longest))
