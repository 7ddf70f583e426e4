"""Commands for the outlets of a study: suggest, list, add, exchange, decide, retire."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_out, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.study import Study

Scope = Literal["local", "national"]

_SCOPE = click.option(
    "--scope", type=click.Choice(["local", "national"]), help="Whom the outlet writes for."
)
_PANEL = click.option(
    "--panel/--no-panel",
    default=None,
    help="Whether the trend rests on it: the fixed panel.  [default: it does]",
)


@click.group(epilog="Example: outcomes media sources list")
def sources() -> None:
    """List, find, add and give up the news outlets of a study and their feeds."""


@sources.command(name="list", epilog="Example: outcomes media sources list")
@with_out
@with_study
def list_(*, study: "Study", out: Path | None, form: str) -> None:
    """List the outlets of study.toml with their feeds and decisions about robots.txt."""
    from outcomes.pipeline.sources import list_sources

    put_out(list_sources(study), out=out, form=form)


@sources.command(
    epilog="Example: outcomes media sources suggest --registry registry.json.gz --county 55079"
)
@click.option("--registry", type=FILE, required=True, help="JSON of outlets by state, or .json.gz.")
@click.option(
    "--county",
    "counties",
    multiple=True,
    metavar="FIPS",
    help="Five digits, such as 55079; may be repeated. none: outlets without a county.",
)
@click.option("--state", default="", metavar="XX", help="Two letters; alone: all of the state.")
@click.option(
    "--kind", "kinds", multiple=True, help="Only these, such as newspaper; may be repeated."
)
@click.option("--owners", type=FILE, help="A table (CSV or .csv.gz) that names the owners.")
@click.option("--out", type=FILE, help="Write here: .csv, .parquet, .json or .toml.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "toml"]),
    default="table",
    help="toml prints blocks to paste into study.toml.",
)
def suggest(
    *,
    registry: Path,
    counties: tuple[str, ...],
    state: str,
    kinds: tuple[str, ...],
    owners: Path | None,
    out: Path | None,
    form: str,
) -> None:
    """Find the outlets of a county in a registry, with the feeds that are worth a try.

    A registry is a file that research groups publish, such as 3DLNews2; none comes with this
    program. Feeds of readers' comments, repeated feeds and addresses that are no feed are left
    out and counted. Registries age: look at each outlet before you add it.
    """
    from outcomes.pipeline.source_suggestions import suggest as find
    from outcomes.study import write_whole

    if not counties and not state:
        raise OutcomesError("name a county (--county 55079) or a state (--state WI)")
    found = find(registry, counties=counties, state=state, kinds=kinds, owners=owners)
    if form != "toml" and (out is None or out.suffix.lower() != ".toml"):
        put_out(found.table(), out=out, form=form)
    elif out is None:
        click.echo(found.toml(), nl=False)
    else:
        write_whole(out, found.toml())
        click.echo(f"Written to {out}")
    say_beside(found.notes)


@sources.command(
    epilog='Example: outcomes media sources add "Teal Weekly" --scope local '
    "--feed https://teal-weekly.example/feed"
)
@click.argument("name")
@_SCOPE
@click.option("--feed", "feeds", multiple=True, metavar="ADDRESS", help="May be repeated.")
@_PANEL
@click.option("--site", metavar="ADDRESS", help="Its web site.")
@click.option("--owner", help="Who owns it.")
@click.option("--place", metavar="CODE", help="The place of the study it writes for.")
@click.option("--county", metavar="FIPS", help="Its five-digit code, such as 55079.")
@click.option("--time-zone", metavar="ZONE", help="If not the study's, such as America/Chicago.")
@click.option(
    "--date-order", type=click.Choice(["MDY", "DMY"]), help="How it writes 3/4/2026, where known."
)
@with_study
def add(
    name: str,
    *,
    study: "Study",
    scope: Scope | None,
    feeds: tuple[str, ...],
    panel: bool | None,
    site: str | None,
    owner: str | None,
    place: str | None,
    county: str | None,
    time_zone: str | None,
    date_order: str | None,
) -> None:
    """Add the outlet NAME with its feeds to study.toml, or feeds to an outlet that is there.

    Comments and all else in study.toml stay as they are. A feed that is known is not added twice.
    """
    from outcomes.pipeline.sources import add_outlet

    lines = add_outlet(
        study, name, feeds=feeds, today=_today(study), scope=scope, panel=panel, site=site,
        owner=owner, place=place, county=county, time_zone=time_zone, date_order=date_order,
    )  # fmt: skip
    _say(lines)


@sources.command(
    name="import-opml",
    epilog="Example: outcomes media sources import-opml outlets.opml --scope local",
)
@click.argument("file", type=FILE)
@_SCOPE
@_PANEL
@with_study
def import_opml(file: Path, *, study: "Study", scope: Scope | None, panel: bool | None) -> None:
    """Add the outlets and feeds of FILE, a list as feed readers export it (OPML), to study.toml.

    Several feeds of one site in one folder are one outlet. What is known is said and not added
    twice. A list that this program wrote says the scope itself; for others, say it.
    """
    from outcomes.pipeline.source_lists import import_list

    _say(import_list(study, file, scope=scope, panel=panel, today=_today(study)))


@sources.command(
    name="export-opml", epilog="Example: outcomes media sources export-opml --out outlets.opml"
)
@click.option("--out", type=FILE, required=True, help="The OPML file to write.")
@with_study
def export_opml(*, study: "Study", out: Path) -> None:
    """Write the outlets of study.toml as a list that feed readers and other studies can read."""
    from outcomes.pipeline.sources import export_list

    _say(export_list(study, out))


@sources.command(
    epilog="Example: outcomes media sources decide https://eastbank-post.example/feed "
    '--who "R. Lee" --why "The editor agreed by mail"'
)
@click.argument("feed")
@click.option("--who", required=True, help="Who decided it.")
@click.option("--why", required=True, help="The reason, such as: the outlet itself links the feed.")
@with_study
def decide(feed: str, *, study: "Study", who: str, why: str) -> None:
    """Record in study.toml the decision to read FEED although robots.txt forbids it."""
    from outcomes.pipeline.sources import decide_robots

    _say(decide_robots(study, feed, who=who, why=why, today=_today(study)))


@sources.command(
    epilog="Example: outcomes media sources retire https://eastbank-post.example/feed "
    "--last 2025-06-30"
)
@click.argument("feed")
@click.option(
    "--last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day it is polled."
)
@with_study
def retire(feed: str, *, study: "Study", last: datetime) -> None:
    """Record in study.toml the last day on which FEED is polled; what was collected stays."""
    from outcomes.pipeline.sources import retire_feed

    _say(retire_feed(study, feed, last=last.date()))


COMMANDS = (sources,)


def _today(study: "Study") -> date:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(study.settings.study.time_zone)).date()


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
