"""Models of tone: one protocol, several kinds, and the two tasks they are put to."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from outcomes.errors import DataError, one_of
from outcomes.media.lexicon import (
    ArticleTone,
    Lexicon,
    VaderArticle,
    likeliest,
)
from outcomes.media.relevance import Sentence
from outcomes.settings import Settings

TONES: dict[int, str] = {-1: "negative", 0: "neutral", 1: "positive"}
P_COLUMNS = ("p_negative", "p_neutral", "p_positive")
DEFAULT_MODEL = "tone-small"  # what reads where neither the study nor the command names a model
SHIPPED = "tone-small"  # comes with outcomes: tone_models/tone_small
_READING = ("relevance.py", "relevance_decoys.py", "lexicon.py", "tone_words.toml")
_MOST_SAID = 3  # sentences under ``because``


class ToneClassifier(Protocol):
    """What every model of tone can do; the same texts give the same answers in any batch."""

    name: str  # "tone-small 1", "lexicon": what stands in results, its version included

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        """Say of each article whether it is about law enforcement, and how it reflects on it."""

    def classify_targets(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Say how each text reflects on what stands from start to end; shape (n, 3)."""


MODELS: dict[str, Callable[[], ToneClassifier]] = {
    Lexicon.name: Lexicon,
    VaderArticle.name: VaderArticle,
}


def find_model(
    name: str,
    *,
    settings: Settings | None = None,
    root: Path | None = None,
    agreed: bool = False,
) -> ToneClassifier:
    """Make a model by its name; a wrong name is answered with the right ones.

    Args:
        name: tone-small, lexicon, vader-article, a model of the study's own (the name of a folder
            in data/models, or of a table ``[news.models.NAME]`` in study.toml), or the folder of a
            model; "" is the default.
        settings: Of the study, which may list models of others.
        root: The folder of the study.
        agreed: Whether somebody agreed that a model of others is sent texts, or downloaded.

    Raises:
        DataError: There is no such model.
        FileError: The folder of the model is damaged.
    """
    name = name or DEFAULT_MODEL
    if name in MODELS:
        return MODELS[name]()
    if folder := _folder(name, root=root):
        from outcomes.media.tone_models.model_folder import read_model_folder
        from outcomes.media.tone_models.target_reader import TargetReader

        return TargetReader(read_model_folder(folder))
    from outcomes.media.tone_models.outside_models import outside_model

    found = outside_model(settings, name, root=root, agreed=agreed)
    if found is not None:
        return found
    known = [*known_models(root), *(settings.news.models if settings else ())]
    raise DataError(f"no model of tone is called {name!r}. {one_of(name, known)}")


def known_models(root: Path | None = None) -> list[str]:
    """Name the models that stand ready here: the shipped one, the baselines, the study's own."""
    shipped = [SHIPPED] if _folder(SHIPPED, root=None) else []
    own = sorted(models_in(root).glob("*/model.json")) if root else []
    return [*shipped, *MODELS, *(path.parent.name for path in own)]


def models_in(root: Path) -> Path:
    """Say where a study keeps models of its own, each in a folder of its name."""
    return root / "data" / "models"


def reading_mark(name: str, *, root: Path | None = None) -> str:
    """Give a mark of everything that scores rest on: the code that reads, and the model's folder.

    Scores that are kept are kept beside it, so that none outlives a change of what made it.
    """
    here = Path(__file__).parent
    files = [here / each for each in _READING]
    files += sorted((here / "tone_models").glob("*.py"))
    if folder := _folder(name or DEFAULT_MODEL, root=root):
        files.append(folder / "model.json")  # which holds the sums of the folder's other files
    mark = hashlib.sha256()
    for path in files:
        mark.update(hashlib.sha256(path.read_bytes()).digest())
    return mark.hexdigest()


def _folder(name: str, *, root: Path | None) -> Path | None:
    """Find the folder of a model: the shipped one, one of the study's own, or one named by path."""
    at = Path(__file__).parent / "tone_models" / SHIPPED.replace("-", "_")
    places = [at] if name == SHIPPED else []
    if root is not None and "/" not in name and not name.startswith("."):
        places.append(models_in(root) / name)
    places.append(Path(name))
    return next((place for place in places if (place / "model.json").is_file()), None)


def classify(
    articles: pd.DataFrame, model: str | ToneClassifier = "", *, explain: bool = False
) -> pd.DataFrame:
    """Say of each article whether it speaks of law enforcement, and in which tone.

    Args:
        articles: Columns id (or url), title and text, one article a row; titles may be empty.
        model: A name as for ``find_model``, or a model.
        explain: Also name the sentences that decided.

    Returns:
        Columns id, relevant (0 or 1), tone (-1, 0, 1; missing where not relevant), p_negative,
        p_neutral, p_positive, model (its name with its version) and, if asked for, because; the
        rows in the same order. These are a model's opinions: their count is no share that can be
        published.

    Raises:
        DataError: A column is missing, or no model has that name.

    Source:
        Hutto & Gilbert (2014), ICWSM 8: 216-225, for VADER. Requirement B14.
    """
    if "id" not in articles.columns and "url" in articles.columns:
        articles = articles.assign(id=articles["url"])  # a table made for: outcomes media import
    _require(articles, ("id", "title", "text"), what="articles")
    judge = find_model(model) if isinstance(model, str) else model
    titles, texts = (articles[name].fillna("").astype(str) for name in ("title", "text"))
    verdicts = _read_once(judge, list(zip(titles, texts, strict=True)))
    nothing = (np.nan, np.nan, np.nan)
    odds = np.array([verdict.probabilities or nothing for verdict in verdicts]).reshape(-1, 3)
    said = {"because": [_because(verdict) for verdict in verdicts]} if explain else {}
    return pd.DataFrame(
        {
            "id": articles["id"].to_numpy(),
            "relevant": np.array([int(verdict.relevant) for verdict in verdicts], dtype=int),
            "tone": pd.array([verdict.tone for verdict in verdicts], dtype="Int64"),
            **{name: odds[:, column].round(4) for column, name in enumerate(P_COLUMNS)},
            "model": judge.name,
            **said,
        }
    )


def _read_once(judge: ToneClassifier, articles: list[tuple[str, str]]) -> list[ArticleTone]:
    """Read each article; the same title and text are read once."""
    place: dict[tuple[str, str], int] = {}
    for article in articles:
        place.setdefault(article, len(place))
    found = judge.classify([title for title, _ in place], [text for _, text in place])
    return [found[place[article]] for article in articles]


def _because(verdict: ArticleTone) -> str:
    """Write the sentences that decided, the most telling first, each with its tone if known."""
    said = []
    for number, sentence in enumerate(verdict.deciding[:_MOST_SAID]):
        known = number < len(verdict.leanings)
        tone = f" [{TONES[likeliest(verdict.leanings[number])]}]" if known else ""
        said.append(f"{_one_line(sentence)}{tone}")
    return " | ".join(said)


def _one_line(sentence: Sentence) -> str:
    return " ".join(sentence.text.split())


def classify_targets(lines: pd.DataFrame, model: str | ToneClassifier = "") -> pd.DataFrame:
    """Say how each text reflects on the target that it names.

    Args:
        lines: Columns id, text, from and to: the span of the target in characters, ``to``
            being the first character behind it.
        model: A name as for ``find_model``, or a model.

    Returns:
        Columns id, tone, p_negative, p_neutral, p_positive, model, in the same order.

    Raises:
        DataError: A column is missing, a span lies outside its text, or no model has that name.
    """
    _require(lines, ("id", "text", "from", "to"), what="lines")
    judge = find_model(model) if isinstance(model, str) else model
    texts, starts, ends = [], [], []
    for name, text, start, end in lines[["id", "text", "from", "to"]].itertuples(index=False):
        if not 0 <= start < end <= len(text):
            raise DataError(
                f"{name}: the target from {start} to {end} lies outside its text of "
                f"{len(text)} characters"
            )
        texts.append(str(text))
        starts.append(int(start))
        ends.append(int(end))
    table = judge.classify_targets(texts, starts, ends).reshape(-1, 3)
    return pd.DataFrame(
        {
            "id": lines["id"].to_numpy(),
            "tone": pd.array([_tone_or_none(row) for row in table], dtype="Int64"),
            **{name: table[:, column].round(4) for column, name in enumerate(P_COLUMNS)},
            "model": judge.name,
        }
    )


def _tone_or_none(row: NDArray[np.float64]) -> int | None:
    """Name the likeliest tone; a model of others may have said none."""
    return None if np.isnan(row).any() else likeliest((row[0], row[1], row[2]))


def _require(table: pd.DataFrame, names: tuple[str, ...], *, what: str) -> None:
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise DataError(f"the {what} lack the column(s) {', '.join(missing)}")
