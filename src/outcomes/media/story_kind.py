"""Of which kind articles are: how they are written, what about, and with which words.

No model is asked, so that a change of the articles shows also where the model does not notice it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from outcomes.stats.class_calibration import Floats
from outcomes.stats.energy_distance import pairwise_distances

STYLE = ("length", "sentences", "quotes", "figures", "capitals", "sources", "paragraphs")
TOPICS: dict[str, frozenset[str]] = {
    topic: frozenset(words.split())
    for topic, words in {
        "courts": "court courtroom trial jury juror jurors judge verdict sentence sentenced "
        "sentencing convicted conviction pleaded plea guilty acquitted lawsuit sued sues attorney "
        "attorneys lawyer prosecutor prosecutors testified testimony appeal hearing indicted",
        "violence": "shot shots shooting shootings gunfire gunman homicide homicides murder "
        "murdered killed killing stabbed stabbing wounded slain bullet bullets weapon gun",
        "theft": "stolen stole theft thefts thief thieves burglary burglaries burglar robbery "
        "robberies robbed shoplifting vandalism fraud scam embezzled",
        "traffic": "crash crashed collision driver drivers driving vehicle vehicles traffic "
        "highway pedestrian motorist motorists speeding lane intersection truck crosswalk",
        "drugs": "drug drugs fentanyl overdose overdoses heroin cocaine methamphetamine naloxone "
        "narcotics opioid pills trafficking",
        "conduct": "misconduct brutality excessive complaint complaints discipline disciplined "
        "oversight watchdog audit reform reforms settlement suspended fired resigned accused",
        "council": "council mayor budget commission commissioners alderman alderwoman vote voted "
        "ordinance contract union funding taxpayers staffing ballot",
        "community": "community neighbors residents volunteers families festival ceremony award "
        "honored medal thanked picnic donated church program",
        "emergencies": "missing search searched rescue rescued drowned fire flood flooded storm "
        "blizzard evacuated firefighters paramedics",
        "protests": "protest protests protesters rally marched march demonstration demonstrators "
        "activists chanted immigration agents federal",
        "schools": "school schools student students campus teacher teachers classroom university",
    }.items()
}
_BUCKETS = 256
_READ = 4_000  # characters of an article whose words are compared
_AXES = 20  # along which most of the words' differences lie
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[.!?][\"'\u2019\u201d)]*(?=\s|$)")
_QUOTED = re.compile(r"[\u201c\"][^\u201c\u201d\"]{2,}[\u201d\"]")
_SOURCES = frozenset(("said", "says", "say", "told", "stated", "statement", "wrote", "according"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryKinds:
    """The kinds of n articles, as numbers from which no text can be read again."""

    style: Floats  # (n, 7), in the order of STYLE
    topics: Floats  # (n, 11), in the order of TOPICS
    words: Floats  # (n, 256)

    @property
    def named(self) -> Floats:
        """Style and topics side by side: what can be said in words; shape (n, 18)."""
        return np.hstack([self.style, self.topics])

    def of(self, rows: NDArray[np.int64]) -> "StoryKinds":
        """Take some of the articles."""
        return StoryKinds(style=self.style[rows], topics=self.topics[rows], words=self.words[rows])


NAMED = (*STYLE, *TOPICS)  # the columns of ``StoryKinds.named``


def story_kinds(titles: Sequence[str], texts: Sequence[str]) -> StoryKinds:
    """Describe of which kind articles are.

    Args:
        titles: Headlines, n of them; may be empty.
        texts: The bodies; the first 4,000 characters are read, and the length is of the whole.

    Returns:
        ``style``: the logarithm of the number of characters; of the words in a sentence; shares of
        characters within quotation marks and that are digits; share of words with a capital; "said"
        and its like, per word; the logarithm of the characters in a paragraph. ``topics``: the
        root of the share of words that belong to each topic. ``words``: words added up, each once,
        in 256 numbers that many words share (hashed), each row of length 1 or, without words, 0.

    Source:
        Hashing: Weinberger et al. (2009), ICML: 1113-1120.
    """
    pairs = list(zip(titles, texts, strict=True))
    return StoryKinds(
        style=_table([_style(text or title) for title, text in pairs], len(STYLE)),
        topics=_table([_topics(f"{title}\n{text[:_READ]}") for title, text in pairs], len(TOPICS)),
        words=_words([f"{title}\n{text[:_READ]}" for title, text in pairs]),
    )


def kind_distances(kinds: StoryKinds) -> Floats:
    """Measure how far articles lie apart: in style, in topics and in words, which count alike.

    Style and topics are measured in standard deviations, words along the 20 axes that part them
    most. Both are found among all articles together, which does not know of which group one is, so
    that a test by permutation stays exact.

    Returns:
        Shape (n, n): the sum of the three distances, each divided by its mean.
    """
    total = np.zeros((len(kinds.style), len(kinds.style)))
    for points in (_scaled(kinds.style), _scaled(kinds.topics), _along_axes(kinds.words)):
        part = pairwise_distances(points)
        mean = float(part.mean())
        total += part / mean if mean > 0 else part
    return total


def _table(rows: list[list[float]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def _style(text: str) -> list[float]:
    read = text[:_READ]
    words = _WORD.findall(read)
    many, length = max(len(words), 1), max(len(read), 1)
    lines = [line for line in read.split("\n") if line.strip()]
    return [
        float(np.log(max(len(text), 1))),
        float(np.log(many / max(len(_END.findall(read)), 1))),
        sum(len(found[0]) for found in _QUOTED.finditer(read)) / length,
        sum(map(str.isdigit, read)) / length,
        sum(word[0].isupper() for word in words) / many,
        sum(word in _SOURCES for word in words) / many,
        float(np.log(length / max(len(lines), 1))),
    ]


def _topics(text: str) -> list[float]:
    words = _WORD.findall(text.lower())
    many = max(len(words), 1)
    counts = (sum(word in topic for word in words) for topic in TOPICS.values())
    return [float((count / many) ** 0.5) for count in counts]


def _words(texts: list[str]) -> Floats:
    if not texts:
        return np.zeros((0, _BUCKETS))
    from sklearn.feature_extraction.text import HashingVectorizer

    reader = HashingVectorizer(
        n_features=_BUCKETS,
        stop_words="english",
        binary=True,
        token_pattern=r"(?u)\b[^\W\d_]{3,}\b",
    )
    return np.asarray(reader.transform(texts).toarray(), dtype=np.float64)


def _scaled(points: Floats) -> Floats:
    spread = points.std(axis=0)
    return np.asarray((points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _along_axes(words: Floats) -> Floats:
    centered = words - words.mean(axis=0)
    _, axes = np.linalg.eigh(centered.T @ centered)
    return np.asarray(centered @ axes[:, -_AXES:])
