"""What a coder has before the eyes: the article, and the code that he or she gave it before."""

from dataclasses import dataclass, fields

from sqlalchemy import select

from outcomes.media.codebook import Code, code_of
from outcomes.pipeline.coding_progress import TRAINING
from outcomes.pipeline.importing import store_key
from outcomes.store.coding_tables import CODING_ITEMS, CODING_SAMPLES, TRAINING_CODES
from outcomes.store.engine import reading
from outcomes.store.schema import ARTICLES, CODES
from outcomes.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What a coder reads."""

    url: str
    title: str
    text: str
    outlet: str
    published: str


def own_code(study: Study, *, coder: str, sample: str, url: str) -> Code | None:
    """Find what this coder said of an article before, so that it may be corrected."""
    names = tuple(each.name for each in fields(Code))
    trained = (
        select(TRAINING_CODES.c.code)
        .where(TRAINING_CODES.c.sample == sample, TRAINING_CODES.c.url == url)
        .where(TRAINING_CODES.c.coder == coder)
        .order_by(TRAINING_CODES.c.id.desc())
        .limit(1)
    )
    stored = (
        select(*(CODES.c[name] for name in names))
        .where(CODES.c.key == store_key(coder, url))
        .order_by(CODES.c.version.desc())
        .limit(1)
    )
    with reading(study.store) as connection:
        purpose = connection.execute(
            select(CODING_SAMPLES.c.purpose).where(CODING_SAMPLES.c.name == sample)
        ).scalar()
        if purpose == TRAINING:
            found = connection.execute(trained).scalar()
            return None if found is None else code_of(found)
        row = connection.execute(stored).mappings().first()
    return None if row is None else code_of(dict(row))


def read_article(study: Study, url: str) -> ArticleText | None:
    """Read what a coder is shown: the newest version of an article, or a text made for training.

    Returns:
        None where there is no such article, or its text was let go.
    """
    columns = [ARTICLES.c[name] for name in ("url", "title", "text", "outlet", "published")]
    newest = select(*columns).order_by(ARTICLES.c.version.desc()).limit(1)
    made = select(CODING_ITEMS.c.gold).where(CODING_ITEMS.c.url == url).limit(1)
    made = made.where(CODING_ITEMS.c.gold.is_not(None))
    with reading(study.store) as connection:
        for where in (ARTICLES.c.key == store_key(url), ARTICLES.c.url == url):  # the first is fast
            row = connection.execute(newest.where(where)).mappings().first()
            if row is not None and row["url"] == url and (row["text"] or row["title"]):
                return ArticleText(**row)
        gold = connection.execute(made).scalar() or {}
    if not gold.get("text"):
        return None
    title, text = gold.get("title", ""), gold["text"]
    return ArticleText(url=url, title=title, text=text, outlet="", published="")
