"""``outcomes levels``: evidence of each community beside the five levels, and judgements."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, StudyFolder, with_study

if TYPE_CHECKING:
    from outcomes.pipeline.levels import CommunityView, LevelsView
    from outcomes.study import Study

_ENDINGS = (".html", ".csv")


@click.group(
    invoke_without_command=True,
    epilog="Example: outcomes levels --study my-study --out levels.html",
)
@click.option("--community", default="", metavar="CODE", help="Only this one.")
@click.option(
    "--public", is_flag=True, help="For the public: small counts, and reasons, are withheld."
)
@click.option("--out", type=FILE, help="Write here instead: .html for a page, .csv for a table.")
@click.option(
    "--study",
    default="",
    metavar="FOLDER",
    help="The study folder; by default the one around the current folder.",
)
@click.pass_context
def levels(
    context: click.Context, community: str, public: bool, out: Path | None, study: str
) -> None:
    """Show what is known of each community beside the five levels of a relationship.

    All indicators are shown with their last twelve months, their trend, and where each number
    comes from. No level is worked out from them: a level is what people judge it to be, with a
    day and a reason; see: outcomes levels judge --help
    """
    if context.invoked_subcommand:
        return
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.level_pages import write_levels
    from outcomes.pipeline.level_public import public_levels
    from outcomes.pipeline.levels import levels_table, view_levels
    from outcomes.study import write_whole

    opened = StudyFolder().convert(study, None, context)
    if out is not None and out.suffix.lower() not in _ENDINGS:
        raise OutcomesError(f"--out {out}: the ending must be one of {', '.join(_ENDINGS)}.")
    if out is not None and out.suffix.lower() == ".html":
        view = write_levels(opened, out, community=community, public=public)
        click.echo(f"{len(view.communities)} communities written to {out}; open it in a browser.")
        return
    view = (public_levels if public else view_levels)(opened, community=community)
    if out is None:
        _say(view)
        return
    table = levels_table(view)
    write_whole(out, table.to_csv(index=False, lineterminator="\n"))
    click.echo(f"{len(table)} rows written to {out}")


@levels.command(
    epilog='Example: outcomes levels judge river-families --level 3 --reason "The tenants '
    'council meets us every month." --judged-by "community policing unit"'
)
@click.argument("community")
@click.option("--level", type=int, required=True, help="1 to 5.")
@click.option("--reason", required=True, help="What it rests on, in a sentence, without names.")
@click.option(
    "--judged-by", required=True, metavar="OFFICE", help="Which office or group; never a name."
)
@click.option(
    "--day", type=click.DateTime(formats=["%Y-%m-%d"]), metavar="DATE", help="Today if left out."
)
@click.option(
    "--names-checked",
    is_flag=True,
    help="You have looked at the words that look like names: none is a person.",
)
@click.option("--amend", is_flag=True, help="It corrects the judgement of the same day.")
@with_study
def judge(
    community: str,
    *,
    level: int,
    reason: str,
    judged_by: str,
    day: datetime | None,
    names_checked: bool,
    amend: bool,
    study: "Study",
) -> None:
    """Keep the level that people judged COMMUNITY to be at, with the day and the reason.

    Earlier judgements stay; the newest day is shown first. The reason is refused where it may
    tell who somebody is.
    """
    from outcomes.pipeline.level_judgements import Judgement, judge_level

    today = date.today()
    judgement = Judgement(
        community=community,
        day=(day.date() if day else today).isoformat(),
        level=level,
        reason=reason,
        judged_by=judged_by,
    )
    click.echo(judge_level(study, judgement, today=today, names_checked=names_checked, amend=amend))


def _say(view: "LevelsView") -> None:
    from outcomes.report.words import month_name

    first, last = month_name(view.months[0]), month_name(view.months[-1])
    click.echo(f"{first} to {last}. No level is computed: it is what people judge it to be.")
    for each in view.communities:
        click.echo("")
        _say_community(each, view.months)
    if view.withheld:
        click.echo(f"\n{view.withheld} numbers are withheld.")


def _say_community(view: "CommunityView", months: tuple[str, ...]) -> None:
    from outcomes.pipeline.level_pages import NO_RECORD, judgement_words, month_cells

    click.echo(f"{view.name} ({view.approach})")
    for sentence in (*view.about, *judgement_words(view), *view.continuity):
        click.echo(f"  {sentence}")
    for line in view.lines:
        click.echo(f"  {line.indicator:4}{line.name} ({line.role}): {line.trend}")
        if line.source:
            cells = month_cells(line, months)
            by_month = f"; by month: {' '.join(cells)}" if {*cells} != {NO_RECORD} else ""
            click.echo(f"      from {line.source}{by_month}")
    for judged in view.history[1:]:
        click.echo(f"  Earlier: level {judged.level} on {judged.day} by {judged.judged_by}")
