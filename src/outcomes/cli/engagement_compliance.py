"""``outcomes engagement``: which walks did not count, and why."""

import click

COMMANDS: tuple[click.Command, ...] = ()
