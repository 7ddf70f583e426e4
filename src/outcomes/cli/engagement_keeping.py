"""``outcomes engagement``: retention, export and the log of exports."""

import click

COMMANDS: tuple[click.Command, ...] = ()
