"""The encoder at work: sentences with a target in, three probabilities each out.

Deterministic: a row gets the same answer, to the last bit, whatever stands beside it. So only rows
with equally many tokens share a batch, which also saves padding; a row without an equal goes in
twice, for products with a single row are summed in another order; and an encoder that takes its
scale of 8-bit numbers from a whole batch (measured: it moves logits by .06) gets one row at a time.
"""

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models.blinding import blind_rows
from outcomes.media.tone_models.model_folder import ModelFolder
from outcomes.media.tone_models.target_tokens import (
    TargetTokens,
    check_spans,
    mark_targets,
    open_tokenizer,
)

INPUTS = {"ids": "tensor(int64)", "mask": "tensor(int64)", "target": "tensor(float)"}
OUTPUT = "logits"
_ROWS_AT_ONCE = 8192  # of a call: bounds memory, and leaves enough rows of each length
_TOKENS_A_BATCH = 384  # measured: more no longer pays, and the caches hold it
_DIGITS = 6  # of a probability: hides the last bits, in which kinds of processors differ
_BATCH_SCALE = b"DynamicQuantizeLinear"
_SLOWER = ["SkipLayerNormFusion", "BiasGeluFusion"]  # measured: 6 to 15 % without the two

Probabilities3 = NDArray[np.float64]


class TargetEncoder:
    """A model folder's encoder, opened at the first use; a copy sent to a process opens its own."""

    def __init__(self, folder: ModelFolder, *, threads: int = 1) -> None:
        if threads < 1:
            raise DataError(f"the encoder needs at least one thread, not {threads}")
        self.folder, self.threads = folder, threads
        self._tokenizer: Any = None
        self._session: Any = None
        self._row_by_row = False

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.folder, self.threads = state["folder"], state["threads"]
        self._tokenizer = self._session = None
        self._row_by_row = False

    def load(self) -> None:
        """Load tokenizer and weights now, to fail early or to keep loading out of a timing.

        Raises:
            FileError: The files are not what a target encoder needs.
        """
        if self._session is None:
            tokenizer = open_tokenizer(self.folder.tokenizer)
            session = _open_session(self.folder.encoder, threads=self.threads)
            self._row_by_row = _has_batch_scale(self.folder.encoder)
            self._tokenizer, self._session = tokenizer, session

    def probabilities(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> Probabilities3:
        """Say how each text reflects on its target.

        Args:
            texts: Sentences, n of them; the same sentence and target is scored once.
            starts: Where each target starts, in characters.
            ends: The first character behind each target.

        Returns:
            Negative, neutral and positive, shape (n, 3); each row sums to 1. The temperature that
            calibrates the model is applied.

        Raises:
            DataError: A span lies outside its text, or a score is no number.
            FileError: The files are not what a target encoder needs.
        """
        self.load()
        if self.folder.blinded:
            check_spans(texts, starts, ends)
            texts, starts, ends = blind_rows(texts, starts, ends)
        blocks = []
        for at in range(0, len(texts), _ROWS_AT_ONCE):
            end = at + _ROWS_AT_ONCE
            blocks.append(self._block(texts[at:end], starts[at:end], ends[at:end]))
        return np.concatenate([np.empty((0, 3)), *blocks])

    def _block(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> Probabilities3:
        marked = mark_targets(
            texts, starts, ends, tokenizer=self._tokenizer, longest=self.folder.longest
        )
        place: dict[TargetTokens, int] = {}
        places = [place.setdefault(tokens, len(place)) for tokens in marked]
        logits = self._logits(list(place))
        return _probabilities(logits / self.folder.temperature)[places]

    def _logits(self, rows: Sequence[TargetTokens]) -> Probabilities3:
        logits = np.empty((len(rows), 3))
        for batch in _batches(rows, alone=self._row_by_row):
            together = [rows[row] for row in batch]
            if len(together) == 1 and not self._row_by_row:
                together *= 2
            found = self._session.run([OUTPUT], _feed(together))[0]
            logits[batch] = found[: len(batch)]
        if not np.isfinite(logits).all():
            raise DataError(
                f"the model {self.folder.title} gives scores that are no numbers: its weights are "
                "broken. Copy the model folder again, or train the model anew"
            )
        return logits


def _batches(rows: Sequence[TargetTokens], *, alone: bool) -> Iterator[list[int]]:
    """Put rows of one length together, in the order of their lengths."""
    by_length: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        by_length.setdefault(len(row.ids), []).append(number)
    for length in sorted(by_length):
        most = 1 if alone else max(1, _TOKENS_A_BATCH // length)
        numbers = by_length[length]
        for at in range(0, len(numbers), most):
            yield numbers[at : at + most]


def _feed(rows: Sequence[TargetTokens]) -> dict[str, Any]:
    ids = np.array([row.ids for row in rows], dtype=np.int64)
    target = np.zeros(ids.shape, dtype=np.float32)
    for number, row in enumerate(rows):
        target[number, row.first : row.last + 1] = 1
    return {"ids": ids, "mask": np.ones_like(ids), "target": target}


def _probabilities(logits: Probabilities3) -> Probabilities3:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = np.round(odds / odds.sum(axis=1, keepdims=True), _DIGITS)
    shares[:, 1] = np.round(1 - shares[:, 0] - shares[:, 2], _DIGITS)
    return np.asarray(np.clip(shares, 0, 1))


def _has_batch_scale(path: Path) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_BATCH_SCALE) >= 0


def _open_session(path: Path, *, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # problems come back as errors, in our words
    options.enable_mem_pattern = False  # one pattern a length would be kept for each batch shape
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=_SLOWER,
        )
    except Exception as error:  # the library raises many kinds
        first = str(error).splitlines()[0][:200]
        raise FileError(
            path, "", f"the weights cannot be loaded: {first}", "Copy the model folder again"
        ) from None
    _check_session(path, session)
    return session


def _check_session(path: Path, session: Any) -> None:
    inputs = {one.name: one.type for one in session.get_inputs()}
    outputs = {one.name: one.type for one in session.get_outputs()}
    if inputs != INPUTS or outputs.get(OUTPUT) != "tensor(float)":
        raise FileError(
            path,
            "",
            f"this is no target encoder: it reads {_listed(inputs)} and gives {_listed(outputs)}, "
            f"and must read {_listed(INPUTS)} and give {OUTPUT} (tensor(float))",
            "Train it with: outcomes media train",
        )
    shape = next(one.shape for one in session.get_outputs() if one.name == OUTPUT)
    if len(shape) != 2 or (isinstance(shape[1], int) and shape[1] != 3):
        raise FileError(
            path,
            "",
            f"this is no target encoder: its {OUTPUT} have the shape {shape}, and must be three "
            "a sentence: negative, neutral, positive",
            "Train it with: outcomes media train",
        )


def _listed(parts: dict[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in parts.items())
