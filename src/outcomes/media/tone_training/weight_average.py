"""The average of networks that were trained from the same start: better than each of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def average_weights(checkpoints: Sequence[Path]) -> Any:
    """Average the weights that stand in checkpoints.

    Args:
        checkpoints: Of networks of one base, one recipe and one start; one or more.

    Returns:
        Weights by their names, as a network loads them. Counters and the like, which are no
        fractions, are those of the first.

    Source:
        Wortsman et al. (2022), Model soups, ICML: 23965-23998.
    """
    import torch

    total: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    for path in checkpoints:
        for name, weights in torch.load(path, weights_only=True)["network"].items():
            if not weights.is_floating_point():
                total.setdefault(name, weights)
                continue
            kinds[name] = weights.dtype
            total[name] = weights.double() + total.get(name, 0.0)
    many = len(checkpoints)
    return {
        name: (weights / many).to(kinds[name]) if name in kinds else weights
        for name, weights in total.items()
    }
