"""Media step: mark the articles that the agency's own press releases prompted."""

from datetime import date
from pathlib import Path

import pandas as pd

from outcomes.errors import DataError
from outcomes.media.prompted import COLUMNS, DAYS, find_prompted, read_releases
from outcomes.pipeline.news_targets import readable_articles, with_former
from outcomes.study import Study


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
    return [*lines, "Written: results/prompted.csv."]


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
