"""Which tone each label of someone else's model means."""

import re
from collections.abc import Mapping, Sequence

from outcomes.errors import DataError

TONES = ("negative", "neutral", "positive")
_SPELLINGS = {
    "negative": ("negative", "neg", "very negative", "unfavorable", "unfavourable", "-1"),
    "neutral": ("neutral", "neu", "none", "0"),
    "positive": ("positive", "pos", "very positive", "favorable", "favourable", "1", "+1"),
}
_MEANS = {spelling: tone for tone, known in _SPELLINGS.items() for spelling in known}
_NUMBERS = {"0", "1", "-1", "+1"}


def tones_of_labels(
    known: Mapping[int, str], *, given: Sequence[str] = (), model: str
) -> tuple[int, ...]:
    """Say which tone each label of a model means.

    Args:
        known: The labels by number, as the model's config.json tells them (id2label).
        given: The tone of each label in order, as study.toml tells it; none: as the labels say.
        model: Its name, for the sentence where that fails.

    Returns:
        For each label in order 0 for negative, 1 for neutral, 2 for positive.

    Raises:
        DataError: The labels do not tell their tone, or the model knows only two tones.
    """
    names = [str(known[number]) for number in sorted(known)]
    shown = ", ".join(name[:40] for name in names[:12])
    if given and len(given) != len(names):
        raise DataError(
            f"{model} has {len(names)} labels ({shown}), but study.toml gives the tone of "
            f"{len(given)}. Write one tone for each, in this order"
        )
    tones = list(given) or [_MEANS.get(_plain(name), "") for name in names]
    if not given and ({_plain(name) for name in names} & _NUMBERS) and "-1" not in names:
        tones = [""] * len(names)  # 0, 1, 2 may mean anything
    if "" in tones:
        raise DataError(
            f"the labels of {model} ({shown}) do not tell which tone they mean. Read its page and "
            "give the tone of each in this order, such as: "
            'labels = ["negative", "neutral", "positive"]'
        )
    if lacking := [tone for tone in TONES if tone not in tones]:
        raise DataError(
            f"{model} knows nothing {' and nothing '.join(lacking)} ({shown}). Three quarters of "
            "news about the police is neutral: take a model of three tones"
        )
    return tuple(TONES.index(tone) for tone in tones)


def _plain(label: str) -> str:
    return re.sub(r"[\s_]+", " ", label.strip().lower())
