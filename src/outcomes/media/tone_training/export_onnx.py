"""The finished network as ONNX, which runs without torch, and whether it says the same there."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from outcomes.errors import OutcomesError
from outcomes.media.tone_models.target_tokens import TargetTokens
from outcomes.media.tone_training.target_network import batch_of, network_probabilities, scores

OPSET = 17
_CLOSE = 1e-4  # in probability
_KNOWN = (  # what the exporter says of itself; that the export is right is checked afterwards
    r".*legacy TorchScript-based ONNX export.*",
    r"The feature will be removed\. Please remove usage of this function",
    r".*Converting a tensor to a Python.*",
    r".*Exporting aten::index operator of advanced indexing.*",
    r".*torch\.tensor results are registered.*",
)
_AXES = {
    "ids": {0: "b", 1: "t"},
    "mask": {0: "b", 1: "t"},
    "target": {0: "b", 1: "t"},
    "logits": {0: "b"},
}


def export_network(network: Any, path: Path, *, example: Sequence[TargetTokens]) -> None:
    """Write a network as ONNX in float32.

    Args:
        network: From ``new_network``, trained.
        path: The file to write.
        example: Two or more rows to run it on; rows of any length can be run afterwards.
    """
    import torch
    from torch import nn

    class Exported(nn.Module):  # type: ignore[misc]
        """The network with the names that the exporter needs."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, ids: Any, mask: Any, target: Any) -> Any:
            return scores(self.network, ids=ids, mask=mask, target=target)

    network.eval()
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            Exported().eval(),
            batch_of(example, filler=0),
            str(path),
            input_names=["ids", "mask", "target"],
            output_names=["logits"],
            dynamic_axes=_AXES,
            dynamo=False,
            opset_version=OPSET,
        )


def require_same(network: Any, path: Path, *, rows: Sequence[TargetTokens], filler: int) -> float:
    """Refuse an export that does not say what the network says, whatever the length of a row.

    Args:
        network: What was exported.
        path: The float32 export.
        rows: Rows of different lengths.
        filler: The token that means nothing.

    Returns:
        The largest difference in a probability.

    Raises:
        OutcomesError: A probability differs by more than 0.0001.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    ours = network_probabilities(network, rows, filler=filler)
    theirs = []
    for row in rows:
        ids, mask, target = (part.numpy() for part in batch_of([row], filler=filler))
        logits = session.run(None, {"ids": ids, "mask": mask, "target": target})[0].astype(float)
        odds = np.exp(logits - logits.max())
        theirs.append(odds[0] / odds.sum())
    far = float(np.abs(ours - np.array(theirs)).max())
    if far > _CLOSE:
        raise OutcomesError(
            f"the exported model says something else than the trained one: a probability differs "
            f"by {far:.2g}, and {_CLOSE:g} is allowed. Use another base"
        )
    return far


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what the exporter is known to say of itself: that it is the older one, and why."""
    former = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for message in _KNOWN:
                warnings.filterwarnings("ignore", message=message)
            yield
    finally:
        logging.disable(former)
