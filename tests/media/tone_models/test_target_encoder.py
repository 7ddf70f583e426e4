import json
import pickle
import random
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models.model_folder import ModelFolder, read_model_folder, sha256_of
from outcomes.media.tone_models.target_encoder import TargetEncoder

TINY = Path(__file__).parents[1] / "tiny_tone_model"
PRAISED = "Residents praised the police after the crash."
ACCUSED = "A man accused the police of misconduct."
PLAIN = "Police said a man was found dead near the park."


@pytest.fixture(scope="module")
def encoder() -> TargetEncoder:
    return TargetEncoder(read_model_folder(TINY))


def score(encoder: TargetEncoder, *texts: str) -> NDArray[np.float64]:
    starts = [text.lower().index("police") for text in texts]
    return encoder.probabilities(texts, starts, [start + 6 for start in starts])


def folder_with(tmp_path: Path, **files: bytes) -> ModelFolder:
    """The tiny model with other files, honestly listed."""
    folder = Path(shutil.copytree(TINY, tmp_path / "model"))
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    for name, content in files.items():
        path = folder / {"encoder": "encoder.onnx", "tokenizer": "tokenizer.json"}[name]
        path.write_bytes(content)
        card["files"][path.name] = sha256_of(path)
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    return read_model_folder(folder)


def made_up(rows: int) -> tuple[list[str], list[int], list[int]]:
    words = [*PRAISED.split(), *ACCUSED.split(), *PLAIN.split(), "lawsuit", "award"]
    draw = random.Random(4)
    texts, starts = [], []
    for _ in range(rows):
        before = " ".join(draw.choices(words, k=draw.randrange(12)))
        after = " ".join(draw.choices(words, k=draw.randrange(40)))
        texts.append(f"{before} police {after}")
        starts.append(len(before) + 1)
    return texts, starts, [start + 6 for start in starts]


def test_praise_near_the_target_is_positive_and_blame_negative(encoder: TargetEncoder) -> None:
    found = score(encoder, PRAISED, ACCUSED, PLAIN)
    assert found.argmax(axis=1).tolist() == [2, 0, 1]
    assert found.shape == (3, 3)


def test_the_same_sentence_has_another_tone_toward_another_target(encoder: TargetEncoder) -> None:
    text = "The mayor praised the police, and a judge far from there called the jail the worst."
    spans = [(text.index(word), text.index(word) + len(word)) for word in ("police", "jail")]
    found = encoder.probabilities([text, text], *zip(*spans, strict=True))
    assert found.argmax(axis=1).tolist() == [2, 0]


def test_each_row_sums_to_one(encoder: TargetEncoder) -> None:
    found = encoder.probabilities(*made_up(200))
    assert np.abs(found.sum(axis=1) - 1).max() < 1e-9
    assert found.min() >= 0


def test_no_rows_give_no_rows(encoder: TargetEncoder) -> None:
    assert encoder.probabilities([], [], []).shape == (0, 3)


def test_the_temperature_is_applied(tmp_path: Path) -> None:
    cold = read_model_folder(TINY)
    shutil.copytree(TINY, tmp_path / "warm")
    card = json.loads((TINY / "model.json").read_text(encoding="utf-8")) | {"temperature": 2.5}
    (tmp_path / "warm" / "model.json").write_text(json.dumps(card), encoding="utf-8")
    warm = read_model_folder(tmp_path / "warm")
    assert (cold.temperature, warm.temperature) == (1.25, 2.5)
    at_cold, at_warm = (score(TargetEncoder(one), PRAISED)[0] for one in (cold, warm))
    slope = np.log(at_cold[2] / at_cold[1]) / np.log(at_warm[2] / at_warm[1])
    assert slope == pytest.approx(2, abs=1e-3)


def test_a_blinded_model_reads_neither_origin_nor_agency(tmp_path: Path) -> None:
    folder = folder_with(tmp_path)
    texts = ["The Black man accused Cobb Hollow police.", "The man accused police."]
    spans = [(text.index("police"), len(text) - 1) for text in texts]
    starts, ends = [one for one, _ in spans], [end for _, end in spans]
    seeing = TargetEncoder(folder).probabilities(texts, starts, ends)
    blinded = TargetEncoder(replace(folder, blinded=True))
    blind = blinded.probabilities(texts, starts, ends)
    assert (seeing[0] != seeing[1]).any()
    assert (blind[0] == blind[1]).all()
    assert (blind[1] == seeing[1]).all()
    with pytest.raises(DataError, match="lies outside"):
        blinded.probabilities(["Police left."], [3], [99])


def test_a_row_gets_the_same_bits_whatever_stands_beside_it(encoder: TargetEncoder) -> None:
    texts, starts, ends = made_up(300)
    together = encoder.probabilities(texts, starts, ends)
    order = random.Random(1).sample(range(300), 120)
    some = encoder.probabilities(*([part[row] for row in order] for part in (texts, starts, ends)))
    assert np.array_equal(some, together[order])
    alone = [score_one(encoder, texts, starts, row) for row in order[:40]]
    assert np.array_equal(np.array(alone), together[order[:40]])


def score_one(
    encoder: TargetEncoder, texts: list[str], starts: list[int], row: int
) -> NDArray[np.float64]:
    return encoder.probabilities([texts[row]], [starts[row]], [starts[row] + 6])[0]


def test_the_same_call_gives_the_same_bits(encoder: TargetEncoder) -> None:
    rows = made_up(150)
    first = encoder.probabilities(*rows)
    assert encoder.probabilities(*rows).tobytes() == first.tobytes()
    assert TargetEncoder(encoder.folder).probabilities(*rows).tobytes() == first.tobytes()


class Recorder:
    """A session that remembers the shapes it was given."""

    def __init__(self, session: Any) -> None:
        self.session, self.shapes = session, []  # type: ignore[var-annotated]

    def run(self, names: list[str], feed: dict[str, Any]) -> Any:
        self.shapes.append(feed["ids"].shape)
        return self.session.run(names, feed)


def recorded(folder: ModelFolder) -> tuple[TargetEncoder, Recorder]:
    encoder = TargetEncoder(folder)
    encoder.load()
    recorder = Recorder(encoder._session)
    encoder._session = recorder
    return encoder, recorder


def test_equal_rows_are_scored_once() -> None:
    encoder, recorder = recorded(read_model_folder(TINY))
    found = score(encoder, *([PRAISED, ACCUSED] * 500))
    assert recorder.shapes == [(2, 12)]
    assert np.array_equal(found, np.tile(found[:2], (500, 1)))


def test_a_batch_is_bounded_and_holds_rows_of_one_length() -> None:
    encoder, recorder = recorded(read_model_folder(TINY))
    encoder.probabilities(*made_up(800))
    assert sum(rows for rows, _ in recorder.shapes) > 500
    assert max(rows * length for rows, length in recorder.shapes) <= 384
    assert max(rows for rows, _ in recorder.shapes) > 5


def test_a_long_call_is_cut_into_blocks_in_their_order() -> None:
    encoder = TargetEncoder(read_model_folder(TINY))
    found = score(encoder, *[PRAISED] * 8191, ACCUSED, PLAIN, ACCUSED)
    assert found.argmax(axis=1)[8190:].tolist() == [2, 0, 1, 0]


def test_an_encoder_whose_scale_comes_from_the_batch_gets_one_row_at_a_time(tmp_path: Path) -> None:
    note = b"DynamicQuantizeLinear"
    content = (TINY / "encoder.onnx").read_bytes() + b"\x32" + bytes([len(note)]) + note
    encoder, recorder = recorded(folder_with(tmp_path, encoder=content))
    encoder.probabilities(*made_up(60))
    assert {rows for rows, _ in recorder.shapes} == {1}


def test_nothing_is_loaded_before_it_is_needed() -> None:
    encoder = TargetEncoder(read_model_folder(TINY))
    assert encoder._session is None
    assert encoder.__getstate__() == {"folder": encoder.folder, "threads": 1}


def test_an_encoder_that_is_in_use_can_be_sent_to_a_process(encoder: TargetEncoder) -> None:
    before = score(encoder, PRAISED, ACCUSED)
    sent = pickle.loads(pickle.dumps(encoder))
    assert sent._session is None
    assert np.array_equal(score(sent, PRAISED, ACCUSED), before)


@pytest.mark.skipif(sys.platform == "win32", reason="starting processes is slow there")
def test_a_spawned_process_gives_the_same_scores(encoder: TargetEncoder) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(encoder.probabilities, [PRAISED], [22], [28]).result(timeout=120)
    assert np.array_equal(there, encoder.probabilities([PRAISED], [22], [28]))


def test_weights_that_are_none_are_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, encoder=b"no weights at all")
    with pytest.raises(FileError, match="the weights cannot be loaded") as caught:
        score(TargetEncoder(folder), PRAISED)
    assert "\n" not in str(caught.value)


def test_an_empty_file_of_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"encoder\.onnx"):
        score(TargetEncoder(folder_with(tmp_path, encoder=b"")), PRAISED)


@pytest.mark.parametrize("name", [b"target", b"logits", b"mask"])
def test_an_encoder_with_another_input_or_output_is_refused(tmp_path: Path, name: bytes) -> None:
    content = (TINY / "encoder.onnx").read_bytes()
    inside = bytes([len(name)]) + name
    other = content.replace(inside, bytes([len(name)]) + name[::-1])
    with pytest.raises(FileError, match="this is no target encoder") as caught:
        score(TargetEncoder(folder_with(tmp_path, encoder=other)), PRAISED)
    assert name[::-1].decode() in str(caught.value)


def test_weights_that_give_no_numbers_are_refused(tmp_path: Path) -> None:
    content = (TINY / "encoder.onnx").read_bytes()
    bias = np.array([0, 1, 0], dtype=np.float32).tobytes()
    at = content.rindex(bias)
    nothing = np.array([0, np.nan, 0], dtype=np.float32).tobytes()
    broken = content[:at] + nothing + content[at + len(bias) :]
    with pytest.raises(DataError, match="tiny 1 gives scores that are no numbers"):
        score(TargetEncoder(folder_with(tmp_path, encoder=broken)), PRAISED)


def test_a_span_outside_its_text_is_refused(encoder: TargetEncoder) -> None:
    with pytest.raises(DataError, match="lies outside"):
        encoder.probabilities(["police"], [0], [7])


def test_less_than_one_thread_is_refused() -> None:
    with pytest.raises(DataError, match="at least one thread"):
        TargetEncoder(read_model_folder(TINY), threads=0)


def test_the_import_of_the_encoder_loads_no_heavy_library() -> None:
    code = (
        "import sys; import outcomes.media.tone_models.target_encoder; "
        "print([name for name in ('onnxruntime', 'tokenizers', 'torch', 'onnx') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
