"""Media step: say which agencies and places each article is about, and which texts there are."""

from dataclasses import dataclass

import pandas as pd

from outcomes.media.gazetteer import Gazetteer, build_gazetteer, key_of
from outcomes.media.targets import UNCLEAR, Target, about_us, find_places, find_targets
from outcomes.store import read_facts
from outcomes.store.news_erasing import erased_urls, kept_results
from outcomes.study import Study

TARGETS = ("url", "agency", "own", "sure", "sentences")
FOUND = ("about_us", "agencies", "places")
WHOLE_NUMBERS = {"relevant", "tone", "prompted", "about_us", "own", "sentences"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """The articles of a study, parted by whether there is a text to judge."""

    articles: pd.DataFrame  # with a text
    no_articles: int  # pages that are none: paywalls, cookie walls, lists
    erased: tuple[str, ...]  # the urls of articles whose text was let go
    urls: tuple[str, ...]  # of all articles and erased ones, in the order of the store


def readable_articles(study: Study) -> Readable:
    """Read the articles that can be judged; those whose page is none, or was erased, are counted.

    Args:
        study: The study.
    """
    articles = read_facts(study.store, "articles")
    gone = erased_urls(study.store)
    is_gone = articles["url"].isin(gone)
    is_none = ~is_gone & (pd.to_numeric(articles["article"]) == 0)
    kept = articles[~is_gone & ~is_none].reset_index(drop=True)
    return Readable(
        articles=kept,
        no_articles=int(is_none.sum()),
        erased=tuple(articles.loc[is_gone, "url"]),
        urls=tuple(articles.loc[~is_none, "url"]),
    )


def with_former(
    study: Study, name: str, *, table: pd.DataFrame, readable: Readable
) -> pd.DataFrame:
    """Add the rows that a result had for articles whose text was let go since.

    Args:
        study: The study.
        name: Of the result, such as ``articles``.
        table: Its new rows, with a column url.
        readable: From ``readable_articles``.
    """
    former = _former(study, name, urls=set(readable.erased))
    if former.empty:
        return table
    former = former.reindex(columns=list(table.columns))
    both = pd.concat([table.astype(object), former.astype(object)], ignore_index=True)
    place = {url: number for number, url in enumerate(readable.urls)}
    for column in WHOLE_NUMBERS & set(both.columns):
        both[column] = pd.to_numeric(both[column]).astype("Int64")
    by_place = both["url"].map(place).sort_values(kind="stable").index
    return both.loc[by_place].reset_index(drop=True)


def _former(study: Study, name: str, *, urls: set[str]) -> pd.DataFrame:
    """Find what a result said of these articles: kept in the store, else in the result itself."""
    kept = pd.DataFrame(kept_results(study.store, name) if urls else [])
    if "url" in kept:
        kept = kept[kept["url"].isin(urls)]
        urls = urls - set(kept["url"])
    if not urls or not (study.results / f"{name}.csv").exists():
        return kept
    written = study.read_table(name)
    if "url" not in written:
        return kept
    return pd.concat([kept, written[written["url"].isin(urls)]], ignore_index=True)


def spell_out(texts: pd.Series, gazetteer: Gazetteer) -> pd.Series:
    """Say "police" behind the agencies' abbreviations and units, which no model knows.

    Args:
        texts: Titles or bodies.
        gazetteer: The study's names.
    """
    known = {
        name: body.kind in {"police", "sheriff"} and name == key_of(body.name)
        for name, body in gazetteer.by_name.items()
    }

    def spelled(text: str) -> str:
        return gazetteer.names.sub(
            lambda found: found[0] if known.get(key_of(found[0]), False) else f"{found[0]} police",
            text,
        )

    return texts.fillna("").astype(str).map(spelled)


def find_article_targets(study: Study, articles: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say of each article which agencies it is about, and which places of the study it names.

    Args:
        study: The study.
        articles: Columns url, outlet, title, text and relevant (1 or 0).

    Returns:
        Two tables. The first has one row an article, in their order: about_us (1 and 0, missing
        where unclear; 0 where not relevant), agencies and places, joined by "; ". The second has
        one row an article and agency: url, agency, own (missing where unclear), sure (named,
        town, outlet, unclear) and sentences, their number.
    """
    gazetteer = build_gazetteer(study.settings)
    rows, found = [], []
    columns = ("url", "outlet", "title", "text", "relevant")
    for url, outlet, title, text, relevant in articles[list(columns)].itertuples(index=False):
        targets = find_targets(text, gazetteer, title=title, outlet=outlet) if relevant else ()
        places = find_places(text, gazetteer, title=title)
        rows.append(_row(targets, places, relevant=bool(relevant)))
        found += [(url, each.agency, each.own, each.sure, len(each.sentences)) for each in targets]
    table = pd.DataFrame(rows, columns=list(FOUND))
    listed = pd.DataFrame(found, columns=list(TARGETS))
    return (
        table.assign(about_us=pd.array(table["about_us"].tolist(), dtype="Int64")),
        listed.assign(own=pd.array(listed["own"].tolist(), dtype="Int64")),
    )


def _row(
    targets: tuple[Target, ...], places: tuple[str, ...], *, relevant: bool
) -> tuple[int | None, str, str]:
    if not relevant:
        us: int | None = 0
    else:
        us = about_us(targets) if targets else None
    names = [each.agency for each in targets if each.agency != UNCLEAR]
    return us, "; ".join(names), "; ".join(places)
