"""A model from Hugging Face that classifies texts, or a folder in its form, as one of tone."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.errors import DataError, FileError
from outcomes.media.lexicon import ArticleTone
from outcomes.media.tone_models.chosen_sentences import ChosenSentence, ReadArticle, read_article
from outcomes.media.tone_models.hugging_face_cache import (
    Hub,
    HuggingFaceHub,
    folder_version,
    is_model_folder,
    library,
)
from outcomes.media.tone_models.hugging_face_labels import tones_of_labels
from outcomes.settings.news_models import NewsModel

_MOST_TOKENS = 256  # of one sentence
_AROUND = 500  # characters on either side of a target that are read
_HEADLINE, _BEGINNING = 2.0, 1.5  # by how much more they count, as the codebook has it
Row = tuple[str, int, int]  # a text with its target


class HuggingFaceReader:
    """Reads sentences with a model of others; nothing leaves the machine while it reads."""

    def __init__(
        self,
        name: str,
        table: NewsModel,
        *,
        root: Path | None = None,
        hub: Hub | None = None,
        agreed: bool = False,
        say: Callable[[str], None],
    ) -> None:
        """Make a reader; the model is looked for, and loaded, when it is first needed.

        Args:
            name: Under which it stands in results.
            table: What study.toml says of it.
            root: The folder that a model's folder is named from; none: the current one.
            hub: Where models come from.
            agreed: Whether the person at the keyboard agreed to a download (--yes).
            say: Takes what is downloaded, before it is.

        Raises:
            DataError: It is neither a folder nor has a revision.
            FileError: A file of its folder cannot be read.
        """
        self._table, self._hub, self._say = table, hub or HuggingFaceHub(), say
        self.agreed = agreed
        named = (root or Path()) / Path(table.name).expanduser()
        self._folder = named if is_model_folder(named) else None
        if self._folder is None and not table.revision:
            raise DataError(
                f"{table.name!r} is no folder that holds a model (config.json and a file "
                ".safetensors). For a model from Hugging Face, add its revision to study.toml: 40 "
                "letters and digits, without which a series could change silently"
            )
        version = folder_version(self._folder) if self._folder else table.revision[:12]
        how = json.dumps([table.labels, table.marks]) if table.labels else ""
        mark = f"/{hashlib.sha256(how.encode()).hexdigest()[:4]}" if how else ""
        self.name = f"{name} {version}/{table.reads}{mark}"
        self._network: _Network | None = None

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        """Read the sentences of each article that tell most; headline and first third count more.

        An article in which law enforcement is only cited is neutral by the codebook, unread.

        Raises:
            DataError: The model is not here and may not be downloaded, or cannot be used.
            FileError: A file of it is damaged.
        """
        read = [read_article(title, text) for title, text in zip(titles, texts, strict=True)]
        rows = [(each.text, each.start, each.end) for one in read for each in one.chosen]
        odds = iter(self._odds(rows))
        return [_verdict(one, [next(odds) for _ in one.chosen]) for one in read]

    def classify_targets(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Say how each text reflects on what stands from start to end; shape (n, 3).

        Raises:
            DataError: The model is not here and may not be downloaded, or cannot be used.
            FileError: A file of it is damaged.
        """
        return np.array(self._odds(list(zip(texts, starts, ends, strict=True)))).reshape(-1, 3)

    def _odds(self, rows: Sequence[Row]) -> list[NDArray[np.float64]]:
        """Read each row by itself, so that its answer never depends on the others; each once."""
        if not rows:
            return []
        if self._network is None:
            self._network = _Network(self._found(), self._table)
        network = self._network
        known = {row: network.probabilities(*row) for row in dict.fromkeys(rows)}
        return [known[row] for row in rows]

    def _found(self) -> Path:
        """Find the model on this machine, or download it where that is allowed."""
        table = self._table
        if self._folder is not None:
            return self._folder
        if (cached := self._hub.cached(table.name, table.revision)) is not None:
            return cached
        if not (table.online or self.agreed):
            raise DataError(
                f"the model {table.name} in the version {table.revision[:12]} is not on this "
                f"machine. To download it from {self._hub.place}, give --yes to outcomes media "
                "classify, or write online = true in study.toml. No text leaves the machine by that"
            )
        plan = self._hub.plan(table.name, table.revision)
        self._say(
            f"Downloading the model {table.name}, version {table.revision[:12]}: {plan.sentence}, "
            f"from {self._hub.place}. It stays on this machine; no text leaves it."
        )
        found = self._hub.download(table.name, table.revision)
        if not is_model_folder(found):
            raise DataError(
                f"{table.name} brings no weights that are safe to load (.safetensors). "
                "Take a model or a revision that does"
            )
        return found


class _Network:
    """A model that is loaded."""

    def __init__(self, folder: Path, table: NewsModel) -> None:
        """Load it; no program that comes with a model is ever run.

        Raises:
            DataError: It is no model of this kind, or its labels do not tell their tone.
            FileError: A file is damaged.
        """
        config = _config(folder)
        if "auto_map" in config:
            raise DataError(
                f"{table.name} brings a program of its own, which is not run. Take another model"
            )
        if not any("SequenceClassification" in str(each) for each in config["architectures"]):
            raise DataError(
                f"{table.name} is no model that classifies texts (sequence classification)"
            )
        if config.get("problem_type") not in {None, "single_label_classification"}:
            raise DataError(
                f"{table.name} may give a text several labels at once, or a number. Take a model "
                "that gives each text one of three tones"
            )
        labels = {int(number): str(label) for number, label in config["id2label"].items()}
        self._tones = np.array(tones_of_labels(labels, given=table.labels, model=table.name))
        self._table = table
        self._torch = library("torch")
        self._words, self._model = _loaded(folder)
        room = int(config.get("max_position_embeddings") or _MOST_TOKENS) - 2
        self._longest = min(_MOST_TOKENS, self._words.model_max_length, max(room, 8))

    def probabilities(self, text: str, start: int, end: int) -> NDArray[np.float64]:
        """Read one text for its target."""
        begins = max(0, start - _AROUND)
        part = text[begins : end + _AROUND]
        target = text[start:end]
        if self._table.reads == "marked":
            opening, closing = self._table.marks
            at = start - begins
            part = f"{part[:at]}{opening} {target} {closing}{part[at + len(target) :]}"
        pair = target if self._table.reads == "pair" else None
        ids = self._words(
            part,
            pair,
            truncation="only_first" if pair else True,
            max_length=self._longest,
            return_tensors="pt",
        )
        with self._torch.inference_mode():
            logits = self._model(**ids).logits[0].double().numpy()
        odds = np.exp(logits - logits.max())
        return np.bincount(self._tones, odds / odds.sum(), minlength=3).astype(np.float64)


def _loaded(folder: Path) -> tuple[Any, Any]:
    """Load the words and the weights of a model."""
    transformers = library("transformers")
    transformers.utils.logging.disable_progress_bar()
    kind = transformers.AutoModelForSequenceClassification
    where = {"local_files_only": True, "trust_remote_code": False}
    again = "Copy or download it once more"
    try:
        words = transformers.AutoTokenizer.from_pretrained(folder, **where)
        model, told = kind.from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, **where
        )
    except Exception as error:  # of many kinds, one for each way to be damaged
        problem = f"the model cannot be loaded ({type(error).__name__})"
        raise FileError(folder, "", problem, again) from None
    if lacking := sorted(told["missing_keys"]):
        problem = f"the model lacks weights, such as {lacking[0]}, and would answer by chance"
        raise FileError(folder, "", problem, again)
    return words, model.float().eval()


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        labels = found.get("id2label") or {}
        found |= {"architectures": found.get("architectures") or [], "id2label": dict(labels)}
    except (OSError, ValueError, AttributeError, TypeError):
        raise FileError(
            path, "", "this does not describe a model", "Copy or download it once more"
        ) from None
    if not found["id2label"]:
        found["id2label"] = {0: "LABEL_0", 1: "LABEL_1"}  # what the library takes without any
    return dict(found)


def _verdict(read: ReadArticle, odds: list[NDArray[np.float64]]) -> ArticleTone:
    if not read.relevant:
        return ArticleTone(relevant=False, probabilities=None, deciding=())
    if not odds:
        return ArticleTone(relevant=True, probabilities=(0.0, 1.0, 0.0), deciding=read.found)
    weights = np.array([_weight(each) for each in read.chosen])
    mean = np.average(np.array(odds), axis=0, weights=weights)
    order = np.argsort(
        [-weight * (1 - each[1]) for weight, each in zip(weights, odds, strict=True)]
    )
    return ArticleTone(
        relevant=True,
        probabilities=_three(mean),
        deciding=tuple(read.chosen[k].sentence for k in order),
        leanings=tuple(_three(odds[k]) for k in order),
    )


def _weight(chosen: ChosenSentence) -> float:
    if chosen.part == "title":
        return _HEADLINE
    return _BEGINNING if chosen.position < 1 / 3 else 1.0


def _three(odds: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(odds[0]), float(odds[1]), float(odds[2])
