import json
import shutil
from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.media.tone_models.model_folder import (
    ModelFolder,
    read_model_folder,
    sha256_of,
    shipped_folder,
)

TINY = Path(__file__).parents[1] / "tiny_tone_model"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "model"))


def say(folder: Path, **changes: object) -> None:
    path = folder / "model.json"
    card = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(card), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_model_folder(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_folder_says_its_name_version_and_where_its_files_are() -> None:
    model = read_model_folder(TINY)
    assert model.title == "tiny 1"
    assert model.longest == 48
    assert model.temperature == 1.25
    assert model.licence == "MIT"
    assert model.encoder.is_file()
    assert model.tokenizer.is_file()
    assert model.article.is_file()
    assert model.card["figures"] == {}


def test_the_tiny_model_is_tiny_and_whole() -> None:
    model = read_model_folder(TINY)
    assert sum(path.stat().st_size for path in TINY.iterdir()) <= 60_000
    assert set(model.files) == {"encoder.onnx", "tokenizer.json", "article.json"}


def test_the_shipped_model_has_a_place_in_the_package() -> None:
    assert shipped_folder().name == "tone_small"
    assert shipped_folder().parent.name == "tone_models"


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "article.json", "model.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    message = refusal(folder)
    assert name in message
    assert "missing" in message


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "article.json"])
def test_a_file_with_one_byte_changed_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    message = refusal(folder)
    assert name in message
    assert "not the file that the model was made with" in message


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "there is no such model folder" in refusal(tmp_path / "nothing")


@pytest.mark.parametrize("given", [2, "1", None, True])
def test_another_format_is_refused(folder: Path, given: object) -> None:
    say(folder, format=given)
    assert "reads format 1" in refusal(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "two words"),
        ("name", ""),
        ("version", None),
        ("longest", 7),
        ("longest", 100_000),
        ("temperature", 0),
        ("temperature", "warm"),
        ("files", ["encoder.onnx"]),
    ],
)
def test_a_wrong_value_is_named(folder: Path, key: str, value: object) -> None:
    say(folder, **{key: value})
    assert f"model.json, {key}" in refusal(folder)


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"temperature": NaN}', "\xff" * 5])
def test_what_is_no_json_object_is_refused(folder: Path, text: str) -> None:
    (folder / "model.json").write_bytes(text.encode("latin-1"))
    assert "model.json" in refusal(folder)


@pytest.mark.parametrize("name", ["../outside.bin", "sub/inside.bin", "..", "a\\b", "model.json"])
def test_no_file_outside_the_folder_is_read(folder: Path, name: str) -> None:
    model = read_model_folder(folder)
    say(folder, files={**model.files, name: "0" * 64})
    assert "this is no file's name" in refusal(folder)


def test_an_encoder_that_is_not_listed_is_refused(folder: Path) -> None:
    model = read_model_folder(folder)
    say(folder, files={"tokenizer.json": model.files["tokenizer.json"]})
    assert "encoder.onnx is not among them" in refusal(folder)


def test_a_draft_without_its_article_weights_can_be_read(folder: Path) -> None:
    model = read_model_folder(folder)
    (folder / "article.json").unlink()
    say(folder, files={name: model.files[name] for name in ("encoder.onnx", "tokenizer.json")})
    assert not read_model_folder(folder).article.exists()


def test_article_weights_that_are_not_listed_are_refused(folder: Path) -> None:
    model = read_model_folder(folder)
    say(folder, files={name: model.files[name] for name in ("encoder.onnx", "tokenizer.json")})
    assert "article.json is there but not listed" in refusal(folder)


def changed(folder: Path, **changes: object) -> ModelFolder:
    say(folder, **changes)
    return read_model_folder(folder)


def test_the_fingerprint_changes_with_whatever_changes_a_score(folder: Path) -> None:
    first = read_model_folder(folder).fingerprint
    assert len(first) == 16
    assert changed(folder, figures={"f1": 0.8}).fingerprint == first
    assert changed(folder, temperature=2.0).fingerprint != first
    assert changed(folder, temperature=1.25, longest=32).fingerprint != first
    assert changed(folder, temperature=1.25, longest=48, blinded=True).fingerprint != first
    (folder / "article.json").write_text("{}", encoding="utf-8")
    files = {**read_model_folder(TINY).files, "article.json": sha256_of(folder / "article.json")}
    assert changed(folder, longest=48, files=files).fingerprint != first
