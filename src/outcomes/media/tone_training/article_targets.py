"""Police mentions in the sentences of articles, for a teacher to judge."""

from collections.abc import Sequence

import numpy as np

from outcomes.media.relevance import find_law_enforcement, named_officers
from outcomes.media.tone_models.police_mentions import find_mentions
from outcomes.media.tone_training.material import TargetRow, TonedArticle

SOURCE = "articles"


def article_targets(articles: Sequence[TonedArticle], *, most: int, seed: int) -> list[TargetRow]:
    """Find police mentions in the sentences of articles that speak of law enforcement.

    Args:
        articles: The articles; their tones are not used, for they are of whole articles.
        most: Of each sentence, drawn by chance where there are more.
        seed: Of the draw.

    Returns:
        Rows whose tone says nothing: only a teacher can tell it.
    """
    if not most:
        return []
    draw = np.random.default_rng([seed, 2])
    found = []
    for article in articles:
        names = named_officers(f"{article.title}\n{article.text}")
        for sentence in find_law_enforcement(article.text, title=article.title):
            mentions = find_mentions(sentence.text, names=names)
            found += [
                TargetRow(
                    text=sentence.text,
                    start=mentions[place].start,
                    end=mentions[place].end,
                    tone=0,
                    group=article.group,
                    source=SOURCE,
                )
                for place in sorted(draw.permutation(len(mentions))[:most])
            ]
    return found
