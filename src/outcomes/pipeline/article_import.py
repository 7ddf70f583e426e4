"""Media steps: import archives and saved feeds as articles."""

from datetime import datetime
from pathlib import Path

from outcomes.errors import DataError, one_of
from outcomes.media.archives import undated_sentence
from outcomes.media.articles import sightings_of_table
from outcomes.media.feeds import read_feed
from outcomes.pipeline.archive_reading import Choices, Prepared, prepare_archive
from outcomes.pipeline.article_keeping import keep_sheet
from outcomes.pipeline.importing import Imported
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.study import Study

_FEED = "A feed holds summaries: the tone rests on the title and a sentence or two."


def import_archive(
    study: Study,
    path: Path,
    *,
    choices: Choices | None = None,
    reading: Reading = AS_IT_IS,
    amend: bool = False,
    now: datetime | None = None,
) -> Imported:
    """Import an archive of articles into the store, all rows or none.

    The same file again stores nothing new; an export that overlaps with an earlier one adds what
    it has more.

    Args:
        study: The study.
        path: A table of articles, or an export of a service (see ``outcomes.media.archives``).
        choices: What was said about it; none: it is told by content.
        reading: How it is to be read, where there are no choices.
        amend: Whether known articles with other content get a new version.
        now: The moment of the import; the present one if it is left out.

    Raises:
        DataError: An article is stored already with other content, and this is no amendment.
        FileError: The file breaks a rule.
        RowsRefused: Some rows break a rule and may not be left out.

    Source:
        Requirements B14 and A8; issue 6, 6.
    """
    chosen = choices or Choices(reading=reading)
    prepared = prepare_archive(study, path, chosen, now=now)
    return keep_prepared(study, prepared, chosen, amend=amend, now=now)


def keep_prepared(
    study: Study,
    prepared: Prepared,
    choices: Choices,
    *,
    amend: bool = False,
    now: datetime | None = None,
) -> Imported:
    """Store an archive that was read before, all rows or none.

    Raises:
        DataError: An article is stored already with other content, and this is no amendment.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    prepared.sheet.or_refuse(leave_out=choices.reading.leave_out_refused)
    done = keep_sheet(
        study,
        prepared.sheet,
        prepared.sightings,
        step="media import",
        amend=amend,
        notes=prepared.notes,
        now=now,
    )
    if prepared.journal is not None:
        prepared.journal.unlink(missing_ok=True)  # the pages are in the store now
    return done


def import_feed(
    study: Study, path: Path, *, outlet: str, amend: bool = False, now: datetime | None = None
) -> Imported:
    """Import the entries of a feed file as articles of one outlet.

    A feed gives a summary, not the article. An article that is stored already stays as it is,
    unless this is an amendment. Entries that cannot be used are left out and listed: nobody who
    reads a feed can mend it.

    Raises:
        DataError: The outlet is not one of study.toml.
        FileError: The file is no feed.
    """
    known = {each.name: each for each in study.settings.outlets}
    if known and outlet not in known:
        raise DataError(f"{outlet!r} is not an outlet of study.toml. {one_of(outlet, list(known))}")
    about = known.get(outlet)
    sheet = read_feed(
        path,
        outlet=outlet,
        seen=now,
        order=about.date_order if about else "",
        zone=(about.time_zone if about else "") or study.settings.study.time_zone,
    )
    return keep_sheet(
        study,
        sheet,
        list(sightings_of_table(sheet.table, text_from="feed")),
        step="media import-feed",
        amend=amend,
        notes=(_FEED, *undated_sentence({"": int((sheet.table["published"] == "").sum())})),
        now=now,
    )
