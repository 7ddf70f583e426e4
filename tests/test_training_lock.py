"""requirements-training.lock adds to requirements.lock, and names neither it nor torch again."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def pinned(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]


def names(name: str) -> set[str]:
    return {line.partition("==")[0] for line in pinned(name)}


def test_the_training_lock_pins_by_hash_what_the_other_lock_lacks() -> None:
    for line in pinned("requirements-training.lock"):
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line
    training = names("requirements-training.lock")
    assert {"onnx", "safetensors", "transformers"} <= training
    assert not training & names("requirements.lock")
    assert not {name for name in training if re.match(r"torch|triton|nvidia|cuda", name)}
    assert "://" not in (ROOT / "requirements-training.lock").read_text(encoding="utf-8")


def test_training_is_installed_with_torch_in_the_version_that_the_lock_was_made_with() -> None:
    said = (ROOT / "requirements-training.lock").read_text(encoding="utf-8")
    (version,) = re.findall(r"pip install (torch==\S+)", said)
    assert f" {version}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "make .venv/training" in (ROOT / ".ci/run").read_text(encoding="utf-8")
