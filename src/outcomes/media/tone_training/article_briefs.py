"""News of one sentence: feeds often give no more, and a whole article teaches little about it."""

from collections import defaultdict
from collections.abc import Sequence

from outcomes.media.tone_models.chosen_sentences import read_article
from outcomes.media.tone_training.material import TargetRow, TonedArticle


def briefs(rows: Sequence[TargetRow]) -> list[TonedArticle]:
    """Take sentences as articles: what a sentence says of the police, news of it alone says too.

    Args:
        rows: Sentences that the encoder was not trained with, for of others it is too sure.

    Returns:
        One article for each sentence in which the reading of articles finds law enforcement
        exactly once, at a target whose tone is known.
    """
    targets = defaultdict(list)
    for row in rows:
        targets[row.text].append(row)
    found = []
    for text, known in targets.items():
        chosen = read_article("", text).chosen
        if len(chosen) != 1 or chosen[0].text != text:
            continue
        meant = [row for row in known if row.start < chosen[0].end and row.end > chosen[0].start]
        if len(meant) == 1:
            tone, group = meant[0].tone, meant[0].group
            found.append(TonedArticle(title="", text=text, tone=tone, group=group))
    return found
