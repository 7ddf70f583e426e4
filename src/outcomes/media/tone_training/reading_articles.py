"""The way from sentences to the article: learned from coded articles, or the shipped one."""

import shutil
from collections import Counter
from collections.abc import Sequence
from typing import Any

from outcomes.errors import DataError
from outcomes.media.relevance import find_law_enforcement
from outcomes.media.tone_models.model_folder import (
    ARTICLE,
    ModelFolder,
    read_model_folder,
    shipped_folder,
)
from outcomes.media.tone_models.target_encoder import TargetEncoder
from outcomes.media.tone_training.article_head_fit import FEWEST, fit_article_head
from outcomes.media.tone_training.fine_tune import Say
from outcomes.media.tone_training.material import TonedArticle
from outcomes.study import write_whole

FEWEST_ARTICLES = 50  # below that, an article is read as the shipped model reads it


def lacking_articles(articles: Sequence[TonedArticle]) -> str:
    """Say what articles lack to learn from them; nothing where they are enough."""
    if len(articles) < FEWEST_ARTICLES:
        return (
            f"{len(articles)} articles with a tone are too few to learn how sentences make the "
            f"tone of an article: {FEWEST_ARTICLES} are needed"
        )
    found = [each.tone for each in articles if find_law_enforcement(each.text, title=each.title)]
    counts = Counter(found)
    if min(counts[tone] for tone in (-1, 0, 1)) < FEWEST:
        return (
            f"of the articles, {counts[-1]} are negative, {counts[0]} neutral and {counts[1]} "
            f"positive: at least {FEWEST} of each are needed to learn how sentences make the tone "
            "of an article"
        )
    return ""


def require_article_source(articles: Sequence[TonedArticle]) -> None:
    """Refuse, before hours of training, where nothing says how an article is read.

    Raises:
        DataError: There are too few articles, and no shipped model to take their reading from.
    """
    lacking = lacking_articles(articles)
    if lacking and not (shipped_folder() / ARTICLE).is_file():
        raise DataError(
            f"{lacking}. Code more, or name a file of articles with --material, such as "
            "data/tone/articles.jsonl"
        )


def add_article_reading(
    folder: ModelFolder,
    articles: Sequence[TonedArticle],
    *,
    briefs: Sequence[TonedArticle] = (),
    seed: int,
    say: Say,
) -> dict[str, Any]:
    """Put article.json into a draft.

    Args:
        folder: The draft, with its temperature.
        articles: Whose tone is known; where they are too few, the shipped reading is taken.
        briefs: News of one sentence, to learn from as well.
        seed: Of the cross-validation.
        say: Receives lines of progress.

    Returns:
        For model.json: from how many articles it was learned and how well articles are read that
        were kept out (cross-validated), or from which model it is.

    Raises:
        FileError: There are too few articles, and the shipped model is damaged.
    """
    lacking = lacking_articles(articles)
    if not lacking:
        say(
            f"learning from {len(articles)} articles and {len(briefs)} of one sentence how "
            "sentences make the tone of an article"
        )
        encoder = TargetEncoder(folder)
        learned = fit_article_head(articles, encoder, briefs=briefs, seed=seed)
        write_whole(folder.path / ARTICLE, learned.head.to_json())
        known = {"learned_from": len(articles), "briefs": len(briefs)}
        return {**known, "cross_validated": learned.figures}
    shipped = read_model_folder(shipped_folder())
    say(f"{lacking}. So articles are read as {shipped.title} reads them")
    shutil.copyfile(shipped.article, folder.path / ARTICLE)
    return {"taken_from": shipped.title}
