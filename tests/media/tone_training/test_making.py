"""A model is made from a base and from sentences, end to end, with a network of 32 dimensions."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from planted_sentences import planted_rows

from outcomes.errors import FileError, OutcomesError
from outcomes.media.tone_models.model_folder import read_model_folder
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_training import fine_tune
from outcomes.media.tone_training.making import make_model


def judge(folder, rows):
    spans = ([r.text for r in rows], [r.start for r in rows], [r.end for r in rows])
    return TargetEncoder(read_model_folder(folder)).probabilities(*spans)


def marks(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "model.json"
    }


@pytest.fixture
def said():
    return []


def test_a_tiny_model_learns_planted_words_and_says_how_well(finished):
    folder, said = finished.folder, finished.said
    new = planted_rows(90, seed=99)
    right = judge(folder, new).argmax(axis=1) == [row.tone + 1 for row in new]
    assert np.mean(right) > 0.95
    card = json.loads((folder / "model.json").read_text("utf-8"))
    held_out = card["figures"]["held_out"]["all"]
    assert held_out["macro_f1_low"] <= held_out["macro_f1"] <= held_out["macro_f1_high"]
    assert held_out["macro_f1"] > 0.9
    assert 350 <= held_out["rows"] + card["trained_rows"] <= 360  # equal texts are never both
    assert set(card["figures"]["baselines"]) == {"vader-article", "lexicon"}
    assert card["figures"]["baselines"]["vader-article"]["macro_f1"] < held_out["macro_f1"]
    assert card["cost"]["cpu_minutes"] >= 0
    assert card["cost"]["arithmetic"] == "float32"
    assert card["licence"] == "apache-2.0"
    assert card["material"] == [{"name": "planted", "rows": 360, "articles": 0, "sha256": "0" * 64}]
    losses = [float(line.split()[-1]) for line in said if "mean loss" in line]
    assert losses[-1] < losses[0] / 2
    assert not folder.with_name("our-tone.unfinished").exists()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones(
    order, said, finished, tmp_path
):
    again, other = (
        make_model(order(out=tmp_path / str(seed), seed=seed), say=said.append) for seed in (0, 4)
    )
    assert marks(again) == marks(finished.folder)
    assert marks(again)["encoder.onnx"] != marks(other)["encoder.onnx"]


def test_a_run_that_was_killed_leaves_no_folder_and_goes_on_to_the_same_weights(
    order, said, finished, monkeypatch
):
    keep = fine_tune.keep_checkpoint

    def keep_and_die(path, state):
        keep(path, state)
        if state.epochs == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fine_tune, "keep_checkpoint", keep_and_die)
        with pytest.raises(KeyboardInterrupt):
            make_model(order(), say=said.append)
    assert not order().out.exists()
    with pytest.raises(FileError, match=r"begun and not finished\. Give --resume"):
        make_model(order(), say=said.append)
    said.clear()
    folder = make_model(order(resume=True), say=said.append)
    assert "going on after epoch 2 of 6" in said
    assert marks(folder) == marks(finished.folder)


def test_a_run_does_not_go_on_with_other_material(order, said, monkeypatch):
    def die(path, state):
        keep(path, state)
        raise KeyboardInterrupt

    keep = fine_tune.keep_checkpoint
    with monkeypatch.context() as patch:
        patch.setattr(fine_tune, "keep_checkpoint", die)
        with pytest.raises(KeyboardInterrupt):
            make_model(order(), say=said.append)
    with pytest.raises(FileError, match="begun with other material"):
        make_model(order(resume=True, seed=9), say=said.append)


def test_networks_side_by_side_are_averaged(order, tiny, said, finished, tmp_path):
    pair = tiny.model_copy(update={"members": 2})
    one = make_model(order(recipe=pair, threads=2, out=tmp_path / "one"), say=said.append)
    assert any(line.startswith("network 2: epoch 6") for line in said)
    assert any(line.startswith("network 1: epoch 6") for line in said)
    new = planted_rows(90, seed=99)
    right = judge(one, new).argmax(axis=1) == [row.tone + 1 for row in new]
    assert np.mean(right) > 0.9
    assert marks(one)["encoder.onnx"] != marks(finished.folder)["encoder.onnx"]


def test_a_small_model_learns_from_a_larger_one_also_what_nobody_labelled(
    order, tiny, said, finished
):
    taught = tiny.model_copy(update={"taught": True, "further_targets": 1})
    with pytest.raises(OutcomesError, match=r"learns from a larger model.*--teacher"):
        make_model(order(recipe=taught), say=said.append)
    folder = make_model(order(recipe=taught, teacher=finished.folder), say=said.append)
    new = planted_rows(90, seed=99)
    right = judge(folder, new).argmax(axis=1) == [row.tone + 1 for row in new]
    assert np.mean(right) > 0.95
    judged = next(line for line in said if line.startswith("the teacher our-tone 1 judges"))
    assert int(judged.split()[5]) > len(order().materials[0].rows) * 0.8


def test_a_model_that_is_there_is_never_written_over(order, said):
    order().out.mkdir(parents=True)
    with pytest.raises(FileError, match=r"of this name already.*Choose another name"):
        make_model(order(), say=said.append)


def test_sentences_that_are_only_checked_are_never_trained(order, said, planted):
    material = order().materials[0]
    checked = replace(material, name="check", rows=planted[:30])
    folder = make_model(order(checks=(checked,)), say=said.append)
    card = json.loads((folder / "model.json").read_text("utf-8"))
    texts = {row.text for row in planted[:30]}
    assert card["trained_rows"] <= len([row for row in planted if row.text not in texts])
    assert card["figures"]["held_out"]["all"]["rows"] >= 30


def test_what_fails_before_anything_was_learned_leaves_nothing_behind(order, said, tmp_path):
    with pytest.raises(FileError, match=r"this folder lacks config\.json"):
        make_model(order(base=str(tmp_path)), say=said.append)
    assert not order().work.exists()
    assert not order().out.exists()
