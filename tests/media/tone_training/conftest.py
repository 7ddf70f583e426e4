"""What the tests of training start from: a base encoder of 32 dimensions, and planted words."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from planted_sentences import THEN, WHEN, WHO, WORDS, planted_rows

from outcomes.media.tone_training import reading_articles
from outcomes.media.tone_training.material import Material, TargetRow
from outcomes.media.tone_training.recipe import Recipe, read_recipe
from outcomes.media.tone_training.training_order import TrainingOrder
from outcomes.media.tone_training.training_parts import PARTS

TINY_MODEL = Path(__file__).parents[1] / "tiny_tone_model"


@pytest.fixture(scope="session")
def training_parts() -> None:
    """Skip where training is not installed; in CI it must be."""
    missing = [name for name in PARTS if find_spec(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{', '.join(missing)} missing, and CI must have them")
    if missing:
        pytest.skip(f"{', '.join(missing)} missing: pip install 'outcomes[training]'")


@pytest.fixture(scope="session")
def base(training_parts: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of 2 layers and 32 dimensions, as Hugging Face saves one."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("base") / "tiny-bert"
    words = [word.lower() for each in (*WORDS.values(), WHO, THEN, WHEN) for word in each]
    known = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", ",", "and", "the", *dict.fromkeys(words)]
    tokenizer = Tokenizer(
        models.WordPiece({word: place for place, word in enumerate(known)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    tokenizer.enable_truncation(8)  # as bases come: training must take it off
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(known), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def planted() -> tuple[TargetRow, ...]:
    """360 sentences whose verb alone says the tone toward the first target."""
    return planted_rows(360, seed=1)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """The recipe of trials; articles are read as by the tiny model of the tests."""
    monkeypatch.setattr(reading_articles, "shipped_folder", lambda: TINY_MODEL)
    return read_recipe("tiny")


@pytest.fixture
def order(
    base: Path, planted: tuple[TargetRow, ...], tiny: Recipe, tmp_path: Path
) -> Callable[..., TrainingOrder]:
    """order(seed=2) -> an order for a tiny model in a folder of this test."""
    out = tmp_path / "models" / "our-tone"
    return partial(make_order, base=str(base), rows=planted, out=out, recipe=tiny)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A model that some tests share, and what was said while it was made."""

    folder: Path
    said: tuple[str, ...]


@pytest.fixture(scope="session")
def finished(
    base: Path, planted: tuple[TargetRow, ...], tmp_path_factory: pytest.TempPathFactory
) -> Finished:
    """A tiny model of the seed 0; tests must not change it."""
    from outcomes.media.tone_training.making import make_model

    said: list[str] = []
    out = tmp_path_factory.mktemp("models") / "our-tone"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading_articles, "shipped_folder", lambda: TINY_MODEL)
        order = make_order(base=str(base), rows=planted, out=out, recipe=read_recipe("tiny"))
        return Finished(folder=make_model(order, say=said.append), said=tuple(said))


def make_order(*, rows: tuple[TargetRow, ...], **changed: Any) -> TrainingOrder:
    """An order for a tiny model."""
    plain = {
        "name": "our-tone",
        "version": "1",
        "recipe_name": "tiny",
        "materials": (Material(name="planted", sha256="0" * 64, rows=rows),),
        "day": "2026-11-22",
    }
    return TrainingOrder(**{**plain, **changed})


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """written("a.jsonl", {...}, {...}) -> a file with one object a line."""

    def write(name: str, *lines: object) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write
