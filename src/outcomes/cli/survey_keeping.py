"""Survey commands about keeping answers: erase them, with a copy first, and only when asked to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_study

if TYPE_CHECKING:
    from outcomes.study import Study

_USER = "(terminal)"  # who did it, on record; no name at the desk has brackets
_DRY_RUN = "Nothing was erased. Say --yes to erase it."


@click.command(
    epilog="Example: outcomes survey erase spring-class-pre --reason 'asked for by the agency' "
    "--export erased.csv"
)
@click.argument("wave")
@click.option(
    "--instance",
    default="",
    metavar="ID",
    help="Only this form, by its number, or this respondent of an import, by their code.",
)
@click.option("--reason", required=True, help="Why, in a few words; kept with the tombstones.")
@click.option("--export", "out", type=FILE, required=True, help="Write a copy here first (.csv).")
@click.option("--yes", is_flag=True, help="Erase; without it, only say what would go.")
@with_study
def erase(study: "Study", wave: str, instance: str, reason: str, out: Path, yes: bool) -> None:
    """Erase the answers of WAVE, or of one person in it; a copy is written first.

    Without --yes it only says what would go. A wave that is open is not erased as a whole.
    """
    from outcomes.pipeline.deleting import (
        after_erasing,
        erase_answers,
        require_closed,
        require_reason,
        what_would_go,
        write_copy,
    )
    from outcomes.pipeline.fielding import today_in

    today = today_in(study)
    going = what_would_go(study, wave, instance=instance)
    for line in going.sentences():
        click.echo(line)
    if not instance:
        require_closed(study, wave, today=today)
    require_reason(reason)
    if not yes or going.empty:
        click.echo(_DRY_RUN if not going.empty else "There is nothing to erase.")
        return
    click.echo(f"The copy lies at {write_copy(study, going, today=today, out=out)}")
    n = erase_answers(study, going, user=_USER, reason=reason, today=today)
    click.echo(f"Erased: the answers of {_people(n)}.")
    for line in after_erasing(study):
        click.echo(line)


@click.command(epilog="Example: outcomes survey retention")
@click.option("--yes", is_flag=True, help="Erase what is over; without it, only say what would go.")
@with_study
def retention(study: "Study", yes: bool) -> None:
    """Say until when each wave is kept ([retention] of study.toml), and erase what is over.

    A wave that is open or planned is never erased, nor any other wave of its group. A copy is
    written into exports/ first.
    """
    from outcomes.pipeline.deleting import after_erasing, write_copy
    from outcomes.pipeline.fielding import today_in
    from outcomes.pipeline.retention import erase_what_is_over, over, terms

    today = today_in(study)
    for term in terms(study, today=today):
        click.echo(f"{term.wave}: {term.why}.")
    due = over(study, today=today)
    for going in due:
        for line in going.sentences():
            click.echo(line)
    if not due:
        click.echo("There is nothing to erase.")
        return
    if not yes:
        click.echo(_DRY_RUN)
        return
    for going in due:
        click.echo(f"The copy lies at {write_copy(study, going, today=today)}")
        n = erase_what_is_over(study, going, user=_USER, today=today)
        click.echo(f"Erased: the answers of {_people(n)} in {going.wave}.")
    for line in after_erasing(study):
        click.echo(line)


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n} people"


COMMANDS = (erase, retention)
