"""Step: link the copies of a story, in a study or in a file, and count articles and stories."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from outcomes.errors import DataError, FileError
from outcomes.media.json_lines import read_table
from outcomes.media.stories import (
    USUAL_RULES,
    CopyRules,
    Stories,
    link_stories,
    monthly_counts,
)
from outcomes.pipeline.news_targets import readable_articles
from outcomes.pipeline.outlet_zones import month_of_article
from outcomes.store.news_erasing import kept_results
from outcomes.study import Study

KNOWN = ("id", "url", "outlet", "published", "text")


def stories_of_file(
    path: Path, rules: CopyRules = USUAL_RULES, *, time_zone: str = "UTC"
) -> Stories:
    """Link the copies among the articles of a file.

    Args:
        path: JSON lines, CSV, Excel or Parquet with text, and id or url; perhaps outlet and
            published.
        rules: What counts as a copy.
        time_zone: In which days are cut.

    Raises:
        FileError: The file cannot be read, lacks a column, or an article has no id or one that
            stands twice, or a date that cannot be read.
    """
    table = read_table(path)
    name = "id" if "id" in table else "url"
    for column in ("text", name):
        if column not in table:
            wanted = "text" if column == "text" else "id or url"
            raise FileError(
                path,
                "",
                f"it has no column {wanted}",
                "Give each article a text, and an id or url of its own. Its columns are "
                f"{', '.join(map(str, table.columns))}",
            )
    articles = table.assign(id=table[name])[[each for each in KNOWN if each in {*table, "id"}]]
    try:
        return link_stories(articles, rules, time_zone=time_zone)
    except DataError as error:
        raise FileError(path, "", str(error), "Mend the file") from None


def find_stories(study: Study, rules: CopyRules = USUAL_RULES) -> list[str]:
    """Link the copies among a study's articles; write results/stories.csv and story_counts.csv.

    The first says of each article to which story it belongs. The second counts by month both the
    articles (how often people could read something) and the stories (how much was written); where
    ``classify_articles`` ran before, also those about law enforcement. Pages that are no articles
    are left out. An article whose text was let go keeps the story that it had.

    Returns:
        What was found, as sentences.

    Raises:
        DataError: The study has no articles.
    """
    readable = readable_articles(study)
    articles = readable.articles
    if articles.empty and not readable.erased:
        raise DataError("the study has no articles. Import some first: outcomes media import")
    zone = study.settings.study.time_zone
    found = link_stories(articles.assign(id=articles["url"]), rules, time_zone=zone)
    month_of = month_of_article(study)
    months = list(map(month_of, articles["outlet"], articles["published"]))
    linked = _with_former(study, found.table.assign(month=months), erased=readable.erased)
    study.write_table("stories", linked)
    study.write_table("story_counts", monthly_counts(_with_relevance(study, linked)))
    return [*found.sentences(), "Written: results/stories.csv and results/story_counts.csv."]


def _with_former(study: Study, linked: pd.DataFrame, *, erased: Sequence[str]) -> pd.DataFrame:
    """Add the articles whose text was let go, with the stories that they were found to tell.

    Without a text nothing would link them any more, and months long past would gain stories.
    """
    if not erased:
        return linked
    former = pd.DataFrame(kept_results(study.store, "stories"), columns=linked.columns)
    if (study.results / "stories.csv").exists():  # the store's own copy comes first
        former = pd.concat([former.astype(object), study.read_table("stories").astype(object)])
    former = former[former["id"].isin(erased)].drop_duplicates("id")
    both = pd.concat([linked.astype(object), former.astype(object)], ignore_index=True)
    return both.assign(month=both["month"].fillna(""), score=both["score"].astype(float))


def _with_relevance(study: Study, linked: pd.DataFrame) -> pd.DataFrame:
    """Add what was found to be about law enforcement, where all these articles were classified."""
    if not (study.results / "articles.csv").exists():
        return linked
    relevant = study.read_table("articles").set_index("url")["relevant"]
    if not linked["id"].isin(relevant.index).all():
        return linked
    return linked.assign(relevant=linked["id"].map(relevant))
