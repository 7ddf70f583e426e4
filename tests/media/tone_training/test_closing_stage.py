"""NewsMTSC is trained whole; after the averaging, a slow pass over labelled rows closes a run."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from planted_sentences import planted_rows

from outcomes.errors import DataError
from outcomes.media.tone_models.model_folder import read_model_folder
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_training import fine_tune
from outcomes.media.tone_training.closing import closing_rows
from outcomes.media.tone_training.making import make_model
from outcomes.media.tone_training.material import Material
from outcomes.media.tone_training.training_order import Parted, part_rows


@pytest.fixture
def materials(planted):
    """A third of the rows are the study's own, the others stand for NewsMTSC."""
    public = tuple(replace(row, source="mtsc") for row in planted[120:])
    return (
        Material(name="planted", sha256="0" * 64, rows=planted[:120]),
        Material(name="mtsc", sha256="1" * 64, rows=public, public=True),
    )


@pytest.fixture
def short(tiny):
    return tiny.model_copy(update={"epochs": 2, "closing_rate": 2e-3, "public_whole": True})


def test_newsmtsc_is_trained_whole_where_the_recipe_says_so(order, materials, tiny, short):
    parted = part_rows(order(materials=materials, recipe=short))
    assert {row.source for row in parted.held_out} == {"planted"}
    judged = {row.text for row in parted.held_out}
    assert parted.trained_public == [row for row in materials[1].rows if row.text not in judged]
    both = part_rows(order(materials=materials, recipe=tiny))
    assert {row.source for row in both.held_out} == {"planted", "mtsc"}


def test_newsmtsc_alone_leaves_nothing_to_judge_by_and_the_mend_is_said(order, materials, short):
    with pytest.raises(DataError, match=r"0 to hold out.*split of NewsMTSC with --check-with"):
        part_rows(order(materials=materials[1:], recipe=short))
    check = Material(name="dev", sha256="", rows=planted_rows(30, seed=5), public=True)
    found = part_rows(order(materials=materials[1:], checks=(check,), recipe=short))
    assert {row.text for row in found.held_out} == {row.text for row in check.rows}


def test_nothing_is_learned_from_rows_that_are_only_judged(order, materials, short):
    judged_by = [replace(row, source="dev") for row in planted_rows(30, seed=5)]
    check = Material(name="dev", sha256="", rows=judged_by, public=True)
    parted = part_rows(order(materials=materials, checks=(check,), recipe=short))
    own = [row for row in parted.held_out if row.source == "planted"]
    assert len(own) < len(parted.held_out)
    assert parted.held_out_own == own


def test_the_closing_stage_takes_all_own_rows_and_as_many_of_newsmtsc(planted, short):
    own, public = planted[:10], [replace(row, source="mtsc") for row in planted[10:60]]
    parted = Parted(trained=[*public, *own], public=frozenset({"mtsc"}))
    rows = closing_rows(parted, short, seed=0)
    assert rows[-10:] == list(own)
    assert len(rows) == len({id(row) for row in rows}) == 20
    assert rows == closing_rows(parted, short, seed=0)
    assert rows != closing_rows(parted, short, seed=1)
    assert closing_rows(Parted(trained=list(own)), short, seed=0) == list(own)


def test_copies_of_own_rows_and_of_as_many_of_newsmtsc_join_the_closing_stage(planted, short):
    own = [replace(row, text=f"{row.text} He left.") for row in planted[:10]]
    public = [replace(row, text=f"{row.text} She came.", source="mtsc") for row in planted[10:60]]
    parted = Parted(trained=[*public, *own], public=frozenset({"mtsc"}))
    rows = closing_rows(parted, short.model_copy(update={"closing_copies": 1}), seed=0)
    labelled, copies = rows[:30], rows[30:]
    assert [row.tone for row in copies[:10]] == [row.tone for row in own]
    assert [row.tone for row in copies[10:]] == [
        row.tone for row in labelled if parted.is_public(row)
    ]
    assert sum(parted.is_public(row) for row in labelled) == len(copies[10:]) == 20
    assert not {row.text for row in copies} & {row.text for row in labelled}


def marks(folder):
    return hashlib.sha256((folder / "encoder.onnx").read_bytes()).hexdigest()


def test_a_closed_model_is_another_one_and_a_run_killed_while_closing_comes_to_the_same(
    order, materials, short, tmp_path, monkeypatch
):
    said = []
    plain = {"materials": materials, "recipe": short}
    whole = make_model(order(**plain, out=tmp_path / "whole"), say=said.append)
    assert any(line.startswith("closing: epoch 1 of 1 done") for line in said)
    keep = fine_tune.keep_checkpoint

    def die_while_closing(path, state):
        if path.parent.name == "closing-1":
            raise KeyboardInterrupt
        keep(path, state)

    with monkeypatch.context() as patch:
        patch.setattr(fine_tune, "keep_checkpoint", die_while_closing)
        with pytest.raises(KeyboardInterrupt):
            make_model(order(**plain), say=said.append)
    said.clear()
    again = make_model(order(**plain, resume=True), say=said.append)
    assert "going on after epoch 2 of 2" in said
    assert marks(again) == marks(whole)
    unclosed = short.model_copy(update={"closing_rate": 0.0})
    other = make_model(
        order(materials=materials, recipe=unclosed, out=tmp_path / "unclosed"), say=said.append
    )
    assert marks(other) != marks(whole)
    new = planted_rows(90, seed=99)
    spans = ([r.text for r in new], [r.start for r in new], [r.end for r in new])
    odds = TargetEncoder(read_model_folder(whole)).probabilities(*spans)
    assert np.mean(odds.argmax(axis=1) == [row.tone + 1 for row in new]) > 0.9
    card = json.loads((whole / "model.json").read_text("utf-8"))
    assert card["recipe"]["closing_rate"] == 2e-3
    assert card["taught_rows"] == 0
