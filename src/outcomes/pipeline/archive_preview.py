"""Say what an archive is and what an import would do; write its mapping for a person to mend."""

from pathlib import Path

from outcomes.errors import FileError
from outcomes.media.archives import TITLES, mapping_text
from outcomes.pipeline.archive_reading import Prepared
from outcomes.study import write_whole

_SHOWN = 3  # titles


def preview(prepared: Prepared) -> list[str]:
    """Say what an archive is and what would become of it, as lines for a person."""
    archive, sheet = prepared.archive, prepared.sheet
    lines = [
        f"{sheet.path.name}: {TITLES[archive.kind]} (kind: {archive.kind}).",
        f"{len(prepared.sightings)} articles would be stored, unless they are known already; "
        f"{len(sheet.refusals)} would be refused.",
    ]
    lines += [
        f"  {each.published[:10] or 'no date'} · {each.outlet} · {each.title or 'no title'}"
        for each in prepared.sightings[:_SHOWN]
    ]
    if archive.columns:
        understood = ", ".join(f"{ours} = {theirs!r}" for ours, theirs in archive.columns.items())
        lines.append(f"Columns understood: {understood}.")
    if sheet.not_read:
        lines.append(f"Columns that would not be stored: {', '.join(sheet.not_read)}.")
    lines += [f"Would be refused: {refusal}" for refusal in sheet.refusals]
    return [*lines, *prepared.notes, "Nothing was stored."]


def save_mapping(prepared: Prepared, out: Path) -> Path:
    """Write how an archive was read, to be read, edited and used again.

    Raises:
        FileError: A mapping is there already, which somebody may have edited.
    """
    if out.exists():
        raise FileError(out, "", "there is a mapping already", "Name another file")
    text = mapping_text(
        prepared.archive,
        prepared.mapping,
        file=prepared.sheet.path.name,
        matched=prepared.matches.folded,
        unknown={**dict.fromkeys(prepared.matches.unclear, ""), **prepared.matches.nearest},
    )
    write_whole(out, text)
    return out
