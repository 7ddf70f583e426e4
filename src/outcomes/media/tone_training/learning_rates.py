"""How fast each part of the network learns, and how that changes over the run."""

import re
from typing import Any

from outcomes.media.tone_training.recipe import Recipe

_LAYER = re.compile(r"\.layer\.(\d+)\.")
_LOWEST = 0.02  # of the full rate, at the end


def freeze(network: Any, recipe: Recipe) -> None:
    """Keep the lowest layers, and the words below them, as the base has them."""
    if not recipe.frozen_layers:
        return
    encoder = network["encoder"]
    for name, weights in encoder.named_parameters():
        layer = _LAYER.search(f".{name}")
        below = layer is not None and int(layer[1]) < recipe.frozen_layers
        if below or (layer is None and not name.startswith("pooler")):
            weights.requires_grad = False


def new_optimizer(network: Any, recipe: Recipe) -> tuple[Any, list[float]]:
    """Make an AdamW with one rate a layer; give it and the full rate of each of its groups."""
    import torch

    layers = len(network["encoder"].encoder.layer)
    groups: list[dict[str, Any]] = []
    for name, weights in network.named_parameters():
        if weights.requires_grad and ".pooler." not in name:
            decay = recipe.weight_decay if weights.ndim > 1 else 0.0
            rate = _rate(name, recipe=recipe, layers=layers)
            groups.append({"params": [weights], "lr": rate, "weight_decay": decay})
    return torch.optim.AdamW(groups), [float(group["lr"]) for group in groups]


def share_of_rate(step: int, *, steps: int, warm_up: float) -> float:
    """Say which share of the full rate holds at a step: up in a line, then down in a line.

    Args:
        step: Counted from 0.
        steps: Of the whole run.
        warm_up: The share of the run over which the rate rises.
    """
    return min(1.0, step / (warm_up * steps + 1)) * max(_LOWEST, (steps - step) / steps)


def _rate(name: str, *, recipe: Recipe, layers: int) -> float:
    if name.startswith("top."):
        return recipe.rate * recipe.head_times
    layer = _LAYER.search(name)
    depth = int(layer[1]) if layer else 0
    return recipe.rate * recipe.layer_decay ** (layers - depth)
