"""Further targets for a teacher; averages; and exports that say what the network says."""

import numpy as np
import pytest

from outcomes.errors import FileError, OutcomesError
from outcomes.media.tone_models.target_tokens import TargetTokens
from outcomes.media.tone_training import export_onnx, training_parts
from outcomes.media.tone_training.checkpoints import Checkpoint, find_checkpoint, keep_checkpoint
from outcomes.media.tone_training.distil import further_targets
from outcomes.media.tone_training.material import TargetRow
from outcomes.media.tone_training.weight_average import average_weights


def row(text, target, tone=0):
    start = text.index(target)
    return TargetRow(
        text=text, start=start, end=start + len(target), tone=tone, group="g", source="s"
    )


def spans(rows):
    return {each.text[each.start : each.end] for each in rows}


def test_names_subjects_and_pronouns_are_further_targets_and_known_ones_are_not():
    text = "The mayor said Chief Ana Ruiz had lied, and the union rejected that before she quit."
    known = [row(text, "Chief Ana Ruiz")]
    assert spans(further_targets(known, most=9, seed=0)) == {"mayor", "union", "she"}
    assert len(further_targets(known, most=1, seed=0)) == 1
    assert further_targets(known, most=2, seed=4) == further_targets(known, most=2, seed=4)
    assert len(further_targets(known, most=9, at_most=2, seed=0)) == 2
    assert further_targets([row("Police.", "Police")], most=3, seed=0) == []


@pytest.fixture
def checkpoint(training_parts, tmp_path):
    import torch

    def keep(name, *values):
        path = tmp_path / name / "checkpoint.pt"
        state = Checkpoint(
            digest="d", epochs=1, losses=(1.0,), cpu_seconds=1.0, peak_megabytes=1.0,
            network={"w": torch.tensor(values), "places": torch.arange(3)}, optimizer={},
        )  # fmt: skip
        keep_checkpoint(path, state)
        return path

    return keep


def test_weights_are_averaged_and_counters_stay(checkpoint):
    average = average_weights([checkpoint("a", 1.0, 4.0), checkpoint("b", 2.0, 8.0)])
    assert average["w"].tolist() == [1.5, 6.0]
    assert average["places"].tolist() == [0, 1, 2]


def test_a_checkpoint_of_another_run_or_a_broken_one_is_refused(checkpoint, tmp_path):
    path = checkpoint("a", 1.0)
    assert find_checkpoint(path, digest="d").losses == (1.0,)
    assert find_checkpoint(tmp_path / "none.pt", digest="d") is None
    with pytest.raises(FileError, match=r"begun with other material.*seed or threads"):
        find_checkpoint(path, digest="other")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(FileError, match=r"cannot be read.*without --resume"):
        find_checkpoint(path, digest="d")


@pytest.fixture
def network(training_parts):
    """A random MPNet of 2 layers, whose attention depends on how far tokens lie apart."""
    import torch
    from torch import nn
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(5)
    config = MPNetConfig(
        vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=80,
    )  # fmt: skip
    config._attn_implementation = "eager"
    top = nn.Sequential(nn.Dropout(0.1), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 3))
    return nn.ModuleDict({"encoder": MPNetModel(config), "top": top}).eval()


def rows_of_lengths(*lengths):
    draw = np.random.default_rng(2)
    return [
        TargetTokens(ids=tuple(int(i) for i in draw.integers(3, 50, size=n)), first=1, last=2)
        for n in lengths
    ]


def test_an_export_says_the_same_for_rows_of_any_length(network, tmp_path):
    path = tmp_path / "encoder.onnx"
    export_onnx.export_network(network, path, example=rows_of_lengths(5, 9))
    rows = rows_of_lengths(*range(4, 70, 3))
    assert export_onnx.require_same(network, path, rows=rows, filler=1) < 1e-4


def test_an_export_that_says_something_else_is_refused(network, tmp_path):
    import torch

    path = tmp_path / "encoder.onnx"
    export_onnx.export_network(network, path, example=rows_of_lengths(5, 9))
    with torch.no_grad():
        network["top"][3].bias += torch.tensor([1.0, 0.0, -1.0])
    with pytest.raises(OutcomesError, match="says something else than the trained one"):
        export_onnx.require_same(network, path, rows=rows_of_lengths(6, 7), filler=1)


def test_where_training_is_not_installed_the_command_that_installs_it_is_said(monkeypatch):
    monkeypatch.setattr(training_parts, "PARTS", ("no_such_package", "json"))
    with pytest.raises(OutcomesError, match=r"needs no_such_package.*'outcomes\[training\]'"):
        training_parts.require_training()
