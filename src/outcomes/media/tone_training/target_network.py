"""The network that is trained: a base encoder, and on top of it a reading of the marked target.

The mean of all tokens and the mean of the target's tokens, side by side, go through one hidden
layer to three scores: negative, neutral, positive.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import FileError
from outcomes.media.tone_models.target_tokens import CLOSES, OPENS, TargetTokens
from outcomes.media.tone_training.base_encoder import BaseEncoder


def marked_tokenizer(base: BaseEncoder) -> Any:
    """Open the tokenizer of a base and teach it the two marks around a target.

    Raises:
        FileError: tokenizer.json is not a tokenizer.
    """
    from tokenizers import Tokenizer

    path = base.folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more special
        raise FileError(
            path, "", f"this is no tokenizer ({error})", "Fetch the base again"
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.add_special_tokens([OPENS, CLOSES])
    return tokenizer


def new_network(folder: Path, *, words: int, seed: int, dropout: float) -> Any:
    """Build the network from a base, with a new top; the same seed gives the same start.

    Args:
        folder: Of the base encoder.
        words: How many tokens the tokenizer knows, the two marks among them.
        seed: Of the new layers, and of the two marks.
        dropout: Of the new layers.

    Raises:
        FileError: The weights do not fit config.json.
    """
    import torch
    from torch import nn
    from transformers import AutoConfig, AutoModel, logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(seed)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        encoder = AutoModel.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            attn_implementation="eager",  # the form that can be exported
            local_files_only=True,
        )
    except (OSError, ValueError, RuntimeError) as error:
        said = str(error).splitlines()[0]
        raise FileError(
            folder, "", f"this base cannot be opened ({said})", "Fetch it again"
        ) from None
    torch.manual_seed(seed)
    if words > config.vocab_size:
        encoder.resize_token_embeddings(words)
    wide = int(config.hidden_size)
    top = nn.Sequential(
        nn.Dropout(dropout), nn.Linear(2 * wide, wide), nn.Tanh(),
        nn.Dropout(dropout), nn.Linear(wide, 3),
    )  # fmt: skip
    return nn.ModuleDict({"encoder": encoder, "top": top})


def scores(network: Any, *, ids: Any, mask: Any, target: Any) -> Any:
    """Run the network.

    Args:
        network: From ``new_network``.
        ids: Tokens, shape (b, t).
        mask: 1 where a token is, 0 where a row is filled up, shape (b, t).
        target: 1 on the tokens from the first mark to the second, shape (b, t).

    Returns:
        Shape (b, 3).
    """
    import torch

    hidden = network["encoder"](input_ids=ids, attention_mask=mask).last_hidden_state
    whole, part = mask.unsqueeze(-1).to(hidden.dtype), target.unsqueeze(-1).to(hidden.dtype)
    everything = (hidden * whole).sum(1) / whole.sum(1)
    marked = (hidden * part).sum(1) / part.sum(1).clamp(min=1)
    return network["top"](torch.cat([everything, marked], -1).float())


def batch_of(tokens: Sequence[TargetTokens], *, filler: int) -> tuple[Any, Any, Any]:
    """Lay rows side by side, filled up to the longest: ids, mask and target as tensors.

    Args:
        tokens: The rows.
        filler: The token that means nothing.
    """
    import torch

    longest = max(len(row.ids) for row in tokens)
    ids = np.full((len(tokens), longest), filler, dtype=np.int64)
    mask = np.zeros((len(tokens), longest), dtype=np.int64)
    target = np.zeros((len(tokens), longest), dtype=np.float32)
    for place, row in enumerate(tokens):
        ids[place, : len(row.ids)] = row.ids
        mask[place, : len(row.ids)] = 1
        target[place, row.first : row.last + 1] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(target)


def network_probabilities(
    network: Any, tokens: Sequence[TargetTokens], *, filler: int
) -> NDArray[np.float64]:
    """Let a network judge rows; shape (n, 3)."""
    import torch

    network.eval()
    found = np.empty((len(tokens), 3))
    order = np.argsort([len(row.ids) for row in tokens], kind="stable")
    with torch.no_grad():
        for first in range(0, len(order), 32):
            chosen = order[first : first + 32]
            ids, mask, target = batch_of([tokens[place] for place in chosen], filler=filler)
            logits = scores(network, ids=ids, mask=mask, target=target)
            found[chosen] = logits.double().softmax(-1).numpy()
    return found
