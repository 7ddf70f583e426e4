"""Models from Hugging Face: labels, targets, versions, and no download that nobody asked for."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models import hugging_face_cache
from outcomes.media.tone_models.hugging_face import HuggingFaceReader
from outcomes.media.tone_models.hugging_face_cache import Download, HuggingFaceHub
from outcomes.media.tone_models.hugging_face_labels import tones_of_labels
from outcomes.settings.news_models import NewsModel

REVISION = "0123456789abcdef0123456789abcdef01234567"
WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[T]", "[/T]", "the", "a", "police", "officers"),
    *("sheriff", "deputy", "was", "were", "praised", "accused", "thanked", "of", "theft", "for"),
    *("help", "on", "monday", "mayor", "fair", "pies", "and", "residents", "."),
)
TITLES = ["Deputy accused of theft", "A fair", ""]
TEXTS = [
    "The sheriff was accused of theft. Residents thanked the officers for help.",
    "The fair was on Monday. Pies were thanked.",
    "A man was arrested on Monday.",
]


@pytest.fixture(scope="module", autouse=True)
def _libraries() -> None:
    for what in ("torch", "transformers", "huggingface_hub"):
        if find_spec(what) is None:
            if os.environ.get("CI"):
                pytest.fail(f"{what} is missing, and CI must have it")
            pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with weights by chance, in the form of Hugging Face; its first label wins."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
    )

    folder = tmp_path_factory.mktemp("models") / "made"
    words = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
    words.normalizer = normalizers.Lowercase()
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    named = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(
        tokenizer_object=words, extra_special_tokens=["[T]", "[/T]"], **named
    ).save_pretrained(folder)
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=64, initializer_range=0.5,
        id2label={0: "POS", 1: "NEG", 2: "Neutral"}, label2id={"POS": 0, "NEG": 1, "Neutral": 2},
    )  # fmt: skip
    network = BertForSequenceClassification(config)
    with torch.no_grad():
        network.classifier.bias[:] = torch.tensor([4.0, 0.0, 0.0])
    network.save_pretrained(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(made, tmp_path / "model"))


def table(name: object, **other: object) -> NewsModel:
    return NewsModel(kind="hugging-face", name=str(name), **other)


def reader(name: object, *, hub: object = None, say: object = None, **other: object):
    agreed = bool(other.pop("agreed", False))
    said = say if say is not None else []
    return HuggingFaceReader(
        "theirs", table(name, **other), hub=hub, agreed=agreed, say=said.append
    )


def relabel(folder: Path, labels: list[str]) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {str(n): label for n, label in enumerate(labels)}
    config["label2id"] = {label: n for n, label in enumerate(labels)}
    (folder / "config.json").write_text(json.dumps(config))


def test_a_folder_is_read_and_its_labels_tell_the_tone(made):
    sheriff, fair, arrest = reader(made).classify(TITLES, TEXTS)
    assert sheriff.tone == 1  # "POS", the first label, which wins by how the model was made
    assert sum(sheriff.probabilities) == pytest.approx(1)
    assert {each.text for each in sheriff.deciding} >= {"Deputy accused of theft"}
    assert len(sheriff.deciding) == len(sheriff.leanings)
    assert (fair.relevant, fair.tone) == (False, None)
    assert (arrest.relevant, arrest.tone) == (True, 0)  # nothing to read: routine by the codebook


def test_an_article_is_the_mean_of_what_was_read_and_its_headline_counts_twice(made):
    title = "Police accused of theft"
    one = reader(made).classify([title], ["A fair. " * 40])[0]
    two = reader(made).classify([title], ["A fair. " * 40 + TEXTS[0]])[0]
    odds = {each.text: np.array(p) for each, p in zip(two.deciding, two.leanings, strict=True)}
    weights = [2.0 if text == title else 1.0 for text in odds]
    mean = np.average(list(odds.values()), axis=0, weights=weights)
    assert len(odds) == 3
    assert two.probabilities == pytest.approx(mean)
    assert one.probabilities == pytest.approx(odds[title])


def test_an_answer_does_not_depend_on_what_else_is_read(made):
    ours = reader(made)
    texts = ["The police were praised .", "The sheriff was accused of theft on Monday ."] * 3
    together = ours.classify_targets(texts, [4] * 6, [10] * 6)
    alone = [ours.classify_targets([text], [4], [10])[0] for text in texts]
    assert together.tolist() == np.array(alone).tolist()
    assert together[0].tolist() != together[1].tolist()


def test_the_target_is_marked_or_told_as_a_pair_or_left_out(made):
    text = "The police praised the mayor ."
    found = {
        how: reader(made, reads=how).classify_targets([text] * 2, [4, 23], [10, 28]).tolist()
        for how in ("sentence", "marked", "pair")
    }
    assert found["sentence"][0] == found["sentence"][1]
    assert found["marked"][0] != found["marked"][1]
    assert found["pair"][0] != found["pair"][1]
    assert found["marked"][0] != found["pair"][0] != found["sentence"][0]
    other = reader(made, reads="marked", marks=["the", "the"]).classify_targets([text], [4], [10])
    assert other.tolist()[0] != found["marked"][0]


def test_a_text_longer_than_the_model_reads_keeps_its_target(made):
    text = "pies and " * 400 + "the police were praised ." + " pies and" * 400
    start = text.index("police")
    found = reader(made, reads="pair").classify_targets([text], [start], [start + 6])
    assert found.sum() == pytest.approx(1)


def test_the_name_in_results_holds_the_version_and_how_the_model_reads(made, folder):
    name = reader(made, reads="pair").name
    assert name == reader(folder, reads="pair").name  # the same files elsewhere
    assert name.startswith("theirs ")
    assert name.endswith("/pair")
    with next(folder.glob("*.safetensors")).open("ab") as file:
        file.write(b" ")
    assert reader(folder, reads="pair").name != name
    assert reader("org/other", revision=REVISION).name == "theirs 0123456789ab/sentence"
    labels = ["positive", "negative", "neutral"]
    assert reader("org/other", revision=REVISION, labels=labels).name.startswith("theirs 01234567")
    assert (
        reader("org/other", revision=REVISION, labels=labels).name != "theirs 0123456789ab/sentence"
    )


@pytest.mark.parametrize(
    ("labels", "tones"),
    [
        (["negative", "neutral", "positive"], (0, 1, 2)),
        (["POSITIVE", "Neg", "neu"], (2, 0, 1)),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very_Positive"], (0, 0, 1, 2, 2)),
        (["-1", "0", "1"], (0, 1, 2)),
    ],
)
def test_usual_spellings_of_labels_are_known(labels, tones):
    assert tones_of_labels(dict(enumerate(labels)), model="org/m") == tones


@pytest.mark.parametrize(
    "labels", [["LABEL_0", "LABEL_1", "LABEL_2"], ["0", "1", "2"], ["joy", "anger", "neutral"]]
)
def test_labels_that_do_not_tell_their_tone_are_refused_with_the_mend(labels):
    with pytest.raises(DataError, match=r'labels = \["negative", "neutral", "positive"\]'):
        tones_of_labels(dict(enumerate(labels)), model="org/m")


def test_a_model_without_a_neutral_tone_is_refused():
    with pytest.raises(DataError, match="knows nothing neutral"):
        tones_of_labels({0: "NEGATIVE", 1: "POSITIVE"}, model="org/m")


def test_labels_of_study_toml_go_before_those_of_the_model(folder):
    relabel(folder, ["LABEL_0", "LABEL_1", "LABEL_2"])
    with pytest.raises(DataError, match="LABEL_0, LABEL_1, LABEL_2"):
        reader(folder).classify(TITLES, TEXTS)
    given = reader(folder, labels=["negative", "neutral", "positive"])
    assert given.classify(TITLES, TEXTS)[0].tone == -1  # the first label, which wins
    with pytest.raises(DataError, match=r"has 3 labels .* tone of 2"):
        reader(folder, labels=["negative", "neutral"]).classify(TITLES, TEXTS)


def test_a_model_with_a_program_of_its_own_is_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModelForSequenceClassification": "theirs.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "theirs.py").write_text("raise SystemExit('it ran')\n")
    with pytest.raises(DataError, match="a program of its own, which is not run"):
        reader(folder).classify(TITLES, TEXTS)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"architectures": ["BertForMaskedLM"]}, "no model that classifies texts"),
        ({"architectures": None}, "no model that classifies texts"),
        ({"problem_type": "multi_label_classification"}, "several labels at once"),
        ({"id2label": None}, "LABEL_0, LABEL_1"),
    ],
)
def test_a_model_of_another_kind_is_refused(folder, said, why):
    config = json.loads((folder / "config.json").read_text()) | said
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(DataError, match=why):
        reader(folder).classify(TITLES, TEXTS)


def test_reading_a_model_on_this_machine_opens_no_connection(made, monkeypatch):
    def refuse(*args: object) -> None:
        raise AssertionError(f"somebody was asked: {args}")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    assert reader(made).classify(TITLES, TEXTS)[0].tone == 1


def test_a_model_without_its_last_layer_is_refused_for_it_would_answer_by_chance(folder):
    from safetensors.torch import load_file, save_file

    path = next(folder.glob("*.safetensors"))
    weights = {k: v for k, v in load_file(path).items() if not k.startswith("classifier")}
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(FileError, match=r"lacks weights, such as classifier\.bias"):
        reader(folder).classify(TITLES, TEXTS)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_file_of_a_model_is_said(folder, name):
    (folder / name).write_bytes(b"{ damaged")
    with pytest.raises(FileError, match="Copy or download it once more"):
        reader(folder).classify(TITLES, TEXTS)


def test_a_name_without_a_revision_is_refused():
    with pytest.raises(DataError, match="add its revision"):
        reader("org/name")


class FakeHub:
    """A hub that counts who asks it."""

    place = "https://hub.example"

    def __init__(self, *, model: Path, here: bool) -> None:
        self.model, self.here = model, here
        self.asked: list[str] = []

    def cached(self, name: str, revision: str) -> Path | None:
        return self.model if self.here else None

    def plan(self, name: str, revision: str) -> Download:
        self.asked.append(f"plan {name} {revision}")
        return Download(files=3, size=438_000_000)

    def download(self, name: str, revision: str) -> Path:
        self.asked.append("download")
        return self.model


def test_what_is_on_this_machine_is_read_without_asking_anybody(made):
    hub = FakeHub(model=made, here=True)
    ours = reader("org/name", hub=hub, revision=REVISION, online=True)
    assert ours.classify(TITLES, TEXTS)[0].tone == 1
    assert hub.asked == []


def test_nothing_is_downloaded_unless_study_toml_or_the_command_says_so(made):
    hub = FakeHub(model=made, here=False)
    with pytest.raises(DataError, match=r"not on this machine.* --yes .*online = true"):
        reader("org/name", hub=hub, revision=REVISION).classify(TITLES, TEXTS)
    assert hub.asked == []
    assert reader("org/name", hub=hub, revision=REVISION).classify([], []) == []


@pytest.mark.parametrize("how", [{"online": True}, {"agreed": True}], ids=["online", "--yes"])
def test_a_download_says_first_what_how_large_and_from_where(made, how):
    hub, said = FakeHub(model=made, here=False), []
    ours = reader("org/name", hub=hub, say=said, revision=REVISION, **how)
    assert ours.classify(TITLES, TEXTS)[0].tone == 1
    assert hub.asked == [f"plan org/name {REVISION}", "download"]
    for words in ("org/name", "3 files, 438.0 MB", "https://hub.example", "no text leaves"):
        assert words in said[0]


def test_weights_that_could_hold_a_program_are_not_loaded(made, folder):
    for path in folder.glob("*.safetensors"):
        path.rename(folder / "pytorch_model.bin")
    hub = FakeHub(model=folder, here=False)
    with pytest.raises(DataError, match="no weights that are safe to load"):
        reader("org/name", hub=hub, revision=REVISION, online=True).classify(TITLES, TEXTS)


def test_a_missing_library_is_said_with_the_command_that_installs_it(monkeypatch, made):
    def gone(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(hugging_face_cache, "import_module", gone)
    with pytest.raises(DataError, match=r"pip install 'outcomes\[training\]'"):
        reader(made).classify(TITLES, TEXTS)
    with pytest.raises(DataError, match=r"pip install 'outcomes\[training\]'"):
        reader("org/name", revision=REVISION).classify(TITLES, TEXTS)


class Site(BaseHTTPRequestHandler):
    """Gives away one model as huggingface.co does."""

    protocol_version = "HTTP/1.1"
    model: Path
    asked: list[str]

    def do_HEAD(self) -> None:
        self.send(*self.found(), body=False)

    def do_GET(self) -> None:
        self.send(*self.found(), body=True)

    def found(self) -> tuple[int, bytes]:
        path = unquote(urlsplit(self.path).path)
        self.asked.append(path)
        if path == f"/api/models/org/name/tree/{REVISION}":
            rows = [
                {"type": "file", "path": each.name, "size": each.stat().st_size, "oid": "0" * 40}
                for each in sorted(self.model.iterdir())
            ]
            return 200, json.dumps(rows).encode()
        if path.startswith(f"/org/name/resolve/{REVISION}/"):
            return 200, (self.model / path.rsplit("/", 1)[1]).read_bytes()
        return 404, b'{"error": "none"}'

    def send(self, status: int, data: bytes, *, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", REVISION)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def site(model: Path) -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that has one model, and what it was asked for."""
    asked: list[str] = []
    handler = type("SiteOfOneModel", (Site,), {"model": model, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_model_is_downloaded_once_without_what_could_hold_a_program(folder, tmp_path):
    (folder / "pytorch_model.bin").write_bytes(b"a program")
    (folder / "theirs.py").write_text("raise SystemExit('it ran')\n")
    said: list[str] = []
    with site(folder) as (place, asked):
        hub = HuggingFaceHub(place=place, cache=tmp_path / "cache")
        assert hub.cached("org/name", REVISION) is None
        assert asked == []
        first = reader("org/name", hub=hub, say=said, revision=REVISION, online=True)
        assert first.classify(TITLES, TEXTS)[0].tone == 1
        before = len(asked)
        second = reader("org/name", hub=hub, revision=REVISION, online=True)
        assert second.classify(TITLES, TEXTS)[0].tone == 1
    assert len(asked) == before
    assert not any(path.endswith((".bin", ".py")) for path in asked)
    assert not list((tmp_path / "cache").rglob("*.bin"))
    assert "MB" in said[0]
    assert place in said[0]


def test_a_site_that_does_not_answer_ends_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the library waits between its tries
    with site(tmp_path) as (place, _):
        pass  # it is gone
    hub = HuggingFaceHub(place=place, cache=tmp_path / "cache")
    with pytest.raises(DataError, match=r"org/name .* cannot be had from .* Check the name"):
        reader("org/name", hub=hub, revision=REVISION, online=True).classify(TITLES, TEXTS)


def test_a_model_that_the_site_does_not_have_ends_in_a_sentence(tmp_path):
    with site(tmp_path) as (place, _):
        hub = HuggingFaceHub(place=place, cache=tmp_path / "cache")
        with pytest.raises(DataError, match=r"org/none .* cannot be had from"):
            reader("org/none", hub=hub, revision=REVISION, online=True).classify(TITLES, TEXTS)
