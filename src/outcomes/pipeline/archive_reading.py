"""Read an archive of news for a study, by its mapping and with its outlets; nothing is stored."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.errors import DataError, FileError, one_of
from outcomes.media.archives import (
    Archive,
    ArchiveMapping,
    Asked,
    Kind,
    Matches,
    Opened,
    Sighted,
    Terms,
    check_mapping,
    host_of,
    hosts_of,
    match_outlets,
    open_archive,
    read_mapping,
    read_news_archive,
    sight_records,
    undated_sentence,
)
from outcomes.media.archives.lists import columns_of
from outcomes.media.articles import PLAIN, read_archive, sightings_of_table
from outcomes.media.page_dates import Reading as PageReading
from outcomes.media.sightings import Sighting
from outcomes.sheets import AS_IT_IS, Reading, Sheet
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.media.date_gate import Order

_WORDLESS = (
    "{} articles have no text, only a title or summary: the tone rests on that until a fuller "
    "text is imported or fetched."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody said about an archive beside the file itself."""

    kind: Kind | None = None
    mapping: Path | None = None  # none: the one of the same name beside the file, if there is one
    outlet: str = ""  # all articles are of this outlet
    other_outlets: bool = False  # take articles of outlets that the study does not name
    reading: Reading = AS_IT_IS
    guess: bool = False  # take likely columns without a mapping: only to show or to save them
    undecided: bool = False  # columns that are not understood are left to the mapping to be saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An archive as it would be stored."""

    sheet: Sheet
    sightings: tuple[Sighting, ...]
    archive: Archive
    mapping: ArchiveMapping
    matches: Matches = field(default_factory=Matches)
    notes: tuple[str, ...] = ()
    journal: Path | None = None  # of web pages: what was read, to go on from


def prepare_archive(
    study: Study, path: Path, choices: Choices, *, now: datetime | None = None
) -> Prepared:
    """Read an archive for a study, without storing anything.

    Args:
        study: The study.
        path: The archive.
        choices: What was said about it.
        now: The moment of the import; nothing can have been published later.

    Returns:
        The articles, what would be refused, and what is to be said of it.

    Raises:
        DataError: The outlet that was named is not one of study.toml.
        FileError: The file or the mapping breaks a rule, or the columns are not sure.
    """
    said, place = _mapping(path, choices)
    _check_outlet(study, choices)
    encoding = choices.reading.encoding
    kind = choices.kind or (said.kind if said else None)
    kind = kind or ("table" if choices.reading.rename else None)  # only tables have columns
    opened = open_archive(path, kind=kind, encoding=encoding)
    if said is None and not choices.outlet and _is_plain(opened, choices.reading):
        return _plain(study, path, choices)
    mapping = said or ArchiveMapping(kind=opened.kind)
    columns = columns_of(opened.rows) if opened.rows else None
    names = [outlet.name for outlet in study.settings.outlets]
    check_mapping(
        mapping,
        outlets=() if choices.other_outlets else names,
        columns=columns,
        path=place or path,
    )
    return _prepared(study, path, choices, mapping=mapping, opened=opened, now=now)


def _mapping(path: Path, choices: Choices) -> tuple[ArchiveMapping | None, Path | None]:
    beside = path.with_suffix(".toml")
    place = choices.mapping or (beside if beside.is_file() and beside != path else None)
    return (read_mapping(place), place) if place else (None, None)


def _check_outlet(study: Study, choices: Choices) -> None:
    known = [outlet.name for outlet in study.settings.outlets]
    if choices.outlet and known and choices.outlet not in known and not choices.other_outlets:
        raise DataError(
            f"{choices.outlet!r} is not an outlet of study.toml. {one_of(choices.outlet, known)}"
        )


def _is_plain(opened: Opened, reading: Reading) -> bool:
    columns = {reading.rename.get(name, name) for name in columns_of(opened.rows[:50])}
    return opened.kind == "table" and columns >= set(PLAIN)


def _plain(study: Study, path: Path, choices: Choices) -> Prepared:
    """A table in the columns of this program: nothing in it is to be understood."""
    known = () if choices.other_outlets else [each.name for each in study.settings.outlets]
    sheet = read_archive(path, outlets=known, reading=choices.reading)
    return Prepared(
        sheet=sheet,
        sightings=tuple(sightings_of_table(sheet.table, text_from="archive")),
        archive=Archive(kind="table", records=(), columns={name: name for name in PLAIN}),
        mapping=ArchiveMapping(kind="table"),
        notes=undated_sentence({"": int((sheet.table["published"] == "").sum())}),
    )


def _prepared(
    study: Study,
    path: Path,
    choices: Choices,
    *,
    mapping: ArchiveMapping,
    opened: Opened,
    now: datetime | None,
) -> Prepared:
    columns = {**mapping.columns, **{b: a for a, b in choices.reading.rename.items()}}
    one_outlet = choices.outlet or mapping.constant.outlet
    asked = Asked(
        kind=opened.kind,
        encoding=choices.reading.encoding,
        columns=columns,
        one_outlet=one_outlet,
        prompted=mapping.constant.prompted,
        undecided=choices.undecided,
    )
    journal = _journal(study, path) if opened.kind == "warc" else path
    archive = read_news_archive(
        path, asked, reading_of=_page_reading(study, choices), journal=journal, opened=opened
    )
    if not (choices.guess or columns):
        _refuse_guess(path, archive)
    outlets = study.settings.outlets
    matches = match_outlets(archive.records, outlets, said=mapping.outlets)
    terms = _terms(study, choices, mapping, matches=matches, now=now)
    sighted = sight_records(archive, terms)
    return Prepared(
        sheet=_sheet(path, archive, sighted),
        sightings=tuple(sighted.sightings),
        archive=archive,
        mapping=mapping,
        matches=matches,
        notes=(*_notes(archive, matches, sighted), *_unknown_sites(study, archive)),
        journal=journal if opened.kind == "warc" else None,
    )


def _refuse_guess(path: Path, archive: Archive) -> None:
    """Refuse columns that are only likely: a person confirms them once, in a mapping."""
    likely = {ours: theirs for ours, theirs in archive.columns.items() if ours != theirs}
    if likely:
        words = ", ".join(f"{ours} = {theirs!r}" for ours, theirs in likely.items())
        raise FileError(
            path,
            "row 1",
            f"its columns are likely {words}, which a person must confirm",
            f"Say --dry-run --save-mapping {path.stem}.toml, read that file, then import with "
            f"--mapping {path.stem}.toml",
        )


def _terms(
    study: Study,
    choices: Choices,
    mapping: ArchiveMapping,
    *,
    matches: Matches,
    now: datetime | None,
) -> Terms:
    stated = choices.reading.date_order
    if stated == "YMD" and mapping.date is not None:
        stated = mapping.date.order
    order: Order = "" if stated == "YMD" else stated
    return Terms(
        outlets=study.settings.outlets,
        matches=matches,
        one_outlet=choices.outlet or mapping.constant.outlet,
        other_outlets=choices.other_outlets,
        seen=now or datetime.now(UTC),
        zone=study.settings.study.time_zone,
        order=order,
        time_zone=mapping.date.time_zone if mapping.date else "",
    )


def _page_reading(study: Study, choices: Choices) -> Any:
    """How the pages of an outlet are read; none for pages of no outlet that is wanted."""
    outlets = {outlet.name: outlet for outlet in study.settings.outlets}
    hosts = hosts_of(outlets.values())
    everything = choices.other_outlets or not outlets

    def reading_of(url: str, seen: datetime) -> PageReading | None:
        name = choices.outlet or host_of(url, hosts)
        if not name and not everything:
            return None
        outlet = outlets.get(name)
        zone = (outlet.time_zone if outlet else "") or study.settings.study.time_zone
        return PageReading(seen=seen, zone=zone, order=outlet.date_order if outlet else "")

    return reading_of


def _journal(study: Study, path: Path) -> Path:
    """Where the pages of a file are noted while they are read; it can be deleted."""
    digest = hashlib.sha256(version("trafilatura").encode())
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return study.root / "data" / "derived" / "archives" / f"{digest.hexdigest()[:32]}.jsonl"


def _sheet(path: Path, archive: Archive, sighted: Sighted) -> Sheet:
    refusals = [*archive.refusals, *sighted.refusals]
    return Sheet(
        path=path,
        table=_rows(sighted.rows),
        read=len(sighted.rows) + len(refusals),
        refusals=refusals,
        not_read=archive.not_read,
    )


def _rows(rows: Sequence[int]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({"row": pd.Series(rows, dtype="int64")})


def _unknown_sites(study: Study, archive: Archive) -> tuple[str, ...]:
    """Name the outlets whose pages cannot be recognized, where pages were to be."""
    bare = [each.name for each in study.settings.outlets if not (each.site or each.feeds)]
    if archive.kind != "warc" or not bare:
        return ()
    return (f"Pages of {', '.join(bare)} cannot be told: give the outlet its site in study.toml.",)


def _notes(archive: Archive, matches: Matches, sighted: Sighted) -> tuple[str, ...]:
    lines = [
        f"{theirs!r} is read as the outlet {ours!r}." for theirs, ours in matches.folded.items()
    ]
    if archive.left_out:
        reasons = sorted(archive.left_out.items(), key=lambda each: -each[1])
        counted = "; ".join(f"{n} {why}" for why, n in reasons)
        total = sum(archive.left_out.values())
        lines.append(f"Beside the articles, {total} records are left out: {counted}.")
    if sighted.wordless:
        lines.append(_WORDLESS.format(sighted.wordless))
    return (*lines, *archive.notes, *undated_sentence(sighted.undated))
