"""Media step: mark the articles that the agency's own press releases prompted."""

from datetime import date
from pathlib import Path

import pandas as pd

from outcomes.errors import DataError
from outcomes.media.prompted import COLUMNS, DAYS, find_prompted, read_releases
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.news_targets import readable_articles, with_former
from outcomes.report.words import sentence_case
from outcomes.study import Study

MEDIA_CONTACT = "media_contact"  # kind of engagement record
_NAMED = 6  # months


def mark_prompted(
    study: Study, folder: Path | None = None, *, days: int = DAYS, today: date | None = None
) -> list[str]:
    """Compare the articles with the agency's press releases; write results/prompted.csv.

    Args:
        study: The study.
        folder: Where the releases lie; by default as ``releases`` under [news] says.
        days: How many days after its release an article may have appeared.
        today: No release is dated later; by default the last day of the study.

    Returns:
        What was found, as sentences.

    Raises:
        DataError: There is no release, or no article to compare.
        FileError: There is no such folder, or a release cannot be read.

    Source:
        Requirements A8 and E9.
    """
    folder = releases_folder(study) if folder is None else folder
    releases = read_releases(folder, today=today or study.settings.study.last)
    if not releases:
        raise DataError(
            f"{folder} holds no press release. Put them there as .txt, .md, .html or .docx files"
        )
    readable = readable_articles(study)
    if readable.articles.empty:
        raise DataError("the study has no articles. Import some first: outcomes media import")
    table = find_prompted(readable.articles, releases, days=days)
    table = with_former(study, "prompted", table=table, readable=readable)
    study.write_table("prompted", table)
    copied = int((table["verdict"] == "release").sum())
    built = int((table["verdict"] == "builds on a release").sum())
    undated = sum(release.day is None for release in releases)
    lines = [
        f"{len(table)} articles compared with {len(releases)} press releases: {copied} are mostly "
        f"the words of a release, {built} build on one."
    ]
    if undated:
        lines.append(
            f"{undated} releases tell no date, so articles of any date were compared with them. "
            "Begin the names of their files with the day, such as 2026-03-01-walks.txt."
        )
    articles = readable.articles
    marked = prompted_articles(study, articles)
    lines += [
        f"{sentence_case(each)}."
        for each in unmarked_contacts(study, articles["published"].str[:7], marked)
    ]
    return [*lines, "Written: results/prompted.csv."]


def unmarked_contacts(study: Study, months: pd.Series, prompted: pd.Series) -> list[str]:
    """Say in which months the agency turned to news outlets, but no article is marked as prompted.

    Args:
        study: The study, whose record may hold media contacts.
        months: Of each article, as 2026-03.
        prompted: Of each article: 1 where the agency prompted it.

    Returns:
        One sentence without its full stop, or none where nothing is amiss.

    Source:
        Requirements A8 and E9: stories that the agency asked for must be told apart.
    """
    asked = set(read_records(study, MEDIA_CONTACT)["day"].str[:7]) & set(study.months())
    known = set(months[(prompted == 1).fillna(False)])
    unmarked = sorted(asked - known)
    if not unmarked:
        return []
    named = ", ".join(unmarked[:_NAMED])
    more = f" and {len(unmarked) - _NAMED} more" if len(unmarked) > _NAMED else ""
    return [
        f"the agency has contacts with news outlets on record in {named}{more}, and no article "
        "of that month is marked as prompted: see whether a story came of them and is counted as "
        "if nobody had asked for it"
    ]


def releases_folder(study: Study) -> Path:
    """Say where the agency's press releases lie."""
    return study.root / study.settings.news.releases


def prompted_articles(study: Study, articles: pd.DataFrame) -> pd.Series:
    """Say of each article whether the agency prompted it: 1, 0, or missing where nobody knows.

    What the importer said comes first, then what the comparison with the releases found.

    Args:
        study: The study.
        articles: Columns url and prompted.
    """
    said = articles["prompted"].astype("Int64")
    if not (study.results / "prompted.csv").exists():
        return said
    found = study.read_table("prompted").reindex(columns=list(COLUMNS))
    verdicts = found.drop_duplicates("url").set_index("url")["verdict"].notna().astype("Int64")
    return said.fillna(articles["url"].map(verdicts).astype("Int64"))
