"""What drifted in a month, in plain words, and how many codes it asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from outcomes.media.coding_plan import Corpus, plan_codes
from outcomes.media.model_drift import (
    AGREEMENT,
    CONFIDENCE,
    FEWEST,
    KIND,
    OWN_CHECK,
    MonthDrift,
)

WIDTH = 10  # points to either side: what the codes of a drifted month should tell by themselves
_TRIED = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150)  # codes of a month
_SEEDS = range(1, 9)  # made-up months that are averaged
_CLEAR = 0.02  # difference of the mean certainty that is worth a word
_TONES = ("negative", "neutral", "positive")
_TOLD = 0.25  # standard deviations from which a part of the style or a topic is named
_MOST_TOLD = 3
_WORDS: Mapping[str, tuple[str, str]] = {
    "length": ("shorter articles", "longer articles"),
    "sentences": ("shorter sentences", "longer sentences"),
    "quotes": ("fewer quotations", "more quotations"),
    "figures": ("fewer figures", "more figures"),
    "capitals": ("fewer capitals", "more capitals"),
    "sources": ("fewer named sources", "more named sources"),
    "paragraphs": ("shorter paragraphs", "longer paragraphs"),
}
_TOPICS: Mapping[str, str] = {
    "courts": "courts and lawsuits",
    "violence": "shootings and killings",
    "theft": "theft and robbery",
    "traffic": "traffic and crashes",
    "drugs": "drugs",
    "conduct": "complaints and discipline",
    "council": "budgets, councils and unions",
    "community": "community events and honors",
    "emergencies": "rescues and emergencies",
    "protests": "protests and immigration",
    "schools": "schools",
}


def codes_for_month(articles: int, corpus: Corpus) -> int:
    """Say how many codes a month needs to speak for itself, without help from other months.

    Args:
        articles: About law enforcement in that month; 2 or more.
        corpus: What the study's news look like.

    Returns:
        The fewest codes by which the share of negative articles is told to about 10 points to
        either side; all articles where fewer would not do.

    Raises:
        DataError: As ``plan_codes``.

    Source:
        ``outcomes.media.coding_plan``: the width by the codes of the month alone.
    """
    month = replace(corpus, articles=articles, months=1)
    tried = [each for each in _TRIED if each < articles]
    if not tried:
        return articles
    plans = [plan_codes(month, per_month=tried, seed=seed)["by_hand"] for seed in _SEEDS]
    width = np.mean([plan.to_numpy(float) for plan in plans], axis=0)
    return next((each for each, wide in zip(tried, width, strict=True) if wide <= WIDTH), articles)


def what_drifted(found: MonthDrift, *, public: bool = False) -> str:
    """Say in plain words what drifted.

    Args:
        found: A month that drifted.
        public: Without anything that counts or names.
    """
    return ", and ".join(_parts(found, public=public))


def caution(found: MonthDrift) -> str:
    """Say it as a caution beside the month's shares, for everybody: without counts or names."""
    if found.verdict != "drifted":
        return ""
    return f"{what_drifted(found, public=True)}, and too few of its articles are coded yet"


def sentence(found: MonthDrift, *, articles: int, coded: int) -> str:
    """Say what was found of a month, and what to do.

    Args:
        found: The month, with the codes that it needs.
        articles: Of the month, about law enforcement, by the model.
        coded: How many of them people coded.
    """
    if found.verdict == "too few":
        return f"{found.month}: {found.n} stories are too few to tell ({FEWEST} are needed)."
    if found.verdict == "nothing coded":
        return (
            f"{found.month}: fewer than {FEWEST} articles of other months are coded, so there is "
            f"nothing to compare it with. {_draw(found.month, 25)}"
        )
    if found.verdict == "as before":
        return (
            f"{found.month}: nothing shows that its articles differ from {_those(found)}. A small "
            "difference would not be seen."
        )
    told = f"{found.month}: {what_drifted(found)}."
    if found.verdict == "drifted, coded":
        return f"{told} {coded} of its {articles} articles are coded, which is enough."
    return (
        f"{told} {coded} of its {articles} articles are coded, and {found.needed} are needed for "
        f"the month to speak for itself. {_draw(found.month, found.needed - coded)}"
    )


def _draw(month: str, codes: int) -> str:
    return (
        f"Code {codes} articles of this month: outcomes media draw-sample drift-{month} "
        f"--month {month} --per-month {codes} --coders NAMES"
    )


def _those(found: MonthDrift) -> str:
    if found.whence == OWN_CHECK:
        return "the articles on which the model was checked when it was made"
    return "the articles that people coded"


def _parts(found: MonthDrift, *, public: bool) -> Iterator[str]:
    if CONFIDENCE in found.found:
        yield f"the model {_confidence(found)} than on {_those(found)}"
    if KIND in found.found:
        yield f"the stories are of another kind than {_those(found)}{_kinds(found)}"
    if AGREEMENT in found.found:
        told = "the model gives the tone that people give less often than before"
        if not public:
            told += (
                f" ({100 * found.right:.0f}% of {found.right_of} codes, "
                f"before {100 * found.right_before:.0f}%)"
            )
        yield told
    if found.new_outlets and not public and {CONFIDENCE, KIND} & set(found.found):
        names = " and ".join(found.new_outlets[:2])
        yield f"nothing of {names} was coded before"


def _confidence(found: MonthDrift) -> str:
    more = found.sure - found.sure_before
    if abs(more) >= _CLEAR:
        return "is surer" if more > 0 else "is less sure"
    at = int(np.argmax(np.abs(found.tones)))
    return f"calls {'more' if found.tones[at] > 0 else 'fewer'} articles {_TONES[at]}"


def _kinds(found: MonthDrift) -> str:
    """Name the parts of style and the topics that differ most."""
    clear = [name for name, shift in found.named.items() if abs(shift) >= _TOLD][:_MOST_TOLD]
    told = [_named(name, found.named[name]) for name in clear]
    return f" ({', '.join(told)})" if told else ""


def _named(name: str, shift: float) -> str:
    if name in _TOPICS:
        return f"{'more' if shift > 0 else 'less'} about {_TOPICS[name]}"
    return _WORDS[name][shift > 0]
