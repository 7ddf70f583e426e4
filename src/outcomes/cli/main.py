"""The ``outcomes`` command: loads a command's code only when that command is called."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from outcomes.errors import OutcomesError, RowsRefused

# name: (module, attribute, what it does) in the order of the help page
COMMANDS: dict[str, tuple[str, str, str]] = {
    "new": ("outcomes.cli.study", "new", "Make a study folder."),
    "simulate": ("outcomes.cli.study", "simulate", "Generate the worked example's raw files."),
    "status": (
        "outcomes.cli.study",
        "status",
        "Say what a study holds, what is stale, what is due.",
    ),
    "run": ("outcomes.cli.study", "run", "Run every step, from raw files to the report."),
    "serve": (
        "outcomes.cli.serve",
        "serve",
        "Serve surveys to phones and tablets, and the desk.",
    ),
    "plan": ("outcomes.cli.plan", "plan", "Show and freeze the plan; say what it could find."),
    "survey": ("outcomes.cli.survey", "survey", "Check, import and score surveys."),
    "media": ("outcomes.cli.media", "media", "Import news, find its tone, share by month."),
    "engagement": (
        "outcomes.cli.engagement",
        "engagement",
        "Import walks; check them by the rules.",
    ),
    "records": ("outcomes.cli.records", "records", "Import dated counts: tips, complaints, crime."),
    "levels": ("outcomes.cli.levels", "levels", "Show communities beside the five levels."),
    "measures": ("outcomes.cli.analyse", "measures", "List every measure, with its role."),
    "evaluate": ("outcomes.cli.analyse", "evaluate", "Run the evaluation plan."),
    "compare": ("outcomes.cli.analyse", "compare", "Compare a table of your own, file to file."),
    "check-cells": ("outcomes.cli.analyse", "check_cells", "Suppress small cells of a table."),
    "audit": ("outcomes.cli.serve", "audit", "Show who did what at the desk; check that log."),
    "report": ("outcomes.cli.analyse", "report", "Write the report from the results."),
    "weekly": ("outcomes.cli.weekly", "weekly", "Write the weekly review sheet, on one page."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: outcomes new my-study --example, then: outcomes run --study my-study",
)
@click.version_option(package_name="outcomes")
def cli() -> None:
    """Did the engagement change anything, and how sure are we?"""


def main() -> Any:
    """Run the command line; a mistake in the input is one clear sentence and exit code 1."""
    _ask_for_small_pages()
    try:
        return cli(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except BrokenPipeError:  # `outcomes measures | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OutcomesError as error:
        click.echo(f"Error: {error}", err=True)
        if isinstance(error, RowsRefused):
            _say_refusals(error)
        sys.exit(1)


def _ask_for_small_pages() -> None:
    """Have numpy and Arrow, not yet imported, take memory in pages of the usual size.

    By themselves they ask for huge pages. On a machine that has long been running, the system must
    make room for each, which took a quarter of the time of a command on a large file. What the
    user's environment says stands.
    """
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def _say_refusals(error: RowsRefused) -> None:
    for refusal in error.refusals[1:20]:
        click.echo(f"       {refusal}", err=True)
    if len(error.refusals) > 20:
        click.echo(f"       and {len(error.refusals) - 20} more", err=True)
    click.echo(
        f"{error.read} rows read, 0 stored, {len(error.refusals)} refused: nothing was stored. "
        "Mend the rows, or say --leave-out-refused to store the others.",
        err=True,
    )
