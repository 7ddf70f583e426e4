"""Survey commands about answers that other tools collected: how their columns are to be read."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_encoding

if TYPE_CHECKING:
    from outcomes.surveys.answer_files import Kind

_KINDS = ("google", "qualtrics", "limesurvey", "redcap", "odk", "spss", "stata", "table")


@click.command(
    name="map",
    epilog="Example: outcomes survey map data/raw/answers/spring-class-pre.csv "
    "--instrument surveys/academy.yaml --out mapping.toml",
)
@click.argument("file", type=FILE)
@click.option("--instrument", type=FILE, required=True, help="What was asked (YAML).")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    help="Which tool exported it; by default told by its content. odk is KoboToolbox, too.",
)
@click.option("--out", type=FILE, help="Write the mapping here (.toml), to read and edit.")
@click.option("--report", type=FILE, help="Write here what becomes of each column (.csv).")
@click.option("--replace", is_flag=True, help="Write over a mapping that is there already.")
@with_encoding
def map_(
    file: Path,
    instrument: Path,
    kind: "Kind | None",
    out: Path | None,
    report: Path | None,
    replace: bool,
    encoding: str,
) -> None:
    """Propose how the columns of FILE answer an instrument, and name every column.

    FILE is an export of Google Forms, Qualtrics, LimeSurvey, REDCap, KoboToolbox or ODK, an SPSS
    or Stata file, or a table. Only sure matches are taken; the others are written as comments.
    Columns that say who answered are named, and never stored.
    """
    from outcomes.cli.options import put_out
    from outcomes.pipeline.answer_import import as_table, map_file, write_mapping

    found = map_file(file, instrument, kind=kind, encoding=encoding)
    for line in found.sentences():
        click.echo(line)
    if report is not None:
        put_out(as_table(found), out=report, form="table")
    if out is not None:
        write_mapping(found, out, replace_it=replace)
        click.echo(
            f"The mapping is written to {out}. Read it, and decide what is left open; then: "
            f"outcomes survey import {file} --wave LABEL --mapping {out}"
        )


COMMANDS = (map_,)
