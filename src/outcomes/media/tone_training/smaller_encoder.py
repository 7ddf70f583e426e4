"""Whether the encoder is kept in int8, a quarter as big and faster, or in float32."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.media.tone_models.model_folder import ENCODER, ModelFolder
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_models.target_tokens import open_tokenizer
from outcomes.media.tone_training.export_onnx import export_network, require_same
from outcomes.media.tone_training.finished_folder import write_folder
from outcomes.media.tone_training.held_out import Figures, tone_figures
from outcomes.media.tone_training.material import TargetRow
from outcomes.media.tone_training.row_int8 import write_row_int8
from outcomes.media.tone_training.row_tokens import tokens_of

_COMPARED = 50  # rows of different lengths on which network and export must say the same


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEncoder:
    """The draft of a model folder whose encoder is kept, and what the other one would have done."""

    folder: ModelFolder
    kind: str  # "int8" or "float32"
    probabilities: NDArray[np.float64]  # of the held-out rows, of temperature 1
    figures: dict[str, Figures]  # of both, by kind
    export_differs: float  # at most, in a probability


def keep_encoder(
    network: Any,
    rows: Sequence[TargetRow],
    *,
    work: Path,
    tokenizer: Path,
    filler: int,
    card: dict[str, Any],
    loses_at_most: float,
) -> KeptEncoder:
    """Export a trained network, make it smaller, and keep the smaller unless it does worse.

    Args:
        network: Trained.
        rows: Held-out rows, on which the two are compared.
        work: Where the drafts are written: float32 and int8.
        tokenizer: Its file.
        filler: The token that means nothing.
        card: Of model.json: name, version, longest and so on.
        loses_at_most: By how much macro-F1 may fall.
    """
    reader = open_tokenizer(tokenizer)
    tokens = tokens_of(rows, tokenizer=reader, longest=card["longest"])
    order = np.argsort([len(row.ids) for row in tokens], kind="stable")
    some = [tokens[place] for place in order[np.linspace(0, len(order) - 1, _COMPARED).astype(int)]]
    whole, small = work / "float32", work / "int8"
    for folder in (whole, small):
        folder.mkdir(parents=True, exist_ok=True)
    export_network(network, whole / ENCODER, example=[some[0], some[-1]])
    far = require_same(network, whole / ENCODER, rows=some, filler=filler)
    write_row_int8(whole / ENCODER, small / ENCODER)
    drafts = {
        folder.name: write_folder(folder, encoder=folder / ENCODER, tokenizer=tokenizer, card=card)
        for folder in (whole, small)
    }
    odds = {kind: _judge(folder, rows) for kind, folder in drafts.items()}
    figures = {kind: tone_figures(rows, found) for kind, found in odds.items()}
    lost = figures["float32"]["macro_f1"] - figures["int8"]["macro_f1"]
    kind = "float32" if lost > loses_at_most else "int8"
    return KeptEncoder(
        folder=drafts[kind],
        kind=kind,
        probabilities=odds[kind],
        figures=figures,
        export_differs=far,
    )


def _judge(folder: ModelFolder, rows: Sequence[TargetRow]) -> NDArray[np.float64]:
    return TargetEncoder(folder).probabilities(
        [row.text for row in rows], [row.start for row in rows], [row.end for row in rows]
    )
