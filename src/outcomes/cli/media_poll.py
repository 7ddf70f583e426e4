"""Media commands that poll feeds, and show the log of polls."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import put_out, with_out, with_study
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.study import Study

_OUTLET = click.option("--outlet", default="", metavar="NAME", help="Only the feeds of this one.")


@click.command(epilog="Example: outcomes media poll --dry-run")
@click.option("--once", is_flag=True, help="Ask the feeds that are due, then end (the default).")
@click.option(
    "--every",
    type=click.IntRange(1, 1440),
    metavar="MINUTES",
    help="Go on, and look again after so many minutes, until it is stopped (Ctrl-C).",
)
@_OUTLET
@click.option("--dry-run", is_flag=True, help="Say which feeds would be asked, and ask none.")
@with_study
@click.pass_context
def poll(
    context: click.Context,
    *,
    study: "Study",
    once: bool,
    every: int | None,
    outlet: str,
    dry_run: bool,
) -> None:
    """Ask the feeds of study.toml for news, and store every article once.

    Only feeds that are due are asked, so this may be called as often as you like, such as every
    15 minutes by a timer. A site's robots.txt is kept, no site is hurried, and what one feed does
    cannot harm the others. Every poll is written down, also one that failed.

    The exit code is 1 if feeds were asked and none could be read.
    """
    from datetime import timedelta

    from outcomes.pipeline import polling

    if every is not None and (once or dry_run):
        raise OutcomesError("--every goes on until it is stopped: leave out --once and --dry-run")
    if dry_run:
        for line in polling.lines_of_plan(study, outlet=outlet, now=polling.present_moment()):
            click.echo(line)
        return
    with _stopping() as stop:
        done = polling.poll(
            study,
            outlet=outlet,
            every=timedelta(minutes=every) if every else None,
            stop=stop,
            say=click.echo,
        )
    if done.all_failed and every is None:
        context.exit(1)


@click.command(epilog="Example: outcomes media polls --last 20")
@_OUTLET
@click.option(
    "--last",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="How many polls, at most.",
)
@with_out
@with_study
def polls(*, study: "Study", outlet: str, last: int, out: Path | None, form: str) -> None:
    """Show the log of polls: when each feed was asked, and what came of it.

    With --out or --format json, the log is given with all its columns. In each row, entries is the
    sum of stored, duplicate (known before; edited ones among them) and everything skipped.
    """
    from outcomes.pipeline.polling_words import lines_of_log, poll_log

    log = poll_log(study, outlet=outlet, last=last)
    if out is not None or form == "json":
        put_out(log, out=out, form=form)
        return
    for line in lines_of_log(log):
        click.echo(line)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Turn Ctrl-C, and what a system sends to end a program, into a wish that is met in order."""
    stop = threading.Event()

    def wish(_number: int, _frame: Any) -> None:
        if not stop.is_set():
            click.echo("Stopping, as soon as the feeds under way have answered.", err=True)
        stop.set()

    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, action in before.items():
            signal.signal(number, action)


COMMANDS = (poll, polls)
