"""``outcomes engagement``: CAD call types, extracts, and the minutes that they confirm."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import (
    FILE,
    put_out,
    say_beside,
    say_import,
    with_amend,
    with_encoding,
    with_import_options,
    with_out,
    with_study,
)

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.study import Study

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command("map-cad", epilog="Example: outcomes engagement map-cad calls.csv --column Type")
@click.argument("file", type=FILE)
@click.option("--column", required=True, help="The column with the call types.")
@click.option(
    "--study",
    "folder",
    type=_FOLDER,
    metavar="FOLDER",
    help="The study whose walk types and confirmed call types count; else the one around.",
)
@with_encoding
@with_out
def map_cad(
    file: Path, column: str, folder: Path | None, encoding: str, out: Path | None, form: str
) -> None:
    """Suggest which CAD call types in FILE are walks or engagement; a person then decides.

    Write the map to a file with --out, look through it, correct the column "means", and store it
    with confirm-cad. Types that were confirmed before are not asked for again.
    """
    from outcomes.pipeline.cad import suggest_codes

    table, account = suggest_codes(file, column, study=_study(folder), encoding=encoding)
    say_beside(account)
    if not table.empty or out or form == "json":
        put_out(table, out=out, form=form)


def _study(folder: Path | None) -> "Study | None":
    """Open the study named, or the one around; None where there is none that can be opened."""
    from outcomes.errors import OutcomesError
    from outcomes.study import open_study

    if folder:
        return open_study(folder)
    here = Path.cwd().resolve()
    if not any((each / "study.toml").exists() for each in (here, *here.parents)):
        return None
    try:
        return open_study()
    except OutcomesError as error:  # nobody named it, and the file can be looked at without it
        say_beside([f"The study around was left out, with what was confirmed in it: {error}"])
        return None


@click.command("confirm-cad", epilog="Example: outcomes engagement confirm-cad map.csv")
@click.argument("file", type=FILE)
@with_encoding
@with_amend
@with_study
def confirm_cad(file: Path, *, study: "Study", encoding: str, amend: bool) -> None:
    """Store what the call types in FILE mean: a map of map-cad as a person corrected it.

    "means" is the code of a walk type, "walk" where the type is not known, "community" or "not a
    walk". Only the day is kept, not who decided.
    """
    from outcomes.pipeline.cad import confirm_codes
    from outcomes.sheets import Reading

    say_import(confirm_codes(study, file, reading=Reading(encoding=encoding), amend=amend))


@click.command(
    "import-cad",
    epilog="Example: outcomes engagement import-cad calls.csv --call Number --type Type "
    "--place Beat --start Start --end End --place-map beats.csv",
)
@click.argument("file", type=FILE)
@click.option("--call", metavar="COLUMN", help="The column with the number of the call.")
@click.option("--type", "type_", metavar="COLUMN", help="The column with the call type.")
@click.option("--place", metavar="COLUMN", help="The column with the beat or the place.")
@click.option("--start", metavar="COLUMN", help="The column with when the visit began.")
@click.option("--end", metavar="COLUMN", help="The column with when it ended.")
@click.option("--minutes", metavar="COLUMN", help="The column with minutes, instead of --end.")
@click.option("--units", metavar="COLUMN", help="The column with unit labels; kept as a code only.")
@click.option("--gps", metavar="COLUMN", help="The column with minutes by GPS.")
@click.option("--place-map", type=FILE, help="A table of two columns: beat, place.")
@with_import_options()
@with_study
def import_cad(
    file: Path,
    *,
    study: "Study",
    reading: "Reading",
    amend: bool,
    place_map: Path | None,
    type_: str | None,
    **columns: Any,
) -> None:
    """Store the walks and contacts in a CAD extract FILE; nothing else of it is read or kept.

    Call types must be confirmed first: see map-cad and confirm-cad. The columns may be written
    once in study.toml, under [engagement.cad.columns].
    """
    from outcomes.pipeline.cad import import_extract

    named = {name: column for name, column in {**columns, "type": type_}.items() if column}
    imported = import_extract(
        study, file, columns=named, place_map=place_map, reading=reading, amend=amend
    )
    say_import(imported)


@click.command("cad-dose", epilog="Example: outcomes engagement cad-dose --study my-study")
@with_study
@with_out
def cad_dose(study: "Study", out: Path | None, form: str) -> None:
    """Set the typed walks beside those in CAD: minutes that both confirm, and what to look at."""
    from outcomes.pipeline.cad_dose import verify_dose

    dose = verify_dose(study)
    if dose is None:
        click.echo("No CAD extract was imported yet: see outcomes engagement import-cad")
        return
    say_beside(dose.sentences)
    put_out(dose.table, out=out, form=form)


COMMANDS: tuple[click.Command, ...] = (map_cad, confirm_cad, import_cad, cad_dose)
